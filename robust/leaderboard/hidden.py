"""Which unpublished texts a model is tested on: drawn by its weights, so that nobody can train against them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from robust.errors import UserError


def hidden_split(ids: Sequence[str], labels: Sequence[str], *, weights: str, secret: bytes, n: int) -> list[str]:
    """`n` of the ids, as many of each label as of the others (give or take one), in the order of `ids`.

    The draw depends on the model's weights and on a secret of the maintainers: other weights get other texts, the
    same weights always the same. Raises `UserError` where the pool has too few of a label.
    """
    if not weights or weights == "unpinned":
        raise UserError("the model's weights are not pinned", fix="give a model with a hash or a commit")
    if not secret:
        raise UserError("the secret is empty", fix="give a file with at least one byte")
    rank = {
        name: hmac.new(secret, f"{weights}\x1f{name}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        for name in ids
    }
    kinds = sorted(set(labels))
    taken: set[str] = set()
    for at, kind in enumerate(kinds):
        wanted = n // len(kinds) + (at < n % len(kinds))
        pool = sorted((name for name, label in zip(ids, labels, strict=True) if label == kind), key=rank.__getitem__)
        if len(pool) < wanted:
            raise UserError(
                f"the pool has {len(pool)} texts labelled {kind}, {wanted} are needed", fix="use a smaller --n"
            )
        taken.update(pool[:wanted])
    return [name for name in ids if name in taken]

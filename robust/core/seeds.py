"""Seeds that depend on what is being done, never on when: the same example gets the same draws in any order."""

from __future__ import annotations

import hashlib


def derive(*parts: str | int) -> int:
    """A 64-bit seed from a path such as `(run seed, attack name, example id)`; unrelated for unrelated paths."""
    path = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(path, digest_size=8).digest(), "little")

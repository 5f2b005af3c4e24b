"""An attack in the loop: before an epoch, the model as it is now is attacked on its own training data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from robust.core.attack import Attack
from robust.core.seeds import derive
from robust.core.types import Lang
from robust.data.labels import to_examples
from robust.data.table import Row, Table
from robust.recipe.train import Adversarial
from robust.stages import examples as encoding
from robust.stages import processes
from robust.stages.adversarial.generate import Generated, generate
from robust.stages.adversarial.twins import Twinned
from robust.stages.tasks import Items
from robust.stages.workspace import Workspace

FOLDER = "adversarial"
"""Where texts are kept beside the checkpoints: an epoch that is begun again has the same ones."""


def in_the_loop(
    how: Adversarial,
    attacks: Sequence[Attack],
    train: Table,
    *,
    lang: Lang | None,
    max_length: int,
    seed: int,
    tell: Callable[[int, Generated], None] | None = None,
) -> Callable[[Items, Any, Any, Workspace, int], None]:
    """What renews the twins of the rows of `train` at the beginning of each epoch after the clean ones."""

    def renew(items: Items, model: Any, tokenizer: Any, place: Workspace, epoch: int) -> None:
        if not isinstance(items, Twinned):
            raise TypeError("the training items have no twins")
        if epoch < how.clean_epochs:
            return
        found = processes.from_first(lambda: _texts(model, tokenizer, place, epoch))
        at = {row.id: number for number, row in enumerate(train.rows)}
        items.twins = {
            at[key]: {**encoded, "labels": items.items[at[key]]["labels"]}
            for key, encoded in zip(found.texts, _encoded(tokenizer, list(found.texts.values())), strict=True)
        }
        if tell is not None:
            tell(epoch, found)

    def _texts(model: Any, tokenizer: Any, place: Workspace, epoch: int) -> Generated:
        path = place.checkpoints.parent / FOLDER / f"epoch-{epoch}.json"
        if path.is_file():
            return Generated.read(path)
        from robust.victims.transformers import TransformersVictim

        victim = TransformersVictim.of(model, tokenizer, name="the model in training", max_length=max_length)
        labels = victim.meta.labels
        rows = to_examples(train, labels, lang=lang).examples
        found = generate(
            attacks,
            victim,
            rows,
            seed=derive(seed, "adversarial", epoch),
            wanted=max(1, round(how.share * len(rows))),
            most=max(1, round(how.most * len(rows))),
        )
        path.parent.mkdir(exist_ok=True)
        found.write(path)
        return found

    def _encoded(tokenizer: Any, texts: Sequence[tuple[str, ...]]) -> list[dict[str, Any]]:
        if not texts:
            return []
        label = str(train.rows[0].label)
        rows = tuple(Row(id=str(at), fields=fields, label=label) for at, fields in enumerate(texts))
        table = Table(
            name="adversarial", rows=rows, fingerprint="", source_fingerprint="", columns={}, left_out={}, total=0
        )
        held = encoding.encode(table, tokenizer, labels=[label], max_length=max_length)
        return [{key: value for key, value in item.items() if key != "labels"} for item in held]

    return renew


def kept(folder: Path) -> list[tuple[int, Generated]]:
    """The texts of every epoch so far, with the epoch."""
    found = [(int(path.stem.rpartition("-")[2]), path) for path in folder.glob("epoch-*.json")]
    return [(epoch, Generated.read(path)) for epoch, path in sorted(found)]

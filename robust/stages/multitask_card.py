"""The card of a model that several tasks share: which they are, how often each was trained, where its own model is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from robust.recipe.finetune import FinetuneRecipe
from robust.stages.card import NAMES, cost, markdown, shown, travelling
from robust.stages.multitask_draws import shares
from robust.stages.tasks import AnyTable

if TYPE_CHECKING:
    from robust.stages.multitask import Multitasked


def write(recipe: FinetuneRecipe, result: Multitasked, trains: Mapping[str, AnyTable]) -> str:
    """The card as Markdown with YAML front matter; `trains` are the training data of every task."""
    front: dict[str, Any] = {
        "language": _languages(recipe, trains),
        "license": recipe.card.license,
        "library_name": "transformers",
        "tags": ["robust", "multi-task"],
    }
    if recipe.model.checkpoint is not None:
        front["base_model"] = travelling(recipe.model.checkpoint)
    parts = [
        f"# {recipe.name}",
        recipe.description.strip(),
        f"One encoder with a head for each of {len(result.tasks)} tasks; {result.parameters:,} parameters. It opens "
        "with `AutoModel` after `robust.models.register()`. The folder of each task holds the encoder with the head of "
        "that task as an ordinary model, and a card with all its scores.",
        "## Tasks",
        markdown(*_rows(recipe, result, trains)),
        f"`share` is the probability that a batch is of the task, proportional to n^{recipe.sampling.alpha:g}. "
        f"{_choice(result)}",
        *([recipe.card.notes.strip()] if recipe.card.notes else []),
        "\n".join(f"- {entry}" for entry in recipe.card.data),
        "## Training",
        f"{result.steps:,} updates, worth {result.epochs:.3g} epochs of all rows; {result.seconds:.0f} seconds"
        f"{' (interrupted and resumed)' if result.resumed else ''}. "
        + cost(result.tokens, result.seconds, result.energy, resumed=result.resumed),
    ]
    blocks = "\n\n".join(part for part in parts if part)
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=120)}---\n\n{blocks}\n"


def _choice(result: Multitasked) -> str:
    mean = f"mean of these measures on the dev sets ({100 * result.mean:.1f} %)"
    if any(done.chosen for done in result.tasks.values()):
        return f"The weights are those with the best {mean}."
    return f"The weights are those of the last update, with the {mean}."


def _languages(recipe: FinetuneRecipe, trains: Mapping[str, AnyTable]) -> list[str]:
    told = {row.lang or table.lang for table in trains.values() for row in table.rows}
    return list(recipe.languages) if None in told else sorted(str(lang) for lang in told)


def _rows(
    recipe: FinetuneRecipe, result: Multitasked, trains: Mapping[str, AnyTable]
) -> tuple[list[str], list[list[str]]]:
    odds = shares([len(table.rows) for table in trains.values()], recipe.sampling.alpha)
    rows = []
    for (name, done), share in zip(result.tasks.items(), odds, strict=True):
        score = shown(done.measure, done.scores["dev"][done.measure])
        told = f"{NAMES.get(done.measure, done.measure)} {score}"
        rows.append([f"[{name}]({name})", f"{done.n_train:,}", done.task, str(len(done.labels)), f"{share:.2f}", told])
    return ["task", "rows", "kind", "labels", "share", "dev"], rows

"""The model card of a fine-tuned model: what it was trained on, how, and how well it does."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

import robust
from robust.recipe.distil import Distillation, subject
from robust.recipe.finetune import FinetuneRecipe
from robust.results.estimates import RESAMPLES, Estimate
from robust.stages.baseline import DESCRIPTION
from robust.stages.meter import Energy
from robust.stages.tasks import AnyTable, task_of

if TYPE_CHECKING:
    from robust.stages.finetune import Finetuned

NAMES: Mapping[str, str] = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "matthews": "Matthews",
    "f1": "F1",
    "precision": "precision",
    "recall": "recall",
    "exact_match": "exact match",
}
"""How the numbers of the tasks are called in tables."""


def write(recipe: FinetuneRecipe, result: Finetuned, tables: Mapping[str, AnyTable]) -> str:
    """The card as Markdown with YAML front matter; `tables` are the ones used, `train` and `dev` among them."""
    pipeline = task_of(recipe).pipeline
    front = {
        "language": _languages(recipe, tables["train"]),
        "license": recipe.card.license,
        "library_name": "transformers",
        "pipeline_tag": pipeline,
        "tags": ["robust", pipeline],
        "model-index": [
            {
                "name": recipe.name,
                "results": [_result(pipeline, name, found, tables[name]) for name, found in result.scores.items()],
            }
        ],
    }
    if recipe.model.checkpoint is not None:
        front["base_model"] = travelling(recipe.model.checkpoint)
    labels = f"Labels: {', '.join(f'{at} = {label}' for at, label in enumerate(result.labels))}. "
    sections = [
        f"# {recipe.name}",
        recipe.description.strip(),
        f"{labels if result.labels else ''}{result.parameters:,} parameters; "
        f"texts are {'read in windows of' if recipe.task == 'qa' else 'cut to'} {recipe.train.max_length} tokens.",
        "## Scores",
        score_table(result),
        f"{_intervals(result)} {_choice(result)}"
        + (f" Baseline: {DESCRIPTION}, on the same training rows." if result.baseline else ""),
        *([recipe.card.notes.strip()] if recipe.card.notes else []),
        "## Data",
        _data_table(tables),
        "\n".join(f"- {entry}" for entry in recipe.card.data),
        *result.notes,
        "## Training",
        f"{result.epochs:g} epochs over {result.n_train:,} rows, {result.seconds:.0f} seconds"
        f"{f' on {result.processes} processes' if result.processes > 1 else ''}"
        f"{' (interrupted and resumed)' if result.resumed else ''}. {_cost(result)} {_versions()}",
        "```yaml\n" + _yaml(_told(recipe)) + "```",
    ]
    blocks = "\n\n".join(section for section in sections if section)
    return f"---\n{_yaml(front)}---\n\n{blocks}\n"


def _choice(result: Finetuned) -> str:
    """What the dev set had to do with the weights."""
    if not result.chosen:
        early = result.kept is not None and result.kept < result.steps
        when = (
            f"after {result.kept} of {result.steps} updates, when `dev` was scored" if early else "of the last update"
        )
        return f"The weights are those {when}; every set was scored once by the finished model."
    return (
        f"`dev` chose the checkpoint by {NAMES[result.measure]}, so its numbers are a little too good; the others were "
        "scored once by the finished model."
    )


def _intervals(result: Finetuned) -> str:
    """How the intervals of the scores were made."""
    kinds = {NAMES.get(kind, kind): score.method for kind, score in result.scores["dev"].items()}
    exact = [kind for kind, method in kinds.items() if method == "wilson"]
    drawn = f"percentiles of {RESAMPLES:,} bootstrap resamples of the rows"
    if not exact:
        return f"Intervals are 95 %, {drawn}."
    others = f", {drawn} for the rest" if len(exact) < len(kinds) else ""
    return f"Intervals are 95 %: Wilson's for {' and '.join(exact)}{others}."


def _unsaid(recipe: FinetuneRecipe) -> set[str]:
    """Sections that the card says elsewhere, or that change nothing."""
    optional = ("adapt", "qa", "tasks", "sampling")
    idle = {name for name in optional if getattr(recipe, name) == type(getattr(recipe, name))()}
    return {"card", "description", *idle, *({"distil"} if recipe.distil is None else ())}


def travelling(model: str) -> str:
    """A model by the name it has elsewhere too: a hub id, or the last part of a local path."""
    return Path(model).name if Path(model).expanduser().is_dir() else model


def taught_by(how: Distillation) -> list[str]:
    """The teachers by the names that they have elsewhere too."""
    parts = [subject(teacher) for teacher in how.teachers]
    return [travelling(model) + (f"@{of}" if of else "") for model, of in parts]


def _told(recipe: FinetuneRecipe) -> dict[str, Any]:
    found = recipe.model_dump(mode="json", exclude=_unsaid(recipe))
    if recipe.model.checkpoint is not None:
        found["model"]["checkpoint"] = travelling(recipe.model.checkpoint)
    if recipe.distil is not None:
        found["distil"]["teachers"] = taught_by(recipe.distil)
    return found


def _languages(recipe: FinetuneRecipe, train: AnyTable) -> list[str]:
    """What the model learnt from, where the data say; else what the recipe is for."""
    told = {row.lang or train.lang for row in train.rows}
    return list(recipe.languages) if None in told else sorted(str(lang) for lang in told)


def _result(pipeline: str, name: str, scores: Mapping[str, Estimate], table: AnyTable) -> dict[str, Any]:
    return {
        "task": {"type": pipeline},
        "dataset": {"name": name, "type": "file", "revision": table.fingerprint},
        "metrics": [{"type": kind, **score.as_dict()} for kind, score in scores.items()],
    }


def score_table(result: Finetuned) -> str:
    """The scores of every set as a Markdown table, with the baseline's accuracy beside them where there is one."""
    return markdown(*score_rows(result))


def score_rows(result: Finetuned) -> tuple[list[str], list[list[str]]]:
    """Headings and cells of the scores: set, rows, every number with its interval, and the baseline's accuracy."""
    kinds = list(dict.fromkeys(kind for found in result.scores.values() for kind in found))
    head = ["set", "n", *(NAMES.get(kind, kind) for kind in kinds), *(["bag of words"] if result.baseline else [])]
    rows = []
    for name, found in result.scores.items():
        beside = [result.baseline[name].percent()] if result.baseline else []
        cells = [shown(kind, found[kind]) if kind in found else "–" for kind in kinds]
        rows.append([name, str(result.sizes[name]), *cells, *beside])
    return head, rows


def shown(kind: str, score: Estimate) -> str:
    """A score in percent; a correlation, which may be negative, as it is."""
    if kind != "matthews" or score.value is None or score.low is None or score.high is None:
        return score.percent()
    return f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}]"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, the second column to the right."""
    rule = ["---", "---:", *["---"] * (len(head) - 2)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *rows))


def _data_table(tables: Mapping[str, AnyTable]) -> str:
    lines = ["| set | file | rows | fingerprint |", "| --- | --- | ---: | --- |"]
    for name, table in tables.items():
        lines.append(f"| {name} | {_file_name(table.name)} | {len(table.rows):,} | `{table.fingerprint}` |")
    return "\n".join(lines)


def _file_name(name: str) -> str:
    """Sources by their last part: a card travels, and where the files lay on one computer says nothing elsewhere."""
    return " + ".join(os.path.basename(part) or part for part in name.split(" + "))


def _versions() -> str:
    import torch
    import transformers

    return f"Made with robust {robust.__version__}, torch {torch.__version__}, transformers {transformers.__version__}."


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)


def _cost(result: Finetuned) -> str:
    return cost(result.tokens, result.seconds, result.energy, resumed=result.resumed)


def cost(tokens: int, seconds: float, energy: Energy | None, *, resumed: bool) -> str:
    """What a training read, how fast, and its energy, as a sentence."""
    rate = f" ({tokens / seconds:,.0f} tokens a second)" if tokens and seconds else ""
    since = " since it was resumed" if resumed else ""
    return f"{tokens:,} tokens{rate}; energy{since}: {energy}." if energy else ""

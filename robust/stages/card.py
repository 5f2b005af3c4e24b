"""The model card of a fine-tuned classifier: what it was trained on, how, and how well it does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

import robust
from robust.data.table import Table
from robust.recipe.finetune import FinetuneRecipe
from robust.results.estimates import Estimate
from robust.stages.baseline import DESCRIPTION

if TYPE_CHECKING:
    from robust.stages.finetune import Finetuned


def write(recipe: FinetuneRecipe, result: Finetuned, tables: Mapping[str, Table]) -> str:
    """The card as Markdown with YAML front matter; `tables` are the ones used, `train` and `dev` among them."""
    scores = {"dev": result.dev, **result.tests}
    front = {
        "language": _languages(recipe, tables["train"]),
        "license": recipe.card.license,
        "library_name": "transformers",
        "pipeline_tag": "text-classification",
        "tags": ["robust", "text-classification"],
        "model-index": [
            {"name": recipe.name, "results": [_metric(name, scores[name], tables[name]) for name in scores]}
        ],
    }
    if recipe.model.checkpoint is not None:
        front["base_model"] = recipe.model.checkpoint
    sections = [
        f"# {recipe.name}",
        recipe.description.strip(),
        f"Labels: {', '.join(f'{at} = {label}' for at, label in enumerate(result.labels))}. "
        f"{result.parameters:,} parameters; texts are cut to {recipe.train.max_length} tokens.",
        "## Accuracy",
        _accuracy_table(scores, result.baseline),
        "Intervals are Wilson's, 95 %. `dev` chose the checkpoint, so its number is a little too good; "
        "the others were scored once by the finished model."
        + (f" Baseline: {DESCRIPTION}, on the same training rows." if result.baseline else ""),
        *([recipe.card.notes.strip()] if recipe.card.notes else []),
        "## Data",
        _data_table(tables),
        "\n".join(f"- {entry}" for entry in recipe.card.data),
        *result.notes,
        "## Training",
        f"{result.epochs:g} epochs over {result.n_train:,} rows, {result.seconds:.0f} seconds"
        f"{' (interrupted and resumed)' if result.resumed else ''}; energy was not measured. {_versions()}",
        "```yaml\n" + _yaml(recipe.model_dump(mode="json", exclude={"card", "description"})) + "```",
    ]
    blocks = "\n\n".join(section for section in sections if section)
    return f"---\n{_yaml(front)}---\n\n{blocks}\n"


def _languages(recipe: FinetuneRecipe, train: Table) -> list[str]:
    """What the model learnt from, where the data say; else what the recipe is for."""
    told = {row.lang or train.lang for row in train.rows}
    return list(recipe.languages) if None in told else sorted(str(lang) for lang in told)


def _metric(name: str, score: Estimate, table: Table) -> dict[str, Any]:
    return {
        "task": {"type": "text-classification"},
        "dataset": {"name": name, "type": "file", "revision": table.fingerprint},
        "metrics": [
            {"type": "accuracy", "value": score.value, "k": score.k, "n": score.n, "low": score.low, "high": score.high}
        ],
    }


def _accuracy_table(scores: Mapping[str, Estimate], baseline: Mapping[str, Estimate]) -> str:
    head = ["set", "n", "accuracy", *(["baseline"] if baseline else [])]
    lines = [head, ["---", "---:", "---", *(["---"] if baseline else [])]]
    for name, score in scores.items():
        beside = [baseline[name].percent()] if baseline else []
        lines.append([name, str(score.n), score.percent(), *beside])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _data_table(tables: Mapping[str, Table]) -> str:
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

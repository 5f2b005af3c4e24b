"""The card of a pre-trained model: what it learnt from, how, and at what cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

import robust
from robust.recipe.pretrain import PretrainRecipe
from robust.stages.meter import Energy


def write(recipe: PretrainRecipe, manifest: Mapping[str, Any]) -> str:
    """The card as Markdown with YAML front matter."""
    front = {
        "language": list(recipe.languages),
        "license": recipe.card.license,
        "library_name": "transformers",
        "tags": ["robust", "pretraining", recipe.model.kind],
    }
    plan = recipe.model_dump(mode="json", exclude={"card", "description"})
    sections = [
        f"# {recipe.name}",
        recipe.description.strip(),
        f"{recipe.cites}" if recipe.cites else "",
        recipe.card.notes.strip(),
        "## Data",
        "\n".join(map(_source, manifest["corpus"]["sources"])),
        "\n".join(f"- {entry}" for entry in recipe.card.data),
        "## Training",
        _cost(manifest),
        _numbers(manifest["numbers"]),
        "\n".join(f"- {note}" for note in manifest["notes"]),
        "```yaml\n" + yaml.safe_dump(plan, sort_keys=False, allow_unicode=True, width=100) + "```",
        f"Made by robust {robust.__version__} with `robust pretrain`; `manifest.json` has every number.",
    ]
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
    return f"---\n{head}---\n\n" + "\n\n".join(section for section in sections if section) + "\n"


def _source(told: Mapping[str, Any]) -> str:
    share = f", {100 * told['share']:g} % of its paragraphs" if told["share"] < 1 else ""
    empty = f"; rows without a text, left out: {told['rows_without_text']}" if "rows_without_text" in told else ""
    return f"- `{told['name']}`{share}{empty}"


def _cost(manifest: Mapping[str, Any]) -> str:
    rate = manifest["tokens_per_second"]
    energy = manifest["energy"]
    said = [
        f"{manifest['parameters']:,} parameters, {manifest['tokens']:,} tokens in {manifest['seconds']:,.0f} s"
        + (f" ({rate:,.0f} a second)" if rate else ""),
        f"matrix products in {manifest['precision']}",
    ]
    if "utilisation" in manifest:
        use = manifest["utilisation"]
        said.append(f"{100 * use['value']:.1f} % of {use['peak_flops'] / 1e9:,.0f} GFLOP/s ({use['peak']})")
    said.append(str(Energy(joules=energy["joules"], method=energy["method"])))
    return "; ".join(said) + "."


def _numbers(numbers: Mapping[str, float | None]) -> str:
    known = {name: value for name, value in numbers.items() if value is not None}
    if not known:
        return ""
    rows = "\n".join(f"| {name.replace('_', ' ')} | {value:,.6g} |" for name, value in known.items())
    return f"| | |\n|---|---:|\n{rows}"

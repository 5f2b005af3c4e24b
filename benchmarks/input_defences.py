"""What defences of the inputs cost and bring: accuracy as it is and under attack, with and without each.

    python benchmarks/input_defences.py --lang es --limit 60

Each attack is made twice: on the model as it is, whose adversarial texts every defence is then given ("unaware", what
most papers report), and on the defended model ("aware", what a defence is worth). Differences are paired by text, with
95 % bootstrap intervals and McNemar's exact p value; the other intervals are 95 % Wilson. A recipe that `--out` holds
already at this limit is not run again; `table.md` is written anew after each.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from robust.core.attack import Outcome
from robust.core.example import Example
from robust.core.types import LANGS
from robust.core.victim import AnyVictim, Victim
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.engine.run import run_attack
from robust.evaluation.paired import compare
from robust.recipe.load import load_attack
from robust.results.estimates import proportion
from robust.stages.card import markdown
from robust.victims.defended import NAMES, defended
from robust.victims.load import load_victim

RECIPES = {
    "en": ("deepwordbug", "leet", "textfooler"),
    "es": ("deepwordbug", "diacritics-es", "textfooler"),
}
"""For each language an attack that each of the defences was made against."""
NONE = "none"
HEAD = ["defence", "n", "clean", "difference", "unaware", "aware", "difference", "p", "queries", "seconds"]
Cell = dict[str, Any]
"""Of one recipe and defence: what each text came to (`clean`, `unaware` and `aware`, right or not), and the costs."""


def measured(recipe: str, plain: AnyVictim, examples: Sequence[Example]) -> Iterator[tuple[str, Cell]]:
    """The cell of each defence; the first is that of none, which says with what texts an unaware attack ends."""
    found: list[str] = []
    for defence in (NONE, *NAMES):
        victim = defended(plain, [] if defence == NONE else [defence])
        began = time.process_time()
        rows = outcomes(recipe, victim, examples)
        seconds = time.process_time() - began
        found = found or [row.adversarial or row.original for row in rows]
        answers = cast(Victim, victim).logits([(text,) for text in found]).argmax(axis=1)
        yield (
            defence,
            {
                "clean": [row.status != "skipped" for row in rows],
                "unaware": [int(answer) == example.target for answer, example in zip(answers, examples, strict=True)],
                "aware": [row.status == "failure" for row in rows],
                "queries": sum(row.queries for row in rows) / len(rows),
                "seconds": seconds,
            },
        )


def outcomes(recipe: str, victim: AnyVictim, examples: Sequence[Example]) -> list[Outcome]:
    """What the attack did to each example, in their order."""
    by_id = {row.example_id: row for row in run_attack(load_attack(recipe).build(), victim, examples)}
    if failed := [row.error for row in by_id.values() if row.status == "error"]:
        sys.exit(f"{recipe} on {victim.meta.name}: {failed[0]}")
    return [by_id[example.id] for example in examples]


def page(kept: Mapping[str, Mapping[str, Cell]], limit: int) -> str:
    """All that was measured at a limit, as Markdown."""
    parts = ["# Defences of the inputs", _about(limit)]
    for name, cells in sorted(kept.items(), key=lambda item: item[0].rsplit("/", 2)[1:]):
        recipe, model, at = name.rsplit("/", 2)  # a recipe may be a file
        if at == f"limit {limit}":
            parts.append(f"## {recipe}, {model}")
            parts.append(markdown(HEAD, [_row(defence, cell, cells[NONE]) for defence, cell in cells.items()]))
    wanted = [(recipe, lang) for lang in LANGS for recipe in RECIPES[lang]]
    if missing := [f"{recipe} (starter-{lang})" for recipe, lang in wanted if key(recipe, lang, limit) not in kept]:
        parts.append(f"Not run yet: {', '.join(missing)}.")
    return "\n\n".join(parts) + "\n"


def key(recipe: str, lang: str, limit: int) -> str:
    """Under which name the cells of a recipe are kept."""
    return f"{recipe}/starter-{lang}/limit {limit}"


def _about(limit: int) -> str:
    commands = " and ".join(f"`python benchmarks/input_defences.py --lang {lang} --limit {limit}`" for lang in LANGS)
    return (
        f"Made by {commands}. Accuracy, %, with 95 % Wilson intervals: of the texts as they are (clean), of the texts "
        "that the attack ended with on the model without a defence (unaware), and under the attack on the defended "
        "model (aware). Differences are to no defence, in points, paired by text, with 95 % bootstrap intervals; p is "
        "McNemar's, of the aware attack. Queries are a mean of the aware attack, seconds its processor time for all "
        "texts."
    )


def _row(name: str, cell: Cell, bare: Cell) -> list[str]:
    n = len(cell["clean"])
    clean, unaware, aware = (proportion(sum(cell[part]), n).percent().replace(" %", "") for part in _PARTS)
    costs, brings = (compare(cell[part], bare[part]) for part in ("clean", "aware"))
    told = ["–", "–", "–"] if name == NONE else [costs.points(), brings.points(), f"{brings.p_value:.2g}"]
    return [name, str(n), clean, told[0], unaware, aware, *told[1:], f"{cell['queries']:.0f}", f"{cell['seconds']:.0f}"]


_PARTS = ("clean", "unaware", "aware")


def main(words: Sequence[str] | None = None) -> None:
    """Run what is missing, and write numbers and table after each recipe."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lang", choices=LANGS, required=True)
    parser.add_argument("--limit", type=int, default=60, help="sentences of the starter")
    parser.add_argument("--recipe", action="append", help="One of the attacks; repeatable. Default: all.")
    parser.add_argument("--out", type=Path, default=Path("results/input-defences"), help="folder of the numbers")
    asked = parser.parse_args(words)
    asked.out.mkdir(parents=True, exist_ok=True)
    place = asked.out / "defences.json"
    name = f"starter-{asked.lang}"
    plain, table = load_victim(name), read(DataSpec(source=name, limit=asked.limit))
    examples = to_examples(table, plain.meta.labels).examples
    for recipe in asked.recipe or RECIPES[asked.lang]:
        kept = json.loads(place.read_text("utf-8")) if place.exists() else {}
        if key(recipe, asked.lang, asked.limit) in kept:
            continue
        cells: dict[str, Cell] = {}
        for defence, cell in measured(recipe, plain, examples):
            cells[defence] = cell
            print(recipe, *_row(defence, cell, cells[NONE]), sep="  ", flush=True)
        kept = json.loads(place.read_text("utf-8")) if place.exists() else {}
        kept[key(recipe, asked.lang, asked.limit)] = cells
        place.write_text(json.dumps(kept) + "\n", "utf-8")
        (asked.out / "table.md").write_text(page(kept, asked.limit), "utf-8")
    told = page(json.loads(place.read_text("utf-8")), asked.limit)  # also where nothing was left to run
    (asked.out / "table.md").write_text(told, "utf-8")
    print(told)


if __name__ == "__main__":
    main()

"""Run every attack recipe on the bundled models of both languages, or print the table of what was run.

    python -m benchmarks.attack_table --runs RUNS [--masked-en DIR --masked-es DIR]
    python -m benchmarks.attack_table --only back-translation-en --there-en apertium:eng-spa --back-en apertium:spa-eng
    python -m benchmarks.attack_table --table

The numbers of each cell are kept in `results/attack-table/<recipe>-<language>.json`, with its command; the runs, with
their sentences, in RUNS. Interrupt it and give the same command again: it goes on where it was. `--dry-run` prints the
commands. Cells that need a model which is not given are named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.attack_table.cells import PLACES, Cell, cells
from benchmarks.attack_table.page import page
from robust.lang.base import language
from robust.lang.overlap import chrf
from robust.lang.sentences import similarity
from robust.results.directory import RunDirectory
from robust.results.estimates import mean


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 1 a cell failed, 2 a mistake of the user."""
    asked = _parser().parse_args(words)
    every = list(cells())
    if asked.table:
        text = page(_records(asked.out, every))
        (asked.out / "table.md").write_text(text, encoding="utf-8")
        print(text)
        return 0
    chosen = asked.only.split(",") if asked.only else None
    known = {name for cell in every for name in (cell.name, cell.recipe)}
    if unknown := [name for name in chosen or () if name not in known]:
        print(f"error: no cell or recipe {unknown[0]!r}", file=sys.stderr)
        return 2
    places = {name: getattr(asked, name) or "" for name in PLACES}
    failed = False
    for cell in every:
        if chosen is not None and not {cell.name, cell.recipe} & set(chosen):
            continue
        missing = [place for place in cell.needs if not places[place]]
        if asked.dry_run:
            print(cell.record(places))
        elif (asked.out / f"{cell.name}.json").exists() and not asked.again:
            print(f"{cell.name}: there already", flush=True)
        elif missing:
            print(f"{cell.name}: left out, needs --{missing[0].replace('_', '-')}", flush=True)
        else:
            failed |= not _run(cell, places, asked.runs, asked.out)
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.attack_table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for place in PLACES:
        parser.add_argument(f"--{place.replace('_', '-')}", help=f"the place that commands call {PLACES[place]}")
    parser.add_argument("--runs", type=Path, default=Path("results/runs/attack-table"), help="folder of the runs")
    parser.add_argument("--out", type=Path, default=Path("results/attack-table"), help="folder of the numbers")
    parser.add_argument("--only", help="names of recipes or cells, with commas")
    parser.add_argument("--again", action="store_true", help="run cells that are there already, too")
    parser.add_argument("--dry-run", action="store_true", help="print the commands alone")
    parser.add_argument("--table", action="store_true", help="print the table of what is there, and keep it in --out")
    return parser


def _run(cell: Cell, places: Mapping[str, str], runs: Path, out: Path) -> bool:
    print(f"{cell.name}: {cell.record(places)}", flush=True)
    folder = runs / cell.name
    command = [sys.executable, "-m", "robust", *cell.command(places), "--out", str(folder), "--json", "--force"]
    environment = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", **os.environ}
    done = subprocess.run(
        [*command, "--examples", "0"], stdout=subprocess.PIPE, text=True, env=environment, check=False
    )
    if done.returncode:
        print(f"{cell.name}: failed", file=sys.stderr)
        return False
    summary = json.loads(done.stdout.splitlines()[-1])
    record = {
        "command": cell.record(places),
        "recipe": cell.recipe,
        "lang": cell.lang,
        "summary": {key: value for key, value in summary.items() if key not in ("run", "model", "data", "recipe")},
        "measured": measured(RunDirectory(folder).rows()),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{cell.name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return True


def measured(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Means with intervals: queries of all attacks; words changed (share), chrF and similarity of the successes."""
    attacked = [row for row in rows if row["status"] in ("success", "failure")]
    broken = [row for row in attacked if row["status"] == "success"]
    numbers = {
        "queries": [row["queries"] for row in attacked],
        "words_changed": [row["words_changed"] / max(1, row["words"]) for row in broken],
        "chrf": [chrf(row["original"], row["adversarial"]) for row in broken],
        "similarity": [_similarity(row) for row in broken],
    }
    return {name: mean(values).as_dict() for name, values in numbers.items()}


def _similarity(row: Mapping[str, Any]) -> float:
    known = language(row["lang"])
    return similarity(row["lang"], *[known.text(row[which]).words for which in ("original", "adversarial")])


def _records(out: Path, every: Sequence[Cell]) -> list[dict[str, Any]]:
    paths = [out / f"{cell.name}.json" for cell in every]
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.exists()]


if __name__ == "__main__":
    sys.exit(main())

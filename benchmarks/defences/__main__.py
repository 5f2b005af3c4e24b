"""Train models with defences, attack them, and print the table defence × attack.

    python -m robust.starter.prepare --data DATA --out WORK/prepared
    python -m benchmarks.defences --models starter-en,starter-es --defences plain,freelb,a2t --seeds 3 --work WORK
    python -m benchmarks.defences --table

Each training is kept in `results/defences/<model>/<defence>-<seed>.json` (the report of `robust train`, without
places), its model in WORK. Interrupt it and give the same command again: it goes on where it was. `--dry-run` prints
the commands. A model that is no starter is a directory, with `--data`, `--dev` and `--test` of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.defences.tables import page

DEFENCES = (
    "plain,fgm,pgd,freelb,freelb-plus-plus,smart,r3f,tavat,ascc,a2t,augmented-textfooler,mixed,safer,ranmask,rsmi"
)
FIRST = ["plain"]
"""The control is trained first: a table without it says nothing of the defence."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 1 a training failed, 2 a mistake of the user."""
    asked = _parser().parse_args(words)
    if asked.table:
        text = page(read(asked.out))
        (asked.out / "table.md").write_text(text, encoding="utf-8")
        print(text)
        return 0
    models, defences = asked.models.split(","), asked.defences.split(",")
    known = {path.stem for path in (Path(__file__).parents[2] / "recipes" / "train").glob("*.yaml")}
    if unknown := [name for name in defences if name not in known]:
        print(f"error: no defence {unknown[0]!r}; there are {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    for seed in range(asked.seeds):
        for model in models:
            for defence in sorted(defences, key=lambda name: name not in FIRST):
                told = asked.out / Path(model).name / f"{defence}-{seed}.json"
                command = _command(asked, model, defence, seed)
                if asked.dry_run:
                    print(shlex.join(command))
                elif told.exists():
                    print(f"{told.stem} of {model}: there already", flush=True)
                elif not _run(command, told, asked.work / Path(model).name / f"{defence}-{seed}"):
                    print(f"error: {defence} on {model}, seed {seed}, failed", file=sys.stderr)
                    return 1
    return 0


def read(folder: Path) -> list[dict[str, Any]]:
    """The reports that are there, by model, defence and seed."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*/*.json"))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.defences", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", default="starter-en,starter-es", help="starters or directories, with commas")
    parser.add_argument("--defences", default=DEFENCES, help="recipes of the family train, with commas")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds, from 0 (default 3)")
    parser.add_argument("--rows", type=int, default=None, help="train on the first N rows")
    parser.add_argument("--limit", type=int, default=None, help="attack the first N rows (default: the recipe's)")
    parser.add_argument("--attack", action="append", default=[], help="measure by this attack alone; repeatable")
    parser.add_argument("--set", action="append", default=[], help="override a recipe field; repeatable")
    parser.add_argument("--work", type=Path, default=Path("work"), help="folder of models and prepared data")
    parser.add_argument("--data", type=Path, default=None, help="training data (default: the prepared starter's)")
    parser.add_argument("--dev", type=Path, default=None, help="data that choose the checkpoint")
    parser.add_argument("--test", type=Path, default=None, help="data that are attacked (default: the starter reviews)")
    parser.add_argument("--out", type=Path, default=Path("results/defences"), help="folder of the reports")
    parser.add_argument("--dry-run", action="store_true", help="print the commands")
    parser.add_argument("--table", action="store_true", help="print the table of what is there")
    return parser


def _command(asked: argparse.Namespace, model: str, defence: str, seed: int) -> list[str]:
    name = Path(model).name
    prepared = asked.work / "prepared" / name
    parts = {"--data": asked.data or prepared / "train.jsonl", "--dev": asked.dev or prepared / "dev.jsonl"}
    command = [sys.executable, "-m", "robust", "train", "--recipe", defence, "--model", model]
    for option, path in parts.items():
        command += [option, str(path)]
    command += ["--test", str(asked.test)] if asked.test else []
    command += ["--out", str(asked.work / name / f"{defence}-{seed}"), "--runs", str(asked.work / name / "runs")]
    command += ["--seed", str(seed)]
    command += ["--rows", str(asked.rows)] if asked.rows else []
    command += ["--limit", str(asked.limit)] if asked.limit else []
    for option, values in (("--attack", asked.attack), ("--set", asked.set)):
        for value in values:
            command += [option, value]
    return command


def _run(command: Sequence[str], told: Path, out: Path) -> bool:
    print(shlex.join(command), flush=True)
    done = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": os.getcwd()})
    report = out / "report.json"
    if done.returncode or not report.is_file():
        return False
    found = json.loads(report.read_text(encoding="utf-8"))
    told.parent.mkdir(parents=True, exist_ok=True)
    beside = told.with_suffix(".new")
    beside.write_text(json.dumps(_travelling(found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(told)
    return True


def _travelling(report: dict[str, Any]) -> dict[str, Any]:
    """The report without the places of one machine."""
    for attack in report["attacks"]:
        for side in ("before", "after", "expectation"):
            attack.get(side, {}).pop("run", None)
    model = {"before": Path(report["model"]["before"]).name, "after": Path(report["model"]["after"]).name}
    data = {name: {**told, "name": Path(told["name"]).name} for name, told in report["data"].items()}
    training = {**report["training"], "model": {**report["training"]["model"], "name": model["before"]}}
    kept = {key: value for key, value in report.items() if key != "command"}
    return {**kept, "model": {**report["model"], **model}, "data": data, "training": training}


if __name__ == "__main__":
    raise SystemExit(main())

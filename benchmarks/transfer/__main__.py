"""Run the experiments of transfer learning that are not there yet, or print the tables of those that are.

    python -m robust.starter.prepare --data DATA --out WORK/prepared
    python -m benchmarks.transfer --data DATA --work WORK --minilm DIR
    python -m benchmarks.transfer --table

What each prints is kept in `results/transfer/<name>.json`, with its command; what it trains in WORK. Interrupt it and
give the same command again: it goes on where it was. `--dry-run` prints the commands, to give them by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.transfer.experiments import EXPERIMENTS, Experiment
from benchmarks.transfer.tables import page

PLACES = {"data": "DATA", "work": "WORK", "prepared": "WORK/prepared", "minilm": "MINILM"}
"""How the places are called in records, which say nothing of the machine they were made on."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 1 an experiment failed, 2 a mistake of the user."""
    asked = _parser().parse_args(words)
    if asked.table:
        text = page(_records(asked.out))
        (asked.out / "table.md").write_text(text, encoding="utf-8")
        print(text)
        return 0
    known = {each.name: each for each in EXPERIMENTS}
    chosen = asked.only.split(",") if asked.only else list(known)
    if unknown := [name for name in chosen if name not in known]:
        print(f"error: no experiment {unknown[0]!r}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    places = {"data": asked.data, "work": asked.work, "prepared": f"{asked.work}/prepared", "minilm": asked.minilm}
    for name in chosen:
        each = known[name]
        if asked.dry_run:
            print(shlex.join(_command(each, PLACES)))
        elif (asked.out / f"{name}.json").exists():
            print(f"{name}: there already", flush=True)
        elif missing := _missing(each, places):
            print(f"error: {name} needs --{missing}", file=sys.stderr)
            return 2
        elif not _run(each, {place: str(folder) for place, folder in places.items()}, asked.out):
            print(f"error: {name} failed", file=sys.stderr)
            return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.transfer", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", help="folder of the public data sets")
    parser.add_argument("--work", help="folder of the prepared data (WORK/prepared) and of the models")
    parser.add_argument("--minilm", help="local directory of the all-MiniLM-L6-v2 encoder")
    parser.add_argument("--only", help="names of experiments, with commas")
    parser.add_argument("--out", type=Path, default=Path("results/transfer"))
    parser.add_argument("--dry-run", action="store_true", help="print the commands alone")
    parser.add_argument(
        "--table", action="store_true", help="print the tables of what is there, and keep them in --out"
    )
    return parser


def _missing(each: Experiment, places: Mapping[str, str | None]) -> str | None:
    """The option that gives a place which the experiment names and nobody gave."""
    named = (place for place in ("data", "work", "minilm") if f"{{{place}}}" in each.words)
    return next((place for place in named if not places[place]), None)


def _command(each: Experiment, places: Mapping[str, str]) -> list[str]:
    program = ["robust"] if each.module == "robust" else ["python", "-m", each.module]
    return [*program, *each.command(places)]


def _run(each: Experiment, places: Mapping[str, str], out: Path) -> bool:
    print(f"{each.name}: {shlex.join(_command(each, places))}", flush=True)
    made = Path(places["work"]) / each.name
    if (manifest := made / "manifest.json").exists():  # a pre-training that was ended before it was noted
        _keep(each, json.loads(manifest.read_text(encoding="utf-8")), places, out)
        return True
    environment = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", **os.environ}
    again = ["--force"] if made.exists() else []
    command = [sys.executable, "-m", each.module, *each.command(places), *again]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    if done.returncode:
        return False
    _keep(each, json.loads(done.stdout.splitlines()[-1]) if each.module == "robust" else {}, places, out)
    return True


def _keep(each: Experiment, result: object, places: Mapping[str, str], out: Path) -> None:
    told = json.dumps({"command": shlex.join(_command(each, PLACES)), "result": result}, ensure_ascii=False, indent=1)
    for place, folder in sorted(places.items(), key=lambda item: -len(item[1] or "")):
        told = told.replace(folder, PLACES[place]) if folder else told
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{each.name}.json").write_text(told + "\n", encoding="utf-8")


def _records(out: Path) -> dict[str, dict[str, object]]:
    """What was kept of the experiments, in their order."""
    paths = {each.name: out / f"{each.name}.json" for each in EXPERIMENTS}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items() if path.exists()}


if __name__ == "__main__":
    sys.exit(main())

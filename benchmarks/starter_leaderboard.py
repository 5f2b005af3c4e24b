"""The leaderboard of the bundled models on the bundled reviews: runs, entries, checks, pages.

    python -m benchmarks.starter_leaderboard

Runs that are there are not made again, and neither are entries. The site is written to build/leaderboard.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from robust.data.source import DataSpec
from robust.leaderboard import check as checking
from robust.leaderboard import evidence, history
from robust.leaderboard.audit import audit
from robust.leaderboard.board import build
from robust.leaderboard.site import site
from robust.leaderboard.store import ENTRY, Folder
from robust.leaderboard.submit import Declaration, files, folder_name
from robust.runner import AttackRequest, attack

RECIPES = {
    "en": ("textfooler", "deepwordbug", "pwws", "keyboard-typos"),
    "es": ("textfooler", "deepwordbug", "pwws", "keyboard-typos", "diacritics-es", "spelling-es"),
}
CARD = "robust/starter/models/starter-{}/README.md"


def run(recipe: str, lang: str, runs: Path) -> Path:
    """The run of one recipe, made now or before."""
    name = f"starter-{lang}"
    command = f"robust attack --recipe {recipe} --model {name} --data {name}"
    request = AttackRequest(
        recipe=recipe, model=name, data=DataSpec(source=name), out=runs / f"{lang}-{recipe}", command=command
    )
    return attack(request).path


def entry(path: Path, lang: str, entries: Folder, by: str) -> None:
    """Make an entry of a run, and record that its numbers were recomputed; leave one that is there alone."""
    card = CARD.format(lang)
    declared = Declaration(
        by=by, at=history.now(), licence=f"see {card}", preprocessing=(), datasets=(f"the sets that {card} lists",)
    )
    made, content = files([path], declared)
    folder = entries.folder(folder_name(made))
    if folder.exists(ENTRY):
        print(f"{folder}: there already")
        return
    for name, data in content.items():
        folder.write(name, data)
    opened, findings = checking.check(folder)
    if opened is not None:
        findings += audit(opened, against=entries)
    wrong = [f"{f.check}: {f.message}" for f in findings if f.verdict == "failed"]
    if wrong:
        raise SystemExit(f"{folder}: {'; '.join(wrong)}")
    said = {"kind": "check", "findings": [finding.as_dict() for finding in findings]}
    evidence.record(folder, "recomputed", said, by=by, at=None, note="numbers recomputed from the rows")
    print(f"{folder}: robust {made.results.robust.k} of {made.results.robust.n}")


def main() -> None:
    """Everything, or the finished runs alone with --finished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, default=Path("results/runs/starter-leaderboard"))
    parser.add_argument("--entries", default="results/leaderboard/entries")
    parser.add_argument("--site", default="build/leaderboard")
    parser.add_argument("--by", default="robust")
    parser.add_argument("--finished", action="store_true", help="attack nothing: take the runs that are finished")
    asked = parser.parse_args()
    entries = Folder.at(asked.entries)
    for lang, recipes in RECIPES.items():
        for recipe in recipes:
            path = asked.runs / f"{lang}-{recipe}"
            if asked.finished and not (path / "examples.parquet").exists():
                print(f"{path}: not finished")
                continue
            entry(path if asked.finished else run(recipe, lang, asked.runs), lang, entries, asked.by)
    target = Folder.at(asked.site)
    for name, data in site(build(entries), "en").items():
        target.write(name, data)
    print(f"{target}/index.html")


if __name__ == "__main__":
    main()

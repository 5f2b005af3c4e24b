"""The leaderboard of the bundled models on the bundled reviews: runs, entries, checks, pages.

    python -m benchmarks.starter_leaderboard

Runs that are there are not made again, and neither are entries. The site is written to build/leaderboard.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.entries import enter
from robust.data.source import DataSpec
from robust.leaderboard import history
from robust.leaderboard.board import build
from robust.leaderboard.site import site
from robust.leaderboard.store import Folder
from robust.leaderboard.submit import Declaration
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


def declaration(lang: str, by: str) -> Declaration:
    """What is said of a bundled model beside its numbers."""
    card = CARD.format(lang)
    return Declaration(
        by=by, at=history.now(), licence=f"see {card}", preprocessing=(), datasets=(f"the sets that {card} lists",)
    )


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
            enter(path if asked.finished else run(recipe, lang, asked.runs), declaration(lang, asked.by), entries)
    target = Folder.at(asked.site)
    for name, data in site(build(entries), "en").items():
        target.write(name, data)
    print(f"{target}/index.html")


if __name__ == "__main__":
    main()

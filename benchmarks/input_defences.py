"""What defences of the inputs cost and bring: accuracy as it is and under attack, with and without each.

    python benchmarks/input_defences.py --lang es --limit 100

Attacks see the defended model. Intervals are 95 % Wilson.
"""

from __future__ import annotations

import argparse
import sys
import time

from robust.core.types import LANGS
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.engine.run import run_attack
from robust.recipe.load import load_attack
from robust.results.estimates import proportion
from robust.victims.defended import NAMES, defended
from robust.victims.load import load_victim

RECIPES = {
    "en": ("deepwordbug", "keyboard-typos", "textfooler"),
    "es": ("diacritics-es", "keyboard-typos", "deepwordbug", "textfooler"),
}


def main() -> None:
    """Print one line for each attack and defence."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lang", choices=LANGS, required=True)
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--recipe", action="append", help="One of the attacks; repeatable. Default: all.")
    asked = parser.parse_args()
    name = f"starter-{asked.lang}"
    plain, table = load_victim(name), read(DataSpec(source=name, limit=asked.limit))
    print(f"{'attack':<16}{'defence':<12}{'clean':>22}{'under attack':>24}{'queries':>9}{'seconds':>9}")
    for recipe in asked.recipe or RECIPES[asked.lang]:
        for defence in (None, *NAMES):
            victim = defended(plain, [defence] if defence else [])
            examples = to_examples(table, victim.meta.labels).examples
            began = time.process_time()
            rows = list(run_attack(load_attack(recipe).build(), victim, examples))
            if failed := [row.error for row in rows if row.status == "error"]:
                sys.exit(f"{recipe}, {defence}: {failed[0]}")
            clean = sum(row.status != "skipped" for row in rows)
            left = sum(row.status == "failure" for row in rows)
            said = [proportion(k, len(rows)).percent() for k in (clean, left)]
            asked_for = sum(row.queries for row in rows) / len(rows)
            line = f"{recipe:<16}{defence or 'none':<12}{said[0]:>22}{said[1]:>24}{asked_for:>9.1f}"
            print(f"{line}{time.process_time() - began:>9.1f}", flush=True)


if __name__ == "__main__":
    main()

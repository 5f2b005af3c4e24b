"""The table of input defences says what its cells hold, and the attacks it names are there."""

from __future__ import annotations

import pytest

from benchmarks.input_defences import HEAD, NONE, RECIPES, key, page
from robust.core.types import LANGS
from robust.evaluation.paired import mcnemar
from robust.recipe.load import load_attack


@pytest.mark.parametrize("lang", LANGS)
def test_the_attacks_are_shipped_for_their_language(lang: str) -> None:
    for recipe in RECIPES[lang]:
        assert lang in load_attack(recipe).languages


def test_a_row_tells_costs_and_gains_by_text() -> None:
    bare = {"clean": [True] * 8 + [False] * 2, "unaware": [False] * 10, "aware": [False] * 10}
    better = {"clean": [True] * 7 + [False] * 3, "unaware": [True] * 5 + [False] * 5, "aware": [True] * 6 + [False] * 4}
    costs = {"queries": 41.6, "seconds": 12.3}
    kept = {key("deepwordbug", "en", 10): {NONE: bare | costs, "spelling": better | costs}}
    lines = page(kept, 10).splitlines()
    assert "## deepwordbug, starter-en" in lines
    assert "| " + " | ".join(HEAD) + " |" in lines
    name, n, clean, cost, unaware, aware, gain, p, queries, seconds = lines[-3].strip("| ").split(" | ")
    assert (name, n, clean.split()[0], cost.split()[0]) == ("spelling", "10", "70.0", "-10.0")
    assert (unaware.split()[0], aware.split()[0], gain.split()[0]) == ("50.0", "60.0", "+60.0")
    assert (p, queries, seconds) == (f"{mcnemar(6, 0):.2g}", "42", "12")
    assert lines[-1].startswith("Not run yet: ")
    assert "deepwordbug (starter-en)" not in lines[-1]
    assert "deepwordbug (starter-es)" in lines[-1]
    assert "## deepwordbug" not in page(kept, 20), "another limit is another table"
    files = page({key("my/leet.yaml", "en", 10): {NONE: bare | costs}}, 10)
    assert "## my/leet.yaml, starter-en" in files

"""Constraints asked again of texts whose edits nobody kept."""

from __future__ import annotations

import pytest

from robust.leaderboard.legality import allowed
from robust.recipe.load import load_attack


@pytest.mark.parametrize(
    ("original", "adversarial", "changed"),
    [
        ("cd ab ef", "ab ab ab", 2),  # a diff alone keeps the one `ab` and has three words changed
        ("one two three four", "one 2 three four", 1),
        ("one two three four", "one three four", 1),
        ('a través de la "paz" dos', 'a trav´ss de la "p´az" dos', 2),  # signs inside a word take it apart
        ("one (two) three", "one () three", 1),
        ("one two-three four", "one 2-three 4", 2),
        ("one two three four", "two three four one", 2),  # here the diff has fewer: one gone, one added
    ],
)
def test_words_are_lined_up_with_as_few_changes_as_can_be(original: str, adversarial: str, changed: int) -> None:
    for most in (changed, changed - 1):
        only = f"attack.constraints=[{{max_words_changed: {{fraction: 0.0, minimum: {most}}}}}]"
        recipe = load_attack("random-order", overrides=[only])
        assert allowed(recipe, original, adversarial, "en") == ([] if most == changed else ["max_words_changed"], [])

"""¿ and ¡ go, everything else stays."""

from __future__ import annotations

import pytest

from robust.core.text import Text
from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.base import language
from robust.searches.greedy import Greedy
from robust.testing import FakeScope, ToyVictim, run_search, toy_example
from robust.transformations.inverted_marks import InvertedMarks

STRING = "¡Niño, ¿qué haces?! Dijo: «¿sí?», y no."


def made(string: str, index: int, **options: str) -> list[Text]:
    return InvertedMarks(**options)([Site(language("es").text(string), index, "es")])[0]


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (0, ["Niño, ¿qué haces?! Dijo: «¿sí?», y no."]),
        (1, ["¡Niño, qué haces?! Dijo: «¿sí?», y no."]),
        (2, []),
        (4, ["¡Niño, ¿qué haces?! Dijo: «sí?», y no."]),
    ],
)
def test_only_the_marks_before_the_word(index: int, expected: list[str]) -> None:
    assert [*map(str, made(STRING, index))] == expected


def test_all_of_them() -> None:
    (text,) = made(STRING, 1, marks="all")
    assert str(text) == "Niño, qué haces?! Dijo: «sí?», y no."
    assert [*map(str, made("¿¡Qué!?", 0))] == ["Qué!?"]


def test_no_word_changes_and_edits_before_it_stay() -> None:
    before = language("es").text(STRING).replace(0, "Niña")
    (text,) = InvertedMarks()([Site(before, 1, "es")])[0]
    assert text.words == before.words
    assert text.origins == before.origins
    assert text.edited == {0}
    assert text.words_changed == 1
    assert text.root.apply(text.edits) == text


def test_a_search_takes_them_all_if_it_must() -> None:
    victim = ToyVictim(lean=9.0)
    example = toy_example("¿Qué? ¡No! ¿Ya?", lang="es", victim=victim)
    scope = FakeScope(example=example, victim=victim, transformation=InvertedMarks())
    assert str(run_search(Greedy(), scope)).count("¿") <= 2


def test_the_mistake_is_said() -> None:
    with pytest.raises(PluginError, match="two"):
        InvertedMarks(marks="two")  # type: ignore[arg-type]

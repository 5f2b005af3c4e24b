"""Triggers at the front and at the end."""

from __future__ import annotations

import pytest

from robust.core.text import Text
from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.tokenise import spans
from robust.transformations.prepend_words import PrependWords, Where


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ("front", "A fine film.", "zoning tapping A fine film."),
        ("front", "¿«Qué» tal?", "zoning tapping ¿«Qué» tal?"),
        ("front", "\n Hola", "\n zoning tapping Hola"),
        ("end", "A fine film.", "A fine film. zoning tapping"),
        ("end", "¡Bien! \n", "¡Bien! zoning tapping \n"),
    ],
)
def test_the_words_stand_around_everything(place: Where, before: str, after: str) -> None:
    text = Text(before, spans(before))
    (made,) = PrependWords(words=("zoning", "tapping"), place=place)([Site(text, 0, "es")])[0]
    assert str(made) == after
    new = ("zoning", "tapping")
    assert made.words == (*new, *text.words) if place == "front" else (*text.words, *new)
    assert made.words_changed == 2
    for at, span in enumerate(text.spans):  # every old word is where it says it is
        where = made.locate(span)
        assert where is not None
        assert after[slice(*where)] == text.words[at]
        assert made.origins[at + 2 * (place == "front")] == at


def test_only_the_first_word_has_a_candidate() -> None:
    text = Text("one two", spans("one two"))
    assert [len(found) for found in PrependWords(words=("x",))([Site(text, at, "en") for at in (0, 1)])] == [1, 0]


@pytest.mark.parametrize("words", [(), ("two words",), ("",), ("end ",)])
def test_what_is_no_word_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(PluginError):
        PrependWords(words=words)


def test_prepended_words_are_edits_like_others() -> None:
    text = Text("«Hola»", spans("«Hola»"))
    longer = text.prepend("tú").prepend("¿y")
    assert (str(longer), longer.words, longer.origins) == ("¿y tú «Hola»", ("¿y", "tú", "Hola"), (-1, -1, 0))
    assert text.apply(longer.edits) == longer
    assert (longer.edited, longer.locate((1, 5))) == (frozenset({0, 1}), (7, 11))
    assert str(Text("", ()).prepend("a")) == "a"
    with pytest.raises(ValueError, match="cannot prepend"):
        text.prepend(" ")

"""Tautologies at the end."""

from __future__ import annotations

import pytest

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.tokenise import spans
from robust.transformations.append_irrelevance import AppendIrrelevance


def first(string: str, lang: Lang = "en", *, times: int = 1) -> Text:
    text = Text(string, spans(string))
    return AppendIrrelevance(times=times)([Site(text, 0, lang)])[0][0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A fine film.", "A fine film and true is true."),
        ("A fine film", "A fine film and true is true"),
        ("Wow!!", "Wow and true is true!!"),
        ("Is it good?", "Is it good? True is true."),
        ('He said "no."', 'He said "no." True is true.'),
        ("Great 🙂\n", "Great 🙂 True is true.\n"),
    ],
)
def test_it_joins_the_sentence_or_makes_one(before: str, after: str) -> None:
    made = first(before)
    assert str(made) == after
    assert made.root.words == tuple(word for word, origin in zip(made.words, made.origins, strict=True) if origin >= 0)


def test_spanish_and_repeated() -> None:
    assert str(first("¡Qué bien!", "es")) == "¡Qué bien y lo verdadero es verdadero!"
    assert str(first("¿Qué?", "es")) == "¿Qué? Lo verdadero es verdadero."
    assert str(first("No.", times=2)) == "No and true is true and true is true."


def test_only_the_first_word_has_candidates() -> None:
    text = Text("one two", spans("one two"))
    found = AppendIrrelevance()([Site(text, 0, "en"), Site(text, 1, "en")])
    assert (len(found[0]), found[1]) == (5, [])
    with pytest.raises(PluginError):
        AppendIrrelevance(times=0)


def test_appended_words_are_edits_like_others() -> None:
    text = Text("Hola. ", spans("Hola. "))
    longer = text.append("¿Y").append("tú?")
    assert (str(longer), longer.words, longer.origins) == ("Hola. ¿Y tú? ", ("Hola", "¿Y", "tú?"), (0, -1, -1))
    assert text.apply(longer.edits) == longer
    assert (longer.edited, longer.words_changed, longer.locate((0, 4))) == (frozenset({1, 2}), 2, (0, 4))
    assert str(longer.delete(1)) == "Hola. tú? "
    assert str(Text("", ()).append("a")) == "a"
    with pytest.raises(ValueError, match="cannot append"):
        text.append(" ")

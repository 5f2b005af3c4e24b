"""The easy operations of EDA: a word left out, swapped with the next, joined by a synonym."""

from __future__ import annotations

import pytest

from robust.core.text import Text
from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.base import language
from robust.transformations.delete_word import DeleteWord
from robust.transformations.insert_synonym import InsertSynonym
from robust.transformations.swap_words import SwapWords


def made(
    transformation: DeleteWord | SwapWords | InsertSynonym, string: str, index: int, lang: str = "en"
) -> list[Text]:
    code = language(lang).code
    return transformation([Site(language(lang).text(string), index, code, seed=7)])[0]


def test_a_word_is_left_out_but_not_the_last_one() -> None:
    assert [*map(str, made(DeleteWord(), "¡Qué buen hotel!", 1, "es"))] == ["¡Qué hotel!"]
    assert made(DeleteWord(), "Bien", 0, "es") == []


@pytest.mark.parametrize(
    ("string", "index", "expected"),
    [
        ("a very good film", 1, ["a good very film"]),
        ("The film was long", 0, ["Film the was long"]),
        ("A very good film", 0, ["Very a good film"]),
        ("I liked it", 0, ["liked I it"]),
        ("McDonald was here", 0, ["was McDonald here"]),
        ("Uruguay is small", 0, ["is Uruguay small"]),
        ("We saw The end", 2, ["We saw end The"]),
        ("good, bad", 0, []),
        ("very very", 0, []),
        ("the end", 1, []),
    ],
)
def test_neighbours_change_places(string: str, index: int, expected: list[str]) -> None:
    found = made(SwapWords(), string, index)
    assert [*map(str, found)] == expected
    assert all(text.words_changed == 2 for text in found)


def test_a_split_word_beside_its_piece_is_not_swapped_for_the_same() -> None:
    split = language("en").text("see aaa a dog").replace(1, "a a")
    assert SwapWords()([Site(split, 1, "en")]) == [[]]


def test_a_synonym_is_added_and_everything_else_stays() -> None:
    string = "Una película perfecta y divertida"
    found = made(InsertSynonym(k=6), string, 2, "es")
    assert 1 <= len(found) <= 6
    for text in found:
        (edit,) = text.edits
        assert edit.kind == "insert"
        assert edit.word in language("es").synonyms("perfecta")
        assert [word for at, word in enumerate(text.words) if at != edit.index] == string.split()
    assert made(InsertSynonym(), "xqzzt here", 0) == []


def test_k_must_be_positive() -> None:
    with pytest.raises(PluginError, match="k is 0"):
        InsertSynonym(k=0)

"""What a deleted word leaves behind."""

from __future__ import annotations

import pytest

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.lang.base import language
from robust.transformations.delete_word import DeleteWord


def without(string: str, word: str, lang: Lang = "en") -> list[Text]:
    text = language(lang).text(string)
    return DeleteWord()([Site(text, text.words.index(word), lang)])[0]


@pytest.mark.parametrize(
    ("lang", "string", "word", "expected"),
    [
        ("en", "a dull film.", "dull", "a film."),
        ("en", "An unfunny film", "unfunny", "A film"),
        ("en", "a quite old film", "quite", "an old film"),
        ("en", "good (really) film", "really", "good film"),
        ("en", 'He said "no" twice', "no", "He said twice"),
        ("en", "x (so bad) y", "so", "x (bad) y"),
        ("en", "x (so bad) y", "bad", "x (so) y"),
        ("en", "good, however, bad", "however", "good, bad"),
        ("en", "film , however , is", "however", "film , is"),
        ("en", "However, it is", "However", "it is"),
        ("en", "It is good, really.", "really", "It is good."),
        ("en", "Wow! Great! It", "Great", "Wow! It"),
        ("en", "End. However, it", "However", "End. it"),
        ("en", "it is (as, say, here)", "as", "it is (say, here)"),
        ("en", "one\ntwo\nthree", "two", "one\nthree"),
        ("en", "one two", "two", "one"),
        ("es", "ríe y muy inteligente", "muy", "ríe e inteligente"),
        ("es", "siete u casi diez", "casi", "siete o diez"),
        ("es", "¿Qué? Nada", "Qué", "Nada"),
    ],
)
def test_nothing_is_left_behind(lang: Lang, string: str, word: str, expected: str) -> None:
    (text,) = without(string, word, lang)
    assert str(text) == expected
    assert text.root.apply(text.edits) == text
    assert len(text) == len(text.root) - 1


def test_the_article_counts_as_changed_too() -> None:
    (text,) = without("an unfunny film", "unfunny")
    assert text.words_changed == 2
    assert text.origins == (0, 2)


def test_the_last_word_stays() -> None:
    assert without("word", "word") == []

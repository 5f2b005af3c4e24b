"""Tables of look-alikes, letters and lists of forms."""

from __future__ import annotations

import unicodedata

import pytest

from robust.core.types import LANGS, Lang
from robust.lang.forms import alternatives, short_forms
from robust.lang.letters import composed, occurrences, put, shapes, split_letters, written_like
from robust.lang.lexicon import read
from robust.lang.lookalikes import HOMOGLYPHS, LEET, MARKED, OCR, OCR_ACCENTS


def test_homoglyphs_are_other_letters() -> None:
    for letter, other in HOMOGLYPHS.items():
        assert letter.isascii()
        assert not other.isascii()
        assert len(other) == 1


def test_marked_letters_are_the_letter_with_a_mark() -> None:
    for letter, other in MARKED.items():
        assert unicodedata.normalize("NFD", other)[0] == letter
        assert other not in "áéíóúüñ"
        assert len(other) == len(other.upper()) == 1


def test_leet_is_a_digit_and_perhaps_a_symbol() -> None:
    assert all(signs[0].isdigit() and not signs[1:].isalnum() for signs in LEET.values())


def test_a_scanner_reads_something_else() -> None:
    assert all(printed != read_ for printed, read_ in OCR + OCR_ACCENTS)
    assert len(set(OCR)) == len(OCR)
    assert {("rn", "m"), ("m", "rn"), ("l", "1"), ("O", "0")} <= set(OCR)


def test_letters() -> None:
    assert split_letters("man\u0303ana") == ["m", "a", "n\u0303", "a", "n", "a"]
    assert composed("N\u0303") == "ñ"
    assert written_like("Á", "e") == "E"
    assert written_like("a\u0301", "é") == "e\u0301"
    assert put(["a", "b", "c"], 1, "xy", 2) == "axy"
    assert put(["a", "b"], 1, " ", 0) == "a b"
    assert list(occurrences(shapes(["ñ", "n\u0303", "n"]), "ñ")) == [0, 1]
    assert list(occurrences(shapes(list("arnrn")), "rn")) == [1, 3]


def test_accent_pairs_differ_in_the_accent_alone() -> None:
    groups = [line.split() for line in read("es", "accent_pairs.txt")]
    bare = str.maketrans("áéíóú", "aeiou")
    for group in groups:
        assert len(group) == len(set(group)) > 1
        assert len({word.translate(bare) for word in group}) == 1
        assert all(word == unicodedata.normalize("NFC", word).lower() for word in group)
    assert len({group[0].translate(bare) for group in groups}) == len(groups), "a word is in two groups"


@pytest.mark.parametrize(
    ("lang", "name"), [("en", "homophones.txt"), ("es", "homophones.txt"), ("es", "homophones_seseo.txt")]
)
def test_groups_of_homophones_are_clean(lang: Lang, name: str) -> None:
    words = [word for line in read(lang, name) for word in line.split(" ")]
    assert len(words) == len(set(words)), sorted(word for word in words if words.count(word) > 1)
    assert all(len(line.split(" ")) > 1 for line in read(lang, name))
    assert all(word.replace("_", "").replace("'", "").isalpha() for word in words)


@pytest.mark.parametrize("lang", LANGS)
def test_short_forms_are_listed_once(lang: Lang) -> None:
    lines = [line.split(" ") for line in read(lang, "texting.txt")]
    assert len({long for long, *_ in lines}) == len(lines)
    assert all(short and long not in short for long, *short in lines)
    assert short_forms(lang)


def test_forms_of_several_words() -> None:
    spanish = alternatives("es", "homophones.txt")
    assert spanish["a ver"] == ("haber",)
    assert spanish["haber"] == ("a ver",)
    assert spanish["hay"] == ("ahí", "ay")

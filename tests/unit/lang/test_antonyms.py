"""Opposites: what is listed, what shows by its shape; the lists are what the build makes of its sources."""

import os
from pathlib import Path

import pytest

from robust.lang import build_antonyms, wordnet
from robust.lang.antonyms import opposed, pairs
from robust.lang.lexicon import read
from tests import realdata

WORDNET = Path(os.environ.get("ROBUST_WORDNET", ""))
"""WordNet 3.0 as it was published; one built anew, as Debian's is, lacks synsets that the Spanish wordnets name."""
needs_wordnet = pytest.mark.skipif(
    not (WORDNET / "data.noun").is_file(), reason="ROBUST_WORDNET is not set to the folder of WordNet 3.0"
)


@pytest.mark.parametrize(
    ("lang", "one", "other", "expected"),
    [
        ("en", "good", "bad", True),
        ("en", "careful", "careless", True),
        ("en", "possible", "impossible", True),
        ("en", "good", "great", False),
        ("en", "film", "movie", False),
        ("es", "abrir", "cerrar", True),
        ("es", "útil", "inútil", True),
        ("es", "pobreza", "riqueza", True),
        ("es", "bueno", "excelente", False),
    ],
)
def test_opposed(lang, one, other, expected) -> None:
    assert opposed(lang, one, other) is expected
    assert opposed(lang, other, one) is expected


@pytest.mark.parametrize("lang", ["en", "es"])
def test_no_word_is_its_own_opposite(lang) -> None:
    assert len(pairs(lang)) > 500
    assert all(one != other for one, other in pairs(lang))


@needs_wordnet
def test_english_is_reproduced() -> None:
    found = build_antonyms.english(wordnet.read(WORDNET))
    assert [f"{one} {other}" for one, other in found] == read("en", build_antonyms.NAME)


@needs_wordnet
@pytest.mark.realdata
def test_spanish_is_reproduced() -> None:
    names = build_antonyms.read_names(realdata.path("lexicons", "mcr_spa", "wn-data-spa.tab"))
    found = build_antonyms.spanish(wordnet.read(WORDNET), names)
    assert [f"{one} {other}" for one, other in found] == read("es", build_antonyms.NAME)


def test_synsets_that_are_not_there_are_told() -> None:
    synset = wordnet.Synset(words=("good",), pointers=(), gloss="", satellite=False)
    found = wordnet.WordNet(
        synsets={("a", "00000010"): synset}, senses={}, counts={}, commonness={}, unkind=frozenset(), dated=frozenset()
    )
    assert wordnet.lost(found, [("a", "00000010")]) == ""
    assert wordnet.lost(found, [("a", "00000010"), ("a", "00000011")]).startswith("1 of 2 synsets are not there")

"""The likeliest reading of a sentence is found, and it is the likeliest of all."""

from __future__ import annotations

import math
from itertools import product

import pytest

from robust.core.types import Lang
from robust.lang import context
from robust.lang.build_word_pairs import pairs, table
from robust.lang.context import RIGHT, START, Following, a_name, following, in_context, readings
from robust.lang.frequency import frequencies, total
from robust.lang.spelling import CHANCES, count


def weight(sentence: list[str], meant: tuple[str, ...], lang: Lang) -> float:
    """ln P(meant) P(sentence | meant), worked out anew from the table and the formula."""
    found, before = 0.0, START
    for word, other in zip(sentence, meant, strict=True):
        share = count(other, lang) / total(lang)
        known = following(lang).get(before, Following(0, 1, {}))
        found += math.log((known.counts.get(other, 0) + known.kinds * share) / (known.total + known.kinds))
        found += dict(readings(word, lang))[other]
        before = other
    return found


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "teh film wsa realy bed"),
        ("en", "a vad plot and drill acting"),
        ("es", "la pelicula era muy mela"),
        ("es", "el hotle estaba limpoi"),
    ],
)
def test_no_reading_is_likelier(lang: Lang, text: str) -> None:
    words = text.split()
    best = max(
        product(*[[other for other, _ in readings(word, lang)] for word in words]),
        key=lambda meant: weight(words, meant, lang),
    )
    assert in_context(text, lang) == " ".join(best)
    assert weight(words, best, lang) > weight(words, tuple(words), lang)


def test_readings_are_slips_with_the_chances_of_a_careless_hand() -> None:
    found = dict(readings("teh", "en"))
    assert found["teh"] == pytest.approx(math.log(RIGHT))
    assert found["the"] == pytest.approx(math.log(CHANCES["swap"] * context.CARELESS))
    assert len(found) <= context.READINGS
    assert set(found) - {"teh"} <= set(frequencies("en"))


@pytest.mark.parametrize(
    ("lang", "written", "meant"),
    [
        ("en", "It was a vad film.", "It was a bad film."),
        ("en", "hTe gold room. Teey were nice!", "The gold room. They were nice!"),
        ("en", "I do'nt know", "I don't know"),
        ("en", "THE FILM WAS AWFULL", "THE FILM WAS AWFUL"),
        ("en", "We met Teey at the USA store, 3D and all", "We met Teey at the USA store, 3D and all"),
        ("en", "", ""),
        ("es", "¡Qué películla tan buena!", "¡Qué película tan buena!"),
        ("es", "La havitación estaba limpia", "La habitación estaba limpia"),
    ],
)
def test_texts(lang: Lang, written: str, meant: str) -> None:
    assert in_context(written, lang) == meant


def test_right_texts_mostly_stay() -> None:
    from robust.data.source import DataSpec, read

    for lang in ("en", "es"):
        rows = [row.fields[0] for row in read(DataSpec(source=f"starter-{lang}", limit=60)).rows]
        old = [word for row in rows for word in row.split()]
        new = [word for row in rows for word in in_context(row, lang).split()]
        changed = sum(one != other for one, other in zip(old, new, strict=True))
        assert changed < 0.04 * len(old)


def test_names_stand_inside_a_sentence() -> None:
    text = "She saw Anna. Then Anna left: Good. ¿Qué?"
    found = [word for word in ("She", "Anna", "Then", "Good") if a_name(text, text.index(word), word)]
    assert found == ["Anna"]


def test_pairs_are_counted_within_sentences_of_known_words() -> None:
    known = dict.fromkeys(("the", "film", "was", "good"), 1)
    lines = ["The film was good! The zyx film", "film was"]
    counts = pairs(lines, known)
    assert counts == {
        (START, "the"): 2,
        (START, "film"): 1,
        ("the", "film"): 1,
        ("film", "was"): 2,
        ("was", "good"): 1,
    }
    assert list(table(counts, most=3, least=1)) == ["^ 3 2 film:1 the:2", "film 2 1 was:2"]
    assert list(table(counts, most=9, least=2)) == ["^ 3 2 the:2", "film 2 1 was:2"]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_tables(lang: Lang) -> None:
    found = following(lang)
    assert START in found
    assert len(found) > 10_000
    assert set(found) - {START} <= set(frequencies(lang))
    for first in ("the", "was") if lang == "en" else ("la", "muy"):
        told = found[first]
        assert told.kinds >= len(told.counts)
        assert told.total >= sum(told.counts.values())

"""Misspelt words are corrected by the formula, disguised ones undone, and right ones left alone."""

from __future__ import annotations

import pytest

from robust.core.types import Lang
from robust.lang.frequency import bare, by_letters, frequencies
from robust.lang.normal import normalise
from robust.lang.spelling import CHANCES, correct, count, slips


def distance(one: str, other: str) -> int:
    """Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours (Damerau 1964)."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@pytest.mark.parametrize(("lang", "word"), [("en", "moive"), ("en", "thr"), ("es", "pelicla"), ("es", "nino")])
def test_slips_are_all_words_one_edit_away(lang: Lang, word: str) -> None:
    near = [w for w in frequencies(lang) if abs(len(w) - len(word)) <= 1 and len(set(w) ^ set(word)) <= 2]
    letters = set("abcdefghijklmnopqrstuvwxyzñáéíóúü" if lang == "es" else "abcdefghijklmnopqrstuvwxyz'")
    expected = {w for w in near if distance(w, word) == 1 and set(w) <= letters}
    expected |= {w for w in frequencies(lang) if bare(w) == bare(word) and w != word}
    assert {other for other, _ in slips(word, lang)} >= expected
    assert all(distance(other, word) == 1 or bare(other) == bare(word) for other, _ in slips(word, lang))


@pytest.mark.parametrize(("lang", "word"), [("en", "teh"), ("en", "awfull"), ("es", "tambien"), ("es", "restaurnte")])
def test_the_likeliest_word_wins(lang: Lang, word: str) -> None:
    weights = {word: count(word, lang) * CHANCES["none"]}
    for other, kind in slips(word, lang):
        weights[other] = max(weights.get(other, 0), frequencies(lang)[other] * CHANCES[kind])
    assert correct(word, lang) == max(weights, key=weights.__getitem__)


@pytest.mark.parametrize(
    ("lang", "written", "meant"),
    [
        ("en", "terribel", "terrible"),
        ("en", "Moive", "Movie"),
        ("en", "AWFULL", "AWFUL"),
        ("en", "good", "good"),
        ("en", "McDonald", "McDonald"),
        ("en", "it", "it"),
        ("es", "películla", "película"),
        ("es", "pelíclua", "película"),
        ("es", "está", "está"),
        ("es", "esta", "esta"),
        ("es", "año", "año"),
    ],
)
def test_words(lang: Lang, written: str, meant: str) -> None:
    assert correct(written, lang) == meant


@pytest.mark.parametrize(
    ("lang", "written", "meant"),
    [
        ("en", "gооd wіne", "good wine"),  # Cyrillic o and i
        ("en", "a\u200bwful \u00adfilm", "awful film"),
        ("en", "ĝôôḋ", "good"),
        ("en", "d1sgust1ng f00d!", "disgusting food!"),
        ("en", "sooooo bad", "so bad"),
        ("en", "ｇｒｅａｔ 𝓰𝓸𝓸𝓭, x² and ½", "great good, x² and ½"),
        ("en", "3D, 4x4, 2.5 stars at 10:30", "3D, 4x4, 2.5 stars at 10:30"),
        ("en", "👩\u200d👩\u200d👧 a café in Москва", "👩\u200d👩\u200d👧 a café in Москва"),
        ("es", "n\u0303 nin\u0303o", "ñ niño"),
        ("es", "una canción, ¿está aquí?", "una canción, ¿está aquí?"),
        ("es", "año y ano, esta y está", "año y ano, esta y está"),
        ("es", "la cancion", "la canción"),
        ("es", "La papa frita y una sabana verde", "La papa frita y una sabana verde"),
        ("es", "Tambien HABITACION", "También HABITACIÓN"),
    ],
)
def test_disguises_are_undone(lang: Lang, written: str, meant: str) -> None:
    assert normalise(written, lang) == meant


def test_the_tables() -> None:
    for lang, common in (("en", ("the", "movie", "hotel")), ("es", ("que", "película", "habitación"))):
        counted = frequencies(lang)
        assert list(counted.values()) == sorted(counted.values(), reverse=True)
        assert len(counted) > 20_000
        assert all(counted[word] > 100 for word in common)
        assert all(frequencies(lang)[forms[0]] >= frequencies(lang)[forms[-1]] for forms in by_letters(lang).values())

"""Exact match and F1 against figures worked out by hand, and against the definition written another way."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust.core.types import Lang
from robust.lang.squad import exact_match, f1, normalise


@pytest.mark.parametrize(
    ("text", "lang", "words"),
    [
        ("The  Old-Mill, a barn!", "en", "oldmill barn"),
        ("an anthem of a theatre", "en", "anthem of theatre"),
        ("A. A. Milne", "en", "milne"),
        ("¡La Cigüeña!", "es", "cigüeña"),
        ("¡La Cigüeña!", "en", "¡la cigüeña"),  # SQuAD's own script knows ASCII's signs only
        ("«los años» de unas niñas —y él—", "es", "años de niñas y él"),
        ("the elm", "es", "the elm"),
        ("el 5 % de los 20 €", "es", "5 de 20 €"),
        ("the", "en", ""),
    ],
)
def test_normalise(text: str, lang: Lang, words: str) -> None:
    assert normalise(text, lang=lang) == words


def test_worked_out_by_hand() -> None:
    # shared: "red", "barn"; told 3 words, gold 4: 2 * 2 / 7
    assert f1("big red barn", ["a red barn door here"], lang="en") == pytest.approx(4 / 7)
    assert f1("big red barn", ["nothing", "the red barn"], lang="en") == pytest.approx(4 / 5)
    assert f1("no no", ["no"], lang="en") == pytest.approx(2 / 3), "repeated words count as often as both have them"
    assert f1("el niño", ["niño"], lang="es") == 1
    assert f1("nino", ["niño"], lang="es") == 0
    assert exact_match("¿El niño?", ["la niña", "un niño"], lang="es") == 1
    assert exact_match("el niño", ["niño"], lang="en") == 0
    assert (exact_match("the", ["a"], lang="en"), f1("the", ["a"], lang="en")) == (1, 0)


WORDS = {
    "en": ("a", "the", "an", "Oak", "oak,", "elm", "year's", "«ash»"),
    "es": ("el", "Las", "ñu", "ñu.", "¿sí?", "fe"),
}


def slow_f1(told: str, right: str, lang: Lang) -> float:
    """Precision and recall, word by word; the words of this test hold no sign but at their ends, or an apostrophe."""
    articles = {"en": {"a", "an", "the"}, "es": {"el", "la", "los", "las", "un", "una", "unos", "unas"}}[lang]
    signs = ",.'" if lang == "en" else "".join(c for c in map(chr, range(0x3000)) if unicodedata.category(c)[0] == "P")

    def words(text: str) -> list[str]:
        bare = ["".join(c for c in word.casefold() if c not in signs) for word in text.split()]
        return [word for word in bare if word not in articles]

    mine, gold = words(told), words(right)
    left, hits = list(gold), 0
    for word in mine:
        if word in left:
            left.remove(word)
            hits += 1
    if not hits:
        return 0.0
    precision, recall = hits / len(mine), hits / len(gold)
    return 2 * precision * recall / (precision + recall)


@given(st.data(), st.sampled_from(["en", "es"]))
def test_f1_is_the_harmonic_mean_of_precision_and_recall(data: st.DataObject, lang: Lang) -> None:
    some = st.lists(st.sampled_from(WORDS[lang]), max_size=6).map(" ".join)
    told, gold = data.draw(some), data.draw(st.lists(some, min_size=1, max_size=3))
    assert f1(told, gold, lang=lang) == pytest.approx(max(slow_f1(told, right, lang) for right in gold))
    assert 0 <= f1(told, gold, lang=lang) <= 1
    assert exact_match(gold[0], gold, lang=lang) == 1

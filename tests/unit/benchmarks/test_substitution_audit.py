"""The audit's judges and rules, on made-up words and sentences."""

from __future__ import annotations

from typing import ClassVar

import pytest

from benchmarks.substitution_audit.judges import Reading, agree
from benchmarks.substitution_audit.neighbours import broken
from benchmarks.substitution_audit.sample import change
from robust.core.types import Lang


def reading(text: str) -> Reading:
    return frozenset(text.split())


class Table:
    """A judge of a few words."""

    words: ClassVar[dict[str, str]] = {
        "casa": "POS=NOUN Gender=Fem Number=Sing",
        "hogar": "POS=NOUN Gender=Masc Number=Sing",
        "águila": "POS=NOUN Gender=Fem Number=Sing",
        "día": "POS=NOUN Gender=Masc Number=Sing",
        "blanca": "POS=ADJ Gender=Fem Number=Sing",
        "bueno": "POS=ADJ Gender=Masc Number=Sing",
        "bonito": "POS=ADJ Gender=Masc Number=Sing",
    }

    def readings(self, word: str) -> set[Reading]:
        found = self.words.get(word.lower())
        return {reading(found)} if found else set()


def test_the_substituted_word_comes_last() -> None:
    found = change("An unforgettable night, indeed", "A memorable night, indeed", "en")
    assert found is not None
    assert found.pair == ("unforgettable", "memorable")
    assert change("the same", "the same", "en") is None


@pytest.mark.parametrize(
    ("lang", "before", "after", "expected"),
    [
        ("en", "a good day", "a ideal day", ["a/an"]),
        ("en", "a good day", "an ideal day", []),
        ("en", "a good hour", "a honest hour", ["a/an"]),
        ("en", "an ideal day", "an unique day", ["a/an"]),
        ("es", "caro y malo", "caro y inútil", ["y/e"]),
        ("es", "agua y vino", "agua y hielo", []),
        ("es", "plata o cobre", "plata o oro", ["o/u"]),
        ("es", "la casa", "la hogar", ["determiner"]),
        ("es", "una casa blanca", "un hogar blanca", ["noun and adjective"]),
        ("es", "un bonito día", "un bueno día", ["short form"]),
        ("es", "la casa", "la águila", ["el/la"]),
        ("es", "he visto", "he aspecto", ["compound tense"]),
        ("es", "he visto", "he observado", []),
        ("es", "la hogar", "la día", []),  # the author's own slip
    ],
)
def test_rules(lang: Lang, before: str, after: str, expected: list[str]) -> None:
    found = change(before, after, lang)
    assert found is not None
    assert broken(found, Table()) == expected


def test_readings_agree_where_they_do_not_contradict() -> None:
    feminine, common = reading("POS=ADJ Gender=Fem Number=Sing"), reading("POS=ADJ Number=Sing")
    masculine, verb = reading("POS=ADJ Gender=Masc Number=Sing"), reading("POS=VERB Number=Sing")
    assert agree([feminine], [common])
    assert agree([masculine, feminine], [feminine])
    assert not agree([feminine], [masculine])
    assert not agree([common], [verb])

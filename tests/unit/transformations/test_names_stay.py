"""Words that a capital shows to be names are no one's synonyms."""

from __future__ import annotations

import pytest

from robust import registry
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.lang.base import language
from robust.transformations._capital import likely_name


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("We saw Jean in Paris", ["Jean", "Paris"]),
        ("Great film", []),
        ("It ended. Great film, long wait", []),
        ('They say "Great film" and laugh', []),
        ("The Best Film Of The Year", []),
        ("BEST FILM of them all", []),
        ("Then he met Mr. Brown there", ["Mr", "Brown"]),
        ("Ayer vi a Rosa en Granada", ["Rosa", "Granada"]),
        ("¿Dónde está? ¡Qué bonito!", []),
        ("old. (Good) but slow", []),
        ("María no vino. Valencia tampoco, ni Ana", ["María", "Valencia", "Ana"]),
        ("Lucía Fue La Mejor De Todas Las Que Vi", ["Lucía"]),
        ("Linda película", []),
        ("", []),
    ],
)
def test_a_capital_within_a_sentence(string: str, expected: list[str]) -> None:
    text = language("es").text(string)
    assert [word for at, word in enumerate(text.words) if likely_name(text, at, "es")] == expected


@pytest.mark.parametrize(
    ("name", "lang", "string", "index"),
    [
        ("synonyms", "en", "a film by Brown and a friend", 3),
        ("synonyms", "es", "ayer vi a Feliz en casa", 3),
        ("synonyms", "es", "María no vino", 0),
        ("insert_synonym", "en", "a film by Brown and a friend", 3),
        ("embedding_neighbours", "en", "a letter to Terrible and a friend", 3),
    ],
)
def test_names_have_no_candidates_and_the_same_words_in_small_letters_have(
    name: str, lang: Lang, string: str, index: int
) -> None:
    transformation = registry.get("transformations", name)()
    found = [transformation([Site(language(lang).text(one), index, lang)])[0] for one in (string, string.lower())]
    assert len(found[0]) == 0
    assert len(found[1]) > 0

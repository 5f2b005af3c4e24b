"""Inflections: the forms of a word, category by category, in both languages."""

from __future__ import annotations

import pytest

from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.paradigm import CATEGORIES
from robust.recipe.load import load_attack
from robust.transformations.inflections import Inflections
from tests.unit.transformations.helpers import proposed


def forms(word: str, lang: Lang, *categories: str) -> list[str]:
    return proposed(Inflections(categories=categories or CATEGORIES), word, lang=lang)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("film", ["films"]),
        ("stories", ["story"]),
        ("children", ["child"]),
        ("makes", ["make", "made", "making"]),
        ("told", ["tell", "tells", "telling"]),
        ("broke", ["break", "breaks", "broken", "breaking"]),
        ("stopped", ["stop", "stops", "stopping"]),
        ("good", ["better", "best"]),
        ("better", ["good", "best"]),
        ("dirty", ["dirtier", "dirtiest"]),
        ("beautiful", []),  # compared with `more`
        ("carefully", []),
        ("furniture", ["furnitures"]),  # what a learner writes
        ("xqzzt", []),
    ],
)
def test_english_forms(word: str, others: list[str]) -> None:
    assert forms(word, "en") == others


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("película", ["películas"]),
        ("canciones", ["canción"]),
        ("crisis", []),
        ("larga", ["largo", "largas"]),
        ("viejos", ["viejas", "viejo"]),
        ("feliz", ["felices"]),
        ("disfrutar", ["disfrutando", "disfrutado"]),
        ("comprarlo", []),
        ("xqzzt", []),
    ],
)
def test_spanish_forms(word: str, others: list[str]) -> None:
    assert forms(word, "es") == others


def test_spanish_verbs_change_person_or_tense_but_not_both() -> None:
    assert forms("hablan", "es", "person") == ["hablo", "hablas", "habla", "hablamos", "habláis"]
    assert forms("hablan", "es", "tense") == [
        *("hablaban", "hablaron", "hablarán", "hablarían", "hablen", "hablaran", "hablar", "hablando", "hablado"),
    ]
    assert "hablé" not in forms("hablan", "es")
    assert not {"hablás", "hablasen", "hablaren"} & {*forms("hablan", "es"), *forms("habla", "es")}


def test_a_form_of_two_persons_offers_the_forms_of_both() -> None:
    assert {"cierro", "cierra", "cerré", "cerró"} <= set(forms("cerraba", "es", "tense"))
    assert "cerraba" not in forms("cerraba", "es")


@pytest.mark.parametrize(
    ("lang", "word", "category", "others"),
    [
        ("en", "feel", "person", ["feels"]),
        ("en", "feel", "tense", ["felt", "feeling"]),
        ("en", "feel", "number", []),
        ("es", "larga", "gender", ["largo"]),
        ("es", "larga", "number", ["largas"]),
    ],
)
def test_one_category(lang: Lang, word: str, category: str, others: list[str]) -> None:
    assert forms(word, lang, category) == others


def test_case_and_decomposed_accents_are_kept() -> None:
    assert forms("FILM", "en") == ["FILMS"]
    assert forms("Larga", "es") == ["Largo", "Largas"]
    assert forms("canción", "es") == ["canciones"]
    assert forms("cancio\u0301n", "es") == ["canciones"]
    assert forms("pelíCulas", "es") == []


def test_nothing_around_the_word_changes() -> None:
    assert proposed(Inflections(), "¡La película, larga!", 1, lang="es") == ["¡La películas, larga!"]
    assert proposed(Inflections(), "A dull film…", 2, lang="en") == ["A dull films…"]


def test_only_agreement_keeps_the_meaning() -> None:
    assert Inflections(categories=("number", "gender")).preserves_meaning
    for category in ("comparison", "person", "tense"):
        assert not Inflections(categories=("number", category)).preserves_meaning  # type: ignore[arg-type]
    assert not Inflections().preserves_meaning


def test_categories_are_checked() -> None:
    with pytest.raises(PluginError, match=r"categories are \['aspect'\]\n  fix: use some of number, gender"):
        Inflections(categories=("aspect",))  # type: ignore[arg-type]
    with pytest.raises(PluginError, match="categories are"):
        Inflections(categories=())


@pytest.mark.parametrize(("lang", "word"), [("en", "film"), ("en", "makes"), ("en", "told"), ("es", "larga")])
def test_the_way_back_is_open(lang: Lang, word: str) -> None:
    for other in forms(word, lang):
        assert word in forms(other, lang), other


def test_the_recipe_can_be_held_to_agreement_as_its_header_says() -> None:
    built = load_attack("morpheus", overrides=["attack.transformation.inflections.categories=[number, gender]"]).build()
    assert built.transformation == Inflections(categories=("number", "gender"))

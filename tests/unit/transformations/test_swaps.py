"""Names, places and numbers: what is swapped for what, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.lang.kinds import by_kind, numbers
from robust.lang.lexicon import read
from robust.transformations.swap_names import SwapNames
from robust.transformations.swap_numbers import SwapNumbers
from robust.transformations.swap_places import SwapPlaces
from tests.unit.transformations.helpers import proposed

ALL = 1000


def at(transformation: Any, string: str, word: str, lang: Lang) -> list[str]:
    """The words that come to stand where `word` stood first."""
    index = language(lang).text(string).words.index(word)
    return [language(lang).text(text).words[index] for text in proposed(transformation, string, index, lang=lang)]


def kind(lang: Lang, name: str, which: str) -> set[str]:
    return {line.split()[1] for line in read(lang, name) if line.startswith(which + " ")}


# ------------------------------------------------------------------ names
@pytest.mark.parametrize(
    ("lang", "string", "name", "gender"),
    [
        ("en", "Emma was kind.", "Emma", "f"),
        ("en", "We met Liam.", "Liam", "m"),
        ("es", "Ayer vino Lucía.", "Lucía", "f"),
    ],
)
def test_a_name_becomes_each_other_name_of_its_gender(lang: Lang, string: str, name: str, gender: str) -> None:
    assert set(at(SwapNames(k=ALL), string, name, lang)) == kind(lang, "first_names.txt", gender) - {name}


def test_every_mention_changes_and_only_the_first_has_candidates() -> None:
    string = "Emma smiled; Emma's food was hot."
    changed = proposed(SwapNames(k=ALL), string, 0, lang="en")
    assert "Alice smiled; Alice's food was hot." in changed
    assert proposed(SwapNames(k=ALL), string, 2, lang="en") == []


def test_no_two_people_become_one() -> None:
    assert "Alice" not in at(SwapNames(k=ALL), "Emma knows Alice.", "Emma", "en")


@pytest.mark.parametrize(
    ("lang", "string", "word"),
    [
        ("en", "The Virgin Mary statue.", "Mary"),
        ("es", "Vivo en San Diego.", "Diego"),
        ("es", "Ayer vino José Luis.", "José"),
        ("es", "Ayer vino José Luis.", "Luis"),
        ("en", "emma was kind.", "emma"),
        ("en", "A table and a chair.", "table"),
    ],
)
def test_what_is_no_first_name_alone_stays(lang: Lang, string: str, word: str) -> None:
    assert at(SwapNames(k=ALL), string, word, lang) == []


def test_surnames_stay_and_names_before_them_are_swapped() -> None:
    assert "We saw Adam Smith." in proposed(SwapNames(k=ALL), "We saw Liam Smith.", 2, lang="en")


def test_the_conjunction_before_a_spanish_name_keeps_its_form() -> None:
    after_e = at(SwapNames(k=ALL), "Marta e Inés", "Inés", "es")
    assert after_e == ["Irene", "Isabel"]
    assert not {"Irene", "Isabel", "Inés"} & set(at(SwapNames(k=ALL), "Marta y Lucía", "Lucía", "es"))


def test_capitals_and_decomposed_accents_are_kept() -> None:
    assert "LUCÍA LLEGÓ TARDE." in proposed(SwapNames(k=ALL), "MARTA LLEGÓ TARDE.", 0, lang="es")
    assert "He\u0301ctor vino" in proposed(SwapNames(k=ALL), "Rau\u0301l vino", 0, lang="es")


# ------------------------------------------------------------------ places
def test_towns_become_towns_and_countries_countries_of_their_gender() -> None:
    assert set(at(SwapPlaces(k=ALL), "We left London.", "London", "en")) == kind("en", "places.txt", "town") - {
        "London"
    }
    assert set(at(SwapPlaces(k=ALL), "En el Perú.", "Perú", "es")) == kind("es", "places.txt", "country-m") - {"Perú"}
    assert set(at(SwapPlaces(k=ALL), "Toda Francia.", "Francia", "es")) == kind("es", "places.txt", "country-f") - {
        "Francia"
    }


@pytest.mark.parametrize(
    ("lang", "string", "word"),
    [
        ("en", "I met Paris Hilton.", "Paris"),
        ("en", "In New Mexico we ate.", "Mexico"),
        ("es", "El Real Madrid ganó.", "Madrid"),
        ("en", "The view of the sea.", "view"),
    ],
)
def test_parts_of_longer_names_stay(lang: Lang, string: str, word: str) -> None:
    assert at(SwapPlaces(k=ALL), string, word, lang) == []


def test_articles_and_conjunctions_before_a_place_keep_their_form() -> None:
    vowels = tuple("AEIO")
    assert all(place.startswith(vowels) for place in at(SwapPlaces(k=ALL), "an Italy fan", "Italy", "en"))
    assert not [place for place in at(SwapPlaces(k=ALL), "a London pub", "London", "en") if place.startswith(vowels)]
    assert at(SwapPlaces(k=ALL), "Francia e Italia", "Italia", "es") == ["Inglaterra", "Irlanda"]


# ------------------------------------------------------------------ numbers
@pytest.mark.parametrize(
    ("lang", "string", "word", "others"),
    [
        ("en", "We had 3 rooms.", "3", ["2", "4"]),
        ("en", "With 10 people, it", "10", ["7", "8", "9", "11", "12", "13"]),
        ("en", "We waited five hours.", "five", ["three", "four", "six", "seven"]),
        ("en", "Eight of us", "Eight", []),  # a part of something
        ("en", "Twelve people came.", "Twelve", ["Nine", "Ten", "Eleven", "Thirteen", "Fourteen", "Fifteen"]),
        ("es", "Esperamos 2 horas.", "2", ["3"]),
        ("es", "Esperamos tres horas.", "tres", ["dos", "cuatro"]),
        ("es", "Siete u ocho días", "ocho", []),  # `u` stands before `ocho` alone
        ("es", "Había cien sillas.", "cien", ["ochenta", "noventa"]),
    ],
)
def test_numbers_become_numbers_near_them(lang: Lang, string: str, word: str, others: list[str]) -> None:
    assert at(SwapNumbers(k=ALL), string, word, lang) == others


@pytest.mark.parametrize(
    ("lang", "string", "word"),
    [
        ("en", "This is 4 you.", "4"),
        ("en", "I give it 8 out of 10.", "8"),
        ("en", "I give it 8 out of 10.", "10"),
        ("en", "Only 3 stars.", "3"),
        ("en", "A clear 9/10 film.", "9"),
        ("en", "A clear 9/10 film.", "10"),
        ("en", "It was 40% worse.", "40"),
        ("en", "We came in 1999.", "1999"),
        ("en", "We came 0 times.", "0"),
        ("en", "Two hundred and five hundred", "five"),
        ("en", "I give it a 7.", "7"),
        ("es", "Le doy un 7.", "7"),
        ("es", "Un 6 sobre 10.", "10"),
        ("es", "Llegamos el 3 de mayo.", "3"),
        ("es", "Le doy 3 estrellas.", "3"),
        ("es", "Treinta y cinco personas", "cinco"),
        ("es", "Treinta y cinco personas", "Treinta"),
        ("es", "Costó tres mil euros.", "tres"),
    ],
)
def test_marks_years_dates_and_parts_of_numbers_stay(lang: Lang, string: str, word: str) -> None:
    assert at(SwapNumbers(k=ALL), string, word, lang) == []


# ------------------------------------------------------------------ draws and lists
@pytest.mark.parametrize("cls", [SwapNames, SwapPlaces, SwapNumbers])
def test_k_is_checked(cls: type) -> None:
    with pytest.raises(PluginError, match=r"k is 0\n  fix: use 1 or more"):
        cls(k=0)


def test_k_are_drawn_by_the_seed_in_the_order_of_the_list() -> None:
    text = language("en").text("Emma was kind.")
    drawn = [[candidate.words[0] for candidate in SwapNames(k=5)([Site(text, 0, "en", seed)])[0]] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    names = by_kind("en", "first_names.txt")["Emma"]
    for found in drawn:
        assert len(found) == 5
        assert found == sorted(found, key=names.index)


@pytest.mark.parametrize("lang", LANGS)
def test_lists_are_clean(lang: Lang) -> None:
    for name in ("first_names.txt", "places.txt"):
        words = [line.split(" ")[1] for line in read(lang, name)]
        assert len(words) == len(set(words)) >= 70
        assert all(word == word.capitalize() and language(lang).text(word).words == (word,) for word in words)
    names, places = by_kind(lang, "first_names.txt"), by_kind(lang, "places.txt")
    assert not set(names) & set(places)
    values = list(numbers(lang).values())
    assert values == sorted(set(values))

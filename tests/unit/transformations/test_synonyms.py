"""Synonyms: what the language offers, as edits of the text."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.transformations.synonyms import Synonyms


def synonyms(string: str, index: int, lang: Lang, **options) -> list[str]:
    return [str(t) for t in Synonyms(**options)([Site(language(lang).text(string), index, lang)])[0]]


@pytest.mark.parametrize(("lang", "string", "index"), [("en", "A happy child.", 1), ("es", "Un niño feliz.", 2)])
def test_offers_the_synonyms_of_the_language_in_order(lang: Lang, string: str, index: int) -> None:
    word = language(lang).text(string).words[index]
    expected = [string.replace(word, other) for other in language(lang).synonyms(word)][:50]
    assert len(expected) >= 3
    assert synonyms(string, index, lang) == expected


def test_k_limits_the_number_and_keeps_the_best() -> None:
    assert synonyms("A happy child.", 1, "en", k=2) == synonyms("A happy child.", 1, "en")[:2]


def test_case_is_kept() -> None:
    assert all(s.split()[0].isupper() for s in synonyms("HAPPY child", 0, "en"))
    assert all(s.split()[0].istitle() or "-" in s.split()[0] for s in synonyms("Happy child", 0, "en"))


def test_unknown_words_have_no_candidates() -> None:
    assert synonyms("xqzzt child", 0, "en") == []


def test_k_must_be_positive() -> None:
    with pytest.raises(PluginError, match="k is 0"):
        Synonyms(k=0)


def test_spanish_verbs_are_offered_in_their_own_form() -> None:
    assert "Los actores conversan bien." in synonyms("Los actores hablan bien.", 2, "es")
    assert "La cuenta está aquí." not in synonyms("La guía está aquí.", 1, "es")
    assert not [text for text in synonyms("Nuestra guía habla.", 1, "es") if text.startswith("Nuestra alecciona")]


def test_the_word_before_changes_with_it() -> None:
    assert "Un hombre intachable" in synonyms("Un hombre perfecto", 2, "es")
    assert "Caro e intachable" in synonyms("Caro y perfecto", 2, "es")
    assert "Caro y intachable" not in synonyms("Caro y perfecto", 2, "es")
    assert "Caro y, intachable" in synonyms("Caro y, perfecto", 2, "es")  # a pause between them
    assert "A memorable day" in synonyms("An unforgettable day", 1, "en")
    assert {"An ideal day", "A flawless day"} <= set(synonyms("A perfect day", 1, "en"))
    assert "AN IDEAL DAY" in synonyms("A PERFECT DAY", 1, "en")


def test_what_changes_with_it_counts() -> None:
    (found,) = Synonyms()([Site(language("en").text("An unforgettable day"), 1, "en")])
    assert {text.words_changed for text in found if str(text).startswith("A ")} == {2}
    assert all(text.root.apply(text.edits) == text for text in found)


def test_a_determiner_tells_the_part_of_speech() -> None:
    assert "la copa fría" in synonyms("la bebida fría", 1, "es")
    assert "la borracha fría" not in synonyms("la bebida fría", 1, "es")
    assert "Estaba borracha" in synonyms("Estaba bebida", 1, "es")
    assert "An improve day" not in synonyms("A perfect day", 1, "en")
    assert "They improve it" in synonyms("They perfect it", 1, "en")


def test_a_letter_is_no_article() -> None:
    assert "vitamin A lack" in synonyms("vitamin A deficiency", 2, "en")
    assert not [text for text in synonyms("vitamin A deficiency", 2, "en") if "An" in text]
    assert "AN IDEAL DAY" in synonyms("A PERFECT DAY", 1, "en")


@pytest.mark.parametrize(
    ("string", "index", "expected", "never"),
    [
        ("Un bello día", 1, "Un buen día", "bueno"),
        ("UN BELLO DÍA", 1, "UN BUEN DÍA", "BUENO"),
        ("Una enorme idea", 1, "Una gran idea", "grande"),
        ("Un problema enorme para todos", 2, "Un problema grande para todos", "gran para"),
        ("Dos enormes ideas", 1, "Dos grandes ideas", "gran "),
        ("Un hombre perverso mata", 2, "Un hombre malvado mata", "malo mata"),  # *mata* is a noun elsewhere
    ],
)
def test_adjectives_are_shortened_before_nouns(string: str, index: int, expected: str, never: str) -> None:
    found = synonyms(string, index, "es")
    assert expected in found
    assert not [text for text in found if never in text]


def test_a_participle_after_haber_stays_one() -> None:
    assert not [text for text in synonyms("Yo nunca he dicho eso", 3, "es") if "aforismo" in text]
    assert "Un aforismo antiguo" in synonyms("Un dicho antiguo", 1, "es")
    found = synonyms("No ha subido", 2, "es")
    assert "No ha elevado" in found
    assert not {"No ha alto", "No ha ascendente"} & set(found)


def test_nouns_of_the_other_gender_come_last_and_take_their_phrase_along() -> None:
    both = synonyms("Vimos la película larga.", 2, "es")
    same = synonyms("Vimos la película larga.", 2, "es", other_gender=False)
    assert both[: len(same)] == same
    assert both[len(same) :] == ["Vimos el filme largo."]
    assert synonyms("La película es larga.", 1, "es") == synonyms("La película es larga.", 1, "es", other_gender=False)


def test_all_words_that_change_count_and_the_noun_is_the_first_edit() -> None:
    text = language("es").text("El fin de las películas largas.")
    *_, last = Synonyms()([Site(text, 4, "es")])[0]
    assert str(last) == "El fin de los filmes largos."
    assert (last.words_changed, last.edits[0].word) == (3, "filmes")
    text = language("es").text("El fin de la película.")
    *_, last = Synonyms()([Site(text, 4, "es")])[0]
    assert str(last) == "El fin del filme."
    assert text.apply(last.edits) == last


def test_forms_are_given_only_where_nothing_else_changes() -> None:
    def forms(string: str, index: int, **options: bool) -> list[str] | None:
        found = Synonyms(**options).forms(Site(language("es").text(string), index, "es"))
        return None if found is None else list(found)

    assert forms("Vimos estas películas largas.", 2) is None
    assert forms("Vimos estas películas largas.", 2, other_gender=False)


def test_what_replaces_a_word_agrees_as_it_did() -> None:
    assert "una actuación impecable" in synonyms("una actuación perfecta", 2, "es")
    assert "los intérpretes buenos" in synonyms("los actores buenos", 1, "es")
    assert "los actores excelentes" in synonyms("los actores buenos", 2, "es")

"""Neighbours by the shipped vectors: in the form and case of the word, of its kind, and where they can stand."""

import pytest

from robust.errors import PluginError
from robust.lang.antonyms import opposed
from robust.lang.es.gender import gender
from robust.transformations.embedding_neighbours import EmbeddingNeighbours
from tests.unit.transformations.helpers import proposed

NEAR = EmbeddingNeighbours(minimum=0.6)


def words(string, index=0, *, lang, made=NEAR):
    plain = string.split()
    return [text.split()[index] for text in proposed(made, " ".join(plain), index, lang=lang)]


@pytest.mark.parametrize(
    ("string", "index", "lang", "expected"),
    [
        ("the movie", 1, "en", "film"),
        ("The MOVIE", 1, "en", "FILM"),
        ("Terrible acting", 0, "en", "Horrible"),
        ("it looked fine", 1, "en", "seemed"),
        ("casas bonitas", 1, "es", "hermosas"),
        ("ellos hablaban mucho", 1, "es", "charlaban"),
        ("Habitaciones limpias", 0, "es", "Alcobas"),
    ],
)
def test_candidates_have_form_and_case(string, index, lang, expected) -> None:
    assert expected in words(string, index, lang=lang)


def test_opposites_other_kinds_and_other_genders_are_left_out() -> None:
    found = words("una habitación limpia", 1, lang="es")
    assert found
    assert {gender(word) for word in found} <= {"f", "c"}
    for word in ("good", "slow", "happy"):
        assert not any(opposed("en", word, other) for other in words(word, lang="en"))
    assert "fastly" not in words("quickly done", lang="en")


@pytest.mark.parametrize(
    ("string", "index", "lang", "never"),
    [
        ("we found it", 1, "en", "establish"),  # `found` in its own right is a rare reading
        ("she sang well", 1, "en", "song"),
        ("before leaving town", 1, "en", "departure"),
        ("she loved him", 1, "en", "pet"),
        ("she lives here", 1, "en", "lifetimes"),
        ("a gripping film", 1, "en", "clutching"),  # the verb or the adjective
        ("a gripping film", 1, "en", "riveting"),
        ("it collapses often", 1, "en", "stomachs"),  # `stomach` is a verb, but its vector is the noun's
        ("es encantadora", 1, "es", "bruja"),
    ],
)
def test_candidates_fit_every_usual_reading(string, index, lang, never) -> None:
    assert never not in words(string, index, lang=lang)


def test_a_form_whose_own_entry_is_rare_has_the_neighbours_of_its_lemma() -> None:
    assert "perceived" in words("they saw it", 1, lang="en")


def test_what_cannot_follow_the_word_before_is_left_out() -> None:
    made = EmbeddingNeighbours(k=500, minimum=0.6)
    free, after_a = [words(f"{one} terrible idea", 1, lang="en", made=made) for one in ("the", "a")]
    assert "awful" in free
    assert "awful" not in after_a
    assert set(after_a) < set(free)


@pytest.mark.parametrize("string", ["the", "qwertyish", "iPad", "mOvie", "x", "2023"])
def test_words_without_candidates(string) -> None:
    assert words(string, lang="en") == []


def test_k_and_minimum() -> None:
    many = words("terrible", lang="en", made=EmbeddingNeighbours(minimum=0.5))
    few = words("terrible", lang="en", made=EmbeddingNeighbours(minimum=0.8))
    assert few == many[: len(few)]
    assert len(few) < len(many)
    assert words("terrible", lang="en", made=EmbeddingNeighbours(minimum=0.5, k=3)) == many[:3]


@pytest.mark.parametrize(("given", "says"), [({"k": 0}, "k is 0"), ({"minimum": 1.2}, "minimum is 1.2")])
def test_bad_parameters(given, says) -> None:
    with pytest.raises(PluginError, match=says):
        EmbeddingNeighbours(**given)

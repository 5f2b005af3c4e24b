"""Words said in the other language: which ones, and what has to agree."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.transformations.code_switching import CodeSwitching


def made(string: str, lang: Lang, **parameters: object) -> list[str]:
    text = language(lang).text(string)
    found = CodeSwitching(**parameters)([Site(text, at, lang) for at in range(len(text))])  # type: ignore[arg-type]
    return [str(candidate) for of_word in found for candidate in of_word]


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("Vimos la película.", ["Vimos la movie."]),
        ("las películas", ["las movies"]),
        ("Las películas buenas", ["Las movies buenas"]),
        ("una gran película", ["una gran movie"]),
        ("LA PELÍCULA", ["LA MOVIE"]),
        ("la primera película", ["la primera movie"]),
        ("tres niños", ["tres boys"]),
        ("dos mujeres", ["dos women"]),
        ("sin dinero", ["sin money"]),
        ("La comida es buena.", ["La food es buena.", "La comida es good."]),
        ("El servicio fue muy lento", ["El service fue muy lento", "El servicio fue muy slow"]),
        ("millones de personas", ["millones de people"]),
    ],
)
def test_spanish_text(string: str, expected: list[str]) -> None:
    assert made(string, "es") == expected


@pytest.mark.parametrize(
    "string",
    [
        "ella la visita mucho",  # a verb and its pronoun
        "el agua",  # `el water` or `la water`?
        "película aburrida",  # no determiner shows the noun, no verb of being the adjective
        "la calle Mayor",
        "a la hora de comer",
        "los consejos",  # `advices`
        "un buen actor",  # the same word in both languages
        "de noche",
        "por primera vez",
        "es buena gente",  # an adjective beside its noun
        "pan a la vista",  # a set phrase
        "cuesta un ojo de la cara",
        "me dio un consejo",  # `un advice`
        "José está aburrido",  # bored, not boring
    ],
)
def test_spanish_words_that_stay(string: str) -> None:
    assert made(string, "es") == []


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("la película aburrida", ["el movie aburrido"]),
        ("Estas películas", ["Estos movies"]),
        ("de la película", ["del movie"]),
        ("el libro", ["el book"]),
        ("La película es larga", []),  # `larga` is of the film, and further away
    ],
)
def test_masculine_determiners(string: str, expected: list[str]) -> None:
    found = [text.replace("del  ", "del ") for text in made(string, "es", gender="masculine", parts=("noun",))]
    assert found == expected


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("I saw the movie.", ["I saw the película."]),
        ("These movies!", ["These películas!"]),
        ("a cold soup", ["a cold sopa"]),
        ("an apple", ["a manzana"]),
        ("a friend", ["an amigo"]),
        ("A friend", ["An amigo"]),
        ("The movie is boring.", ["The película is boring.", "The movie is aburrida."]),
        ("The movies were very boring", ["The películas were very boring", "The movies were very aburridas"]),
        ("The book was boring", ["The libro was boring", "The book was aburrido"]),
        ("the película is boring", ["the película is aburrida"]),
        ("It was incredible", ["It was increíble"]),
        ("It's difficult", ["It's difícil"]),
        ("She is famous", ["She is famosa"]),
        ("He was famous", ["He was famoso"]),
        ("Everything was perfect!", ["Everything was perfecto!"]),
    ],
)
def test_english_text(string: str, expected: list[str]) -> None:
    assert made(string, "en") == expected


@pytest.mark.parametrize(
    "string",
    [
        "the movie theater",  # a noun that describes a noun
        "It was boring",  # of what gender is it?
        "You are perfect",  # and how many?
        "We film the",
        "I want to book it",
        "some thought that",
        "the movie Jaws",
        "he is boring me",
        "movies",
    ],
)
def test_english_words_that_stay(string: str) -> None:
    assert made(string, "en") == []


def test_an_adjective_agrees_with_the_head_of_its_subject() -> None:
    """`cold` is said of the food and not of the hotel, which stands nearer."""
    found = made("The food in the hotel was boring", "en")
    assert not any("aburrid" in text for text in found)
    assert made("The food was boring", "en", parts=("adj",)) == ["The food was aburrida"]


def test_what_stands_around_the_word_stays() -> None:
    text = language("es").text("¡Qué  rica   esa sopa,\n¿no? 🙂")
    (candidate,) = [
        one for of_word in CodeSwitching()([Site(text, i, "es") for i in range(len(text))]) for one in of_word
    ]
    assert str(candidate) == "¡Qué  rica   esa soup,\n¿no? 🙂"
    assert candidate.words_changed == 1
    assert candidate.edits[0].word == "soup"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"gender": "feminine"}, "gender is 'feminine'"),
        ({"parts": ()}, r"parts is \[\]"),
        ({"parts": ("verb",)}, r"parts is \['verb'\]"),
    ],
)
def test_bad_parameters(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(PluginError, match=message):
        CodeSwitching(**parameters)  # type: ignore[arg-type]

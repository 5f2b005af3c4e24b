"""Spanish subjects that the verb shows."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.lang.base import language
from robust.transformations.subject_pronouns import SubjectPronouns


def without(string: str) -> list[str]:
    text = language("es").text(string)
    found = SubjectPronouns()([Site(text, at, "es") for at in range(len(text))])
    return [str(candidate) for of_word in found for candidate in of_word]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Yo quiero pan.", "Quiero pan."),
        ("YO QUIERO PAN", "QUIERO PAN"),
        ("Mañana yo voy", "Mañana voy"),
        ("¿Tú quieres?", "¿Quieres?"),
        ("Tú no sabes nada", "No sabes nada"),
        ("Tú me lo dijiste", "Me lo dijiste"),
        ("Si yo te digo", "Si te digo"),
        ("Creo que yo tengo razón", "Creo que tengo razón"),
        ("Quiero que tú vengas", "Quiero que vengas"),
        ("Nosotros somos amigos", "Somos amigos"),
        ("cuando nosotras llegamos", "cuando llegamos"),
        ("Vosotros tenéis razón", "Tenéis razón"),
        ("vos tenés", "tenés"),
        ("tu\u0301 vives", "vives"),
        ("Dijo: yo fui", "Dijo: fui"),
        ("¡Yo éramos!", None),
    ],
)
def test_a_subject_that_the_verb_shows_goes(before: str, after: str | None) -> None:
    assert without(before) == ([after] if after else [])


@pytest.mark.parametrize(
    "string",
    [
        "Yo tenía pan.",  # or él
        "Ella quiere pan, ellos vienen y usted sabe.",
        "Tú y yo sabemos",
        "Juan y yo vamos",
        "También yo quiero",
        "según tú dices",
        "más alto que yo soy",
        "Yo, quiero decir",
        "Yo mismo voy",
        "Yo como tú",
        "yo solo quiero",
        "Yo sé",  # or be!
        "Tú habla",
        "Soy yo quien quiere",
        "Yo",
        "",
    ],
)
def test_what_stays(string: str) -> None:
    assert without(string) == []


def test_the_capital_moves_on() -> None:
    text = language("es").text("Yo quiero. Tú VES.")
    (one,), (other,) = SubjectPronouns()([Site(text, 0, "es"), Site(text, 2, "es")])
    assert (str(one), one.words_changed) == ("Quiero. Tú VES.", 2)
    assert (str(other), other.words_changed) == ("Yo quiero. VES.", 1)

"""Spanish groups of persons in forms for every gender."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.base import language
from robust.lang.es.inclusive import Style
from robust.transformations.gender_inclusive import GenderInclusive


def made(string: str, *styles: Style) -> list[str]:
    text = language("es").text(string)
    transformation = GenderInclusive(styles=styles) if styles else GenderInclusive()
    found = transformation([Site(text, at, "es") for at in range(len(text))])
    return [str(candidate) for of_word in found for candidate in of_word]


@pytest.mark.parametrize(
    ("style", "string", "expected"),
    [
        ("e", "Todos los alumnos nuevos", "Todes les alumnes nueves"),
        ("e", "nuestros amigos", "nuestres amigues"),
        ("e", "LOS MÉDICOS", "LES MÉDIQUES"),
        ("e", "los antiguos vecinos", "les antigües vecines"),
        ("e", "los profesores", "les profesores"),
        ("e", "los niños nacidos aquí", "les niñes nacides aquí"),
        ("x", "los profesores", "lxs profesorxs"),
        ("x", "sus hijos pequeños", "sus hijxs pequeñxs"),
        ("at", "los estudiantes, los años", "l@s estudiantes, los años"),
        ("slash", "Los alumnos y la sala", "Los/as alumnos/as y la sala"),
        ("double", "Los alumnos nuevos llegan", "Las alumnas y los alumnos nuevos llegan"),
        ("double", "LOS ALUMNOS", "LAS ALUMNAS Y LOS ALUMNOS"),
        ("double", "todos los niños", "todas las niñas y todos los niños"),
        ("double", "a los buenos amigos", "a las buenas amigas y los buenos amigos"),
        ("double", "Sus hijos", "Sus hijas e hijos"),
        ("double", "para niños", "para niñas y niños"),
        ("double", "Niños de aquí", "Niñas y niños de aquí"),
        ("double", "los clientes", "las y los clientes"),
    ],
)
def test_the_phrase_agrees(style: Style, string: str, expected: str) -> None:
    assert made(string, style) == [expected]


@pytest.mark.parametrize(
    "string",
    [
        "los años, los derechos ciudadanos, los libros de textos",
        "los padres",
        "el alumno, la alumna, las alumnas",
        "las alumnas y los alumnos",
        "los alumnos varones",
        "alumnos y profesores",
        "los hermanos García",
        "los Amigos",
        "uno de los camareros",
        "incluidos los periodistas",
        "los jóvenes actores",
        "estudiantes",
        "hijos de puta",
        "vimos niños",
        "los nin\u0303os",
        "",
    ],
)
def test_what_stays(string: str) -> None:
    assert made(string) == []


def test_one_candidate_a_style_and_none_that_counts_twice() -> None:
    assert len(made("los alumnos")) == 5
    assert made("dos amigos", "double") == []  # two or four?
    text = language("es").text("Hoy los alumnos cantan")
    texts = GenderInclusive()([Site(text, 2, "es")])[0]
    assert [one.words_changed for one in texts] == [2, 2, 2, 2, 3]
    assert [one.origins for one in texts][-1] == (0, -1, -1, -1, 1, 2, 3)


def test_an_unknown_style_is_named() -> None:
    with pytest.raises(PluginError, match="'u'"):
        GenderInclusive(styles=("u",))  # type: ignore[arg-type]
    with pytest.raises(PluginError, match="use some of"):
        GenderInclusive(styles=())

"""Words around a replaced Spanish word: what is repaired, and what is left alone because it is not certain."""

from __future__ import annotations

import pytest

from robust.lang.es.agreement import fits, noun, repaired
from robust.lang.es.morphology.euphony import conjunction, stressed_a, takes_el


def repair(sentence: str, old: str) -> str | None:
    """`repaired` on a sentence whose new word is marked with a star; empty items are shown as `_`."""
    words = sentence.split()
    index = next(i for i, word in enumerate(words) if word.startswith("*"))
    words[index] = words[index][1:]
    found = repaired(words, index, old)
    return None if found is None else " ".join(word or "_" for word in found)


@pytest.mark.parametrize(
    ("sentence", "old", "expected"),
    [
        ("el *agua", "refresco", "el agua"),
        ("la *agua", "bebida", "el agua"),
        ("el *bebida", "agua", "la bebida"),
        ("un *hacha", "cuchillo", "un hacha"),
        ("una *aula", "sala", "un aula"),
        ("las *aguas", "bebidas", "las aguas"),
        ("la nueva *arma", "pistola", "la nueva arma"),
        ("la *arma nueva", "pistola", "el arma nueva"),
        ("toda el *bebida", "agua", "toda la bebida"),
        ("de la *edificio antigua", "casa", "del _ edificio antiguo"),
        ("del *casa antiguo", "edificio", "de la casa antigua"),
        ("voy al *casa", "edificio", "voy a la casa"),
        ("este *casa", "edificio", "esta casa"),
        ("ESTE *casa", "edificio", "ESTA casa"),
        ("El *casa", "edificio", "La casa"),
        ("mi *casa", "edificio", "mi casa"),
        ("un buen *casa", "edificio", "una buena casa"),
        ("una buena *edificio", "casa", "un buen edificio"),
        ("una gran *edificio", "casa", "un gran edificio"),
        ("algunas *edificios", "casas", "algunos edificios"),
        ("ha comprado una *edificio", "casa", "ha comprado un edificio"),
        ("padres y *hijos", "niños", "padres e hijos"),
        ("hijas e *mujeres", "hijas", None),  # `hija` is not in the table
        ("caro e *hermoso", "interesante", "caro y hermoso"),
        ("bonito y *interesante", "bueno", "bonito e interesante"),
        ("uno o *otro", "malo", None),
        ("grande y *hermoso", "bueno", "grande y hermoso"),
    ],
)
def test_repaired(sentence: str, old: str, expected: str | None) -> None:
    assert repair(sentence, old) == expected


@pytest.mark.parametrize(
    ("sentence", "old"),
    [
        ("La *edificio es bonita", "casa"),  # `bonita` is of the house
        ("Vi la *edificio y la compré", "casa"),
        ("la *edificio grande y vieja", "casa"),
        ("la *casas", "casa"),  # the verb would have to change too
        ("la *qzxkv", "casa"),
        ("el *casa", "qzxkv"),
        ("Y *interesante", "bueno"),  # `¿Y Inés?`
        ("mucha *refresco fría", "agua"),  # `fría` is also a form of `freír`
        ("la *capital", "casa"),  # el capital, la capital
    ],
)
def test_what_is_not_certain_is_not_repaired(sentence: str, old: str) -> None:
    assert repair(sentence, old) is None


@pytest.mark.parametrize(
    ("word", "following", "expected"),
    [
        ("y", "hijos", "e"),
        ("y", "Inés", "e"),
        ("e", "padres", "y"),
        ("y", "hielo", "y"),
        ("y", "yate", "y"),
        ("e", "ion", None),
        ("o", "hombre", "u"),
        ("o", "ocho", "u"),
        ("o", "8", "u"),
        ("o", "11", "u"),
        ("o", "110", "o"),
        ("u", "perro", "o"),
        ("y", "historia", "e"),
        ("y", "iglesia", "e"),
    ],
)
def test_conjunctions(word: str, following: str, expected: str | None) -> None:
    assert conjunction(word, following) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("agua", True),
        ("hacha", True),
        ("área", True),
        ("alegría", False),
        ("amiga", False),
        ("aula", True),
        ("casa", False),
        ("ave", True),
        ("habitación", False),
        ("", False),
    ],
)
def test_stressed_a(word: str, expected: bool) -> None:
    assert stressed_a(word) is expected
    assert takes_el(word) is expected


def test_usage_differs_before_some_nouns() -> None:
    assert takes_el("árbitra") is None


@pytest.mark.parametrize(
    ("before", "old", "new", "expected"),
    [
        ("y", "niños", "hijos", False),
        ("e", "hijos", "niños", False),
        ("o", "malo", "bueno", True),
        ("la", "sala", "aula", False),
        ("la", "sala", "estancia", True),
        ("el", "agua", "bebida", False),
        ("el", "edificio", "inmueble", True),
        ("del", "agua", "bebida", False),
        ("una", "sencilla", "ágil", True),  # an adjective: `una ágil respuesta`
        ("muy", "bueno", "interesante", True),
    ],
)
def test_fits(before: str, old: str, new: str, expected: bool) -> None:
    assert fits(before, old, new) is expected


def test_nouns() -> None:
    assert [
        found and found.cell for found in map(noun, ("casa", "edificios", "agua", "artista", "crisis", "qzxkv"))
    ] == [
        *("fs", "mp", "fs", None, None, None),
    ]

"""Where Spanish words are stressed, and how they are misspelt by ear."""

from __future__ import annotations

import re

import pytest

from robust.lang.es.morphology.spelling import silent, stress
from robust.lang.es.phonetic import NAMES, RULES, misspellings


@pytest.mark.parametrize(
    ("word", "at"),
    [
        ("examen", 2), ("joven", 1), ("fui", 2), ("ti", 1), ("dio", 2), ("feliz", 3), ("construido", 7),
        ("cuidado", 4), ("habitaciones", 8), ("quiero", 3), ("guapa", 2), ("robots", 3), ("pingüino", 5),
        ("rey", 1), ("ciudad", 4), ("viuda", 2), ("oigo", 0), ("guerra", 2), ("sr", -1),
    ],
)  # fmt: skip
def test_stress(word: str, at: int) -> None:
    assert stress(word) == at


def test_silent_u() -> None:
    assert [silent(word, word.index("u")) for word in ("que", "guía", "guapo", "cuando", "gu")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert silent("guitarra", 1)


def of(name: str, word: str, variety: str = "seseo") -> list[str]:
    return list(misspellings(word, (name,), variety))


def test_every_rule_by_hand() -> None:
    assert of("b_v", "había") == ["havía"]
    assert of("b_v", "vivir") == ["bivir", "vibir"]
    assert of("b_v", "blanco") == of("b_v", "obtuso") == []
    assert of("h", "hijo") == ["ijo"]
    assert of("h", "ahora") == ["aora"]
    assert of("h", "deshacer") == ["desacer"]
    assert of("h", "abrir") == ["habrir"]
    assert of("h", "chico") == of("h", "show") == of("h", "el") == []
    assert of("s_c_z", "hacer") == ["haser", "hazer"]
    assert of("s_c_z", "hacer", "distincion") == ["hazer"]
    assert of("s_c_z", "escena") == ["esena", "ecena"]
    assert of("s_c_z", "escena", "distincion") == []
    assert of("s_c_z", "acción") == ["acsión"]
    assert of("s_c_z", "excelente") == ["exelente"]
    assert of("s_c_z", "feliz") == ["felis"]
    assert of("s_c_z", "pasar") == ["pazar"]
    assert of("s_c_z", "casas") == ["cazas"]
    assert of("g_j", "coger") == ["cojer"]
    assert of("g_j", "mujer") == ["muger"]
    assert of("g_j", "guerra") == of("g_j", "jugar") == []
    assert of("ll_y", "calle") == ["caye"]
    assert of("ll_y", "ayer") == ["aller"]
    assert of("ll_y", "muy") == of("ll_y", "y") == []
    assert of("m_n", "también") == ["tanbién"]
    assert of("m_n", "enviar") == ["emviar"]
    assert of("x_s", "explicar") == ["esplicar"]
    assert of("x_s", "espléndido") == ["expléndido"]
    assert of("x_s", "examen") == of("x_s", "español") == []
    assert of("rr", "alrededor") == ["alrrededor"]
    assert of("rr", "pero") == []
    assert of("hue", "hueso") == ["güeso"]
    assert of("hue", "bueno") == ["güeno"]
    assert of("qu_k", "quiero") == ["kiero"]


def test_rules_are_regular_expressions_without_groups() -> None:
    assert all(re.compile(rule.pattern).groups == 0 for rule in RULES)
    assert set(NAMES) == {"b_v", "h", "s_c_z", "g_j", "ll_y", "m_n", "x_s", "rr", "hue", "qu_k"}


@pytest.mark.parametrize("variety", ["seseo", "distincion"])
def test_a_misspelling_is_never_empty_and_has_no_space(variety: str) -> None:
    for word in ("h", "he", "ha", "huevo", "exhibición", "zigzag", "ñandú", "güero", "xilófono", ""):
        found = list(misspellings(word, NAMES, variety))
        assert all(other and " " not in other and other != word for other in found), word

"""Spaces, capitals and opening marks of rule-based translations."""

from __future__ import annotations

import pytest

from robust.transformations._tidied import tidied


@pytest.mark.parametrize(
    ("made", "source", "said"),
    [
        ("  You are  here .", "Estás aquí.", "You are here."),
        ("Fresh verses , funny", "Versos frescos, graciosos", "Fresh verses, funny"),
        ("Great :) no , no", "Genial :) no, no", "Great :) no , no"),
        ("trust in and prpers save it", "trust me", "trust in and save it"),
        ("the prpers of Apertium", "el prpers de Apertium", "the prpers of Apertium"),
        ("we went", "Fuimos", "We went"),
        ("we went", "fuimos", "we went"),
        ("24 hours", "Pasé 24 horas", "24 hours"),
        ("Mirala Tonight", "Mirala esta noche", "Mirala tonight"),
        ("Juan Pérez came. Skip The end", "Juan Pérez vino. Skip el final", "Juan Pérez came. Skip the end"),
        ("A À", "A À", "A À"),
        ("Vine I saw", "Vine vi", "Vine I saw"),
        ("why? no!", "por qué? no!", "why? no!"),
        ("", "Nada", ""),
    ],
)
def test_english(made: str, source: str, said: str) -> None:
    assert tidied(made, source, "en") == said


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("Qué tal? Bien!", "¿Qué tal? ¡Bien!"),
        ("Hola. Cómo estás? (no lo sé!)", "Hola. ¿Cómo estás? (¡no lo sé!)"),
        ('Me dijo "qué tal" y se fue?', '¿Me dijo "qué tal" y se fue?'),
        ('Me dijo "qué tal?" y se fue.', 'Me dijo "¿qué tal?" y se fue.'),
        ("Bien!!! Qué?!", "¡¡¡Bien!!! ¡¿Qué?!"),
        ("Ya veo (!) o no", "Ya veo (!) o no"),
        ("mira: es bueno!", "mira: ¡es bueno!"),
        ("palabra – son buenos?", "palabra – ¿son buenos?"),
        ("¿Ya está? Sí, ¡claro!", "¿Ya está? Sí, ¡claro!"),
        ("Dice «ven!» y no!", "Dice «¡ven!» ¡y no!"),
        ("Mira http://a.b/c?d=e ahora", "Mira http://a.b/c?d=e ahora"),
        ("Sí!😀 otra?", "¡Sí!😀 ¿otra?"),
        ("!?", "!?"),
        ("@ana vienes?", "¿@ana vienes?"),
    ],
)
def test_marks_that_open_in_spanish(made: str, said: str) -> None:
    assert tidied(made, made, "es") == said
    assert tidied(said, made, "es") == said

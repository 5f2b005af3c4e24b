"""Sentences that seem to answer a question."""

from __future__ import annotations

import pytest

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.tokenise import spans
from robust.transformations.distractor import Distractor, distractor

CONTEXT = "A text. The end!"


@pytest.mark.parametrize(
    ("lang", "question", "made"),
    [
        ("en", "Who won Super Bowl 50?", "Martin Halewood won Sandora 63."),
        ("en", "Who will direct the Lima film?", "Martin Halewood will direct the Sandora film."),
        ("en", "Who will play for Lima?", "Martin Halewood will play for Sandora."),
        ("en", "What is the name of an Italian opera?", "Veltrane is the name of a Sandora opera."),
        ("en", "When was the Eiffel Tower built?", "The Sandora was built in 1871."),
        ("en", "Where are Ann's books held?", "Sandora's books are held in Kelbridge."),
        ("en", "How many people were lost in Algiers?", "57 people were lost in Sandora."),
        ("en", "What river is in Lima and Quito?", "Veltrane is in Sandora and Belquist."),
        ("es", "¿Quién ganó la Super Bowl 50?", "Martín Salcedo ganó la Sandora 63."),
        ("es", "¿Cuándo descubrió Scheele el oxígeno?", "En 1871 descubrió Sandora el oxígeno."),
        ("es", "¿En qué ciudad nació Íñigo Ruiz?", "En Villardoz nació Sandora."),
        ("es", "¿Dónde vivió Ana en el siglo XIX?", "En Villardoz vivió Sandora en el siglo XIX."),
        ("es", "¿Cuál fue el último barrio de Lima?", "Veltrana fue el último barrio de Sandora."),
        ("es", "¿Cuántas personas murieron en París en 1466?", "57 personas murieron en Sandora en 1479."),
        ("es", "¿Cuántas áreas útiles hay en Lima?", "57 áreas útiles hay en Sandora."),
    ],
)
def test_questions_become_statements_about_something_else(lang: Lang, question: str, made: str) -> None:
    assert distractor(question, CONTEXT, lang, 0) == made


@pytest.mark.parametrize(
    ("lang", "question"),
    [
        ("en", "Who won the last race?"),  # nothing to change: the statement would contradict the text
        ("en", "Who did Ann marry?"),
        ("en", "Who will Ann marry?"),
        ("en", "Who is Bob dating?"),
        ("en", "Who was Bob influenced by?"),
        ("en", "What was Lima called?"),
        ("en", "What year was Lima founded?"),
        ("en", "When did Lima fall?"),
        ("en", "What are committees in Lima?"),
        ("en", "How many cups has Lima won?"),
        ("en", "What was the Normans' enemy in Italy?"),
        ("en", "Tell me about Lima"),
        ("es", "¿A quién entrenó Ruiz?"),
        ("es", "¿Cuándo abrirá Lima su puerto?"),
        ("es", "¿Qué equipo ganó a Lima?"),
        ("es", "En Lima, ¿quién ganó la copa?"),
        ("es", "¿Cuál es la capital de EE. UU. y de Lima?"),
        ("es", ""),
    ],
)
def test_other_questions_are_left_alone(lang: Lang, question: str) -> None:
    assert distractor(question, CONTEXT, lang, 0) is None


def test_names_of_the_text_are_not_used_and_variants_differ() -> None:
    context = f"{CONTEXT} Martin Halewood lives in Sandora."
    made = [distractor("Who won in Lima in 1990?", context, "en", turn) for turn in range(4)]
    assert len(set(made)) == 4
    assert not any(name in str(line) for line in made for name in ("Martin", "Sandora", "Lima", "1990"))


def test_it_is_appended_word_by_word_behind_everything() -> None:
    text = Text(CONTEXT, spans(CONTEXT))
    site = Site(text, 0, "en", before=("Who won in Lima?",))
    first, second, *_ = Distractor()([site])[0]
    assert str(first) == "A text. The end! Martin Halewood won in Sandora."
    assert first != second
    assert first.origins == (0, 1, 2, 3, -1, -1, -1, -1, -1)
    assert {edit.kind for edit in first.edits} == {"append"}
    assert Distractor()([Site(text, 1, "en", before=site.before), Site(text, 0, "en")]) == [[], []]
    with pytest.raises(PluginError):
        Distractor(k=6)

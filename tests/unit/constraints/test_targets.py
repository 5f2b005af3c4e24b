"""Constraints that know what the model should say."""

from __future__ import annotations

import pytest

from robust.constraints.keep_answers import KeepAnswers
from robust.constraints.no_entities import NoEntities
from robust.core.example import Answers, TokenLabels
from robust.core.text import Text
from robust.errors import DataError
from robust.lang.tokenise import spans

STRING = "Ana Ruiz vive en Quito."
TEXT = Text(STRING, spans(STRING))
TAGS = TokenLabels(("B-PER", "I-PER", "O", "O", "B-LOC"))
ANSWER = Answers(((4, 8), (0, 8)))


def test_words_of_entities_are_held_wherever_they_stand() -> None:
    assert NoEntities().free(TEXT, TAGS).tolist() == [False, False, True, True, False]
    assert NoEntities().free(TEXT.insert(0, "Hoy"), TAGS).tolist() == [True, False, False, True, True, False]
    edited = [
        TEXT.replace(2, "está"),
        TEXT.delete(2),
        TEXT.append("y"),
        TEXT.replace(0, "Eva"),
        TEXT.delete(4),
        TEXT.insert(1, "María"),
    ]
    assert NoEntities().keeps(edited, TAGS).tolist() == [True, True, True, False, False, False]


def test_answers_are_held_and_may_move() -> None:
    assert KeepAnswers().free(TEXT, ANSWER).tolist() == [False, False, True, True, True]
    moved = TEXT.insert(0, "Hoy").replace(3, "está")
    assert KeepAnswers().free(moved, ANSWER).tolist() == [True, False, False, True, True, True]
    edited = [moved, TEXT.delete(2), TEXT.append("Fin."), TEXT.replace(1, "Paz"), TEXT.insert(1, "María")]
    assert KeepAnswers().keeps(edited, ANSWER).tolist() == [True, True, True, False, False]


def test_other_targets_are_refused() -> None:
    with pytest.raises(DataError, match="needs a tag for each word"):
        NoEntities().free(TEXT, 0)
    with pytest.raises(DataError, match="needs answers"):
        KeepAnswers().keeps([TEXT], TAGS)

from __future__ import annotations

import re

import pytest

from robust.core.edit import Edit
from robust.core.example import Answers, Example, TokenLabels
from robust.core.seeds import derive
from robust.core.text import Text


def marked(string: str) -> Text:
    return Text(string, [m.span() for m in re.finditer(r"\w+", string)])


@pytest.mark.parametrize(
    ("string", "index", "left"),
    [
        ("a fine  film", 1, "a  film"),
        ("a fine film.", 2, "a fine."),
        ("Fine film", 0, "film"),
        ("(Fine film)", 0, "(film)"),
        ("(fine film)", 1, "(fine)"),
        ("¿Buena?", 0, "¿?"),
        ("well-made", 1, "well-"),
        ("one\ntwo\nthree", 1, "one\nthree"),
        ("alone", 0, ""),
    ],
)
def test_deleting_a_word_leaves_no_double_space(string: str, index: int, left: str) -> None:
    assert str(marked(string).delete(index)) == left


@pytest.mark.parametrize(("index", "result"), [(0, "very fine film!"), (1, "fine very film!"), (2, "fine film very!")])
def test_inserting_sets_a_word_off_by_a_space(index: int, result: str) -> None:
    text = marked("fine film!").insert(index, "very")
    assert str(text) == result
    assert text.words_changed == 1


def test_punctuation_around_a_replaced_word_stays() -> None:
    assert str(marked("¡Qué “perfecta” actuación!").replace(1, "impecable")) == "¡Qué “impecable” actuación!"


def test_an_empty_replacement_deletes() -> None:
    assert marked("a b").replace(0, "") == marked("a b").delete(0)


def test_a_replacement_may_hold_several_words_and_stays_one() -> None:
    text = marked("so clean here").replace(1, "spick and span").replace(2, "there")
    assert text.words == ("so", "spick and span", "there")
    assert str(text) == "so spick and span there"


@pytest.mark.parametrize("spans", [[(0, 0)], [(2, 1)], [(0, 2), (1, 3)], [(2, 3), (0, 1)], [(0, 9)]])
def test_spans_must_mark_words(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="span"):
        Text("abcd", spans)


def test_only_real_ancestors_have_edits_between() -> None:
    with pytest.raises(ValueError, match="ancestor"):
        marked("a b").replace(0, "c").edits_since(marked("a b"))


def test_labels_and_answers_follow_the_words() -> None:
    text = marked("Ana vive en Lima")
    changed = text.delete(1).insert(2, "la").replace(0, "Eva")
    assert str(changed) == "Eva en la Lima"
    assert TokenLabels(("PER", "O", "O", "LOC")).aligned(changed) == ("PER", "O", None, "LOC")
    assert Answers(((12, 16), (0, 3))).aligned(changed) == ((10, 14), None)


def test_a_frozen_premise_stays_in_front() -> None:
    text = marked("He sleeps")
    example = Example(id="x", text=text, target=0, lang="en", before=("A man is in bed.",))
    assert example.fields(text.replace(1, "dozes")) == ("A man is in bed.", "He dozes")


def test_seeds_depend_on_the_whole_path() -> None:
    assert derive(0, "a", "b") == derive(0, "a", "b")
    assert len({derive(0, "a", "b"), derive(1, "a", "b"), derive(0, "ab", ""), derive(0, "", "ab")}) == 4


def test_long_histories_are_no_problem() -> None:
    text = marked("a b c")
    for i in range(3000):
        text = text.replace(i % 3, f"w{i}")
    assert text.words == ("w2997", "w2998", "w2999")
    assert text.edited == {0, 1, 2}
    assert len(text.edits) == 3000


def test_an_edit_that_deletes_deletes_whatever_word_it_names() -> None:
    text = Text("very good film", [(0, 4), (5, 9), (10, 14)])
    assert str(text.apply([Edit("delete", 1, "good")])) == "very film"

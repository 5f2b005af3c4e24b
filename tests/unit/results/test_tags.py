from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.scheme import IOB2
from sklearn.metrics import f1_score as sklearn_f1

from robust.results.tags import entities, entity_values, word_values, words

TAGS = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
SENTENCES = st.lists(st.lists(st.tuples(TAGS, TAGS), min_size=1, max_size=8), min_size=1, max_size=8)


@pytest.mark.filterwarnings("ignore::seqeval.metrics.v1.UndefinedMetricWarning", "ignore::UserWarning")
@given(SENTENCES)
def test_entities_count_as_in_seqeval(rows: list[list[tuple[str, str]]]) -> None:
    gold, said = [[a for a, _ in row] for row in rows], [[b for _, b in row] for row in rows]
    found = entity_values(gold, said)
    strict = {"mode": "strict", "scheme": IOB2, "zero_division": 0}
    if any(tag.startswith("B") for row in (*gold, *said) for tag in row):  # seqeval fails where there is no entity
        assert found["f1"] == pytest.approx(f1_score(gold, said, **strict))
        assert found["precision"] == pytest.approx(precision_score(gold, said, **strict))
        assert found["recall"] == pytest.approx(recall_score(gold, said, **strict))
    assert found["accuracy"] == pytest.approx(
        sum(a == b for row in rows for a, b in row) / sum(len(row) for row in rows)
    )


def test_an_entity_needs_its_type_both_ends_and_its_beginning() -> None:
    gold = [["B-PER", "I-PER", "O", "B-LOC"]]
    assert entity_values(gold, gold)["f1"] == 1
    assert entity_values(gold, [["B-PER", "O", "O", "B-LOC"]])["f1"] == 0.5
    assert entity_values(gold, [["B-LOC", "I-LOC", "O", "B-LOC"]])["recall"] == 0.5
    # I- without B- is no entity, where lenient counting would take it for one
    assert entity_values(gold, [["I-PER", "I-PER", "O", "B-LOC"]]) == {
        "f1": pytest.approx(2 / 3),
        "precision": 1,
        "recall": 0.5,
        "accuracy": 0.75,
    }


def test_intervals_are_over_sentences() -> None:
    gold = [["B-PER", "I-PER", "O"], ["O", "B-LOC", "O"], ["O", "O", "O"]] * 20
    said = [*gold[:40], *[["O", "O", "O"]] * 20]
    found = entities(gold, said)
    assert {score.n for score in found.values()} == {60}
    assert {score.method for score in found.values()} == {"bootstrap"}
    assert found["f1"].low < found["f1"].value < found["f1"].high
    assert found["precision"].low == found["precision"].high == 1


@given(st.lists(st.lists(st.tuples(*[st.sampled_from("ABC")] * 2), min_size=1, max_size=5), min_size=1, max_size=6))
def test_words_have_the_macro_f1_of_scikit_learn(rows: list[list[tuple[str, str]]]) -> None:
    gold, said = [[a for a, _ in row] for row in rows], [[b for _, b in row] for row in rows]
    flat = [[tag for row in side for tag in row] for side in (gold, said)]
    assert word_values(gold, said)["macro_f1"] == pytest.approx(sklearn_f1(*flat, average="macro", zero_division=0))


def test_words_without_a_tag_are_wrong() -> None:
    found = words([["NOUN", "VERB"], ["NOUN"]], [["NOUN", ""], [""]])
    assert found["accuracy"].value == pytest.approx(1 / 3)
    assert found["macro_f1"].value == pytest.approx((2 / 3 + 0) / 2)
    assert found["accuracy"].n == 2

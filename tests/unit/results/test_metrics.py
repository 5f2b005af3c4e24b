from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

from robust.results.metrics import classification, values


@pytest.mark.filterwarnings("ignore:A single label:UserWarning")
@settings(deadline=None)  # scikit-learn takes its time on a busy machine
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=60))
def test_the_numbers_are_those_of_scikit_learn(rows: list[tuple[int, int]]) -> None:
    gold, said = [list(column) for column in zip(*rows, strict=True)]
    found = values(gold, said)
    assert found["accuracy"] == pytest.approx(accuracy_score(gold, said))
    assert found["macro_f1"] == pytest.approx(f1_score(gold, said, average="macro", zero_division=0))
    assert found["matthews"] == pytest.approx(matthews_corrcoef(gold, said), abs=1e-12)


def test_estimates_have_the_same_values_and_hold_them() -> None:
    rng = np.random.default_rng(3)
    gold = rng.integers(0, 3, 400)
    said = np.where(rng.random(400) < 0.7, gold, rng.integers(0, 3, 400))
    found, plain = classification(gold.tolist(), said.tolist()), values(gold.tolist(), said.tolist())
    assert {name: score.value for name, score in found.items()} == pytest.approx(plain)
    for name, score in found.items():
        assert score.low < score.value < score.high, name
    assert (found["accuracy"].k, found["accuracy"].method) == (int((gold == said).sum()), "wilson")
    assert (found["macro_f1"].k, found["macro_f1"].method) == (None, "bootstrap")


def test_no_answer_is_wrong_but_no_class() -> None:
    found = values([0, 0, 1, 1], [0, -1, 1, -1])
    assert found["accuracy"] == 0.5
    assert found["macro_f1"] == pytest.approx(2 / 3)  # both classes: precision 1, recall a half


def test_a_single_class_has_no_correlation() -> None:
    assert values([1, 1], [1, 1])["matthews"] == 0
    assert classification([], [])["matthews"].value is None


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 labels and 1 predictions"):
        values([0, 1], [0])

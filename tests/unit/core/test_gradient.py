"""What is read from gradients: which tokens changed, estimates by hand, norms of words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust.core.gradient import NOWHERE, TokenGradient, changed
from robust.testing import ToyNetwork

TOKENS = st.lists(st.integers(0, 3), max_size=8)


@given(TOKENS, TOKENS)
def test_what_changed_is_all_that_differs_and_no_more(old: list[int], new: list[int]) -> None:
    start, end, new_end = changed(old, new)
    assert 0 <= start <= end <= len(old)
    assert start <= new_end <= len(new)
    assert old[:start] + new[start:new_end] + old[end:] == new
    if start < min(end, new_end):
        assert old[start] != new[start]
        assert old[end - 1] != new[new_end - 1]


def gradient(values: list[list[float]], **more: object) -> TokenGradient:
    n = len(values)
    places = (NOWHERE, *[(0, 2 * i, 2 * i + 1) for i in range(n - 2)], NOWHERE)
    given_ = {"tokens": tuple(range(n)), "places": places, "values": np.array(values, np.float32), "loss": 0.5, **more}
    return TokenGradient(**given_)  # type: ignore[arg-type]


SLOPES = gradient([[9, 9], [1, 0], [2, -1], [0, 3], [9, 9]])


def vectors(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 2)


def test_one_token_for_another_is_hotflip() -> None:
    assert SLOPES.rise([0, 1, 7, 3, 4], vectors([1, 1]), vectors([4, 2])) == pytest.approx(3 * 2 + 1 * -1)


def test_several_places_add_up_and_the_same_input_rises_by_nothing() -> None:
    old, new = vectors([1, 1], [0, 0], [2, 2]), vectors([2, 1], [0, 0], [2, 5])
    assert SLOPES.rise([0, 7, 2, 8, 4], old, new) == pytest.approx(1 * 1 + 3 * 3)
    assert SLOPES.rise([0, 1, 2, 3, 4], vectors(), vectors()) == 0


def test_more_and_fewer_tokens_compare_means() -> None:
    assert SLOPES.rise([0, 7, 8, 2, 3, 4], vectors([1, 0]), vectors([2, 0], [4, 0])) == pytest.approx(2)
    assert SLOPES.rise([0, 3, 4], vectors([1, 0], [3, 0]), vectors()) == pytest.approx(-2 * 3)
    assert SLOPES.rise([0, 1, 9, 2, 3, 4], vectors(), vectors([1, 1])) == pytest.approx(2 - 1)


def test_the_reverse_leads_the_other_way() -> None:
    back = SLOPES.reversed()
    assert back.loss == -0.5
    assert back.rise([0, 1, 7, 3, 4], vectors([1, 1]), vectors([4, 2])) == pytest.approx(-5)


def test_words_have_the_l1_norm_of_their_mean_gradient() -> None:
    norms = SLOPES.word_norms(0, [(0, 1), (2, 5), (40, 44)])
    assert norms == pytest.approx([1, 2, 0])  # the second word has two tokens: (2, -1) and (0, 3)
    assert SLOPES.word_norms(1, [(0, 1)]) == pytest.approx([0])


def test_the_toy_network_has_the_gradient_that_finite_differences_give() -> None:
    network, words = ToyNetwork(labels=3, lean=1.0), ("the", "old", "piano", "hums")
    (found,) = network.gradients([((" ".join(words),), 1)])
    from robust.testing.network import _vectors

    base = _vectors(words)

    def loss(at: np.ndarray) -> float:
        logits = network._forward(at)[1]
        return float(np.log(np.exp(logits - logits[1]).sum()))

    assert found.loss == pytest.approx(loss(base))
    for i in range(len(words)):
        for j in range(base.shape[1]):
            step = np.zeros_like(base)
            step[i, j] = 1e-5
            assert found.values[i, j] == pytest.approx((loss(base + step) - loss(base - step)) / 2e-5, abs=1e-5)

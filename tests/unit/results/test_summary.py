from __future__ import annotations

from typing import Any

import pytest

from robust.results.summary import summarise


def row(status: str, label: int = 0, **more: Any) -> dict[str, Any]:
    clean = [0.0, 1.0] if status == "skipped" else [1.0, 0.0]
    base = {"status": status, "label": label, "clean_logits": [] if status == "error" else clean}
    return {**base, "queries": 10, "unique_queries": 8, "words": 10, "words_changed": 2, **more}


def test_each_outcome_counts_where_it_belongs() -> None:
    rows = [
        *[row("success")] * 6,
        *[row("failure", words_changed=0)] * 2,
        *[row("skipped", queries=1)] * 2,
        row("error"),
    ]
    s = summarise(rows)
    assert (s.n, s.errors, s.skipped) == (11, 1, 2)
    assert (s.clean_accuracy.k, s.clean_accuracy.n) == (8, 10)
    assert (s.accuracy_under_attack.k, s.accuracy_under_attack.n) == (2, 10)
    assert (s.attack_success_rate.k, s.attack_success_rate.n) == (6, 8)
    assert s.queries_mean == 10
    assert s.words_changed_mean == pytest.approx(0.2)


def test_an_error_is_never_robustness() -> None:
    assert summarise([row("success"), row("error")]).accuracy_under_attack.value == 0
    assert summarise([row("failure"), row("error")]).accuracy_under_attack.n == 1


def test_means_over_nothing_are_none() -> None:
    s = summarise([row("skipped")])
    assert (s.queries_mean, s.words_changed_mean, s.attack_success_rate.value) == (None, None, None)
    assert s.clean_accuracy.value == 0


def test_other_tasks_have_an_f1_before_and_after() -> None:
    """Of all entities together, and of the answers on average; a failed attack counts with its clean answer."""
    rows = [
        row("success", clean_counts=[2, 2, 2], adversarial_counts=[0, 2, 2]),
        row("failure", clean_counts=[1, 1, 2], adversarial_counts=[]),
        row("skipped", clean_counts=[0, 0, 0], adversarial_counts=[]),
    ]
    s = summarise(rows, "tagging")
    assert s.clean_f1 is not None
    assert s.f1_under_attack is not None
    assert s.clean_f1.value == pytest.approx(2 * 3 / (3 + 4))
    assert s.f1_under_attack.value == pytest.approx(2 * 1 / (3 + 4))
    assert (s.clean_accuracy.k, s.accuracy_under_attack.k, s.attack_success_rate.n) == (2, 1, 2)
    assert set(s.as_dict()) - set(summarise([row("success")]).as_dict()) == {"clean_f1", "f1_under_attack"}
    rows = [row("success", clean_counts=[1, 1], adversarial_counts=[0.5, 0]), row("failure", clean_counts=[0.4, 0])]
    s = summarise(rows, "qa")
    assert s.clean_f1 is not None
    assert s.f1_under_attack is not None
    assert (s.clean_f1.value, s.f1_under_attack.value) == (pytest.approx(0.7), pytest.approx(0.45))
    assert (s.clean_accuracy.k, s.accuracy_under_attack.k) == (1, 0)

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

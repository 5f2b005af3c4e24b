"""The worst case of each example over several attacks, worked out by hand."""

from __future__ import annotations

from typing import Any

from robust.evaluation.worst_case import combine, summarise
from robust.results.estimates import proportion

LEVELS = {"names": "sentence", "typos": "char", "words": "word"}


def row(id_: str, status: str, *, queries: int = 5, error: str | None = None) -> dict[str, Any]:
    wrong = status == "skipped"
    return {
        "example_id": id_,
        "lang": "en",
        "status": status,
        "label": 1,
        "before": [],
        "original": f"text {id_}",
        "after": [],
        "clean_logits": [] if error == "no answer" else [1.0, 0.0] if wrong else [0.0, 1.0],
        "adversarial": f"broken {id_}" if status == "success" else None,
        "adversarial_logits": [1.0, 0.0] if status == "success" else [],
        "words": 10,
        "words_changed": 2 if status == "success" else 0,
        "queries": queries,
        "error": error,
    }


RUNS = {
    "names": [
        row("a", "failure"),
        row("b", "success"),
        row("c", "skipped", queries=1),
        row("d", "error", error="ValueError: bad"),
        row("e", "failure"),
        row("f", "error", error="no answer"),
    ],
    "typos": [
        row("a", "failure", queries=9),
        row("d", "success"),
        row("e", "error", error="boom"),
        row("f", "failure"),
    ],
}


def test_what_becomes_of_each_example() -> None:
    rows = combine("abcdef", RUNS)
    assert [r["example_id"] for r in rows] == list("abcdef")
    # d was broken though one attack failed to run; e and f were never broken, and never fully judged
    assert [r["status"] for r in rows] == ["robust", "broken", "misclassified", "broken", "error", "error"]
    assert [r["broken_by"] for r in rows] == [None, "names", None, "typos", None, None]
    assert [r["error"] for r in rows] == [None, None, None, None, "boom", "no answer"]
    assert rows[1]["adversarial"] == "broken b"
    assert rows[0]["queries"] == 14
    assert [one["name"] for one in rows[0]["attacks"]] == ["names", "typos"]


def test_the_numbers_leave_errors_out_and_never_call_them_robust() -> None:
    found = summarise(combine("abcdef", RUNS), RUNS, LEVELS, queries=9)
    assert (found.n, found.errors) == (6, 2)
    assert found.clean_accuracy == proportion(3, 4)  # a, b, d of a, b, c, d
    assert found.robust_accuracy == proportion(1, 4)
    assert found.attack_success_rate == proportion(2, 3)
    names, typos, words = found.attacks
    assert (names.attacked, names.of_those_left, names.errors) == (3, False, 2)
    assert names.attack_success_rate == proportion(1, 3)
    assert names.accuracy_under_attack == proportion(2, 4)
    assert (typos.attacked, typos.of_those_left, typos.accuracy_under_attack) == (3, True, None)
    assert typos.budget_hits == 1
    assert [one.robust_accuracy_so_far.k for one in found.attacks] == [2, 1, 1]
    assert (words.attacked, words.attack_success_rate.value, words.queries_mean) == (0, None, None)


def test_a_later_success_does_not_hide_an_earlier_one() -> None:
    both = {"names": [row("a", "success")], "typos": [row("a", "success")]}
    assert combine("a", both)[0]["broken_by"] == "names"

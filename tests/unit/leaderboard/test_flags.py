"""Every flag is raised where it is deserved, clear where it is not, and silent without what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from string import Formatter
from typing import Any

import numpy as np
import pytest

from robust.leaderboard import answers, flags
from robust.leaderboard.check import Opened, open_entry
from robust.leaderboard.flags import Evidence
from robust.leaderboard.reasons import _SAID, reason
from robust.leaderboard.recompute import interval
from robust.leaderboard.store import Folder
from robust.results.estimates import proportion

Make = Callable[..., Folder]


@pytest.fixture
def opened(make: Make) -> Opened:
    return open_entry(make("textfooler", "keyboard-typos"))


def rows_with(opened: Opened, change: Callable[[int, dict[str, Any]], dict[str, Any]]) -> Opened:
    return replace(opened, rows=[{**row, **change(at, row)} for at, row in enumerate(opened.rows)])


def entry_with(opened: Opened, **parts: dict[str, Any]) -> Opened:
    """The entry with some fields of some parts changed."""
    update = {name: getattr(opened.entry, name).model_copy(update=fields) for name, fields in parts.items()}
    return replace(opened, entry=opened.entry.model_copy(update=update))


def verdict(flag: Callable[[Evidence], tuple[str, str]], opened: Opened, *siblings: Opened, **more: Any) -> str:
    return flag(Evidence(opened, siblings, **more))[0]


def test_every_flag_has_a_reason(opened: Opened) -> None:
    found = flags.flags(Evidence(opened))
    assert len(found) == 10
    assert all(flag.why.said("en") != flag.why.said("es") for flag in found)
    assert {flag.name for flag in found if flag.verdict == "not checked"} == {
        *("white-box-weaker-than-black-box", "seed-unstable", "public-hidden-gap", "contamination"),
        *("miscalibrated", "one-sided"),
    }


def test_reasons_tell_the_same_in_both_languages() -> None:
    for english, spanish in _SAID.values():
        told = [{field for _, field, _, _ in Formatter().parse(said) if field} for said in (english, spanish)]
        assert told[0] == told[1]
    assert reason("ece", found=7.25, limit=5.0).said("en") == "ECE 7.2 points; a calibrated model shows up to 5.0"
    assert reason("ece", found=7.25, limit=5.0).said("es") == "ECE de 7,2 puntos; un modelo calibrado llega hasta 5,0"


def test_stochastic(opened: Opened, make: Make) -> None:
    noisy = rows_with(opened, lambda at, row: {"clean_logits": [at * 0.1, 0.0]})
    assert verdict(flags.stochastic, opened) == "clear"
    assert verdict(flags.stochastic, noisy) == "raised"
    assert verdict(flags.stochastic, open_entry(make("other"))) == "not checked"
    assert verdict(flags.stochastic, opened, same_answers=False) == "raised"


def test_hard_labels_only(opened: Opened) -> None:
    one_hot = rows_with(opened, lambda at, row: {"clean_logits": [0.0, 1.0] if at % 2 else [1.0, 0.0]})
    assert verdict(flags.hard_labels_only, opened) == "clear"
    assert verdict(flags.hard_labels_only, one_hot) == "raised"
    assert verdict(flags.hard_labels_only, replace(opened, rows=opened.rows[:2])) == "not checked"


def white(opened: Opened) -> Opened:
    """The same edits, found by gradients."""
    attack = opened.entry.suite.attacks[0]
    recipe = {**attack.recipe, "attack": {**attack.recipe["attack"], "search": {"hotflip": {}}}}
    suite = opened.entry.suite.model_copy(update={"attacks": (attack.model_copy(update={"recipe": recipe}),)})
    return replace(opened, entry=opened.entry.model_copy(update={"suite": suite}))


def test_white_box_weaker_than_black_box(make: Make) -> None:
    black = open_entry(make("keyboard-typos"))
    blind = rows_with(white(black), lambda at, row: {"status": "failure"} if row["status"] == "success" else {})
    assert verdict(flags.white_box_weaker, white(black), black) == "clear"
    assert verdict(flags.white_box_weaker, blind, black) == "raised"
    assert verdict(flags.white_box_weaker, black) == "not checked"


def test_budget_saturated(make: Make) -> None:
    budgeted = open_entry(make("textfooler"))
    hits = budgeted.entry.results.attacks[0].budget_hits
    by_hand = sum(row["status"] == "failure" and row["queries"] == 25 for row in budgeted.rows)
    assert hits == by_hand
    assert verdict(flags.budget_saturated, budgeted) == ("raised" if by_hand > 2 else "clear")
    results = budgeted.entry.results
    full = results.attacks[0].model_copy(update={"budget_hits": results.attacks[0].success_rate.n})
    assert verdict(flags.budget_saturated, entry_with(budgeted, results={"attacks": (full,)})) == "raised"
    assert flags.budget_saturated(Evidence(open_entry(make("keyboard-typos")))) == ("clear", reason("budget.none"))


def test_preprocessing_dependent(opened: Opened) -> None:
    accents = rows_with(opened, lambda at, row: {"status": "success", "original": "año", "adversarial": "ANO\u200b"})
    assert verdict(flags.preprocessing_dependent, opened) == "clear"
    assert verdict(flags.preprocessing_dependent, accents) == "raised"
    declared = entry_with(opened, model={"preprocessing": ("spelling correction",)})
    assert verdict(flags.preprocessing_dependent, declared) == "raised"
    none = rows_with(opened, lambda at, row: {"status": "failure"})
    assert verdict(flags.preprocessing_dependent, none) == "not checked"


def test_seed_unstable(make: Make) -> None:
    first = open_entry(make("keyboard-typos"))
    attack = first.entry.suite.attacks[0].model_copy(update={"seed": 7})
    again = entry_with(first, suite={"attacks": (attack,)})
    other = rows_with(again, lambda at, row: {"status": "failure"} if row["status"] == "success" else {})
    assert verdict(flags.seed_unstable, first) == "not checked"
    assert verdict(flags.seed_unstable, first, first) == "not checked"
    assert verdict(flags.seed_unstable, first, again) == "clear"
    assert verdict(flags.seed_unstable, first, other) == "raised"


def test_public_hidden_gap(opened: Opened) -> None:
    def hidden(k: int) -> Opened:
        found = entry_with(opened, results={"clean": interval(proportion(k, 200))})
        return entry_with(found, benchmark={"split": "hidden"})

    public = entry_with(opened, results={"clean": interval(proportion(180, 200))})
    assert verdict(flags.public_hidden_gap, public) == "not checked"
    assert verdict(flags.public_hidden_gap, public, hidden(176)) == "clear"
    assert verdict(flags.public_hidden_gap, public, hidden(140)) == "raised"


def test_newcombe_s_interval_is_that_of_his_paper() -> None:
    """Newcombe 1998, Table II, column (a): 56/70 - 48/80 has the 95 % interval 0.0524 to 0.3339 (method 10)."""
    one, two = interval(proportion(56, 70)), interval(proportion(48, 80))
    low = flags.newcombe_low(one, two)
    assert low == pytest.approx(0.0524, abs=5e-5)


def test_contamination(opened: Opened) -> None:
    assert verdict(flags.contamination, opened) == "not checked"
    assert verdict(flags.contamination, opened, contaminated=(0, 20)) == "clear"
    assert verdict(flags.contamination, opened, contaminated=(3, 20)) == "raised"


def calibrated(opened: Opened, temperature: float) -> Opened:
    """2,000 rows whose labels are drawn from the model's own probabilities, which are then sharpened."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, 2000)
    labels = rng.random(2000) < 1 / (1 + np.exp(-logits))
    rows = [
        {**opened.rows[0], "example_id": str(i), "clean_logits": [0.0, float(x * temperature)], "label": int(y)}
        for i, (x, y) in enumerate(zip(logits, labels, strict=True))
    ]
    return replace(opened, rows=rows)


def test_miscalibrated(opened: Opened) -> None:
    assert verdict(flags.miscalibrated, opened) == "not checked"
    assert verdict(flags.miscalibrated, calibrated(opened, 1.0)) == "clear"
    assert verdict(flags.miscalibrated, calibrated(opened, 4.0)) == "raised"


def test_ece_by_hand() -> None:
    """Two bins: sure 0.6 and right half the time; sure 0.9 and always right. (0.1 + 0.1) / 2."""
    assert answers.ece(np.array([0.6, 0.6, 0.9, 0.9]), np.array([1.0, 0, 1, 1]), bins=2) == pytest.approx(0.1)


def leaning(opened: Opened, wrongly: int, missed: int) -> Opened:
    """200 rows, half of each label, of which so many are wrongly called by the second label, or by the first."""
    row = opened.rows[0]
    rows = [
        {**row, "label": label, "clean_logits": [0.0, 1.0] if label != (at < wrong) else [1.0, 0.0]}
        for label, wrong in ((0, wrongly), (1, missed))
        for at in range(100)
    ]
    return replace(opened, rows=rows)


def test_one_sided(opened: Opened) -> None:
    assert verdict(flags.one_sided, opened) == "not checked"
    assert verdict(flags.one_sided, leaning(opened, 50, 3)) == "raised"
    assert verdict(flags.one_sided, leaning(opened, 50, 50)) == "clear"  # as many of both: bad, not one-sided
    assert verdict(flags.one_sided, leaning(opened, 22, 4)) == "clear"  # sure enough, but of 9 points
    said = flags.one_sided(Evidence(leaning(opened, 50, 0)))[1].said("en")
    assert said == f"says {opened.entry.model.labels[1]} of 75.0 % of the unchanged texts; it is true of 50.0 %"


def test_a_lean_among_three_labels_by_hand() -> None:
    """Label 2 is said of 5 rows and true of 2: three wrong uses, none missed; p = 3 · 2 · (1/2)^3."""
    truth, said = [0, 0, 1, 1, 2, 2], [0, 2, 2, 2, 2, 2]
    rows = [
        {"label": t, "clean_logits": [float(label == s) for label in range(3)]}
        for t, s in zip(truth, said, strict=True)
    ]
    found = answers.lean(rows)
    assert (found.label, found.said, found.true) == (2, 5 / 6, 2 / 6)
    assert found.p == pytest.approx(0.75)

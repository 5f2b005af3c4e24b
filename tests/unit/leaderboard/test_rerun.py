"""An entry's model again: honest entries reproduce, forged ones do not, outside texts count only if they should."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

import pytest

from robust.errors import ModelError, UserError
from robust.leaderboard import evidence, external, rerun
from robust.leaderboard.check import open_entry
from robust.leaderboard.recompute import results, survivors
from robust.leaderboard.store import Folder
from tests.unit.leaderboard.conftest import Toy
from tests.unit.leaderboard.test_check import forge, forget_a_success, rows_of, said

Make = Callable[..., Folder]
pytestmark = pytest.mark.usefixtures("toy")


def test_an_honest_entry_comes_out_the_same_to_the_letter(make: Make) -> None:
    found = rerun.reproduce(open_entry(make("textfooler", "keyboard-typos")), share=0.5, seed=3)
    assert (found.agreed.k, found.agreed.n) == (found.identical.k, 20) == (20, 20)
    assert not found.stochastic
    assert found.passed(0.0)


def test_successes_that_were_hidden_come_to_light(make: Make) -> None:
    """A forger makes every hash and number fit and says that the attacks failed; only running them tells."""
    folder = make("keyboard-typos")
    entry, rows = said(folder), rows_of(folder)
    for row in rows:
        if row["status"] == "success":
            row |= {"status": "failure", "adversarial": None, "words_changed": 0, "verified": False}
    entry["results"] = results(rows, "classification", {"keyboard-typos": None}).model_dump(mode="json")
    forge(folder, entry, rows, seal=True)
    opened = open_entry(folder)
    assert opened.entry.results.robust == opened.entry.results.clean
    found = rerun.reproduce(opened, share=0.25, seed=1)
    assert not found.passed(0.02)
    assert {(row.claimed, row.found) for row in found.disagreements} == {("failure", "success")}


def test_the_share_is_drawn_by_the_seed(make: Make) -> None:
    opened = open_entry(make())
    draws = {tuple(rerun.chosen(opened, 0.1, seed)) for seed in range(20)}
    assert all(len(draw) == 2 for draw in draws)
    assert len(draws) > 10
    assert rerun.chosen(opened, 0.001, 0)
    with pytest.raises(UserError, match="no share"):
        rerun.chosen(opened, 0.0, 0)


def test_other_weights_are_refused(make: Make) -> None:
    with (
        mock.patch("robust.leaderboard.rerun.load_for_task", return_value=Toy(revision="weights-9")),
        pytest.raises(ModelError, match="weights-9"),
    ):
        rerun.reproduce(open_entry(make()), share=0.1, seed=0)


def test_texts_from_outside_count_where_they_fool_the_model_and_keep_to_the_rules(make: Make) -> None:
    """Successes of the typos, which may change any letter, against an entry of the same attack that missed them."""
    folder = make("keyboard-typos")
    first = forget_a_success(folder)
    opened = open_entry(folder)
    broken = [row for row in opened.rows if row["status"] == "success"]
    texts = [
        (first["example_id"], first["original"]),
        (first["example_id"], first["adversarial"]),
        (broken[0]["example_id"], "whatever"),
        ("nobody", "whatever"),
    ]
    kept, attempts = rerun.try_texts(opened, texts, by="eve")
    assert [a.why for a in attempts] == [
        "nothing is changed",
        "",
        "the model is wrong about it already",
        "no such example",
    ]
    assert [text.adversarial for text in kept] == [first["adversarial"]]
    name, data = external.pack(kept, by="eve", at="2026-11-28T00:00:00Z", weights="weights-1")
    folder.write(name, data)
    lowered = open_entry(folder)
    standing = survivors(lowered.rows, "classification", frozenset(t.example_id for t in lowered.external))
    assert sum(standing.values()) == (opened.entry.results.robust.k or 0) - 1


def test_a_text_that_no_recipe_allows_is_refused(make: Make) -> None:
    opened = open_entry(make("textfooler"))
    standing = survivors(opened.rows, "classification")
    name = next(name for name, stands in standing.items() if stands)
    kept, attempts = rerun.try_texts(opened, [(name, "Something else entirely, and not at all the same.")], by="eve")
    assert not kept
    assert "textfooler forbids it: no_stopwords" in attempts[0].why


def test_what_was_found_is_kept_and_guarded(make: Make) -> None:
    folder = make()
    evidence.record(folder, "recomputed", {"kind": "check"}, by="ana", at="2026-11-28T00:00:00Z", note="")
    opened = open_entry(folder)
    assert opened.events[-1].state == "recomputed"
    assert evidence.latest(opened, "check") == {"kind": "check"}
    assert evidence.latest(opened, "reproduction") is None
    (name,) = folder.names("evidence/*.json")
    folder.write(name, b"{}")
    with pytest.raises(Exception, match="was changed"):
        evidence.latest(opened, "check")


def test_a_changed_external_file_shows(make: Make) -> None:
    folder = make()
    text = external.Text(example_id="r001", adversarial="x", logits=(0.0, 1.0), by="eve")
    name, data = external.pack([text], by="eve", at="2026-11-28T00:00:00Z", weights="weights-1")
    folder.write(name, data)
    assert external.read(folder) == [text]
    folder.write(name, data.replace(b"r001", b"r002"))
    with pytest.raises(Exception, match="its name is not its hash"):
        external.read(folder)

"""An honest entry passes; each kind of forgery is refused by the check that is made for it, in its own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from robust.leaderboard import rows as entry_rows
from robust.leaderboard.audit import audit
from robust.leaderboard.canonical import digest, entry_id, pretty
from robust.leaderboard.check import Finding, check, passed
from robust.leaderboard.history import begin
from robust.leaderboard.recompute import results
from robust.leaderboard.schema import Entry
from robust.leaderboard.store import ENTRY, HISTORY, ROWS, Folder
from robust.leaderboard.submit import files, submit
from robust.leaderboard.threat import threat_model
from robust.recipe.attack import AttackRecipe, sha_of
from tests.unit.leaderboard.conftest import BY

Make = Callable[..., Folder]


def said(folder: Folder) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(folder.read(ENTRY))
    return found


def rows_of(folder: Folder) -> list[dict[str, Any]]:
    return entry_rows.read(folder.read(ROWS), "rows")


def forge(folder: Folder, entry: dict[str, Any], rows: list[dict[str, Any]], *, seal: bool) -> None:
    """Write a changed entry; `seal` also makes every hash, the id and the history fit, as a careful forger would."""
    if seal:
        rows = [{**row, "row_sha256": entry_rows.row_hash(row)} for row in rows]
        entry["rows"] = {"file": ROWS, "n": len(rows), "sha256": entry_rows.content_hash(rows)}
        entry["entry_id"] = entry_id(Entry.model_validate(entry).unit(), entry["rows"]["sha256"])
        evidence = entry["rows"]["sha256"]
        folder.write(HISTORY, begin(by="forger", at="2026-11-27T12:00:00Z", note="", evidence=evidence))
    folder.write(ENTRY, pretty(entry))
    folder.write(ROWS, entry_rows.write(rows))


def forget_a_success(folder: Folder) -> dict[str, Any]:
    """Forge the entry of one run so that its first success is called a failure; returns that row as it was."""
    entry, rows = said(folder), rows_of(folder)
    row = next(row for row in rows if row["status"] == "success")
    before = dict(row)
    row |= {"status": "failure", "adversarial": None, "words_changed": 0, "verified": False}
    entry["results"] = results(rows, "classification", {row["attack"]: None}).model_dump(mode="json")
    forge(folder, entry, rows, seal=True)
    return before


def failures(folder: Folder) -> list[Finding]:
    opened, findings = check(folder)
    if opened is not None and passed(findings):
        findings += audit(opened)
    return [finding for finding in findings if finding.verdict == "failed"]


def the_failure(folder: Folder, check_name: str) -> str:
    found = failures(folder)
    assert [finding.check for finding in found] == [check_name]
    return found[0].message


def test_an_honest_entry_passes_and_says_what_it_did_not_check(make: Make) -> None:
    opened, findings = check(make("textfooler", "keyboard-typos"))
    assert opened is not None
    findings += audit(opened)
    assert not [f for f in findings if f.verdict == "failed"]
    assert {f.check for f in findings if f.verdict == "not checked"} == {"contamination", "neighbours"}
    assert "constraint no_stopwords (textfooler)" in {f.check for f in findings if f.verdict == "ok"}


def test_a_better_number_than_the_rows_give(make: Make) -> None:
    folder = make()
    entry = said(folder)
    entry["results"]["robust"] |= {"k": 18, "value": 0.9}
    forge(folder, entry, rows_of(folder), seal=True)
    assert "robust: claims 0.9" in the_failure(folder, "aggregates")


def test_a_narrower_interval_than_the_counts_give(make: Make) -> None:
    folder = make()
    entry = said(folder)
    entry["results"]["clean"]["low"] = entry["results"]["clean"]["value"] - 0.001
    forge(folder, entry, rows_of(folder), seal=True)
    assert "clean: claims" in the_failure(folder, "aggregates")


def test_a_row_changed_in_place(make: Make) -> None:
    folder = make()
    rows = rows_of(folder)
    rows[0]["queries"] = 1
    forge(folder, said(folder), rows, seal=False)
    message = the_failure(folder, "rows")
    assert f"{rows[0]['attack']}/{rows[0]['example_id']} was changed" in message


def test_a_row_changed_together_with_its_own_hash(make: Make) -> None:
    folder = make()
    rows = rows_of(folder)
    rows[0]["queries"] += 1
    rows[0]["row_sha256"] = entry_rows.row_hash(rows[0])
    forge(folder, said(folder), rows, seal=False)
    assert "not those that the entry was made of" in the_failure(folder, "rows")


def test_successes_left_out(make: Make) -> None:
    folder = make()
    rows = [row for row in rows_of(folder) if row["status"] != "success"]
    assert 0 < len(rows) < 20
    forge(folder, said(folder), rows, seal=True)
    assert "none may be left out" in the_failure(folder, "rows")


def test_an_example_twice(make: Make) -> None:
    folder = make()
    rows = rows_of(folder)
    rows[1] = dict(rows[0])
    forge(folder, said(folder), rows, seal=True)
    assert "is there 2 times" in the_failure(folder, "rows")


def test_an_error_passed_off_as_an_outcome(make: Make) -> None:
    folder = make()
    rows = rows_of(folder)
    rows[0]["error"] = "CUDA out of memory"
    forge(folder, said(folder), rows, seal=True)
    assert "ended in an error" in the_failure(folder, "errors")


def test_a_success_called_a_failure(make: Make) -> None:
    folder = make()
    rows = rows_of(folder)
    row = next(row for row in rows if row["status"] == "success")
    row["status"] = "failure"
    forge(folder, said(folder), rows, seal=True)
    found = {finding.check: finding.message for finding in failures(folder)}
    assert "is called a failure and has an adversarial text" in found["outcomes"]
    assert "the rows give" in found["aggregates"]


def test_a_success_against_a_right_answer(make: Make) -> None:
    folder = make()
    rows = rows_of(folder)
    row = next(row for row in rows if row["status"] == "success")
    row["adversarial_logits"] = row["clean_logits"]
    forge(folder, said(folder), rows, seal=True)
    assert "the model's answer is still right" in the_failure(folder, "outcomes")


def test_a_text_that_breaks_a_constraint(make: Make) -> None:
    folder = make()
    rows = rows_of(folder)
    broken = [row for row in rows if row["status"] == "success"]
    row, word = next((r, w) for w in (" the ", " and ", " was ", " of ") for r in broken if w in r["adversarial"])
    row["adversarial"] = row["adversarial"].replace(word, " not ", 1)
    forge(folder, said(folder), rows, seal=True)
    message = the_failure(folder, "constraint no_stopwords (textfooler)")
    assert row["example_id"] in message


def test_a_stricter_recipe_than_the_one_that_ran(make: Make) -> None:
    folder = make()
    entry = said(folder)
    entry["suite"]["attacks"][0]["recipe"]["attack"]["query_budget"] = 100000
    forge(folder, entry, rows_of(folder), seal=True)
    assert "not the one that its hash" in the_failure(folder, "recipes")


def test_another_threat_model_than_the_recipes(make: Make) -> None:
    folder = make()
    entry = said(folder)
    entry["threat_model"]["access"] = "decision"
    forge(folder, entry, rows_of(folder), seal=True)
    assert "threat model" in the_failure(folder, "recipes")


def test_another_model_in_the_same_entry(make: Make) -> None:
    folder = make()
    entry = said(folder)
    entry["model"]["id"] = "someone-elses-model"
    forge(folder, entry, rows_of(folder), seal=False)
    assert "id is not the hash" in the_failure(folder, "identity")


def test_easier_texts_under_the_name_of_a_benchmark(make: Make) -> None:
    folder = make()
    rows = rows_of(folder)
    row = next(row for row in rows if row["status"] != "success")
    row["original"] = "Wonderful, wonderful, wonderful."
    forge(folder, said(folder), rows, seal=True)
    assert "is not the text or the label of starter-en" in the_failure(folder, "benchmark")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (ROWS, b"not parquet", "cannot be read"),
        (ENTRY, b"{}", "schema_version: Field required"),
        (HISTORY, b"", "empty"),
    ],
)
def test_files_that_are_no_entry(make: Make, name: str, data: bytes, message: str) -> None:
    folder = make()
    folder.write(name, data)
    assert message in the_failure(folder, "files")


def test_numbers_of_an_entry_are_the_plain_counts_of_its_rows(make: Make) -> None:
    """By hand: an example withstands the suite where it is right and no attack has a success on it."""
    opened, _ = check(make("textfooler", "keyboard-typos"))
    assert opened is not None
    right, broken = set(), set()
    for row in opened.rows:
        if (row["clean_logits"][1] > row["clean_logits"][0]) == (row["label"] == 1):
            right.add(row["example_id"])
        if row["status"] == "success":
            broken.add(row["example_id"])
    found = opened.entry.results
    assert (found.clean.k, found.clean.n) == (len(right), 20)
    assert (found.robust.k, found.robust.n) == (len(right - broken), 20)
    assert [attack.attack for attack in found.attacks] == ["keyboard-typos", "textfooler"]
    assert found.robust.k is not None
    assert all(found.robust.k <= (attack.robust.k or 0) for attack in found.attacks)


def test_the_same_runs_make_the_same_bytes(make: Make, runs: dict[str, Any]) -> None:
    one = files([runs["textfooler"], runs["keyboard-typos"]], BY)[1]
    other = files([runs["keyboard-typos"], runs["textfooler"]], BY)[1]
    assert one == other


def test_an_entry_in_memory_is_as_good_as_one_on_disk(runs: dict[str, Any]) -> None:
    root = Folder.at("memory://board/entries")
    _, folder = submit([runs["textfooler"]], root, BY)
    assert str(folder).startswith("memory://board/entries/")
    assert [str(found) for found in root.entries()] == [str(folder)]
    assert not failures(folder)


def test_a_recipe_from_before_a_parameter_was_known_stays_valid(make: Make) -> None:
    folder = make("textfooler")
    entry, rows = said(folder), rows_of(folder)
    (attack,) = entry["suite"]["attacks"]
    del attack["recipe"]["attack"]["transformation"]["synonyms"]["other_gender"]
    forge(folder, entry, rows, seal=True)
    assert "is not the one that its hash" in str(check(folder)[1]), "what was written is what is hashed"
    attack["sha"] = sha_of(attack["recipe"]["attack"])
    entry["suite"]["version"] = digest([[attack["name"], attack["sha"]]])[:16]
    recipe = AttackRecipe.model_validate(attack["recipe"], strict=False)
    entry["threat_model"] = threat_model([recipe], [attack["recipe"]]).model_dump(mode="json")
    assert recipe.sha != attack["sha"], "the release knows the parameter"
    forge(folder, entry, rows, seal=True)
    assert passed(check(folder)[1])

"""`robust evaluate --suite standard`: several attacks, one verdict an example."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from robust.recipe.load import shipped
from robust.recipe.suite import SuiteRecipe, kinds, load_suite
from robust.results.directory import open_finished
from robust.testing import ToyVictim
from tests.functional.command import robust

SUITE = """\
schema_version: 1
name: tiny
languages: [es]
queries: 40
attacks:
  - {name: names, recipe: checklist, level: sentence}
  - {name: accents, recipe: diacritics-es, level: language}
  - {name: typos, recipe: keyboard-typos, level: char, seed: 3}
  - name: letters
    recipe: deepwordbug
    level: char
    overrides: {attack.constraints: [no_repeat, {max_words_changed: {fraction: 0.3}}]}
"""
RUN = ("evaluate", "--suite", "tiny.yaml", "--model", "starter-es", "--data", "starter-es", "--limit", 8)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SUITE, encoding="utf-8")


@pytest.mark.parametrize("recipe", shipped("suite"), ids=lambda recipe: recipe.name)
def test_every_shipped_suite_is_the_one_that_is_pinned(recipe: object) -> None:
    suite = load_suite(recipe.name)  # type: ignore[attr-defined]
    assert all(one.sha for one in suite.attacks), "a published suite pins its attacks"
    resolved = suite.resolve()  # raises if an attack is another one: then make the next version of the suite
    budgets = {found.attack.query_budget for found in resolved.values()}
    assert budgets == {suite.queries}
    (lang,) = suite.languages
    assert suite.name.endswith(f"-{lang}-v1")
    levels = {one.level for one in suite.attacks}
    assert levels == {"char", "word", "sentence", "language"}, "all levels, in both languages"
    for found in resolved.values():
        attack = found.build()
        attack.check(ToyVictim())  # black-box: a victim without gradients will do


def test_a_kind_means_its_latest_version_for_the_language() -> None:
    assert kinds() == ("standard", "standard-small")
    assert load_suite("standard", lang="es").name == "standard-es-v1"
    assert load_suite("standard-small", lang="en").name == "standard-small-en-v1"


def test_a_recipe_that_is_not_the_pinned_one_is_refused() -> None:
    Path("tiny.yaml").write_text(SUITE.replace("level: sentence", 'level: sentence, sha: "0123456789abcdef"'), "utf-8")
    ran = robust(*RUN)
    assert ran.code == 2
    assert "names is the attack" in ran.err
    assert not Path("results").exists()


def test_survivors_alone_are_attacked_again_and_each_changes_no_verdict() -> None:
    ran = robust(*RUN, "--out", "left", "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    whole = json.loads(robust(*RUN, "--out", "each", "--each", "--json").out)
    for key in ("n", "clean_accuracy", "robust_accuracy", "attack_success_rate", "errors"):
        assert said[key] == whole[key], key
    first, second = (pq.read_table(f"{name}/examples.parquet").to_pylist() for name in ("left", "each"))
    for one, other in zip(first, second, strict=True):
        assert (one["status"], one["broken_by"]) == (other["status"], other["broken_by"])
        assert one["adversarial"] == other["adversarial"]
    # the worst case again, from nothing but the attacks' own run directories
    broken: set[str] = set()
    left = {row["example_id"] for row in first}
    for attack in said["attacks"]:
        if not attack["attacked"]:
            continue
        manifest, rows = open_finished(Path("left/attacks") / attack["name"])
        assert {row["example_id"] for row in rows} == left
        hit = {row["example_id"] for row in rows if row["status"] == "success"}
        assert attack["attack_success_rate"]["k"] == len(hit)
        assert attack["of_those_left"] == ("of" in manifest["data"])
        broken |= hit
        left -= hit | {row["example_id"] for row in rows if row["status"] == "skipped"}
    assert said["robust_accuracy"]["k"] == said["clean_accuracy"]["k"] - len(broken)
    assert {row["example_id"] for row in first if row["status"] == "robust"} == left
    assert not any(attack["of_those_left"] for attack in whole["attacks"])

    shown = robust("report", "left")
    assert "robust accuracy so far" in shown.out
    again = robust(*RUN, "--out", "left", "--json")
    assert "already finished" in again.err
    assert json.loads(again.out) == said


def test_a_killed_suite_goes_on() -> None:
    words = [str(word) for word in (*RUN, "--out", "cut", "--json")]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-m", "robust", *words], env=env, stdout=-3, stderr=-3)
    third, deadline = Path("cut/attacks/typos/outcomes.jsonl"), time.monotonic() + 120
    while not (third.exists() and third.read_bytes().count(b"\n")) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    unfinished = robust("report", "cut")
    assert (unfinished.code, "not finished" in unfinished.err) == (2, True)
    before = (Path("cut/attacks/names/examples.parquet").stat()).st_mtime_ns
    rest = robust(*words)
    assert rest.code == 0, rest.err
    assert Path("cut/attacks/names/examples.parquet").stat().st_mtime_ns == before
    whole = json.loads(robust(*RUN, "--out", "whole", "--json").out)
    said = json.loads(rest.out)
    for key in ("n", "clean_accuracy", "robust_accuracy", "attacks"):
        assert said[key] == whole[key]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--suite", "standrad"], "did you mean 'standard"),
        (["--suite", "standard-es-v1", "--data", "starter-en"], "is for es, the data are en"),
        (["--suite", "standard", "--baseline", "x.csv"], "--baseline: not for the suite"),
        (["--suite", "standard", "--data", "starter-en", "--data", "starter-es"], "takes one --data"),
        (["--suite", "clean", "--each"], "--each: not for the suite clean"),
    ],
)
def test_mistakes(words: list[str], message: str) -> None:
    ran = robust("evaluate", "--model", "starter-en", *words)
    assert (ran.code, message in ran.err) == (2, True), ran.err
    assert not Path("results").exists()


def test_a_suite_that_names_an_attack_twice() -> None:
    written = SUITE.replace("name: accents", "name: names")
    Path("tiny.yaml").write_text(written, encoding="utf-8")
    ran = robust("recipes", "validate", "tiny.yaml", "--family", "suite")
    assert (ran.code, "names 'names' twice" in ran.err) == (2, True)
    Path("tiny.yaml").write_text(SUITE.replace("recipe: checklist", "recipe: chekclist"), encoding="utf-8")
    ran = robust("recipes", "validate", "tiny.yaml", "--family", "suite")
    assert (ran.code, "no attack recipe is called 'chekclist'" in ran.err) == (2, True), ran.err
    assert SuiteRecipe.model_fields["attacks"].is_required()

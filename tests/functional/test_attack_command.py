"""`robust attack`, as a user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from robust.results.directory import open_finished
from tests.functional.command import robust

KEYS = {
    *("n", "clean_accuracy", "accuracy_under_attack", "attack_success_rate", "queries_mean", "unique_queries_mean"),
    *("words_changed_mean", "errors", "skipped", "seconds", "run", "model", "recipe", "data"),
}


def attack(
    *words: object, model: str = "starter-en", data: object = "starter-en", recipe: object = "textfooler"
) -> list[object]:
    return ["attack", "--recipe", recipe, "--model", model, "--data", data, *words]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("recipe", ["textfooler", "pwws", "deepwordbug", "random-order"])
def test_each_recipe_attacks_each_starter(recipe: str, lang: str) -> None:
    name = f"starter-{lang}"
    ran = robust(*attack("--limit", 12, "--json", model=name, data=name, recipe=recipe))
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert set(said) == KEYS
    assert (said["n"], said["errors"], said["model"], said["recipe"]) == (12, 0, name, recipe)
    for rate in ("clean_accuracy", "accuracy_under_attack", "attack_success_rate"):
        assert set(said[rate]) >= {"value", "k", "n", "low", "high"}
    assert said["clean_accuracy"]["value"] >= 0.5
    assert said["accuracy_under_attack"]["k"] < said["clean_accuracy"]["k"]
    _, rows = open_finished(Path(said["run"]))
    assert [row["example_id"] for row in rows] == [f"r{i:03d}" for i in range(1, 13)]
    assert all(row["verified"] and row["adversarial"] != row["original"] for row in rows if row["status"] == "success")


def test_a_targeted_goal_needs_a_label_of_the_model(tmp_path: Path) -> None:
    ran = robust(*attack("--set", "attack.goal={targeted: {label: postive}}", "--limit", 2))
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "error: targeted: the model has no label 'postive'",
        "  fix: use one of negative, positive; did you mean 'positive'?",
    ]
    assert not list(tmp_path.iterdir())


def test_a_spanish_recipe_does_not_fit_english_data(tmp_path: Path) -> None:
    ran = robust(*attack(recipe="diacritics-es"))
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "error: recipe 'diacritics-es' is for es, the data are en",
        "  fix: choose another recipe; `robust recipes ls` shows the languages of each",
    ]
    assert not list(tmp_path.iterdir())


def test_the_screen_shows_broken_examples_and_numbers() -> None:
    ran = robust(*attack("--limit", 12))
    assert ran.code == 0, ran.err
    assert re.search(r"(positive|negative)\s+\d+ % .*\[\w+", ran.out)
    for name in (
        "clean accuracy",
        "accuracy under attack",
        "attack success rate",
        "queries per attack",
        "words changed",
    ):
        assert name in ran.out
    assert "run: results/runs/textfooler_starter-en_starter-en_" in ran.out


def test_a_finished_run_is_not_repeated_and_can_be_printed_again() -> None:
    first = json.loads(robust(*attack("--limit", 5, "--json")).out)
    again = robust(*attack("--limit", 5, "--json"))
    assert json.loads(again.out) == first
    assert "5 of 5 examples were done before" in again.err
    assert json.loads(robust("report", first["run"], "--json").out) == first
    shown = robust("report", first["run"])
    assert (shown.code, "accuracy under attack" in shown.out) == (0, True)


def test_an_override_and_a_seed_make_another_run() -> None:
    runs = [
        json.loads(robust(*attack("--limit", 5, "--json", *more)).out)
        for more in ([], ["--seed", 1], ["--set", "attack.query_budget=10"])
    ]
    assert len({run["run"] for run in runs}) == 3
    _, rows = open_finished(Path(runs[2]["run"]))
    assert max(row["queries"] for row in rows) <= 10


def test_results_do_not_depend_on_how_many_searches_are_in_flight() -> None:
    """With the real starter model in float32, where only the shape of the batches changes."""
    rows = []
    for in_flight in (1, 8, 256):
        ran = robust(
            *attack("--limit", 30, "--json", "--in-flight", in_flight, "--dtype", "float32", "--out", f"r{in_flight}")
        )
        assert ran.code == 0, ran.err
        found = open_finished(Path(f"r{in_flight}"))[1]
        rows.append(
            [(r["example_id"], r["status"], r["adversarial"], r["queries"], r["unique_queries"]) for r in found]
        )
    assert rows[0] == rows[1] == rows[2]


def _started(*words: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "robust", *map(str, words)]
    # A shell in the background hands down that interrupts are to be ignored.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed)


def _answers(run: Path) -> int:
    try:
        with sqlite3.connect(f"file:{run / 'answers.sqlite'}?mode=ro", uri=True) as db:
            return int(db.execute("SELECT count(*) FROM answers").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_an_interrupted_run_goes_on_and_repeats_no_model_call(how: signal.Signals, code: int) -> None:
    words = attack("--json", "--limit", 40, "--in-flight", 8, recipe="pwws")
    whole = json.loads(robust(*words, "--out", "whole").out)
    process = _started(*words, "--out", "cut")
    journal, deadline = Path("cut/outcomes.jsonl"), time.monotonic() + 600
    while not (journal.exists() and journal.read_bytes().count(b"\n") >= 5) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(how)
    _, err = process.communicate(timeout=600)
    assert process.returncode == code, err
    if how is signal.SIGINT:
        assert b"the same command goes on where this one stopped" in err
    done = journal.read_bytes().count(b"\n")
    assert 0 < done < 40
    before = _answers(Path("cut"))
    unfinished = robust("report", "cut")
    assert (unfinished.code, "not finished" in unfinished.err) == (2, True)

    rest = robust(*words, "--out", "cut")
    assert f"{done} of 40 examples were done before" in rest.err
    said = json.loads(rest.out)
    for key in KEYS - {"seconds", "run"}:
        assert said[key] == whole[key], key
    cut, uncut = (open_finished(Path(name))[1] for name in ("cut", "whole"))
    for one, other in zip(cut, uncut, strict=True):
        for key in one:  # the logits of texts that were scored in batches of other shapes differ in the last bits
            assert one[key] == (
                pytest.approx(other[key], abs=1e-5) if "logits" in key or "score" in key else other[key]
            )
    manifests = {name: json.loads(Path(name, "manifest.json").read_text()) for name in ("cut", "whole")}
    assert before + manifests["cut"]["engine"]["computed"] == manifests["whole"]["engine"]["computed"]
    assert sorted(os.listdir("cut")) == ["examples.parquet", "manifest.json"]


def test_help_is_quick_and_loads_no_model_library() -> None:
    script = (
        "import sys, resource\n"
        "sys.argv = ['robust', '--help']\n"
        "from robust.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'datasets', 'pyarrow', 'pandas', 'numpy', 'sklearn'} & set(sys.modules)\n"
        "usage = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print('HEAVY', sorted(heavy), 'SECONDS', usage.ru_utime + usage.ru_stime)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "attack" in done.stdout
    assert "HEAVY []" in done.stdout

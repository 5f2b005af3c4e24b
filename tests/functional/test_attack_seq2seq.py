"""`robust attack` on a translator that knows 32 words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.lang.base import language
from robust.lang.overlap import chrf
from robust.results.directory import open_finished
from tests import tiny_models as tiny
from tests.functional.command import robust
from tests.tiny_translator import PAIRS, sentences, train, translated


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> str:
    return train(tmp_path_factory.mktemp("models") / "translator")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    Path("x.csv").write_text("\n".join(["text", *sentences(12, seed=10**6)]) + "\n", encoding="utf-8")


def run(*words: object) -> tuple[dict[str, object], list[dict[str, object]]]:
    ran = robust("attack", "--data", "x.csv", "--lang", "en", "--device", "cpu", *words, "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    return said, open_finished(Path(said["run"]))[1]


@pytest.mark.slow
def test_synonyms_that_the_translator_does_not_know_break_it(translator: str) -> None:
    said, rows = run("--recipe", "seq2seq-synonyms", "--model", translator)
    assert (said["n"], said["errors"], said["skipped"]) == (12, 0, 0)
    broken = [row for row in rows if row["status"] == "success"]
    assert len(broken) >= 3
    right = 0
    for row in rows:
        right += row["clean_answer"] == translated(str(row["original"]))
        assert row["clean_counts"] == [1.0]
    assert right >= 11, "the translator has not learnt its words"
    for row in broken:
        overlap = chrf(str(row["clean_answer"]), str(row["adversarial_answer"]))
        assert overlap <= 0.5
        assert row["adversarial_counts"] == [pytest.approx(overlap)]
        changes = list(zip(str(row["original"]).split(), str(row["adversarial"]).split(), strict=True))
        swapped = [(old, new) for old, new in changes if old != new]
        assert 1 <= len(swapped) <= 2
        assert all(new in language("en").synonyms(old) for old, new in swapped)
    finals = [chrf(str(r["clean_answer"]), str(r["adversarial_answer"])) if r in broken else 1.0 for r in rows]
    assert said["overlap_under_attack"]["value"] == pytest.approx(sum(finals) / 12)  # type: ignore[index]
    assert said["accuracy_under_attack"]["k"] == 12 - len(broken)  # type: ignore[index]
    shown = robust("report", said["run"])
    assert (shown.code, "overlap under attack" in shown.out) == (0, True)

    again, same = run("--recipe", "seq2seq-synonyms", "--model", translator, "--in-flight", 1, "--out", "one")
    assert [row["adversarial"] for row in same] == [row["adversarial"] for row in rows]
    assert again["queries_mean"] == said["queries_mean"]


@pytest.mark.slow
def test_no_word_in_its_place(translator: str) -> None:
    Path("x.csv").write_text("text\nsees helps\nthe dog\n", encoding="utf-8")
    goal = "attack.goal={overlap_drop: {measure: positions, maximum: 0.5}}"
    said, rows = run("--recipe", "seq2seq-typos", "--model", translator, "--set", goal)
    assert said["errors"] == 0
    for row in [row for row in rows if row["status"] == "success"]:
        before, after = (str(row[f"{which}_answer"]).split() for which in ("clean", "adversarial"))
        assert sum(a == b for a, b in zip(before, after, strict=False)) <= 0.5 * max(len(before), len(after))
    assert set(str(rows[1]["clean_answer"]).split()) <= set(PAIRS.values())


def test_a_frozen_instruction_and_random_weights() -> None:
    tiny.seq2seq(Path("t5"))
    Path("x.csv").write_text("task,text\nthe old,the soup was bad\nthe sad,a good room\n", encoding="utf-8")
    columns = ("--text", "task", "--pair", "text")
    said, rows = run("--recipe", "seq2seq-typos", "--model", "t5", *columns, "--set", "attack.query_budget=30")
    assert said["errors"] == 0
    assert [row["before"] for row in rows] == [["the old"], ["the sad"]]
    assert all("the old" not in str(row["adversarial"]) for row in rows)


def test_recipes_and_models_that_do_not_fit() -> None:
    tiny.seq2seq(Path("t5"))
    ran = robust("attack", "--recipe", "textfooler", "--model", "t5", "--data", "x.csv", "--lang", "en")
    assert (ran.code, "--set attack.goal=overlap_drop" in ran.err) == (2, True)
    ran = robust("attack", "--recipe", "seq2seq-typos", "--model", "starter-en", "--data", "starter-en")
    assert (ran.code, "for models of the task seq2seq" in ran.err) == (2, True)
    ran = robust("attack", "--recipe", "seq2seq-typos", "--model", "t5", "--data", "x.csv")
    assert (ran.code, "say --lang" in ran.err) == (2, True)
    guarded = ["--set", "attack.constraints=[keep_answers]", "--model", "t5", "--data", "x.csv", "--lang", "en"]
    ran = robust("attack", "--recipe", "seq2seq-typos", *guarded)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert not Path("results").exists()

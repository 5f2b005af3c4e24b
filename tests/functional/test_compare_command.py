"""`robust compare`: runs against each other, paired by example."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.results import rows as rows_
from robust.results.directory import MANIFEST_VERSION
from robust.results.rows import SCHEMA
from tests.functional.command import robust

BLANK = dict.fromkeys(SCHEMA.names)


def run(
    name: str, statuses: str, *, model: str = "", labels: tuple[str, str] = ("bad", "good"), text: str = "t"
) -> str:
    """An attack's run directory: f failure, s success, k skipped, e error; one letter an example."""
    path = Path(name)
    path.mkdir()
    status = {"f": "failure", "s": "success", "k": "skipped", "e": "error"}
    rows = [
        {
            **BLANK,
            "example_id": str(at),
            "lang": "en",
            "status": status[letter],
            "label": labels.index("good"),
            "before": [],
            "after": [],
            "original": f"{text} {at}",
            "clean_logits": [0.0, 1.0],
        }
        for at, letter in enumerate(statuses)
    ]
    rows_.write(rows, path / "examples.parquet")
    manifest = {
        "manifest_version": MANIFEST_VERSION,
        "kind": "attack",
        "status": "finished",
        "model": {"name": model or name, "labels": list(labels)},
        "recipe": {"name": "typos"},
        "data": {"name": "data"},
    }
    (path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return name


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_difference_a_tie_and_holm_over_all_of_them() -> None:
    strong = run("strong", "f" * 60)
    weak = run("weak", "s" * 20 + "f" * 40, labels=("good", "bad"))  # classes in another order
    near = run("near", "ss" + "f" * 58)
    ran = robust("compare", strong, weak, near, "--json")
    assert ran.code == 0, ran.err
    said = {(one["number"], one["first"], one["second"]): one for one in json.loads(ran.out)}
    assert len(said) == 6
    big = said["accuracy under attack", "strong", "weak"]
    assert big["difference"]["value"] == pytest.approx(20 / 60)
    assert big["difference"]["p_value"] == pytest.approx(2 / 2**20)
    assert big["p_holm"] == pytest.approx(6 * 2 / 2**20)  # the smallest of six
    assert big["verdict"] == "first"
    small = said["accuracy under attack", "strong", "near"]
    assert (small["difference"]["p_value"], small["verdict"]) == (0.5, "tie")
    assert said["clean accuracy", "strong", "weak"]["verdict"] == "tie"
    shown = robust("compare", strong, near)
    assert "tie" in shown.out


def test_errors_and_examples_of_one_run_alone_are_left_out_and_counted() -> None:
    ran = robust("compare", run("a", "fffe"), run("b", "sfeff"), "--json")
    (_, attacked) = json.loads(ran.out)
    assert attacked["difference"]["n"] == 2
    assert attacked["left_out"] == 3
    assert "3 examples are not in both or have an error" in ran.err


def test_parallel_data_are_paired_across_their_texts() -> None:
    english, spanish = run("english", "ffff"), run("spanish", "sfff", text="otro", labels=("good", "bad"))
    ran = robust("compare", "--parallel", english, spanish, "--json")
    assert ran.code == 0, ran.err
    (_, attacked) = json.loads(ran.out)
    assert (attacked["difference"]["n"], attacked["difference"]["value"]) == (4, 0.25)


def test_what_cannot_be_compared() -> None:
    a, other = run("a", "ff"), run("other", "ff", text="another")
    for words, message in (
        ([a], "one run is nothing to compare"),
        ([a, a], "named twice"),
        ([a, other], "example 0 of a is another one in other"),
        ([a, "nowhere"], "there is no run at nowhere"),
    ):
        ran = robust("compare", *words)
        assert (ran.code, message in ran.err) == (2, True), ran.err
    early = robust("evaluate", "--model", "starter-en", "--against", "nowhere")
    assert (early.code, "no run at nowhere" in early.err) == (2, True)
    assert not Path("results").exists()


def test_an_evaluation_against_an_earlier_one() -> None:
    Path("reviews.csv").write_text(
        "text,label\nA lovely warm evening.,positive\nA dull cold evening.,negative\nLovely soup.,positive\n", "utf-8"
    )
    words = ("evaluate", "--model", "starter-en", "--data", "reviews.csv")
    assert robust(*words, "--out", "one").code == 0
    ran = robust(*words, "--max-length", 6, "--out", "two", "--against", "one", "--json")
    assert ran.code == 0, ran.err
    (one,) = json.loads(ran.out)["against"]
    assert (one["number"], one["difference"]["n"], one["first"], one["second"]) == ("accuracy", 3, "two", "one")

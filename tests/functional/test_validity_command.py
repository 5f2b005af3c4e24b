"""`robust validity`: a blinded sample out, ratings in, a corrected success rate."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from robust.evaluation import worst_case
from robust.evaluation.standard import ATTACKS
from robust.results import rows as rows_
from robust.results.directory import MANIFEST_VERSION
from robust.results.rows import SCHEMA
from tests.functional.command import robust

LABELS = ["negative", "positive"]


def suite(path: Path, words: int = 30, typos: int = 10) -> None:
    """A suite of two attacks on 60 examples of which they broke `words` and `typos`."""
    rows = []
    for at in range(60):
        by = "words" if at < words else "typos" if at < words + typos else None
        rows.append(
            {
                "example_id": f"e{at}",
                "lang": "es",
                "status": "broken" if by else "robust" if at < 55 else "misclassified" if at < 59 else "error",
                "label": at % 2,
                "before": [],
                "after": [],
                "original": f"texto número {at}",
                "broken_by": by,
                "adversarial": f"testo número {at}" if by else None,
                "clean_logits": [0.0, 1.0],
            }
        )
    path.mkdir()
    worst_case.FRAME.write(rows, path / "examples.parquet")
    manifest = {
        "manifest_version": MANIFEST_VERSION,
        "kind": "suite",
        "status": "finished",
        "model": {"name": "m", "labels": LABELS},
        "suite": {
            "name": "s",
            "queries": 9,
            "attacks": [{"name": name, "level": "word"} for name in ("words", "typos")],
        },
        "data": {"name": "d"},
        "seconds": 1.0,
    }
    (path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    for name in ("words", "typos"):
        (path / ATTACKS / name).mkdir(parents=True)
        rows_.write([dict.fromkeys(SCHEMA.names)][:0], path / ATTACKS / name / "examples.parquet")
        (path / ATTACKS / name / "manifest.json").write_text(json.dumps({**manifest, "kind": "attack"}), "utf-8")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    suite(tmp_path / "run")


def exported() -> tuple[list[dict[str, str]], dict[str, dict[str, str]]]:
    ran = robust("validity", "export", "run", "--n", 40, "--out", "texts.csv")
    assert ran.code == 0, ran.err
    with Path("texts.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    key = json.loads(Path("texts.key.json").read_text("utf-8"))
    return rows, {item["id"]: item for item in key["items"]}


def test_the_sample_is_balanced_and_blind() -> None:
    rows, key = exported()
    assert [row["item"] for row in rows] == sorted(key)
    assert set(rows[0]) == {"item", "text", "context", "label", "natural"}
    assert all(row["label"] == row["natural"] == "" for row in rows)
    assert Counter(item["version"] for item in key.values()) == {"original": 20, "adversarial": 20}
    hard = [item for item in key.values() if item["version"] == "adversarial"]
    assert Counter((item["attack"], item["label"]) for item in hard) == {
        (attack, label): 5 for attack in ("words", "typos") for label in LABELS
    }
    assert len({item["example_id"] for item in key.values()}) == 40, "no example in two versions"
    for row in rows:  # the key says truly what each text is
        item = key[row["item"]]
        number = item["example_id"][1:]
        assert row["text"] == ("testo" if item["version"] == "adversarial" else "texto") + f" número {number}"
    versions = [key[row["item"]]["version"] for row in rows]
    assert versions != sorted(versions)
    assert "e59" not in {item["example_id"] for item in key.values()}, "errors are not rated"
    told = Path("texts.instructions.txt").read_text("utf-8")
    assert "INSTRUCTIONS" in told
    assert "INSTRUCCIONES" in told
    again = robust("validity", "export", "run", "--n", 40, "--out", "two.csv")
    assert again.code == 0
    assert Path("two.csv").read_text("utf-8") == Path("texts.csv").read_text("utf-8")


def test_ratings_make_a_corrected_success_rate() -> None:
    rows, key = exported()
    for rater in ("ana", "luis", "eva"):
        with Path(f"{rater}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, ["item", "text", "context", "label", "natural"])
            writer.writeheader()
            for row in rows:
                item = key[row["item"]]
                # every typo keeps its label, every second word substitution loses it, and eva cannot tell
                lost = item["attack"] == "words" and item["label"] == "positive"
                label = "unclear" if lost and rater == "eva" else "negative" if lost else item["label"]
                writer.writerow({**row, "label": label, "natural": "5" if item["version"] == "original" else "2"})
    words = ("validity", "import", "ana.csv", "luis.csv", "eva.csv", "--key", "texts.key.json", "--json")
    ran = robust(*words)
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert (said["raters"], said["ratings"], said["unrated"]) == (3, 120, 0)
    assert (said["label_preserved"]["k"], said["label_preserved"]["n"]) == (15, 20)
    assert (said["originals_agreed"]["k"], said["originals_agreed"]["n"]) == (20, 20)
    assert (said["by_attack"]["words"]["k"], said["by_attack"]["typos"]["k"]) == (5, 10)
    assert said["natural"]["original"]["value"] == 5
    assert said["natural"]["adversarial"]["value"] == 2
    assert 0.8 < said["krippendorff_alpha"]["value"] < 1
    assert (said["attack_success_rate"]["k"], said["attack_success_rate"]["n"]) == (40, 55)
    # 15 of the 30 words keep their label, and all 10 typos
    assert said["corrected_success_rate"]["value"] == pytest.approx(25 / 55)
    assert said["strata"] == "attack and label"
    assert "Krippendorff" in robust(*words[:-1]).out


def test_label_studio() -> None:
    ran = robust("validity", "export", "run", "--n", 10, "--out", "tasks.json", "--format", "label-studio")
    assert ran.code == 0, ran.err
    tasks = json.loads(Path("tasks.json").read_text("utf-8"))
    assert {frozenset(task["data"]) for task in tasks} == {frozenset({"item", "text", "context"})}
    interface = ElementTree.parse("tasks.config.xml").getroot()
    assert [choice.get("value") for choice in interface.iter("Choice")] == [*LABELS, "unclear"]
    exported = [
        {"item": task["data"]["item"], "label": "positive", "natural": {"rating": 4}, "annotator": annotator}
        for task in tasks
        for annotator in (1, 2)
    ]
    Path("rated.json").write_text(json.dumps(exported), "utf-8")
    said = json.loads(robust("validity", "import", "rated.json", "--key", "tasks.key.json", "--json").out)
    assert (said["raters"], said["ratings"]) == (2, 20)
    assert said["krippendorff_alpha"]["value"] is None  # one value alone says nothing of agreement


def test_mistakes() -> None:
    exported()
    for words, message in (
        (("export", "nowhere", "--out", "x.csv"), "there is no run at nowhere"),
        (("export", "run", "--out", "texts.csv"), "texts.csv exists"),
        (("export", "run", "--out", "x.csv", "--format", "label-studoi"), "did you mean 'label-studio'"),
        (("export", "run", "--out", "x.csv", "--key", "x.csv"), "--key x.csv is a file for the raters"),
        (
            ("export", "run", "--out", "x.json", "--format", "label-studio", "--key", "x.config.xml"),
            "--key x.config.xml is a file for the raters",
        ),
        (("export", "run", "--out", "texts.csv/x.csv"), "cannot be written"),
        (("import", "texts.csv", "--key", "nowhere.json"), "there is no key nowhere.json"),
        (("import", "wrong.csv", "--key", "texts.key.json"), "'bad' is no label"),
        (("import", "other.csv", "--key", "texts.key.json"), "item '99' is not in the key"),
        (("import", "twice.csv", "--key", "texts.key.json"), "rates item 01 twice"),
        (("import", "none.csv", "--key", "texts.key.json"), "no column 'label'"),
    ):
        Path("wrong.csv").write_text("item,label\n01,bad\n", "utf-8")
        Path("other.csv").write_text("item,label\n99,positive\n", "utf-8")
        Path("twice.csv").write_text("item,label\n01,positive\n01,negative\n", "utf-8")
        Path("none.csv").write_text("item,etiqueta\n01,positive\n", "utf-8")
        ran = robust("validity", *words)
        assert (ran.code, message in ran.err) == (2, True), ran.err


def test_a_run_without_successes_has_nothing_to_rate() -> None:
    suite(Path("calm"), words=0, typos=0)
    ran = robust("validity", "export", "calm", "--out", "x.csv")
    assert (ran.code, "broke no example" in ran.err) == (2, True)

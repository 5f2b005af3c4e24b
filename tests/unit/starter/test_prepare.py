import json
from pathlib import Path

import pytest

from robust.errors import DataError
from robust.starter import glosses, prepare
from robust.starter.cleaning import Overlap, Row, words
from tests import realdata


def test_missing_data_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DataError, match="en/sst2"):
        prepare.prepare(tmp_path, tmp_path / "out")
    assert prepare.main(["--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "--data" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_forms_follow_from_the_ending() -> None:
    assert glosses.forms("lento") == ("lento", "lenta", "lentos", "lentas")
    assert glosses.forms("torpe") == ("torpe",)


def test_glosses_go_word_by_word_and_skip_what_is_mostly_unknown() -> None:
    entries = {"clumsy": ("torpe",), "charming": ("encantador",), "joke": ("broma",)}
    rows = [
        Row(id="a", text="is n't a charming joke", label="negative"),
        Row(id="b", text="clumsy jokes", label="negative"),
        Row(id="c", text="charming quokka wombat", label="positive"),
        Row(id="d", text="it is charming", label="positive"),
    ]
    assert [row.text for row in glosses.glosses(rows, entries)] == ["es no una encantador broma"]


@pytest.mark.realdata
@pytest.mark.slow
def test_spanish_files_are_kept_apart(tmp_path: Path) -> None:
    data = realdata.path("es", "reviews").parents[1]
    realdata.path("lexicons", "bilingual")
    counts = prepare.prepare(data, tmp_path, names=["starter-es"])["starter-es"]
    rows = {
        path.name: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for path in (tmp_path / "starter-es").glob("*.jsonl")
    }
    assert {name.removesuffix(".jsonl"): len(part) for name, part in rows.items()} == counts
    train = {words(row["text"]) for row in rows["train.jsonl"]}
    assert len(train) == len(rows["train.jsonl"])
    tests = [row["text"] for name, part in rows.items() if name.startswith("test-") for row in part]
    assert not train & {words(text) for text in tests}
    protected = Overlap(tests)
    assert not any(row["text"] in protected for row in rows["train.jsonl"][::7])
    assert 600 < len(rows["test-reviews.jsonl"]) < 680

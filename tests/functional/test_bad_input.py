"""What a user can get wrong: one message naming the thing, the place and the fix; exit code 2; nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.functional.command import robust

GOOD = "text,label\nA fine film.,positive\nA dull film.,negative\n"


def _file(name: str, content: str | bytes) -> Callable[[], str]:
    def make() -> str:
        data = content if isinstance(content, bytes) else content.encode()
        Path(name).write_bytes(data)
        return name

    return make


def _masked_lm() -> str:
    Path("mlm").mkdir()
    Path("mlm/config.json").write_text('{"model_type": "bert", "architectures": ["BertForMaskedLM"]}')
    return "mlm"


CASES: dict[str, tuple[dict[str, object], list[str]]] = {
    "missing file": ({"data": "revews.csv"}, ["revews.csv", "did you mean 'reviews.csv'"]),
    "empty file": ({"data": _file("empty.csv", "")}, ["empty.csv", "empty"]),
    "header only": ({"data": _file("header.csv", "text,label\n")}, ["header.csv"]),
    "wrong encoding": (
        {"data": _file("latin.csv", "text,label\nUna película aburrida,negative\n".encode("latin-1"))},
        ["latin.csv", "latin-1"],
    ),
    "missing column": ({"words": ["--text", "txt"]}, ["txt", "did you mean 'text'"]),
    "unknown label": (
        {"data": _file("labels.csv", "text,label\nfine,joy\ndull,anger\n")},
        ["positive", "negative", "joy", "anger", "--label-map"],
    ),
    "unknown extension": ({"data": _file("reviews.docx", "x")}, ["reviews.docx", ".csv"]),
    "unknown recipe": ({"recipe": "textfoler"}, ["textfoler", "did you mean 'textfooler'"]),
    "unknown plugin": (
        {
            "recipe": _file(
                "r.yaml",
                "schema_version: 1\nname: r\ncites: x\nlanguages: [en]\nattack:\n  search: gredy_word_ranking\n"
                "  transformation: synonyms\n  goal: untargeted\ndeviations: []\nreported: []\n",
            )
        },
        ["r.yaml:6", "gredy_word_ranking", "did you mean 'greedy_word_ranking'"],
    ),
    "unknown key": (
        {
            "recipe": _file(
                "k.yaml",
                "schema_version: 1\nname: k\ncites: x\nlanguages: [en]\nattack:\n  serch: greedy_word_ranking\n"
                "  transformation: synonyms\n  goal: untargeted\ndeviations: []\nreported: []\n",
            )
        },
        ["k.yaml:6", "serch", "did you mean 'search'"],
    ),
    "unknown override": (
        {"words": ["--set", "attack.query_bugdet=3"]},
        ["--set attack.query_bugdet=3", "query_budget"],
    ),
    "model directory without a model": ({"model": "."}, ["config.json"]),
    "a model that is no classifier": ({"model": _masked_lm}, ["mlm", "BertForMaskedLM", "robust finetune"]),
    "missing model directory": ({"model": "./models/mine"}, ["./models/mine"]),
    "no network": ({"model": "some-org/some-model"}, ["some-org/some-model", "HF_HUB_OFFLINE", "--model"]),
    "unknown language": ({"words": ["--lang", "fr"]}, ["fr", "en", "es"]),
    "bad label map": ({"words": ["--label-map", "1:negative"]}, ["1:negative", "1=negative"]),
    "another run in --out": ({"words": ["--out", "full"]}, ["full", "notes.txt"]),
}


@pytest.mark.parametrize("name", CASES)
def test_one_message_exit_code_2_and_nothing_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("reviews.csv").write_text(GOOD)
    Path("full").mkdir()
    Path("full/notes.txt").write_text("mine")
    given, said = CASES[name]
    made = {key: value() if callable(value) else value for key, value in given.items() if key != "words"}
    parts = {"recipe": "textfooler", "model": "starter-en", "data": "reviews.csv", **made}
    before = sorted(str(p) for p in Path().rglob("*"))
    words = [word for key, value in parts.items() for word in (f"--{key}", value)]
    ran = robust("attack", *words, *given.get("words", []))  # type: ignore[misc]
    assert ran.code == 2, ran.err
    for part in said:
        assert part in ran.err, ran.err
    assert ran.err.count("error:") == 1
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) <= 12, ran.err
    assert sorted(str(p) for p in Path().rglob("*")) == before


@pytest.mark.parametrize("words", [["attack"], ["atack"], ["attack", "--limit", "0"], ["report"]])
def test_a_wrong_command_line_exits_with_2(words: list[str]) -> None:
    ran = robust(*words)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("robust.runner.load_attack", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        robust("attack", "--recipe", "x", "--model", "y", "--data", "z")

"""Pairs of misspelt and right words as files, and what is measured on those that were held out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.lang.error_model import is_held_out
from robust.lang.error_model_file import load
from tests.functional.command import robust

PAIRS = [
    ("teh", "the"),
    ("recieve", "receive"),
    ("definately", "definitely"),
    ("untill", "until"),
    ("tommorow", "tomorrow"),
]


def pretrain(data: Path, out: Path, *words: str) -> dict[str, object]:
    ran = robust("pretrain", "typos", "--data", str(data), "--lang", "en", "--out", str(out), "--json", *words)
    assert ran.code == 0, ran.err
    told: dict[str, object] = json.loads(ran.out)
    return told


def written(path: Path, rows: list[tuple[str, ...]]) -> Path:
    mark = "\t" if path.suffix == ".tsv" else ","
    path.write_text("".join(mark.join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_columns_in_any_order_and_either_format_give_one_model(tmp_path: Path) -> None:
    plain = written(tmp_path / "plain.tsv", [*PAIRS, PAIRS[0], ("the", "the"), ("2nd", "second")])
    turned = [("n", "Right", "misspelt"), *(("1", right, wrong) for wrong, right in PAIRS)]
    named = written(tmp_path / "named.csv", turned)
    all_counted = ("--set", "model.held_out=0")
    told = pretrain(plain, tmp_path / "a", *all_counted)
    assert told["numbers"] == {
        **{"pairs": 5, "counted": 4, "held_out": 0},  # `tommorow` takes two edits
        **{"held_out_among_10": None, "held_out_among_50": None},
    }
    pretrain(named, tmp_path / "b", *all_counted)
    first, second = (load(str(tmp_path / name))[0] for name in "ab")
    assert first.source == "plain.tsv"
    assert first.ranked("receive", 100) == second.ranked("receive", 100)


def test_held_out_words_are_measured_on(tmp_path: Path) -> None:
    words = ["".join(chr(97 + (7 * i + j * j) % 25) for j in range(6)) for i in range(25)]
    pairs = [(word[1:], word) for word in words] + [("zz" + word[2:], word) for word in words]
    told = pretrain(written(tmp_path / "p.csv", pairs), tmp_path / "m", "--set", "model.held_out=0.5")
    held = [word for word in words if is_held_out(word, 0.5)]
    assert 5 < len(held) < 20
    numbers = told["numbers"]
    assert isinstance(numbers, dict)
    assert numbers["held_out"] == 2 * len(held)
    assert numbers["counted"] == len(words) - len(held)
    # the first letter is always the one left out, so that this is the first of all; two wrong letters are never made
    assert numbers["held_out_among_10"] == 0.5
    assert numbers["held_out_among_50"] == 0.5


@pytest.mark.parametrize(
    ("rows", "name", "words", "said"),
    [
        ([(b, a) for a, b in PAIRS], "x.csv", ["--lang", "en"], "put the misspelt words first"),
        ([("a", "b", "c")], "x.csv", ["--lang", "en"], "3 columns, and no names"),
        ([("xqj", "wzjkv")], "x.tsv", ["--lang", "en"], "no pair is one edit apart"),
        ([("teh",)], "x.txt", ["--lang", "en"], ".csv .tsv"),
        (PAIRS, "x.tsv", [], "--lang en, or --lang es"),
        (PAIRS, "x.tsv", ["--lang", "en", "--skip", "x"], "--skip is for text"),
        (PAIRS, "x.tsv", ["--lang", "en", "--text", "a"], "leave them out"),
        (PAIRS, "x.tsv", ["--lang", "en", "--set", "model.held_out=1"], "less than 1"),
    ],
)
def test_a_mistake_is_one_message(
    rows: list[tuple[str, ...]], name: str, words: list[str], said: str, tmp_path: Path
) -> None:
    data = written(tmp_path / name, rows)
    ran = robust("pretrain", "typos", "--data", str(data), "--out", str(tmp_path / "out"), *words)
    assert (ran.code, said in ran.err, "Traceback" in ran.err) == (2, True, False), ran.err
    assert not (tmp_path / "out").exists()

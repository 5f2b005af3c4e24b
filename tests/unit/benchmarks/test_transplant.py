"""The table of word vectors is written anew from those of translations."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from benchmarks import transplant
from benchmarks.transplant import glosses, vectors


class English:
    """Whole words alone."""

    def __init__(self) -> None:
        self.vocabulary = {"[PAD]": 0, "they": 1, "ate": 2, "good": 3, "2026": 4}

    def get_vocab(self) -> dict[str, int]:
        return self.vocabulary

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        return {"input_ids": [self.vocabulary[word] for word in text.split() if word in self.vocabulary]}


def test_words_take_the_vectors_of_their_translations() -> None:
    own = torch.eye(5)
    pieces = {"[PAD]": 0, "comieron": 1, "ellos": 2, "2026": 3, "##ción": 4, "bueno": 5}
    found = {"comieron": "they ate", "ellos": "they", "bueno": "good good they"}
    table, known = vectors(pieces, found, English(), own)
    assert known == 5
    assert table.shape == (6, 5)
    assert torch.equal(table[1], own[2])  # `they` only fills in the subject
    assert torch.equal(table[2], own[1])  # unless it is all there is
    assert torch.equal(table[3], own[4])
    assert torch.equal(table[5], own[3])
    assert torch.equal(table[0], own[0])
    again, _ = vectors(pieces, found, English(), own)
    assert torch.equal(table, again)
    assert not torch.isin(table[4], own).all()


def test_unknown_words_take_those_of_words_with_accents(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"habitación .": "Room .", "habitacion .": "*habitacion .", "comieron .": "they ate.", "zzz .": "*zzz."}

    def run(command: list[str], **given: Any) -> SimpleNamespace:
        assert command == ["apertium", "spa-eng"]
        asked = [line for line in given["input"].decode().split("\n") if line]
        return SimpleNamespace(stdout="\n\n".join(said[line] for line in asked).encode())

    monkeypatch.setattr(subprocess, "run", run)
    found = glosses(["comieron", "habitacion", "habitación", "zzz"])
    assert found == {"comieron": "they ate", "habitacion": "room", "habitación": "room"}


def test_a_missing_translator_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, capsys, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert transplant.main(["--model", "M", "--data", "D", "--out", str(tmp_path / "out")]) == 2
    assert "apt-get install apertium-eng-spa" in capsys.readouterr().err

"""Back-translation by Apertium from the command line, with an Apertium of shell scripts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests import tiny_models as tiny
from tests.fake_apertium import COPY, install
from tests.functional.command import robust

SWAPS = "#!/bin/sh\nsed 's/soup/broth/g; s/nice/lovely/g'\n"
RECIPE = ("--recipe", "back-translation", "--lang", "en", "--data", "x.csv")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [f"the {thing} was nice,{label}" for thing in ("soup", "room") for label in tiny.LABELS["label2id"]]
    Path("x.csv").write_text("\n".join(["text,label", *lines]) + "\n", encoding="utf-8")


def by_apertium(family: str, there: str = "eng-spa", back: str = "spa-eng") -> list[str]:
    part = f"--set={family}.transformation.back_translation"
    return [f"{part}.there=apertium:{there}", f"{part}.back=apertium:{back}"]


def test_an_attack_and_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, tmp_path, {"copy": COPY, "swaps": SWAPS}, {"eng-spa": "copy | copy $1", "spa-eng": "swaps"})
    tiny.classifier(Path("model"), "bert")
    ran = robust("attack", *RECIPE, "--model", "model", *by_apertium("attack"), "--out", "run")
    assert ran.code == 0, ran.err
    ran = robust("augment", *RECIPE, *by_apertium("augment"), "--out", "copies.csv")
    assert ran.code == 0, ran.err
    with open("copies.csv", encoding="utf-8") as file:
        made = {row["original"]: row["text"] for row in csv.DictReader(file)}
    assert made["the soup was nice"] == "the broth was lovely"


@pytest.mark.parametrize("command", ["attack", "augment"])
def test_mistakes_are_said_before_anything_is_written(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if command == "attack":
        tiny.classifier(Path("model"), "bert")
    words = [command, *RECIPE, "--out", "made.csv", *(["--model", "model"] if command == "attack" else [])]
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    ran = robust(*words, *by_apertium(command))
    assert (ran.code, "there is no program `apertium`" in ran.err) == (2, True)
    assert "apt-get install apertium-eng-spa" in ran.err
    install(monkeypatch, tmp_path, {"copy": COPY}, {"eng-spa": "copy"})
    ran = robust(*words, *by_apertium(command))
    assert (ran.code, "Apertium has no such mode" in ran.err) == (2, True)
    ran = robust(*words, *by_apertium(command, "spa-eng", "eng-spa"))
    assert (ran.code, "fix: exchange them" in ran.err) == (2, True)
    ran = robust(*words, *by_apertium(command, "spa", "eng-spa"))
    assert (ran.code, "'spa' is no mode of Apertium" in ran.err) == (2, True)
    assert not Path("made.csv").exists()

"""A paraphraser made from round trips: which sentences and pairs are taken, and that the attack can read the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.paraphraser import judged, pairs, sentences, trained
from robust.core.transformation import Site
from robust.lang.base import language
from robust.transformations import _apertium, _seq2seq
from robust.transformations.paraphrase import Paraphrase
from tests.tiny_models import bert

ROUND = {
    "the film was a delight": "the movie was a delight",
    "nothing works in this room": "nothing works in this room",
    "we would come back": "purple",
}


@dataclass
class Translator:
    """What `ROUND` says, half of the way each."""

    home: bool
    asked: list[str] = field(default_factory=list)

    def write(self, texts: list[str], k: int) -> list[list[str]]:
        self.asked += texts
        return [[ROUND[text]] if self.home else [text] for text in texts]


def test_sentences_are_parted_and_come_once() -> None:
    rows = [
        "The film was a  delight. We would come back! No.",
        "We would come back!\nSee http://example.org for more of it",
    ]
    assert list(sentences(rows)) == ["The film was a delight.", "We would come back!"]


def test_pairs_are_of_sentences_that_came_back_changed_and_recognisable(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Translator] = {}

    def load(mode: str) -> Translator:
        return made.setdefault(mode, Translator(home=mode == "spa-eng"))

    monkeypatch.setattr(_apertium, "load", load)
    assert pairs("en", list(ROUND)) == [("the movie was a delight", "the film was a delight")]
    assert made["eng-spa"].asked == made["spa-eng"].asked == list(ROUND)


def test_the_model_is_one_that_the_transformation_reads(tmp_path: Path) -> None:
    start = bert(tmp_path / "start", head="MaskedLM")
    told = trained(
        start, [("the movie was a delight", "the film was a delight")] * 40, tmp_path / "out", minutes=0, seed=0
    )
    assert told["steps"] == 1
    text = language("en").text("the film was a delight")
    candidates = Paraphrase(model=str(tmp_path / "out"), k=2)([Site(text, 0, lang="en")])
    assert len(candidates) == 1
    found = judged(str(tmp_path / "out"), ["the film was a delight", "we would come back"])
    assert found["unseen"] == 2
    assert 0 <= found["copies"] <= 1
    assert 0 <= found["chrf"] <= 1


def test_copies_and_likeness_are_of_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of three comes back, but for case and spaces; the others share nothing with theirs."""

    class Writer:
        def write(self, texts: list[str], k: int) -> list[list[str]]:
            return [["A  good film."], ["xxxx"], []]

    monkeypatch.setattr(_seq2seq, "load", lambda model: Writer())
    found = judged("writer", ["a good film .", "bad", "worse"])
    assert found == {"unseen": 3, "copies": pytest.approx(1 / 3), "chrf": 0.0}

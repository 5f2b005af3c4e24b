"""A defended model is a model of its own name, and answers what the defence makes of a text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.errors import UserError
from robust.victims.defended import common, corrected, defended
from robust.victims.doubting import DoubtingVictim
from tests.functional.command import robust

META = VictimMeta(name="toy", revision="1", labels=("bad", "good"), langs=frozenset({"en"}))


@dataclass(frozen=True)
class Counting:
    """Good by the share of words that are `good`."""

    meta: VictimMeta = META

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        share = [fields[0].split().count("good") / max(len(fields[0].split()), 1) for fields in batch]
        return np.array([[0.5, 1.0 + 4 * s] if s else [1.0, 0.0] for s in share], np.float32)


def test_the_model_reads_the_cleaned_text() -> None:
    victim = Counting()
    fixed = defended(victim, ["spelling"])
    assert fixed.meta.name == "toy+spelling:en"
    assert fixed.meta.revision.startswith("1+spelling:en@")
    batch = [("goood food",), ("good food",)]
    assert np.array_equal(fixed.logits(batch), victim.logits([("good food",)] * 2))
    both = defended(victim, ["normalise", "spelling:en"])
    assert both.meta.name == "toy+spelling:en+normalise:en"
    assert np.array_equal(both.logits([("gооd food",)]), victim.logits([("good food",)]))
    assert np.array_equal(both.canonical(("gооd food",)), victim.logits([("good food",)])[0])


def test_what_reads_alike_is_asked_once_and_answered_everywhere() -> None:
    asked: list[int] = []

    class Listening(Counting):
        def logits(self, batch: Sequence[Fields], /) -> Floats:
            asked.append(len(batch))
            return super().logits(batch)

    batch = [("goood food",), ("bad food",), ("good food",), ("goodd food",), ("bad food",)]
    alike = [("good food",), ("bad food",), ("good food",), ("good food",), ("bad food",)]
    assert np.array_equal(defended(Listening(), ["spelling"]).logits(batch), Counting().logits(alike))
    assert asked == [2]
    assert defended(Listening(), ["spelling"]).logits([]).shape[0] == 0


def test_doubt_is_a_fall_of_the_predicted_class() -> None:
    victim = Counting()
    swaps = {"fine": "good", "good": "bland"}
    meta = META

    def replaced(text: str) -> str:
        return " ".join(swaps.get(word, word) for word in text.split())

    doubting = DoubtingVictim(victim=victim, meta=meta, common=replaced, lang="en", doubt=0.3)
    batch = [("fine food",), ("good food",), ("bland food",)]
    plain, other = victim.logits(batch), victim.logits([(replaced(text),) for (text,) in batch])
    powers = np.exp(plain) / np.exp(plain).sum(1, keepdims=True), np.exp(other) / np.exp(other).sum(1, keepdims=True)
    top = plain.argmax(1)
    falls = [powers[0][row, top[row]] - powers[1][row, top[row]] for row in range(3)]
    assert doubting.suspects(batch) == [fall > 0.3 for fall in falls] == [True, True, False]
    expected = np.array([other[row] if falls[row] > 0.3 else plain[row] for row in range(3)])
    assert np.array_equal(doubting.logits(batch), expected)
    assert np.array_equal(doubting.logits(batch[1:2])[0], doubting.canonical(batch[1]))


def test_texts_between_words_stay() -> None:
    assert corrected("  A terribel…  film! said Bostn\n", "en") == "  A terrible…  film! said Bostn\n"
    assert common("not a word, 3 times.", "en") == "not a word, 3 times."


@pytest.mark.parametrize(
    ("written", "said"), [("speling", "did you mean 'spelling'"), ("spelling:de", "unknown language")]
)
def test_mistakes(written: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        defended(Counting(), [written])
    silent = Counting(VictimMeta(name="toy", revision="1", labels=("a", "b")))
    with pytest.raises(UserError, match="does not say its language"):
        defended(silent, ["spelling"])


def test_a_run_records_the_defence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--model", "starter-en", "--data", "starter-en", "--limit", 6, "--json"]
    for command in (["attack", "--recipe", "deepwordbug"], ["evaluate"]):
        ran = robust(*command, *words, "--defence", "spelling", "--out", command[0])
        assert ran.code == 0, ran.err
        manifest = json.loads((tmp_path / command[0] / "manifest.json").read_text("utf-8"))
        assert manifest["model"]["name"] == "starter-en+spelling:en"
        assert "+spelling:en@" in manifest["identity"]["model"]
    white = ("attack", "--recipe", "a2t", *words, "--defence")
    assert robust(*white, "spelling", "--out", "white").code == 0  # gradients go straight through it
    ran = robust(*white, "fgws", "--out", "doubted")
    assert ran.code == 0, ran.err  # and through the reading that answers

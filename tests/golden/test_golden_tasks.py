"""Exact adversarial texts and query counts of the recipes for taggers and for models that answer or write.

As in `test_golden`: `ROBUST_UPDATE_GOLDEN=1 python -m pytest tests/golden` writes the files anew. `ner-context` is left
out, as `bert-attack` is there.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from robust.core.example import Answers, Example, Reference, TokenLabels
from robust.core.text import Text
from robust.core.types import LANGS, Fields, Floats, Lang
from robust.core.victim import VictimMeta
from robust.engine.run import EngineOptions, run_attack
from robust.lang.tokenise import spans
from robust.recipe.load import load_attack
from tests.golden.sentences import NAMED, SENTENCES

ASKED: dict[Lang, str] = {"en": "Who was in Lima in 1990?", "es": "¿Quién fue a Lima en 1990?"}
UPDATE = "ROBUST_UPDATE_GOLDEN"
TAGS = ("O", "B-PER", "B-LOC")
RECIPES = ("ner-synonyms", "ner-typos", "qa-synonyms", "addsent", "seq2seq-synonyms", "seq2seq-typos")
WRITTEN = (
    *("alu", "beko", "cidra", "dofen", "eju", "fimo", "gatil", "hubo"),
    *("iken", "jora", "kuli", "lemba", "mupi", "nodra", "osil", "pavu"),
)
"""Words of a language that `ToyWriter` translates into."""


def vote(*parts: str) -> float:
    """A number from 0 to 1 that is the same on every machine."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=1).digest()[0] / 255


@dataclass(frozen=True)
class ToyTagger:
    """Capitalised words are entities, of which sort depends on the words around them; some hide."""

    meta = VictimMeta(name="toy", revision="1", labels=TAGS, task="tagging")

    def arrays(self, batch: Sequence[Fields], /) -> list[Floats]:
        return [np.array([self._word(words, at) for at in range(len(words))], np.float32) for words in batch]

    def _word(self, words: Fields, at: int) -> list[float]:
        around = "|".join(words[max(0, at - 2) : at + 3])
        if not words[at][0].isupper():
            return [4.0, 0.0, 0.0]
        return [1.2 * vote(tag, words[at]) + 1.3 * vote(tag, around) + (tag == "B-PER") for tag in TAGS]


@dataclass(frozen=True)
class ToyReader:
    """The answer is one word; which one depends on its neighbours."""

    meta = VictimMeta(name="toy", revision="1", labels=("start", "end", "logit"), task="qa")

    def arrays(self, batch: Sequence[Fields], /) -> list[Floats]:
        return [self._answers(question, context) for question, context in batch]

    def _answers(self, question: str, context: str) -> Floats:
        words = spans(context)
        told = [context[lo:hi] for lo, hi in words]
        around = ["|".join(told[max(0, at - 2) : at + 3]) for at in range(len(told))]
        rows = [
            (*span, 3 * vote(question, context[slice(*span)]) + 0.6 * vote(near))
            for span, near in zip(words, around, strict=True)
        ]
        return np.array(sorted(rows, key=lambda row: (-row[2], row)), np.float32)[:20]


@dataclass(frozen=True)
class ToyWriter:
    """Writes a word for each that it reads: which one depends on that word, for most also on those beside it."""

    meta = VictimMeta(name="toy", revision="1", labels=("character",), task="seq2seq")

    def arrays(self, batch: Sequence[Fields], /) -> list[Floats]:
        return [np.array([[ord(c)] for c in self.written(text)], np.float32).reshape(-1, 1) for (text,) in batch]

    def written(self, text: str) -> str:
        words = [text[lo:hi].lower() for lo, hi in spans(text)]
        beside = [2 if vote(word[:3]) < 0.7 else 0 for word in words]
        read = ["|".join(words[max(0, at - n) : at + n + 1]) for at, n in enumerate(beside)]
        return " ".join(WRITTEN[int(15.99 * vote(part))] for part in read)


def examples(recipe: str) -> list[Example]:
    """Sentences whose gold tags or answer are what the victim says of them."""
    found = []
    for lang in LANGS:
        for string in (NAMED if recipe.startswith("ner") else SENTENCES)[lang]:
            text = Text(string, spans(string))
            if recipe.startswith("ner"):
                (logits,) = ToyTagger().arrays([text.words])
                tags = TokenLabels(tuple(TAGS[column] for column in logits.argmax(axis=1)))
                found.append(Example(id=string, text=text, target=tags, lang=lang))
            elif recipe.startswith("seq2seq"):
                found.append(Example(id=string, text=text, target=Reference(), lang=lang))
            else:
                question = ASKED[lang]
                (best,) = ToyReader().arrays([(question, string)])
                answer = Answers(((int(best[0, 0]), int(best[0, 1])),))
                found.append(Example(id=string, text=text, target=answer, lang=lang, before=(question,)))
    return found


@cache
def outcomes(recipe: str, *, in_flight: int = 64) -> dict[str, dict[str, object]]:
    """What the recipe does, by sentence."""
    victim = {"ner": ToyTagger, "seq2seq": ToyWriter}.get(recipe.partition("-")[0], ToyReader)()
    options = EngineOptions(in_flight=in_flight)
    run = run_attack(load_attack(recipe).build(), victim, examples(recipe), options=options)
    keys = ("status", "adversarial", "adversarial_answer", "queries", "unique_queries", "words_changed")
    return dict(sorted((o.example_id, {key: getattr(o, key) for key in keys}) for o in run))


@pytest.mark.parametrize("recipe", RECIPES)
def test_outcomes_are_what_they_were(recipe: str) -> None:
    path = Path(__file__).parent / f"{recipe}.json"
    found = outcomes(recipe)
    if os.environ.get(UPDATE):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(path.read_text(encoding="utf-8")), f"if this is meant: {UPDATE}=1 pytest tests/golden"
    assert found == outcomes(recipe, in_flight=1)
    statuses = [row["status"] for row in found.values()]
    assert statuses.count("success") >= 3
    assert statuses.count("failure") >= 1

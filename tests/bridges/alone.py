"""TextAttack run by itself, one example after the other, and the examples that both sides attack."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
import textattack
import torch
from textattack.attack_recipes import AttackRecipe
from textattack.attack_results import FailedAttackResult, SkippedAttackResult
from textattack.constraints.pre_transformation import RepeatModification, StopwordModification
from textattack.goal_functions import UntargetedClassification
from textattack.shared import AttackedText
from textattack.transformations import WordSwap

from robust.adapters.textattack.wrapper import VictimWrapper
from robust.core.attack import Outcome
from robust.core.example import Example
from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang, Span
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.lang.base import language
from robust.lang.tokenise import spans
from robust.victims.load import load_victim
from tests import realdata

LABELS = ("negative", "positive")


class Row(NamedTuple):
    """What either side says of an example."""

    id: str
    status: str
    adversarial: str | None
    queries: int


@cache
def victim() -> Any:
    return load_victim("starter-en", device="cpu", dtype="float32")


def starter(n: int) -> list[Example]:
    return list(to_examples(read(DataSpec(source="starter-en")), LABELS).examples[:n])


def sst2(n: int) -> list[Example]:
    """The first sentences of the development set."""
    with realdata.path("en", "sst2", "dev.tsv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[:n]
    found = []
    for at, row in enumerate(rows):
        label, string = (row[0], row[1]) if row[0] in ("0", "1") else (row[1], row[0])
        found.append(Example(id=f"sst2/{at}", text=Text(string, spans(string)), target=int(label), lang="en"))
    return found


def in_their_words(examples: Iterable[Example]) -> list[Example]:
    """The examples cut into words as TextAttack cuts them."""
    return [replace(example, text=Text(str(example.text), their_spans(str(example.text)))) for example in examples]


def their_spans(string: str) -> tuple[Span, ...]:
    """Where TextAttack's words of a text are."""
    found, end = [], 0
    for word in AttackedText(string).words:
        start = string.index(word, end)
        end = start + len(word)
        found.append((start, end))
    return tuple(found)


def alone(attack: Any, examples: Iterable[Example], name: str, *, seed: int = 0) -> Iterator[Row]:
    """One example after the other; the global generators are seeded for each as our engine seeds it."""
    for example in examples:
        drawn = int(np.random.default_rng(derive(seed, name, example.id)).integers(2**32))
        random.seed(drawn)
        np.random.seed(drawn)  # noqa: NPY002 - TextAttack draws from it
        torch.manual_seed(drawn)
        assert isinstance(example.target, int)
        result = attack.attack(str(example.text), example.target)
        yield _row(example, result)


def _row(example: Example, result: Any) -> Row:
    if isinstance(result, SkippedAttackResult):
        return Row(example.id, "skipped", None, result.original_result.num_queries)
    queries = result.perturbed_result.num_queries
    failed = isinstance(result, FailedAttackResult) or result.perturbed_text() == str(example.text)
    return Row(example.id, "failure" if failed else "success", None if failed else result.perturbed_text(), queries)


def ours(outcomes: Iterable[Outcome]) -> dict[str, Row]:
    rows = list(outcomes)
    assert not [row.error for row in rows if row.error]
    return {row.example_id: Row(row.example_id, row.status, row.adversarial, row.queries) for row in rows}


def wrapper() -> VictimWrapper:
    return VictimWrapper(victim())


# ------------------------------------------------------------------ candidates that need no download
def synonyms(word: str) -> list[str]:
    """Up to eight synonyms, each one word to either side, in alphabetical order."""
    found = [w for w in language("en").synonyms(word) if w.isascii() and w.isalpha() and w != word]
    return sorted(dict.fromkeys(found))[:8]


class Synonyms(WordSwap):  # type: ignore[misc]
    """The same candidates for TextAttack's searches."""

    def _get_replacement_words(self, word: str) -> list[str]:
        return synonyms(word)


@dataclass(frozen=True, kw_only=True)
class SameSynonyms:
    """The candidates of `Synonyms`, in the order in which TextAttack asks for them: by the edited text."""

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        return [sorted([s.text.replace(s.index, w) for w in synonyms(s.word)], key=str) for s in sites]


def text(string: str) -> Text:
    return Text(string, spans(string))


def recipe_of(search: Callable[[], Any]) -> type:
    """A recipe of TextAttack's kind: one of its searches over `Synonyms`, each word once and no stopwords."""

    class SynonymRecipe(AttackRecipe):  # type: ignore[misc]
        @staticmethod
        def build(model_wrapper: Any) -> Any:
            goal = UntargetedClassification(model_wrapper)
            return textattack.Attack(goal, [RepeatModification(), StopwordModification()], Synonyms(), search())

    return SynonymRecipe

"""Words that a masked language model puts in the place of a word, beside it, or in the place of two."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang, Span
from robust.errors import PluginError
from robust.lang.case import like
from robust.registry import register
from robust.transformations import _masked_lm
from robust.transformations._before import parted_by_space
from robust.transformations._masked_lm import MaskedLanguageModel, Piece
from robust.transformations.masked_lm import AUTO

Operation = Literal["replace", "insert_before", "insert_after", "merge"]
OPERATIONS: tuple[Operation, ...] = ("replace", "insert_before", "insert_after", "merge")


@dataclass(frozen=True, slots=True)
class _Question:
    operation: Operation
    text: str
    span: Span


@register("transformations", "masked_lm_edits")
@dataclass(frozen=True, kw_only=True)
class MaskedLMEdits:
    """What a masked language model expects at a mask: in the place of the word (`replace`), before or after it
    (`insert_before`, `insert_after`), or in the place of the word and the next one (`merge`). What is added after a
    word stands directly before the next one: behind a comma between them.

    The operations of BAE (Garg & Ramakrishnan 2020, arXiv:2004.01970: replace, insert) and CLARE (Li et al. 2021,
    arXiv:2009.07502: replace, insert, merge). Of each, up to `k` whole words with a probability of `minimum` at least,
    likeliest first. Pieces of words, special tokens and anything but letters are dropped; so is the word itself.

    `model`: a directory or a hub id; `auto` is BERT base for English and BETO for Spanish. Words beyond the model's
    length have no candidates.

    *Differs from the papers*: BAE takes 50 candidates and filters them by a tagger and a sentence encoder; CLARE merges
    noun phrases and such alone, found with a tagger.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    costly: ClassVar[bool] = True

    model: str = "auto"
    operations: tuple[Operation, ...] = ("replace",)
    k: int = 50
    minimum: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", tuple(self.operations))
        if unknown := [each for each in self.operations if each not in OPERATIONS]:
            raise PluginError(f"masked_lm_edits: no operation {unknown[0]!r}", fix=f"use {', '.join(OPERATIONS)}")
        if self.k < 1 or not self.model or not self.operations or not 0 <= self.minimum < 1:
            raise PluginError(
                f"masked_lm_edits: k is {self.k}, minimum {self.minimum}, model {self.model!r}, "
                f"operations {list(self.operations)}",
                fix="use k of 1 or more, a minimum from 0 to below 1, a model and at least one operation",
            )

    def fingerprint(self) -> dict[str, str]:
        """What pins the weights."""
        return _masked_lm.fingerprint(AUTO.values() if self.model == "auto" else [self.model], "masked_lm_edits")

    def ready(self, langs: Collection[Lang], /) -> None:
        """Load the model of each language. Raises `ModelError`."""
        for lang in sorted(langs):
            self._load(lang)

    def _load(self, lang: Lang) -> MaskedLanguageModel:
        return _masked_lm.load(AUTO[lang] if self.model == "auto" else self.model, "masked_lm_edits")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Candidates of each site, operation by operation. Raises `ModelError` and `OutOfMemory`."""
        found: list[list[Text]] = [[] for _ in sites]
        for lang in LANGS:
            rows = [row for row, site in enumerate(sites) if site.lang == lang]
            if rows:
                self._fill(self._load(lang), sites, rows, found)
        return found

    def _fill(
        self, lm: MaskedLanguageModel, sites: Sequence[Site], rows: Sequence[int], found: list[list[Text]]
    ) -> None:
        asked = [(row, question) for row in rows for question in self._questions(lm, sites[row])]
        answers = _masked_lm.answered(lm, [(each.text, each.span) for _, each in asked], self.k)
        for (row, question), pieces in zip(asked, answers, strict=True):
            for word in self._words(lm, pieces):
                text = _edited(sites[row], question.operation, word)
                if text != sites[row].text and text not in found[row]:
                    found[row].append(text)

    def _questions(self, lm: MaskedLanguageModel, site: Site) -> list[_Question]:
        string, mask, index = str(site.text), str(lm.tokenizer.mask_token), site.index
        start, end = site.text.spans[index]
        holes: dict[Operation, tuple[str, str, str]] = {
            "replace": (string[:start], "", string[end:]),
            "insert_before": (string[:start], " ", string[start:]),
            "insert_after": (string[:end] + " ", "", string[end:]),
        }
        if index + 1 < len(site.text):  # where `Text.insert` puts it: behind the signs that stand between the words
            following = site.text.spans[index + 1][0]
            holes["insert_after"] = (string[:following], " ", string[following:])
        if index + 1 < len(site.text) and parted_by_space(site.text, index + 1):
            holes["merge"] = (string[:start], "", string[site.text.spans[index + 1][1] :])
        made = []
        for operation in self.operations:
            if operation in holes:
                before, gap, after = holes[operation]
                made.append(_Question(operation, before + mask + gap + after, (len(before), len(before) + len(mask))))
        return made

    def _words(self, lm: MaskedLanguageModel, pieces: Sequence[Piece]) -> list[str]:
        floor = math.log(self.minimum) if self.minimum else -math.inf
        return [
            lm.surface[token]
            for piece in pieces
            for score, token in piece.ranked
            if lm.surface[token] and lm.marked[token] == lm.marks_begin and score >= floor
        ]


def _edited(site: Site, operation: Operation, word: str) -> Text:
    text, index = site.text, site.index
    if operation == "insert_before":
        return text.insert(index, word)
    if operation == "insert_after":
        return text.insert(index + 1, word)
    cased = like(site.word, word)
    if cased.casefold() == site.word.casefold() and operation == "replace":
        return text
    return text.replace(index, cased) if operation == "replace" else text.replace(index, cased).delete(index + 1)

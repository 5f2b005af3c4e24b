"""What OpenAttack's attackers are given: words, synonyms and a victim of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from OpenAttack import Classifier
from OpenAttack.attack_assist.substitute.word import WordSubstitute
from OpenAttack.exceptions import WordNotInDictionaryException
from OpenAttack.tags import Tag, TAG_English
from OpenAttack.text_process.tokenizer import Tokenizer

from robust.core.types import Floats, Lang
from robust.lang.base import language

_TAGS: dict[Lang, Any] = {"en": TAG_English, "es": Tag("spanish", "lang")}
_PARTS = {"noun": "noun", "verb": "verb", "adjective": "adj", "adverb": "adv"}
DECIMALS = 6
"""Probabilities are rounded to so many: float noise between batches of different shapes must not reorder ties."""


class Words(Tokenizer):  # type: ignore[misc]
    """Our words as tokens; what stands between them is put back where there are as many tokens as there were."""

    def __init__(self, lang: Lang) -> None:
        self.TAGS, self._language = {_TAGS[lang]}, language(lang)
        self._between: list[str] = []

    def do_tokenize(self, x: str, pos_tagging: bool) -> list[Any]:
        """Words, or pairs of a word and the likeliest part of speech that it can have."""
        spans = self._language.spans(x)
        ends = [0, *[end for _, end in spans]]
        starts = [*[start for start, _ in spans], len(x)]
        self._between = [x[lo:hi] for lo, hi in zip(ends, starts, strict=True)]
        words = [x[lo:hi] for lo, hi in spans]
        return [(word, self._part(word)) for word in words] if pos_tagging else words

    def do_detokenize(self, x: Sequence[str]) -> str:
        """The text with these tokens."""
        if len(x) + 1 != len(self._between):
            return " ".join(token for token in x if token)
        return self._between[0] + "".join(map("".join, zip(x, self._between[1:], strict=True)))

    def _part(self, word: str) -> str:
        known = self._language.parts_of_speech(word)
        return next((tag for part, tag in _PARTS.items() if part in known), "other")


class Synonyms(WordSubstitute):  # type: ignore[misc]
    """The synonyms of our thesauri, in the word's form, whatever its part of speech; the nearer, the better."""

    def __init__(self, lang: Lang) -> None:
        self.TAGS, self._language = {_TAGS[lang]}, language(lang)

    def substitute(self, word: str, pos: str) -> list[tuple[str, float]]:
        """Pairs of a word and a number from 1 downwards. Raises OpenAttack's own error for a word without any."""
        found = self._language.synonyms(word)
        if not found:
            raise WordNotInDictionaryException()
        return [(one, 1 / rank) for rank, one in enumerate(found, 1)]


class Asking(Classifier):  # type: ignore[misc]
    """A classifier whose every call is a question to somebody else: texts in, logits `(n, n_labels)` out."""

    def __init__(self, ask: Callable[[list[str]], Sequence[Floats]]) -> None:
        self._ask = ask

    def get_prob(self, input_: list[str]) -> npt.NDArray[np.float64]:
        """Probabilities `(n, n_labels)`."""
        logits = np.asarray(self._ask(input_), np.float64)
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances: npt.NDArray[np.float64] = np.round(weights / weights.sum(axis=1, keepdims=True), DECIMALS)
        return chances

    def get_pred(self, input_: list[str]) -> npt.NDArray[np.int64]:
        """Classes `(n,)`."""
        return np.asarray(self.get_prob(input_).argmax(axis=1), np.int64)


def given(lang: Lang) -> dict[str, Any]:
    """What an attacker takes instead of what it would download: fresh, since a tokeniser knows its text."""
    return {"tokenizer": Words(lang), "substitute": Synonyms(lang), "filter_words": sorted(language(lang).stopwords)}

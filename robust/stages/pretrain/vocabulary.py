"""The words of a corpus: which are frequent enough for a vector, and the text as a stream of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from robust.errors import DataError
from robust.models.words import split

LONGEST = 1000
"""Words that are read as one sentence at most; gensim would cut what goes beyond ten thousand."""

_MANY = 2_000_000
"""Different words that are counted before the rarest are forgotten, so that memory stays bounded."""


class Texts(Protocol):
    """Text that can be read again and again, as `Corpus` can."""

    def texts(self) -> Iterator[str]: ...


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The words that get a vector, most frequent first (equals by the alphabet), and how often each was seen.

    `total` counts all words of the text, the others as well.
    """

    words: tuple[str, ...] = field(repr=False)
    counts: tuple[int, ...] = field(repr=False)
    total: int

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The place of each word."""
        return {word: number for number, word in enumerate(self.words)}


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """The paragraphs of a corpus as lists of words, none empty; long ones are cut into several."""

    corpus: Texts
    lowercase: bool = True

    def __iter__(self) -> Iterator[list[str]]:
        for text in self.corpus.texts():
            words = split(text, lowercase=self.lowercase)
            for start in range(0, len(words), LONGEST):
                yield words[start : start + LONGEST]


def learn(sentences: Iterable[list[str]], *, min_count: int, max_vocab: int | None) -> Vocabulary:
    """The `max_vocab` most frequent words, seen `min_count` times or more. Raises `DataError` for fewer than two."""
    seen: Counter[str] = Counter()
    total = 0
    for words in sentences:
        seen.update(words)
        total += len(words)
        if len(seen) > _MANY:
            seen = Counter(dict(seen.most_common(_MANY // 2)))
    ranked = sorted((-count, word) for word, count in seen.items() if count >= min_count)[:max_vocab]
    if len(ranked) < 2:
        raise DataError(
            f"{len(ranked)} words of the text occur {min_count} times or more",
            fix="give more text, or lower it: --set model.min_count=1",
        )
    return Vocabulary(words=tuple(word for _, word in ranked), counts=tuple(-count for count, _ in ranked), total=total)


def numbered(
    sentences: Iterable[list[str]], vocabulary: Vocabulary, *, most: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The text as numbers of words, in pieces of whole sentences with about `most` words: words, and their sentences.

    Words without a vector are left out, as if the text did not have them.
    """
    numbers = vocabulary.numbers
    words: list[int] = []
    lengths: list[int] = []
    for sentence in sentences:
        before = len(words)
        words += [numbers[word] for word in sentence if word in numbers]
        lengths.append(len(words) - before)
        if len(words) >= most:
            yield _piece(words, lengths)
            words, lengths = [], []
    if words:
        yield _piece(words, lengths)


def _piece(words: list[int], lengths: list[int]) -> tuple[NDArray[Any], NDArray[Any]]:
    return np.array(words, dtype=np.int64), np.repeat(np.arange(len(lengths)), lengths)

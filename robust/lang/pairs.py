"""What the shipped lists tell counter-fitting of a language: which words mean the same, and which the opposite."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from robust.core.types import Lang
from robust.lang import antonyms
from robust.lang.lexicon import lexicon
from robust.models.counterfitting import Pairs, Table, cosines, levelled, unit

FIRST, BACK = 4, 20
"""A synonym counts if it is among the first of a word, and the word among its own first ones."""
ATTESTED = 0.3
"""The least cosine of synonyms that are drawn together, of levelled vectors."""


def synonyms(lang: Lang, rows: Mapping[str, int]) -> Pairs:
    """Pairs of words of `rows` that the thesaurus gives for each other as one part of speech, `(m, 2)`, sorted."""
    known, found = lexicon(lang), set()
    for word in rows:
        for entry in known.entries(word):
            for other in entry.synonyms[:FIRST]:
                back = [
                    one.synonyms[:BACK] for one in known.entries(other) if one.part_of_speech == entry.part_of_speech
                ]
                if other in rows and any(word in listed for listed in back):
                    found.add(_sorted(rows[word], rows[other]))
    return numbered(found)


def attested(table: Table, pairs: Pairs) -> Pairs:
    """Those of `pairs` whose vectors lie near each other, once they are levelled.

    A thesaurus has a word in all of its senses, `waiter` beside `server`; what no text uses alike is not the sense that
    the vectors know, and would pull strangers together.
    """
    return pairs[cosines(unit(levelled(table)), pairs) >= ATTESTED]


def opposites(lang: Lang, rows: Mapping[str, int]) -> Pairs:
    """The listed antonyms that are in `rows`, `(m, 2)`, sorted."""
    return numbered(_sorted(rows[a], rows[b]) for a, b in antonyms.pairs(lang) if a in rows and b in rows)


def spread(opposed: Pairs, near: Pairs, agreeing: Pairs) -> Pairs:
    """`opposed`, and the words `near` the one with those `near` the other (`sluggish` with `quick`, as `slow`, `fast`).

    Pairs of `agreeing` are left out: a thesaurus knows better what means the same.
    """
    around: dict[int, set[int]] = defaultdict(set)
    for one, other in near.tolist():
        around[one].add(other)
        around[other].add(one)
    same = {_sorted(one, other) for one, other in agreeing.tolist()}
    found = {_sorted(one, other) for one, other in opposed.tolist()}
    for one, other in opposed.tolist():
        further = [_sorted(a, b) for a in (one, *around[one]) for b in (other, *around[other]) if a != b]
        found.update(pair for pair in further if pair not in same)
    return numbered(found)


def numbered(pairs: Iterable[tuple[int, int]]) -> Pairs:
    """The pairs as an array, each once, in order."""
    return np.array(sorted(set(pairs)), np.int64).reshape(-1, 2)


def _sorted(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)

"""How alike two sentences are, by the word vectors that ship: a light encoder that needs no model."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from robust.core.seeds import derive
from robust.core.types import Lang
from robust.lang.base import language
from robust.lang.embedding import embedding

A = 1e-3
"""The constant of the weights; the paper finds 1e-3 to 1e-4 good."""
_ZIPF, _CLOSED = 0.1, 100
"""Word number r of a language has about 0.1 / r of its text; about 100 closed-class words come before all others."""
DIGITS = 6


def similarity(lang: Lang, one: Sequence[str], other: Sequence[str]) -> float:
    """The cosine of the vectors of two sentences, given as words, from -1 to 1; 1 for the same words, 0 without any.

    A sentence is the mean of its words' vectors, each weighted by a / (a + p) with p the share of text that the word
    makes up (smooth inverse frequency), without the direction that is common to all (Arora et al. 2017, *A Simple but
    Tough-to-Beat Baseline for Sentence Embeddings*, ICLR).

    *Differs from the paper*: vectors are of lemmas, counter-fitted; p follows from a word's rank by Zipf's law; the
    common direction is that of the shipped table, weighted by p, and not of the sentences at hand; a word without
    vector (a name, a typing error) gets one at random, its own. Closed-class words have none, negations included.

    It knows no order, no grammar and no negation: `the dog bites the man` and its reverse are the same to it, and it
    tells paraphrases of PAWS-X from other pairs of the same words no better than chance (area under the curve 0.51
    English, 0.56 Spanish, 400 pairs). It tells entailed from contradicted hypotheses of XNLI no better than chrF does
    (0.65, 0.63), and is of use for whether two sentences speak of the same thing (0.92 and 0.88 against hypotheses of
    other premises; chrF 0.88 and 0.85).
    """
    one, other = tuple(one), tuple(other)
    if one == other:
        return 1.0
    a, b = _vector(lang, one), _vector(lang, other)
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return round(float(np.clip(a @ b / length, -1, 1)), DIGITS) if length else 0.0


@lru_cache(maxsize=1 << 12)
def _vector(lang: Lang, words: tuple[str, ...]) -> NDArray[np.float64]:
    _, common = _space(lang)
    found = [_weighted(lang, unicodedata.normalize("NFC", word).lower()) for word in words]
    total = np.sum([vector for vector in found if vector is not None] or [np.zeros_like(common)], axis=0)
    return np.asarray(total - (total @ common) * common)


@lru_cache(maxsize=1 << 16)
def _weighted(lang: Lang, word: str) -> NDArray[np.float64] | None:
    """The weighted vector of a word in small letters; None for closed-class words and signs."""
    if language(lang).is_stopword(word) or not any(sign.isalnum() for sign in word):
        return None
    table, _ = _space(lang)
    shipped = embedding(lang)
    lemma = shipped.lemma(word)
    if lemma is None:
        drawn = np.random.default_rng(derive("no vector", word)).normal(size=table.shape[1])
        return np.asarray(drawn / np.linalg.norm(drawn))
    return np.asarray(table[shipped.numbers[lemma]])


@lru_cache(maxsize=2)
def _space(lang: Lang) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The weighted unit vectors of the table, and the direction they have in common."""
    table = embedding(lang).table.astype(np.float64)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    shares = _ZIPF / (np.arange(len(table)) + _CLOSED)
    weighted = table * (A / (A + shares))[:, None]
    _, directions = np.linalg.eigh((weighted * shares[:, None]).T @ weighted)
    return weighted, np.asarray(directions[:, -1])

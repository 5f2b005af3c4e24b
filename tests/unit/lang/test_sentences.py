"""Sentence similarity by the shipped vectors, and where it is blind."""

from __future__ import annotations

import numpy as np
import pytest

from robust.constraints.sif_similarity import SifSimilarity
from robust.core.constraint import Pair
from robust.core.text import Text
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.embedding import embedding
from robust.lang.sentences import A, similarity
from robust.lang.tokenise import spans

CASES: dict[Lang, tuple[str, str, str]] = {
    "en": ("a wonderful film about a city", "a marvelous movie about a town", "the government raised every tax"),
    "es": (
        "una película maravillosa sobre la ciudad",
        "un filme magnífico de la ciudad",
        "el gobierno subió el impuesto",
    ),
}


@pytest.mark.parametrize("lang", LANGS)
def test_what_means_the_same_is_nearer_than_what_does_not(lang: Lang) -> None:
    one, same, other = (text.split() for text in CASES[lang])
    assert similarity(lang, one, same) > 0.6 > 0.3 > similarity(lang, one, other)
    assert similarity(lang, one, same) == similarity(lang, same, one)
    assert similarity(lang, one, one) == 1


def test_two_words_by_hand() -> None:
    found = embedding("en")
    table = found.table.astype(float) / np.linalg.norm(found.table.astype(float), axis=1, keepdims=True)
    shares = 0.1 / (np.arange(len(table)) + 100)
    weighted = table * (A / (A + shares))[:, None]
    # the direction in which the vectors, each as often as it occurs, are longest
    _, _, rows = np.linalg.svd(weighted * np.sqrt(shares)[:, None], full_matrices=False)
    sums = []
    for words in (("film", "war"), ("movie", "city")):
        total = sum(weighted[found.numbers[word]] for word in words)
        sums.append(total - (total @ rows[0]) * rows[0])
    cosine = sums[0] @ sums[1] / np.linalg.norm(sums[0]) / np.linalg.norm(sums[1])
    assert similarity("en", ["the", "film", "war"], ["movie", "city", ","]) == pytest.approx(cosine, abs=2e-6)


def test_an_unknown_word_is_like_itself_alone() -> None:
    known = ["the", "film", "was", "shot", "in", "Zzyzx"]
    assert similarity("en", known, [*known[:-1], "zzyzx"]) == 1
    assert similarity("en", known, [*known[:-1], "Zzyzy"]) < 0.9
    assert similarity("en", ["the"], ["of"]) == similarity("en", [], ["film"]) == 0


def test_where_it_is_blind() -> None:
    assert similarity("en", ["the", "dog", "bites", "the", "man"], ["the", "man", "bites", "the", "dog"]) == 1
    assert similarity("en", ["it", "is", "good"], ["it", "is", "not", "good"]) == 1


def test_the_constraint() -> None:
    text = Text("a wonderful film", spans("a wonderful film"))
    pairs = [Pair(text, made, "en") for made in (text, text.replace(2, "movie"), text.replace(1, "tax"))]
    assert SifSimilarity(minimum=0.8)(pairs).tolist() == [True, True, False]
    assert SifSimilarity()([]).shape == (0,)
    with pytest.raises(PluginError):
        SifSimilarity(minimum=1.5)

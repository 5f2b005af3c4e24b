"""What SAFER and RanMASK draw, against the distributions of their papers counted by hand."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import chisquare

from robust.core.types import Lang
from robust.defences.ranmask import RanMASK
from robust.defences.safer import SAFER
from robust.errors import PluginError
from robust.lang.base import language

DRAWS = 6000


def shares(kernel: RanMASK | SAFER, string: str, lang: Lang) -> Counter[str]:
    text, rng = language(lang).text(string), np.random.default_rng(0)
    return Counter(kernel.draw(text, [lang], rng, "[MASK]") for _ in range(DRAWS))


def test_ranmask_hides_every_choice_of_words_alike_often() -> None:
    """Zeng et al. 2021, section 3: a choice of k of h words, uniformly; here 2 of 5."""
    words = ["one", "two", "three", "four", "five"]
    every = {
        " ".join("[MASK]" if at in hidden else word for at, word in enumerate(words))
        for hidden in combinations(range(5), 2)
    }
    seen = shares(RanMASK(share=0.4), " ".join(words), "en")
    assert set(seen) == every
    assert chisquare([seen[text] for text in every]).pvalue > 1e-4


@pytest.mark.parametrize(("lang", "string"), [("en", "a lovely film"), ("es", "una película preciosa")])
def test_safer_draws_every_word_of_each_set_alike_often(lang: Lang, string: str) -> None:
    """Ye, Gong & Liu 2020, eq. 3: a uniform draw from each word's set, words apart from each other."""
    kernel = SAFER(k=2)
    sets = [[word, *language(lang).synonyms(word)[:2]] for word in string.split()]
    assert max(map(len, sets)) == 3
    every = {" ".join(words) for words in product(*sets)}
    seen = shares(kernel, string, lang)
    assert set(seen) == every
    assert chisquare([seen[text] for text in every]).pvalue > 1e-4


def test_safer_with_a_share_leaves_the_other_words() -> None:
    """A word stays by not being chosen, or by being drawn from its own set of three: 1 - 2/3 · share."""
    kernel, draws = SAFER(k=2, share=0.3), 3000
    text, rng = language("en").text("a lovely film"), np.random.default_rng(0)
    stayed = Counter[int]()
    for _ in range(draws):
        changed = kernel.words(text, ["en"], rng, "[MASK]")
        stayed.update(at for at in (1, 2) if changed.get(at, text.words[at]) == text.words[at])
    for at in (1, 2):
        assert len(kernel.options(text.words[at], ["en"])) == 3
        assert stayed[at] / draws == pytest.approx(1 - 0.3 * 2 / 3, abs=0.03)
    with pytest.raises(PluginError, match="share is 0"):
        SAFER(share=0)

"""Bounds on what a vote over random copies of a text can lose when words are changed: RanMASK and SAFER."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from robust.core.types import Lang
from robust.defences.ranmask import RanMASK
from robust.defences.safer import SAFER
from robust.results.exact import clopper_pearson


def kept_words(words: int, rate: float) -> int:
    """How many of `words` stay visible when the share `rate` (0 to 1) is masked: at least one, if there is any."""
    return words - RanMASK(share=rate).hidden(words)


def masking_loss(words: int, kept: int, changed: int) -> float:
    """The chance that a mask leaves one of `changed` words visible: no vote share moves by more.

    1 - C(words - changed, kept) / C(words, kept), over uniform choices of `kept` visible words out of `words` (Zeng et
    al. 2023, RanMASK, arXiv:2105.03743, theorem 1; Levine & Feizi 2020, arXiv:1911.09272). A mask that hides all
    changed words makes the same copy of both texts.

    *Differs from the paper*: RanMASK multiplies this by β, the chance of the class where a changed word is visible, and
    puts the class's vote share in its place, which is no bound; β is 1 here.
    """
    if not 0 <= changed <= words or not 0 <= kept <= words:
        raise ValueError(f"{kept} kept and {changed} changed of {words} words")
    return 1 - math.comb(words - changed, kept) / math.comb(words, kept)


def substitution_loss(overlaps: Sequence[float], changed: int) -> float:
    """The most a vote share moves when any `changed` words are replaced by words of their sets.

    `overlaps[i]` (0 to 1) is how much the distribution of random copies of word i shares with that of the worst word
    that may replace it. 1 minus the product of the `changed` smallest (Ye et al. 2020, SAFER, arXiv:2005.14424,
    theorem 1 and proposition 1): the total variation of products.
    """
    return 1 - math.prod(sorted(overlaps)[:changed])


@lru_cache(maxsize=50_000)
def synonym_set(lang: Lang, word: str, k: int) -> tuple[str, ...]:
    """The word and its first `k` synonyms: what its random copies are drawn from."""
    return SAFER(k=k).options(word, (lang,))


@lru_cache(maxsize=50_000)
def synonym_overlap(lang: Lang, word: str, k: int, near: float) -> float:
    """The least overlap of the draws for the word with those for a word that may replace it; 1 where none may.

    A set's draws are uniform, so A and B overlap by |A ∩ B| / max(|A|, |B|). The words of the set that overlap by
    `near` or more may replace the word, if they are single words.

    *Differs from the paper*, whose sets are neighbours in word vectors, cut to one size, and whose replacements are the
    nearest of them; here sets are the thesaurus's and have different sizes.
    """
    own = set(synonym_set(lang, word, k))
    found = 1.0
    for other in [one for one in own if len(one.split()) == 1]:  # more words would move the others
        theirs = set(synonym_set(lang, other, k))
        overlap = len(own & theirs) / max(len(own), len(theirs))
        found = min(found, overlap) if overlap >= near else found
    return found


def certified_radius(votes: int, draws: int, losses: Sequence[float], *, alpha: float = 0.001) -> tuple[int, float]:
    """How many words may change before the vote can, and the lower bound of the class's vote share.

    The class has `votes` of `draws` random copies, drawn after the class was chosen. `losses[d]` is the most that its
    share loses by d changes (`losses[0]` is 0, and they do not fall). The answer is -1 where the vote itself is in
    doubt (abstain). Wrong with probability `alpha` at most: the bound is Clopper and Pearson's, one-sided (Cohen et al.
    2019, arXiv:1902.02918, algorithm 1).
    """
    bound = clopper_pearson(votes, draws, level=1 - 2 * alpha).low or 0.0
    return next((d - 1 for d, loss in enumerate(losses) if bound - loss <= 0.5), len(losses) - 1), bound

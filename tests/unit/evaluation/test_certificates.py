"""Bounds on votes, against votes that are counted out for every change of small texts."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest
from scipy import stats

from robust.core.types import Lang
from robust.errors import UserError
from robust.evaluation.certificates import (
    certified_radius,
    kept_words,
    masking_loss,
    substitution_loss,
    synonym_overlap,
    synonym_set,
)
from robust.evaluation.certified import Smoothing
from robust.testing import toy_example

Words = tuple[str, ...]
VOCABULARY = ("a", "b", "c")


def coin(seed: int, rate: float = 0.7) -> Callable[[Words], bool]:
    """A classifier that tosses a coin for every text, and remembers."""
    return lambda words: random.Random(f"{seed} {words}").random() < rate


def masked_share(text: Words, kept: int, says: Callable[[Words], bool]) -> Fraction:
    copies = [
        tuple(word if at in visible else "_" for at, word in enumerate(text))
        for visible in itertools.combinations(range(len(text)), kept)
    ]
    return Fraction(sum(map(says, copies)), len(copies))


@pytest.mark.parametrize("kept", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_no_change_moves_a_vote_over_masks_by_more(kept: int, seed: int) -> None:
    says, text = coin(seed), ("a", "b", "a", "c")
    share = masked_share(text, kept, says)
    for other in itertools.product(VOCABULARY, repeat=4):
        changed = sum(old != new for old, new in zip(text, other, strict=True))
        assert abs(masked_share(other, kept, says) - share) <= masking_loss(4, kept, changed) + 1e-12


def test_the_worst_classifier_moves_by_as_much() -> None:
    text = ("a",) * 6
    for kept, changed in itertools.product(range(1, 7), range(7)):
        other = ("x",) * changed + text[changed:]
        moved = masked_share(other, kept, lambda words: "x" in words) - masked_share(
            text, kept, lambda words: "x" in words
        )
        assert float(moved) == pytest.approx(masking_loss(6, kept, changed))


SETS = {"a": "ab", "b": "abc", "c": "bcd", "d": "cd"}
"""Sets of different sizes; a word may be replaced by any of its set."""


def drawn_share(text: Words, says: Callable[[Words], bool]) -> Fraction:
    copies = list(itertools.product(*(SETS[word] for word in text)))
    return Fraction(sum(map(says, copies)), len(copies))


def overlap(one: str, other: str) -> float:
    return float(
        sum(min(Fraction(one.count(w), len(one)), Fraction(other.count(w), len(other))) for w in set(one + other))
    )


@pytest.mark.parametrize("seed", range(4))
def test_no_substitution_moves_a_vote_over_synonyms_by_more(seed: int) -> None:
    says, text = coin(seed), ("a", "c", "b", "d")
    overlaps = [min(overlap(SETS[word], SETS[other]) for other in SETS[word]) for word in text]
    share = drawn_share(text, says)
    for other in itertools.product(*(SETS[word] for word in text)):
        changed = sum(old != new for old, new in zip(text, other, strict=True))
        assert abs(drawn_share(other, says) - share) <= substitution_loss(overlaps, changed) + 1e-12


@pytest.mark.parametrize("method", ["ranmask", "safer"])
def test_a_certified_vote_stays(method: str) -> None:
    """With exact shares in the place of estimates: whatever is certified, no allowed change outvotes."""
    certified = 0
    for seed, text in itertools.product(range(12), (("a", "b", "b", "c", "a"), ("d", "c", "a", "b", "b"))):
        says = coin(seed, 0.92)
        if method == "ranmask":
            share, allowed = (lambda words, says=says: masked_share(words, 1, says)), ["abcd"] * 5
            losses = [masking_loss(5, 1, d) for d in range(6)]
        else:
            share, allowed = (lambda words, says=says: drawn_share(words, says)), [SETS[word] for word in text]
            overlaps = [min(overlap(SETS[w], SETS[other]) for other in SETS[w]) for w in text]
            losses = [substitution_loss(overlaps, d) for d in range(6)]
        radius = max((d for d, loss in enumerate(losses) if float(share(text)) - loss > 0.5), default=-1)
        for other in itertools.product(*allowed):
            changed = sum(old != new for old, new in zip(text, other, strict=True))
            if changed <= radius:
                certified += changed > 0
                assert share(other) > Fraction(1, 2)
    assert certified, "a test of nothing"


def test_the_radius_is_wrong_as_seldom_as_it_says() -> None:
    losses, draws, alpha = [0.0, 0.2, 0.36], 300, 0.01
    for radius, loss in ((0, 0.0), (1, 0.2), (2, 0.36)):
        true = 0.5 + loss  # a share at which `radius` is just not true
        wrong = sum(
            stats.binom.pmf(votes, draws, true)
            for votes in range(draws + 1)
            if certified_radius(votes, draws, losses, alpha=alpha)[0] >= radius
        )
        assert alpha / 4 < wrong <= alpha
    assert certified_radius(300, 300, losses, alpha=alpha) == (2, pytest.approx(0.01 ** (1 / 300)))
    assert certified_radius(150, 300, losses)[0] == -1


@pytest.mark.parametrize(("lang", "word"), [("en", "good"), ("es", "bonita"), ("es", "xyzzy")])
def test_overlaps_of_the_thesaurus(lang: Lang, word: str) -> None:
    sets = {other: synonym_set(lang, other, 8) for other in synonym_set(lang, word, 8)}
    assert word in sets[word]
    every = {other: overlap_of(sets[word], theirs) for other, theirs in sets.items()}
    for near in (0.0, 0.5, 0.75):
        assert synonym_overlap(lang, word, 8, near) == pytest.approx(min(o for o in every.values() if o >= near))


def overlap_of(one: Sequence[str], other: Sequence[str]) -> float:
    return sum(min((w in one) / len(one), (w in other) / len(other)) for w in {*one, *other})


def test_a_text_without_words() -> None:
    example, smoothing = toy_example("…!", lang="es"), Smoothing()
    assert [str(copy) for copy in smoothing.copies(example, 2)] == ["…!", "…!"]
    assert certified_radius(100, 100, smoothing.losses(example.text, "es"))[0] == 0


def test_copies() -> None:
    example = toy_example("The soup was cold and the bread was old today.", lang="en")
    masked = list(Smoothing(method="ranmask", mask_rate=0.6).copies(example, 2000))
    kept = kept_words(10, 0.6)
    assert kept == 4
    assert {copy.words.count("[MASK]") + str(copy).count("[MASK]") > 0 for copy in masked} == {True}
    seen = Counter(at for copy in masked for at in range(10) if at not in copy.edited)
    assert all(abs(seen[at] / 2000 - 0.4) < 0.05 for at in range(10))
    assert all(len(copy.edited) == 6 for copy in masked)
    drawn = list(Smoothing(method="safer").copies(example, 300))
    for copy in drawn:
        assert all(new in synonym_set("en", old, 8) for old, new in zip(example.text.words, copy.words, strict=True))
    assert [str(copy) for copy in drawn] == [str(copy) for copy in Smoothing(method="safer").copies(example, 300)]


def test_smoothing_that_makes_no_sense() -> None:
    for wrong, message in (
        ({"method": "ranmsk"}, "did you mean 'ranmask'"),
        ({"mask_rate": 0.4}, "certifies nothing"),
        ({"alpha": 0.7}, "alpha"),
    ):
        with pytest.raises(UserError) as caught:
            Smoothing(**wrong)  # type: ignore[arg-type]
        assert message in str(caught.value)

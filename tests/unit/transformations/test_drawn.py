"""Drawing one candidate is like drawing from all of them: chi-square tests of what comes first and second."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

import pytest
from scipy import stats

from robust.core.draws import Draws
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.lang.base import language
from robust.transformations.character_edits import CharacterEdits
from robust.transformations.spacing import Spacing
from robust.transformations.synonyms import Synonyms

N = 6000


def site(string: str, index: int, lang: Lang, seed: int = 0) -> Site:
    return Site(language(lang).text(string), index, lang, seed)


def first_two(part: Any, place: Site, seed: int) -> tuple[str, ...]:
    return tuple([str(place.candidate(made)) for made in islice(part.drawn(place, Draws(seed)), 2)])


@pytest.mark.parametrize(
    ("part", "string", "index", "lang"),
    [
        (Spacing(), "the film was fine", 1, "en"),
        (Spacing(operations=("split",)), "niño", 0, "es"),
        (Synonyms(), "They saw an unforgettable day", 3, "en"),  # *an* changes with some of them
        (Synonyms(), "the film was fine", 1, "en"),  # after a determiner, verbs are left out
        (Synonyms(), "Vimos la película larga.", 2, "es"),  # the last one is of the other gender
        (Synonyms(), "Un bello día", 1, "es"),  # some are shortened
        (Synonyms(k=3), "the film was fine", 3, "en"),
    ],
    ids=repr,
)
def test_each_candidate_is_as_likely_to_come_first_and_second(part: Any, string: str, index: int, lang: Lang) -> None:
    place = site(string, index, lang)
    (texts,) = part([place])
    weights = Counter(map(str, texts))
    assert len(weights) >= 3
    drawn = [first_two(part, place, seed) for seed in range(N)]
    for number in (0, 1):
        seen = Counter(one[number] for one in drawn)
        assert seen.keys() <= weights.keys()
        expected = [N * times / len(texts) for times in weights.values()]
        assert stats.chisquare([seen[text] for text in weights], expected).pvalue > 1e-4
    assert all(len(set(one)) == 2 for one in drawn) or max(weights.values()) > 1


@pytest.mark.parametrize(
    ("part", "string", "lang"),
    [
        (CharacterEdits(), "llama", "es"),  # a swap of the two first letters is no change, two deletions are alike
        (CharacterEdits(neighbours="keyboard", keep_ends=True), "film", "en"),
        (CharacterEdits(operations=("swap", "delete")), "aab", "en"),
    ],
    ids=repr,
)
def test_random_edits_have_the_distribution_of_all_candidates(part: CharacterEdits, string: str, lang: Lang) -> None:
    """Against the candidates of many seeds, one of each drawn alike."""
    drawn = Counter(first_two(part, site(string, 0, lang), seed)[0] for seed in range(N))
    usual = Counter[str]()
    for seed in range(N, 2 * N):
        if texts := part([site(string, 0, lang, seed)])[0]:
            usual[str(texts[Draws(seed).below(len(texts))])] += 1
    words = [word for word in usual | drawn if usual[word] + drawn[word] >= 10]
    table = [[count[word] for word in words] + [N - sum(count[word] for word in words)] for count in (usual, drawn)]
    table = [row[:-1] if table[0][-1] + table[1][-1] == 0 else row for row in table]
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_where_there_is_nothing_nothing_is_drawn() -> None:
    for part in (Spacing(operations=("split",)), Synonyms(), CharacterEdits(operations=("swap",))):
        assert list(part.drawn(site("a", 0, "en"), Draws(0))) == []
    assert list(Synonyms().drawn(site("We saw Jean in Paris", 2, "en"), Draws(0))) == []

"""The hard-label search: it sees decisions alone, and ends where no word can be put back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from robust.core.transformation import Site
from robust.errors import PluginError
from robust.goals.untargeted import Untargeted
from robust.searches._space import explore
from robust.searches.hard_label import HardLabel, _Decisions, _reduced
from robust.testing import FakeScope, ToyVictim, run_search
from robust.transformations.synonyms import Synonyms
from tests.golden.sentences import examples
from tests.unit.searches.scripted import Without, asked, run, scope_for, weights


@dataclass(frozen=True)
class LabelsOnly:
    """The toy victim, seen through an interface that gives labels alone."""

    victim: ToyVictim

    @property
    def meta(self):
        return self.victim.meta

    def logits(self, batch) -> np.ndarray:
        labels = self.victim.logits(batch).argmax(axis=1)
        return np.eye(self.victim.labels, dtype=np.float32)[labels]


@dataclass(frozen=True)
class Blind:
    """The usual goal, with scores that say nothing."""

    def score(self, logits, target):
        return np.full(len(logits), np.nan, np.float32)

    def done(self, logits, target):
        return Untargeted().done(logits, target)


VICTIM, SEARCH = ToyVictim(lean=4.0), HardLabel(tries=60)


@pytest.mark.parametrize("labels", [2, 3])
def test_one_hot_logits_and_blind_scores_change_nothing(labels: int) -> None:
    victim, flipped = replace(VICTIM, labels=labels), 0
    for example in examples(victim)[::3]:
        runs = []
        for other in ({}, {"victim": LabelsOnly(victim)}, {"goal": Blind()}):
            scope = FakeScope(**{"example": example, "victim": victim, "transformation": Synonyms(k=8), **other})
            runs.append((str(run_search(SEARCH, scope)), asked(scope)))
        assert runs[0] == runs[1] == runs[2]
        flipped += runs[0][0] != str(example.text)
    assert flipped >= 3


def test_no_changed_word_can_be_put_back_or_given_a_nearer_candidate() -> None:
    seen = 0
    for example in examples(VICTIM):
        scope = FakeScope(example=example, victim=VICTIM, transformation=Synonyms(k=8))
        ended = run_search(SEARCH, scope)
        for index in ended.edited:
            (options,) = Synonyms(k=8)([Site(example.text, index, example.lang)])
            if not options or any(option.words_changed > 1 for option in options):
                continue  # an article, or a word that an article before it changes with
            seen += 1
            words = [option.words[index] for option in options]
            nearer = [example.text.words[index], *words[: words.index(ended.words[index])]]
            logits = VICTIM.logits([example.fields(ended.replace(index, word)) for word in nearer])
            assert not Untargeted().done(logits, example.target).any()
    assert seen > 10


def test_random_texts_grow_until_the_label_flips_then_words_are_put_back() -> None:
    # only b and d together flip the label
    scope = scope_for("a b c d", weights(b=0.21, d=0.21), {w: [w + "x"] for w in "abcd"}, seed=3)
    assert str(run_search(HardLabel(), scope)) == "a bx c dx"
    changed = [sum(w.endswith("x") for w in text.split()) for text in asked(scope)]
    first = next(i for i, text in enumerate(asked(scope)) if "bx" in text and "dx" in text)
    assert changed[: first + 1] == [*range(first + 1)]
    assert set(changed[first + 1 :]) <= {1, 2, 3}


def test_the_nearest_candidate_is_taken() -> None:
    # of b's candidates all but the first flip the label; the list begins with the best
    script = {"a b2": 0.3, "a b3": 0.2, "a b4": 0.1}
    for seed in range(8):
        scope = scope_for("a b", lambda s: script.get(s, 0.9), {"b": ["b1", "b2", "b3", "b4"]}, seed=seed)
        assert str(run_search(HardLabel(), scope)) == "a b2"


def test_words_far_down_their_lists_are_put_back_first() -> None:
    # any change flips the label, so either word can be put back, but not both
    table = {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "b3"]}
    for start, expected in (((3, 1), (0, 1)), ((1, 3), (1, 0)), ((2, 2), (0, 2))):
        scope = scope_for("a b", lambda s: 0.9 if s == "a b" else 0.1, table)
        victim = _Decisions(scope, run(explore(scope)))
        assert run(_reduced(victim, start)) == expected


def test_words_are_put_back_for_as_long_as_the_label_stays_flipped() -> None:
    # a is not needed; of b, c and d any two are
    def probability(string: str) -> float:
        return 0.1 if sum(word in string for word in ("bx", "cx", "dx")) >= 2 else 0.9

    scope = scope_for("a b c d", probability, {w: [w + "x"] for w in "abcd"})
    victim = _Decisions(scope, run(explore(scope)))
    assert run(_reduced(victim, (1, 1, 1, 1))) == (0, 0, 1, 1)
    assert asked(scope) == [
        "a b c d",
        *["a bx cx dx", "ax b cx dx", "ax bx c dx", "ax bx cx d"],  # each word alone: all can be put back
        *["a b cx dx", "a b c dx"],  # together: the third is one too many
        "a b cx d",  # each of the rest alone
    ]


def test_forbidden_texts_are_neither_asked_nor_returned() -> None:
    for seed in range(10):
        scope = scope_for(
            "a b c", weights(a=0.21, b=0.21, c=0.21), {w: [w * 2] for w in "abc"}, (Without("aa bb"),), seed=seed
        )
        assert str(run_search(HardLabel(), scope)) in ("a bb cc", "aa b cc")
        assert not any("aa bb" in text for text in asked(scope))


def test_a_spent_budget_leaves_the_nearest_text_so_far() -> None:
    table = {w: [w + "x", w + "y"] for w in "abcdef"}

    def scope(budget: int | None) -> FakeScope:
        return scope_for("a b c d e f", weights(b=0.21, d=0.21), table, seed=5, query_budget=budget)

    whole = scope(None)
    run_search(HardLabel(), whole)
    flips = [("b" not in t.split()) and ("d" not in t.split()) for t in asked(whole)]
    distance = None
    for budget in range(1, whole.queries + 1):
        cut = scope(budget)
        ended = run_search(HardLabel(), cut)
        assert cut.queries == min(budget, whole.queries)
        assert cut.asked == whole.asked[: cut.queries]
        if ended is not cut.example.text:
            assert any(flips[:budget])
            assert distance is None or ended.words_changed <= distance
            distance = ended.words_changed
    assert distance == 2


def test_it_gives_up_after_its_tries() -> None:
    scope = scope_for("a b", lambda s: 0.9, {"a": ["x"], "b": ["y"]})
    assert run_search(HardLabel(tries=50), scope) is scope.example.text
    assert len(set(asked(scope))) == scope.queries <= 4


def test_without_candidates_nothing_is_asked() -> None:
    scope = scope_for("a b", weights(a=0.5), {})
    assert run_search(HardLabel(), scope) is scope.example.text
    assert scope.queries == 1


@pytest.mark.parametrize("wrong", [{"tries": 0}, {"population": 1}, {"generations": 0}, {"patience": 0}])
def test_wrong_parameters_are_refused(wrong: dict) -> None:
    with pytest.raises(PluginError, match=next(iter(wrong))):
        HardLabel(**wrong)

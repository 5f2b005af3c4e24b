"""What every plugin promises, as functions that a plugin's author calls in a test.

Each raises `ContractError`, which names the plugin and the promise it broke.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import pickle
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from robust.core.attack import needs_gradients
from robust.core.constraint import (
    CandidateConstraint,
    Constraint,
    Pair,
    PositionConstraint,
    TargetConstraint,
    WordConstraint,
)
from robust.core.draws import Draws
from robust.core.edit import Edit
from robust.core.example import Target
from robust.core.goal import AnyGoal, LabelGoal, TaskGoal, given, resolved
from robust.core.search import BudgetExceeded, Search
from robust.core.text import Text
from robust.core.transformation import DrawnTransformation, Site, Transformation, WordTransformation
from robust.core.types import LANGS, Bools, Floats, Lang
from robust.errors import RobustError
from robust.lang.tokenise import spans
from robust.registry import FAMILIES, get, identify
from robust.testing.fakes import FakeScope, ToyVictim, run_search, toy_example
from robust.testing.network import ToyNetwork
from robust.testing.targets import check_guard, check_task_goal

SENTENCES: dict[Lang, tuple[str, ...]] = {
    "en": (
        "The naïve waiter's soup wasn't good… but we LOVED the café! 🙂",
        "  Terrible service, 2.5 stars at http://example.org/menu?x=1 — never again.\n",
        "Great",
        "Dull, slow and far too long 👎🏽 (#boring) said @ana_b.",
    ),
    "es": (
        "¡Qué niña tan simpática! El camarero nos trató muy bien 🙂.",
        "  La cigüeña y el pingüino: 3,5 estrellas en www.ejemplo.org/menú — ¿volveré?\n",
        "Buenísimo",
        "Ni el año pasado comí tan MAL 👎🏽 (#pésimo), dijo @ana_ñ.",
    ),
}
"""Sentences that have broken tools before: accents, decomposed letters, emoji with modifiers, addresses, odd spaces."""


class ContractError(AssertionError):
    """A plugin does not keep a promise that the engine relies on."""


def _expect(kept: bool, plugin: object, promise: str) -> None:
    if not kept:
        raise ContractError(f"{plugin!r} {promise}")


def sample_texts(lang: Lang) -> list[Text]:
    """Texts of a language to try a plugin on; the last one has a decomposed accent, an empty one is not among them."""
    decomposed = "cafe\u0301 man\u0303ana" if lang == "es" else "re\u0301sume\u0301 cafe\u0301"
    return [Text(string, spans(string)) for string in (*SENTENCES[lang], decomposed)]


def check_plugin(plugin: Any) -> None:
    """Registered, hashable, picklable, and described well enough to be told apart (`registry.identify`)."""
    for copy in (pickle.loads(pickle.dumps(plugin)), replace(plugin)):
        _expect(copy == plugin and hash(copy) == hash(plugin), plugin, "differs from its copy or its pickled self")
        _expect(identify(copy) == identify(plugin), plugin, "has another identity than its copy")
    family, _, name = str(next(iter(json.loads(identify(plugin))))).partition("/")
    registered = family in FAMILIES and get(family, name) is type(plugin)
    _expect(registered, plugin, "is not registered: put @register(family, name) above the class")


def check_defence(defence: Any) -> None:
    """Registered, picklable, says which paper it follows; takes one batch, or draws texts by its generator alone."""
    check_plugin(defence)
    _expect("arXiv:" in (type(defence).__doc__ or ""), defence, "does not say which paper it follows")
    if not hasattr(defence, "draw"):
        given = [p for p in inspect.signature(defence).parameters.values() if p.default is p.empty]
        _expect(len(given) == 1, defence, "does not take a step and nothing else")
        return
    for lang in LANGS:
        varied = False
        for text in sample_texts(lang):
            once, again = (defence.draw(text, (lang,), np.random.default_rng(3), "[MASK]") for _ in range(2))
            _expect(isinstance(once, str) and once == again, defence, f"does not draw one text of {str(text)!r}")
            drawn = {defence.draw(text, (lang,), np.random.default_rng(seed), "[MASK]") for seed in range(40)}
            varied |= len(drawn) > 1
        _expect(varied, defence, f"draws nothing from texts in {lang}")


def check_transformation(transformation: Transformation, *, langs: Sequence[Lang] | None = None) -> None:
    """Pure, deterministic and batch-invariant; candidates are edits of the site's text and leave the rest alone."""
    check_plugin(transformation)
    _expect(len(transformation([])) == 0, transformation, "does not answer an empty batch with an empty answer")
    for lang in langs or sorted(transformation.langs):
        sites = [Site(text, i, lang, 1000 + i) for text in sample_texts(lang) for i in range(len(text))]
        found = transformation(sites)
        _expect(len(found) == len(sites), transformation, f"gave {len(found)} answers for {len(sites)} sites")
        for site, candidates in zip(sites, found, strict=True):
            _check_candidates(transformation, site, candidates)
        _expect(_steps(sites, transformation(sites)) == _steps(sites, found), transformation, "is not deterministic")
        if isinstance(transformation, WordTransformation):
            for site, texts in zip(sites, found, strict=True):
                if (forms := transformation.forms(site)) is not None:
                    words = [site.text.replace(site.index, word) for word in forms]
                    same = _steps([site], [words]) == _steps([site], [texts])
                    _expect(same, transformation, "has other forms than candidates")
        if isinstance(transformation, DrawnTransformation):
            _check_drawn(transformation, sites, found)
        alone = [transformation([site])[0] for site in sites[::3]]
        _expect(_steps(sites[::3], alone) == _steps(sites, found)[::3], transformation, "depends on the batch")
        back = transformation(sites[::-1])[::-1]
        _expect(_steps(sites, back) == _steps(sites, found), transformation, "depends on the order of the batch")


def _check_drawn(transformation: DrawnTransformation, sites: Sequence[Site], found: Sequence[Sequence[Text]]) -> None:
    """The same candidates as often, if not at random; made by the draws alone."""
    for site, texts in zip(sites, found, strict=True):
        drawn = [site.candidate(made) for made in transformation.drawn(site, Draws(site.seed))]
        again = [site.candidate(made) for made in transformation.drawn(replace(site, seed=1), Draws(site.seed))]
        _expect(_steps([site], [drawn]) == _steps([site], [again]), transformation, "draws by more than its draws")
        _check_candidates(transformation, site, drawn)
        if not getattr(transformation, "random", False):
            same = Counter(_steps([site], [drawn])[0]) == Counter(_steps([site], [texts])[0])
            _expect(same, transformation, "draws other candidates than it has")


def _check_candidates(transformation: object, site: Site, candidates: Sequence[Text]) -> None:
    start, end = site.text.spans[site.index]
    before, after, old = str(site.text)[:start], str(site.text)[end:], str(site.text)
    for candidate in candidates:
        made = f"made {str(candidate)!r} of word {site.index} of {old!r}:"
        try:
            edits = candidate.edits_since(site.text)
        except ValueError:
            raise ContractError(f"{transformation!r} {made} a new Text, not an edit of the site's text") from None
        _expect(candidate != site.text, transformation, f"{made} that is no change")
        if len(edits) == 1 and edits[0].kind == "replace":
            same = str(candidate).startswith(before) and str(candidate).endswith(after)
            _expect(edits[0].index == site.index and same, transformation, f"{made} text around the word changed")
        _expect(site.text.apply(edits) == candidate, transformation, f"{made} its edits do not lead to it")


def _steps(sites: Sequence[Site], found: Sequence[Sequence[Text]]) -> list[list[tuple[Edit, ...]]]:
    return [[text.edits_since(site.text) for text in texts] for site, texts in zip(sites, found, strict=True)]


def check_constraint(constraint: Constraint, *, langs: Sequence[Lang] = LANGS) -> None:
    """Judges candidates or positions (or both), deterministically and each alone."""
    check_plugin(constraint)
    judges = isinstance(constraint, CandidateConstraint)
    places = isinstance(constraint, PositionConstraint)
    guards = isinstance(constraint, TargetConstraint)
    promise = "has neither __call__(pairs) nor positions(text, lang) nor free(text, target) with keeps(texts, target)"
    _expect(judges or places or guards, constraint, promise)
    for lang in langs:
        texts = sample_texts(lang)
        edited = [text.replace(i, word) for text in texts for i in range(len(text)) for word in ("otro", "x", "ÑANDÚ")]
        edited += [text.delete(0) for text in texts] + [text.insert(0, "muy") for text in texts]
        if isinstance(constraint, CandidateConstraint):
            _check_verdicts(constraint, [Pair(text.root, text, lang) for text in (*texts, *edited)])
        if isinstance(constraint, TargetConstraint):
            check_guard(constraint, texts, lang, _expect)
        if isinstance(constraint, PositionConstraint):
            for text in (Text("", ()), *texts, *edited):
                allowed = constraint.positions(text, lang)
                good = allowed.shape == (len(text),) and allowed.dtype == np.bool_
                _expect(good, constraint, f"does not give one bool for each word of {str(text)!r}")
                again = constraint.positions(text, lang)
                _expect(np.array_equal(allowed, again), constraint, "is not deterministic")
                if isinstance(constraint, WordConstraint):
                    each = [constraint.allows(text, at, lang) for at in range(len(text))]
                    _expect(each == allowed.tolist(), constraint, "says another thing of one word than of all")


def _check_verdicts(constraint: CandidateConstraint, pairs: Sequence[Pair]) -> None:
    verdicts, empty = constraint(pairs), constraint([])
    good = verdicts.shape == (len(pairs),) and verdicts.dtype == np.bool_
    _expect(good, constraint, "does not give one bool for each pair")
    _expect(empty.shape == (0,) and empty.dtype == np.bool_, constraint, "does not answer an empty batch")
    _expect(np.array_equal(verdicts, constraint(pairs)), constraint, "is not deterministic")
    alone = np.array([constraint([pair])[0] for pair in pairs[::4]])
    _expect(np.array_equal(verdicts[::4], alone), constraint, "depends on the batch")
    _expect(np.array_equal(verdicts, constraint(pairs[::-1])[::-1]), constraint, "depends on the order of the batch")


def check_goal(goal: AnyGoal, *, target: Target = 0, n_labels: int = 3) -> None:
    """Pure functions of the logits, row by row; finite scores for logits of any size; changes no input.

    A goal that names labels is tried on a victim with the labels `label 0`, `label 1` and so on, so it has to name
    some of these, and must refuse a victim that has none of them.
    """
    check_plugin(goal)
    if isinstance(goal, TaskGoal):
        check_task_goal(goal, _expect)
        return
    if isinstance(goal, LabelGoal):
        try:
            goal.among(["another", "and another"])
        except RobustError:
            pass
        else:
            raise ContractError(f"{goal!r} accepts a victim that has none of its labels")
    ready = resolved(goal, [f"label {i}" for i in range(n_labels)])
    original = Text("a b c d", spans("a b c d"))
    shorter = [original, original.delete(0), original.delete(3).delete(1), original.replace(2, "x")]
    texts = [shorter[i % 4] for i in range(65)]  # what a goal that reads the text is given
    rows = np.random.default_rng(0).normal(size=(64, n_labels)) * np.geomspace(1e-3, 1e4, 64)[:, None]
    logits = np.concatenate([rows, np.zeros((1, n_labels))]).astype(np.float32)
    kept = logits.copy()
    goal = given(ready, texts)
    score, done = goal.score(logits, target), goal.done(logits, target)
    _expect(score.shape == (65,) and score.dtype == np.float32, goal, "score is not float32 of shape (n,)")
    _expect(done.shape == (65,) and done.dtype == np.bool_, goal, "done is not bool of shape (n,)")
    _expect(bool(np.isfinite(score).all()), goal, "gives scores that are not finite")
    _expect(np.array_equal(logits, kept), goal, "changes the logits it is given")
    for size in (0, 1, 7):
        part: Floats = logits[:size]
        few = given(ready, texts[:size])
        same = np.array_equal(few.score(part, target), score[:size]) and np.array_equal(
            few.done(part, target), done[:size]
        )
        _expect(same, goal, f"depends on the batch (size {size})")


def check_search(search: Search, *, langs: Sequence[Lang] = LANGS) -> None:
    """Deterministic given the scope; ends on a descendant of its example's text that the constraints allow.

    Runs on `FakeScope` with a toy victim (`ToyNetwork` for a search that needs gradients): also on texts without words,
    with every budget from one query up, and when no word may be edited. A spent budget may end the search or come
    through as `BudgetExceeded`.
    """
    check_plugin(search)
    victim = ToyNetwork() if needs_gradients(search) else ToyVictim()
    for lang in langs:
        for string in ("", "… 🙂", *SENTENCES[lang]):
            example = toy_example(string, lang=lang, victim=victim)
            scope = partial(FakeScope, example=example, victim=victim)
            first, second = scope(), scope()
            ended = run_search(search, first)
            _expect(str(ended) == str(run_search(search, second)), search, f"is not deterministic on {string!r}")
            _expect(first.asked == second.asked, search, f"does not ask the same queries twice on {string!r}")
            _expect(ended.root is example.text, search, "returns a text that is no edit of its example's")
            _expect(str(example.text) == string, search, "changes its example")
            frozen = scope(constraints=(_Frozen(),))
            _expect(run_search(search, frozen) == example.text, search, "edits words that may not be edited")
            for budget in range(1, min(first.queries, 40)):
                _check_budget(search, scope(query_budget=budget), first)


def _check_budget(search: Search, scope: FakeScope, unlimited: FakeScope) -> None:
    with contextlib.suppress(BudgetExceeded):
        run_search(search, scope)
    begun = unlimited.asked[: scope.queries]
    _expect(scope.asked == begun, search, f"asks other queries under a budget of {scope.query_budget}")


@dataclass(frozen=True, kw_only=True)
class _Frozen:
    def positions(self, text: Text, lang: Lang, /) -> Bools:
        return np.zeros(len(text), np.bool_)

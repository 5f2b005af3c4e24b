from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

import numpy as np
import pytest

from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.engine import run
from robust.errors import ModelError
from tests.unit.engine.toy import DATA, Draws, FewWords, Hashed, LongWords, Swaps, attack, outcomes, swapped


@pytest.mark.parametrize("transformation", [Swaps(), Swaps(costly=True), Draws()])
def test_results_do_not_depend_on_how_many_searches_are_in_flight(transformation: object) -> None:
    a = attack(transformation=transformation, constraints=(FewWords(costly=True), LongWords()))
    alone = outcomes(a, in_flight=1)
    assert {row.status for row in alone.values()} == {"success", "failure", "skipped"}
    for in_flight in (8, 256):
        assert outcomes(a, in_flight=in_flight) == alone
    assert outcomes(a, in_flight=8, batch_tokens=40) == alone


def test_results_do_not_depend_on_the_other_examples_or_their_order() -> None:
    a = attack(transformation=Draws())
    together = outcomes(a)
    assert outcomes(a, data=DATA[::-1]) == together
    assert outcomes(a, data=DATA[10:13]) == {e.id: together[e.id] for e in DATA[10:13]}


def test_another_seed_gives_other_results() -> None:
    a = attack(transformation=Draws())
    assert outcomes(a, seed=1) != outcomes(a, seed=2)


def test_every_example_and_every_attack_draws_for_itself() -> None:
    """The same text under two ids, and under two attacks, gets different random candidates."""
    twin = replace(DATA[1], id="toy/twin")
    for a in (attack(transformation=Draws()), attack(transformation=Draws(), name="another")):
        one, other = outcomes(a, data=[DATA[1], twin]).values()
        assert one.original == other.original
        assert one.adversarial_logits != other.adversarial_logits
    first, second = (outcomes(attack(transformation=Draws(), name=name), data=[DATA[1]]) for name in ("a", "b"))
    assert first != second


SHARED = np.random.default_rng(0)


@dataclass(frozen=True, kw_only=True)
class Leaking:
    """Draws from a generator that all searches share, as a search that used global random state would."""

    async def __call__(self, scope: Scope, /) -> Text:
        text = scope.example.text
        for _ in range(2):
            index = SHARED.choice(await scope.positions(text))
            found = await scope.neighbours(text, int(index))
            if found:
                await scope.score(found)
                text = found[0]
        return text


def test_the_invariance_test_would_catch_state_that_leaks_between_searches() -> None:
    global SHARED
    runs = []
    for in_flight in (1, 8):
        SHARED = np.random.default_rng(0)
        runs.append(outcomes(attack(search=Leaking()), in_flight=in_flight))
    assert runs[0] != runs[1]


def test_searches_share_batches() -> None:
    one, many = Hashed(), Hashed()
    outcomes(attack(), one, in_flight=1)
    outcomes(attack(), many, in_flight=60)
    fast = [n for n in many.asked if n > 1]
    assert max(fast) > 5 * max(one.asked)
    assert len(fast) * 5 < len([n for n in one.asked if n > 1])


@pytest.mark.parametrize("budget", [1, 2, 7, 25])
def test_a_budget_is_exact(budget: int) -> None:
    rows = outcomes(attack(query_budget=budget))
    assert max(row.queries for row in rows.values()) <= budget
    free = outcomes(attack())
    for name, row in rows.items():
        if free[name].queries <= budget:
            assert row == free[name]
        elif row.status != "skipped":
            assert row.queries == budget


def test_a_success_within_the_budget_is_kept_when_the_budget_ends_the_search() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Wasteful:
        """Goes on asking after a success."""

        async def __call__(self, scope: Scope, /) -> Text:
            text = scope.example.text
            for index in await scope.positions(text):
                await scope.score(await scope.neighbours(text, index))
            return text

    free = [row for row in outcomes(attack(search=Wasteful())).values() if row.status == "failure"]
    cut = outcomes(attack(search=Wasteful(), query_budget=25))
    assert free
    assert any(row.status == "success" and row.queries == 25 for row in cut.values())


def test_a_probe_is_never_a_success() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Probing:
        """Deletes words to rank them, which may well flip the label, until the budget ends it."""

        async def __call__(self, scope: Scope, /) -> Text:
            text = scope.example.text
            await scope.score([text.delete(i) for i in range(len(text))])
            await scope.score([text.delete(i).delete(0) for i in range(1, len(text))])
            return text

    for budget in (6, None):
        rows = outcomes(attack(search=Probing(), constraints=(), query_budget=budget))
        assert {row.status for row in rows.values()} == {"failure", "skipped"}


def test_both_counts() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Twice:
        async def __call__(self, scope: Scope, /) -> Text:
            text = scope.example.text
            changed = text.replace(0, "zz")
            await scope.score([changed, changed])
            await scope.score([changed, text])
            return text

    for row in outcomes(attack(search=Twice())).values():
        assert (row.queries, row.unique_queries) == ((1, 1) if row.status == "skipped" else (5, 2))


def test_an_exception_is_an_error_of_that_example_alone() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Fragile:
        """Fails on one word, in the middle of a batch that other searches share."""

        langs = frozenset({"es"})
        costly: bool = True

        def __call__(self, sites: Sequence[object], /) -> list[list[Text]]:
            if any(site.text.words == bad for site in sites):  # type: ignore[attr-defined]
                raise ZeroDivisionError("cannot swap this")
            return Swaps()(sites)  # type: ignore[arg-type]

    sound = outcomes(attack())
    victim_of = next(e for e in DATA if sound[e.id].status == "success")
    bad = victim_of.text.words
    rows = outcomes(attack(transformation=Fragile()))
    failed = rows.pop(victim_of.id)
    assert failed.status == "error"
    assert failed.error is not None
    assert "cannot swap this" in failed.error
    assert rows == {name: row for name, row in sound.items() if name != victim_of.id}


def test_a_search_may_only_await_its_scope() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Sleepy:
        async def __call__(self, scope: Scope, /) -> Text:
            import asyncio

            await asyncio.sleep(0)
            return scope.example.text

    statuses = {
        (row.status, "may await only" in (row.error or "")) for row in outcomes(attack(search=Sleepy())).values()
    }
    assert statuses == {("error", True), ("skipped", False)}


def test_a_fault_the_user_can_mend_ends_the_run() -> None:
    class Gone(Hashed):
        def logits(self, batch: Sequence[Fields], /) -> Floats:
            raise ModelError("the endpoint is gone", fix="start it")

    with pytest.raises(ModelError, match="gone"):
        outcomes(attack(), Gone())


@dataclass
class Sloppy(Hashed):
    """Its fast mode is wrong about every changed text; its canonical mode is right."""

    meta: VictimMeta = field(default=VictimMeta(name="sloppy", revision="1", labels=("a", "b"), dtype="bfloat16"))

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        return np.asarray(super().logits(batch)[:, ::-1], np.float32)

    def canonical(self, item: Fields, /) -> Floats:
        return np.asarray(Hashed.logits(self, [item])[0], np.float32)


def test_a_success_of_the_fast_mode_alone_is_no_success() -> None:
    @dataclass(frozen=True, kw_only=True)
    class First:
        async def __call__(self, scope: Scope, /) -> Text:
            return (await scope.neighbours(scope.example.text, (await scope.positions(scope.example.text))[0]))[0]

    exact = Hashed()
    for row in outcomes(attack(search=First()), Sloppy()).values():
        if row.status == "success":
            assert row.verified
            assert row.adversarial is not None
            label = next(e.target for e in DATA if e.id == row.example_id)
            assert exact.logits([(row.adversarial,)])[0].argmax() != label
            assert row.adversarial_logits == tuple(map(float, exact.logits([(row.adversarial,)])[0]))


@dataclass
class Hasty(Sloppy):
    """Its fast mode is wrong about an eighth of the changed texts; `checked` is what the canonical mode was asked."""

    checked: list[str] = field(default_factory=list)

    def canonical(self, item: Fields, /) -> Floats:
        self.checked.append(item[0])
        return super().canonical(item)

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        rows = [Hashed.logits(self, [item])[0] for item in batch]
        return np.array([row[::-1] if wrong(item) else row for row, item in zip(rows, batch, strict=True)], np.float32)


def wrong(item: Fields) -> bool:
    return crc32(item[0].encode()) % 8 == 0 and item[0] not in {str(e.text) for e in DATA}


@dataclass(frozen=True, kw_only=True)
class InOrder:
    """One candidate after the other, in a random order, until one succeeds."""

    async def __call__(self, scope: Scope, /) -> Text:
        text = scope.example.text
        groups = await scope.neighbourhood(text, await scope.positions(text))
        several = [found for group in groups for found in group]
        for at in scope.rng.permutation(len(several)):
            if (await scope.score([several[at]])).done[0]:
                return several[at]
        return text


@dataclass(frozen=True, kw_only=True)
class FirstBetter:
    """Words in their order, each to its first candidate that is better than all before."""

    async def __call__(self, scope: Scope, /) -> Text:
        text, best = scope.example.text, scope.start
        for index in await scope.positions(text):
            for candidate in await scope.neighbours(text, index):
                if (goal := (await scope.score([candidate])).goal[0]) > best:
                    text, best = candidate, float(goal)
                    break
        return text


@pytest.mark.parametrize("budget", [None, 4])
def test_a_search_goes_on_after_a_mistake_of_the_fast_mode(budget: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the fast mode had been right about every text that it took for a success."""
    monkeypatch.setattr(run, "COURSES", 100)
    exact, hasty = Hashed(), Hasty()
    found = outcomes(attack(search=InOrder(), query_budget=budget), hasty)
    right = outcomes(attack(search=InOrder(), query_budget=budget), exact)
    for example in DATA:
        row, ideal = found[example.id], right[example.id]
        if row.status == "success":
            assert row.adversarial is not None
            assert not wrong((row.adversarial,))  # only what both modes say counts
            assert exact.logits([(row.adversarial,)])[0].argmax() != example.target
        if ideal.adversarial and not wrong((ideal.adversarial,)):
            assert row == ideal
        assert row.unique_queries <= row.queries <= (budget or row.queries)
    mistakes = [text for text in hasty.checked if wrong((text,))]
    assert len(mistakes) == len(set(mistakes))
    assert len(mistakes) > (2 if budget else 10), "hardly a mistake was met: the test shows nothing"


@dataclass
class Forgetful(Sloppy):
    """Its fast mode is wrong about every unedited text, and right about all others."""

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        unedited = {str(example.text) for example in DATA}
        rows = [(item, Hashed.logits(self, [item])[0]) for item in batch]
        return np.array([row[::-1] if item[0] in unedited else row for item, row in rows], np.float32)


@pytest.mark.parametrize("budget", [None, 12])
def test_a_mistake_about_the_unedited_text_does_not_lead_a_search_astray(budget: int | None) -> None:
    """Before: no candidate seemed better than a text that seemed a success, and nothing was found."""
    told = attack(search=FirstBetter(), query_budget=budget)
    found, right = outcomes(told, Forgetful()), outcomes(told, Hashed())
    attacked = {name for name, row in right.items() if row.status != "skipped"}
    assert {name: found[name] for name in attacked} == {name: right[name] for name in attacked}
    assert {right[name].status for name in attacked} == {"success", "failure"}


def test_a_search_does_not_go_on_for_ever() -> None:
    hasty = Hasty()
    rows = outcomes(attack(search=InOrder()), hasty, data=DATA[:6])
    attacked = [row for row in rows.values() if row.status != "skipped"]
    originals = len(rows)
    assert originals < len(hasty.checked) <= originals + run.COURSES * len(attacked)


def test_a_search_that_claims_a_forbidden_text_fails() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Cheating:
        async def __call__(self, scope: Scope, /) -> Text:
            text = scope.example.text
            for index in range(len(text)):
                text = text.replace(index, swapped(text.words[index])[0])
            await scope.score([text])
            return text

    rows = outcomes(attack(search=Cheating(), constraints=(FewWords(most=2),)))
    assert {row.status for row in rows.values()} <= {"failure", "skipped"}
    assert "success" in {r.status for r in outcomes(attack(search=Cheating(), constraints=())).values()}

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Fields, Floats
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

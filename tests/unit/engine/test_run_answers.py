"""Searches that ask for answers alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robust.core.search import Scope
from robust.core.text import Text
from tests.unit.engine.toy import attack, outcomes, swapped


@dataclass(frozen=True, kw_only=True)
class Asks:
    """Asks for answers alone, and ends on the first text whose answer is another class."""

    async def __call__(self, scope: Scope, /) -> Text:
        text = scope.example.text
        clean = scope.logits(text)
        assert clean is not None
        texts = [text.replace(i, word) for i in range(len(text)) for word in swapped(text.words[i])]
        texts = [*[t for t in dict.fromkeys(texts) if t != text], text][: scope.queries_left]
        answers = await scope.ask(texts)
        for one, answer in zip(texts, answers, strict=True):
            assert np.array_equal(scope.logits(one), answer)  # type: ignore[arg-type]
            if answer.argmax() != clean.argmax():
                return one
        return text


def test_a_search_may_ask_for_answers_alone() -> None:
    free = outcomes(attack(search=Asks(), constraints=()))
    assert {row.status for row in free.values()} == {"success", "failure", "skipped"}
    for row in free.values():
        if row.status != "skipped":  # the unedited text is asked a second time: counted, not computed
            assert row.queries == row.unique_queries + 1 > 2
    short = outcomes(attack(search=Asks(), constraints=(), query_budget=5))
    assert {row.queries for row in short.values() if row.status != "skipped"} == {5}


@dataclass(frozen=True, kw_only=True)
class Greedily:
    """Asks for more than the budget allows."""

    async def __call__(self, scope: Scope, /) -> Text:
        assert scope.queries_left == 2
        await scope.ask([scope.example.text] * 3)
        raise AssertionError("not reached")


def test_answers_alone_never_go_over_the_budget() -> None:
    rows = outcomes(attack(search=Greedily(), query_budget=3))
    assert {row.status for row in rows.values()} == {"failure", "skipped"}
    assert {row.queries for row in rows.values()} == {1}

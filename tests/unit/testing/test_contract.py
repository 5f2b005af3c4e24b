"""The contracts catch plugins that break them, each with its own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest

from robust import registry
from robust.core.search import BudgetExceeded, Scope
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Bools, Floats, Lang
from robust.errors import PluginError
from robust.lang.tokenise import spans
from robust.testing import (
    ContractError,
    FakeScope,
    ToyVictim,
    check_constraint,
    check_goal,
    check_search,
    check_transformation,
    run_search,
    toy_example,
)


@dataclass(frozen=True, kw_only=True)
class Transform:
    how: str
    memory: list[int] = field(default_factory=list, init=False, compare=False, hash=False)
    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        self.memory.append(1)
        return [self._one(site, len(sites)) for site in sites]

    def _one(self, site: Site, batch: int) -> list[Text]:
        text, i = site.text, site.index
        if self.how == "new text":
            changed = str(text.replace(i, "x"))
            return [Text(changed, spans(changed))]
        if self.how == "no change":
            return [text.replace(i, site.word)]
        if self.how == "elsewhere":
            return [text.replace(0, "xx")]
        if self.how == "batch":
            return [text.replace(i, f"{site.word}{batch}")]
        if self.how == "memory":
            return [text.replace(i, f"{site.word}{len(self.memory)}")]
        return [text.replace(i, site.word + "x")]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("new text", "a new Text, not an edit"),
        ("no change", "that is no change"),
        ("elsewhere", "text around the word changed"),
        ("batch", "depends on the batch"),
        ("memory", "is not deterministic"),
    ],
)
def test_broken_transformations_are_caught(how: str, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        check_transformation(Transform(how=how))


def test_a_good_transformation_passes() -> None:
    check_transformation(Transform(how="well"))


@dataclass(frozen=True, kw_only=True)
class Look:
    how: str

    async def __call__(self, scope: Scope, /) -> Text:
        text = scope.example.text
        if self.how == "new text":
            return Text(str(text), spans(str(text)))
        if self.how == "stopwords":
            return text.replace(0, "x") if len(text) else text
        if self.how == "chance":
            await scope.score([text.insert(0, str(np.random.default_rng().integers(1 << 30)))])
        if self.how == "sleeps":
            import asyncio

            await asyncio.sleep(0)
        return text


@pytest.mark.parametrize(
    ("how", "message"),
    [("new text", "no edit of its example's"), ("stopwords", "may not be edited"), ("chance", "same queries twice")],
)
def test_broken_searches_are_caught(how: str, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        check_search(Look(how=how))


def test_a_search_may_only_await_its_scope() -> None:
    with pytest.raises(TypeError, match="only await methods of its scope"):
        check_search(Look(how="sleeps"))


@dataclass(frozen=True, kw_only=True)
class Judge:
    how: str

    def __call__(self, pairs: Sequence[Any], /) -> Any:
        if self.how == "list":
            return [True] * len(pairs)
        if self.how == "batch":
            return np.array([len(pairs) > 1] * len(pairs), np.bool_)
        return np.ones(len(pairs), np.bool_)


def test_broken_constraints_are_caught() -> None:
    check_constraint(Judge(how="well"))
    with pytest.raises(ContractError, match="depends on the batch"):
        check_constraint(Judge(how="batch"))
    with pytest.raises((ContractError, AttributeError)):
        check_constraint(Judge(how="list"))


@dataclass(frozen=True, kw_only=True)
class Aim:
    how: str

    def score(self, logits: Floats, target: Any, /) -> Floats:
        if self.how == "overflow":
            with np.errstate(all="ignore"):
                weights = np.exp(logits)
                return np.asarray(1 - weights[:, 0] / weights.sum(1), np.float32)
        if self.how == "batch":
            return np.asarray(logits[:, 0] - (logits[:, 0].mean() if len(logits) else 0), np.float32)
        return logits[:, 1].astype(np.float32)

    def done(self, logits: Floats, target: Any, /) -> Bools:
        return np.asarray(logits.argmax(1) != target, np.bool_)


def test_broken_goals_are_caught() -> None:
    check_goal(Aim(how="well"))
    with pytest.raises(ContractError, match="not finite"):
        check_goal(Aim(how="overflow"))
    with pytest.raises(ContractError, match="depends on the batch"):
        check_goal(Aim(how="batch"))


@dataclass(frozen=True, kw_only=True)
class AimAt:
    how: str

    def among(self, labels: Sequence[str], /) -> Aim:
        if self.how == "well" and "label 1" not in labels:
            raise PluginError("there is no label 1")
        return Aim(how="well")


def test_a_goal_that_names_labels_must_refuse_a_victim_without_them() -> None:
    registry.register("goals", "broken_label_for_tests")(AimAt)
    check_goal(AimAt(how="well"))
    with pytest.raises(ContractError, match="accepts a victim that has none of its labels"):
        check_goal(AimAt(how="lax"))
    del registry._registered["goals", "broken_label_for_tests"], registry._names[AimAt]


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    kinds: dict[registry.Family, type] = {
        "transformations": Transform,
        "searches": Look,
        "constraints": Judge,
        "goals": Aim,
    }
    for family, cls in kinds.items():
        registry.register(family, "broken_for_tests")(cls)
    yield
    for family, cls in kinds.items():
        del registry._registered[family, "broken_for_tests"], registry._names[cls]


# ------------------------------------------------------------------ fakes
WRITTEN = [[-0.1953125, -2.00390625], [-1.078125, 2.125]]


def test_the_toy_victim_never_changes() -> None:
    # written down once: another value means other golden files for everybody
    victim = ToyVictim()
    assert victim.logits([("¡Qué niña!",), ("plain", "pair")]).tolist() == WRITTEN
    assert victim.logits([]).shape == (0, 2)


def test_the_toy_victim_answers_each_input_alone() -> None:
    victim = ToyVictim(labels=3, lean=1.0, sharpness=0.5)
    batch = [("a b c",), ("",), ("ñandú 🙂",)]
    assert (victim.logits(batch) == np.concatenate([victim.logits([item]) for item in batch])).all()


def test_the_fake_scope_counts_and_stops_at_its_budget() -> None:
    class Ask:
        async def __call__(self, scope: Scope, /) -> Text:
            await scope.score([scope.example.text] * 3)
            return scope.example.text

    scope = FakeScope(example=toy_example("good soup", lang="en"), query_budget=3)
    with pytest.raises(BudgetExceeded):
        run_search(Ask(), scope)
    assert scope.queries == 3
    scope = FakeScope(example=toy_example("good soup", lang="en"), query_budget=4)
    run_search(Ask(), scope)
    assert scope.queries == 4

"""Runs an attack over examples: many searches in flight, every outcome judged by the engine itself."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from robust.core.attack import Attack, Outcome, Status
from robust.core.calls import Call
from robust.core.example import Example, Target
from robust.core.search import BudgetExceeded
from robust.core.text import Text
from robust.core.types import Floats
from robust.core.victim import Victim
from robust.engine.answers import Answers, Stats
from robust.engine.batching import Batcher
from robust.engine.scheduler import Stepper, drive
from robust.engine.scope import ExampleScope, Services
from robust.engine.store import Store

CPU_TOKENS, ACCELERATOR_TOKENS = 4096, 131072


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """How a run is driven; none of it changes a result.

    `in_flight`: searches at a time. `batch_tokens`: most padded tokens of a batch (None: by device).
    """

    in_flight: int = 64
    batch_tokens: int | None = None

    def batcher(self, device: str) -> Batcher:
        """A fresh batcher for a victim on `device`."""
        by_device = CPU_TOKENS if device.startswith("cpu") else ACCELERATOR_TOKENS
        return Batcher(tokens=self.batch_tokens or by_device)


def run_attack(
    attack: Attack,
    victim: Victim,
    examples: Iterable[Example],
    *,
    seed: int = 0,
    options: EngineOptions | None = None,
    store: Store | None = None,
    stats: Stats | None = None,
) -> Iterator[Outcome]:
    """Yield one outcome for each example, as searches finish.

    Results depend on `seed`, the attack, the victim's answers and each example, not on `options`, on the other
    examples or on what `store` already holds. An exception inside a search or plugin is that example's `error`; a
    `RobustError` (the endpoint is gone, the model cannot be loaded) ends the run, and a store makes the next one go
    on from there.
    """
    options = options or EngineOptions()
    services = Services(attack, victim)
    batcher = options.batcher(victim.meta.device)
    answers = Answers(batcher=batcher, store=store, stats=stats if stats is not None else Stats())
    scopes: dict[str, ExampleScope] = {}

    def tasks() -> Iterator[tuple[str, Callable[[], Stepper]]]:
        for example in examples:
            scopes[example.id] = scope = ExampleScope(example, services, seed)
            yield example.id, partial(_attacked, scope, services)

    for name, result in drive(tasks(), answer=answers, in_flight=options.in_flight):
        scope = scopes.pop(name)
        yield result if isinstance(result, Outcome) else _outcome(scope, "error", error=_trace(result))


async def _attacked(scope: ExampleScope, services: Services) -> Outcome:
    goal, example = services.goal, scope.example
    (clean,) = await Call(services.canonical, [example.fields(example.text)])
    outcome = partial(_outcome, scope, clean=clean)
    await scope.open()
    if _wrong(clean, example.target) or goal.done(clean[None], example.target)[0]:
        return outcome("skipped", verified=True)
    try:
        ended = await services.attack.search(scope)
        if scope.logits(ended) is None:
            await scope.score([ended])
    except BudgetExceeded:
        ended = scope.best.text if scope.best else example.text
    seen = scope.logits(ended)
    met = seen is not None and bool(goal.done(seen[None], example.target)[0])
    if ended == example.text or not met or not (await scope.allowed([ended]))[0]:
        return outcome("failure")
    (exact,) = await Call(services.canonical, [example.fields(ended)])
    if not goal.done(exact[None], example.target)[0]:  # a fast mode's mistake is not a success
        return outcome("failure")
    return outcome("success", text=ended, exact=exact, verified=True)


def _wrong(clean: Floats, target: Target) -> bool:
    """Whether the victim gets the unedited text wrong, so that there is nothing to break, whatever the goal."""
    return isinstance(target, (int, np.integer)) and int(clean.argmax()) != target


def _outcome(
    scope: ExampleScope,
    status: Status,
    *,
    clean: Floats | None = None,
    text: Text | None = None,
    exact: Floats | None = None,
    verified: bool = False,
    error: str | None = None,
) -> Outcome:
    original, best = scope.example.text, scope.best
    row = Outcome(
        example_id=scope.example.id,
        status=status,
        original=str(original),
        verified=verified,
        clean_logits=_floats(clean),
        queries=scope.queries,
        unique_queries=scope.unique_queries,
        words=len(original),
        error=error,
        best_score=best.goal if best else float("nan"),
    )
    if text is not None:
        return replace(row, adversarial=str(text), adversarial_logits=_floats(exact), words_changed=text.words_changed)
    if best is not None:
        return replace(row, adversarial_logits=_floats(scope.logits(best.text)))
    return row


def _floats(row: Floats | None) -> tuple[float, ...]:
    return () if row is None else tuple(float(value) for value in np.asarray(row))


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).strip()

"""Runs an attack over examples: many searches in flight, every outcome judged by the engine itself."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from robust.core.attack import Attack, Outcome, Status
from robust.core.calls import Call
from robust.core.example import Example
from robust.core.search import BudgetExceeded
from robust.core.text import Text
from robust.core.types import Floats
from robust.core.victim import AnyVictim
from robust.engine.answers import Answers, Stats
from robust.engine.batching import Batcher
from robust.engine.judge import Judge, done
from robust.engine.scheduler import Stepper, drive
from robust.engine.scope import ExampleScope, Services
from robust.engine.store import Store

CPU_TOKENS, ACCELERATOR_TOKENS = 2048, 131072


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


COURSES = 8
"""How often a search is let run, each time but the first with one more answer put right that had seemed a success."""


def run_attack(
    attack: Attack,
    victim: AnyVictim,
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
    attack.check(victim)
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
    judge, example = services.judge, scope.example
    (clean,) = await Call(services.canonical, [example.fields(example.text)])
    example = scope.prepare(clean)
    outcome = partial(_outcome, scope, judge=judge, clean=clean)
    await scope.open()
    if judge.skips(clean, example):
        return outcome("skipped", verified=True)
    said = scope.logits(example.text)
    if said is not None and done(judge, said, example.text, example):  # no candidate would seem better
        await scope.again(example.text, clean)
    for course in range(COURSES):
        try:
            ended = await services.attack.search(scope)
            if scope.logits(ended) is None:
                await scope.score([ended])
        except BudgetExceeded:
            ended = scope.best.text if scope.best else example.text
        seen = scope.logits(ended)
        met = seen is not None and done(judge, seen, ended, example)
        if ended == example.text or not met or not (await scope.allowed([ended]))[0]:
            break
        (exact,) = await Call(services.canonical, [example.fields(ended)])
        if done(judge, exact, ended, example):
            return outcome("success", text=ended, exact=exact, verified=True)
        if course + 1 < COURSES:  # a fast mode's mistake is not a success
            await scope.again(ended, exact)
    return outcome("failure")


def _outcome(
    scope: ExampleScope,
    status: Status,
    *,
    judge: Judge | None = None,
    clean: Floats | None = None,
    text: Text | None = None,
    exact: Floats | None = None,
    verified: bool = False,
    error: str | None = None,
) -> Outcome:
    original, best = scope.example.text, scope.best
    said = judge.reading(clean, original, scope.example) if judge is not None and clean is not None else None
    row = Outcome(
        example_id=scope.example.id,
        status=status,
        original=str(original),
        verified=verified,
        clean_logits=() if said else _floats(clean),
        clean_answer=said.answer if said else None,
        clean_counts=said.counts if said else (),
        queries=scope.queries,
        unique_queries=scope.unique_queries,
        words=len(original),
        error=error,
        best_score=best.goal if best else float("nan"),
    )
    if text is not None:
        row = replace(row, adversarial=str(text), words_changed=text.words_changed)
        if judge is None or exact is None or (now := judge.reading(exact, text, scope.example)) is None:
            return replace(row, adversarial_logits=_floats(exact))
        return replace(row, adversarial_answer=now.answer, adversarial_counts=now.counts)
    if best is not None and said is None:
        return replace(row, adversarial_logits=_floats(scope.logits(best.text)))
    return row


def _floats(row: Floats | None) -> tuple[float, ...]:
    return () if row is None else tuple(float(value) for value in np.asarray(row))


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).strip()

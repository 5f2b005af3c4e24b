"""Universal triggers: the same few words that turn a model's answer to whatever text they are added to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, cast, get_args

import numpy as np
import numpy.typing as npt

from robust.core.example import Example
from robust.core.gradient import GradientVictim
from robust.core.seeds import derive
from robust.core.types import Fields, Floats
from robust.core.victim import Victim
from robust.engine.answers import Answers
from robust.engine.batching import Batcher
from robust.engine.services import GradientService, VictimService
from robust.errors import ModelError, UserError, did_you_mean
from robust.stages.trigger_gradients import flips
from robust.transformations.prepend_words import Where, added

Method: TypeAlias = Literal["gradient", "sampled", "random"]
Words: TypeAlias = tuple[str, ...]
DIGITS = 5
"""Losses are rounded, so that batches of other shapes order triggers alike."""
SCREENED, SCREENING = 5, 8
"""Without gradients: how many times as many words are drawn as go on, and on how many texts they are tried first."""


@dataclass(frozen=True, kw_only=True)
class TriggerPlan:
    """How a trigger of `words` words is looked for.

    `method`: `gradient`, `sampled` (no gradients) or `random` (drawn and not searched: the control); None: `gradient`
    where the victim has gradients, else `sampled`. `aim` is the class
    that every text is to get; None: any but its own. At each place `candidates` words are tried and the `beam` best
    triggers go on. A step sees `batch` texts; there are `steps` at most, and `patience` without a better trigger end
    the search.
    """

    words: int = 3
    place: Where = "front"
    method: Method | None = None
    aim: int | None = None
    candidates: int = 10
    beam: int = 2
    batch: int = 16
    steps: int = 10
    patience: int = 3

    def __post_init__(self) -> None:
        for name in ("words", "candidates", "beam", "batch", "steps", "patience"):
            if getattr(self, name) < 1:
                raise UserError(f"{name} is {getattr(self, name)}", fix="use 1 or more")
        one_of("place", self.place, get_args(Where))
        if self.method is not None:
            one_of("method", self.method, get_args(Method))


def one_of(name: str, asked: str, known: Sequence[str]) -> None:
    """Raises `UserError` where `asked` is none of `known`."""
    if asked not in known:
        fix = did_you_mean(asked, known) or f"use one of {', '.join(known)}"
        raise UserError(f"--{name} {asked}: there is no such {name}", fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A trigger and what it does to the `n` texts it was found on, which the model got right before.

    `changed` of them get the class that was aimed at (or a wrong one); `loss` is the mean cross-entropy of that class
    (or minus that of the right one), in nats, and `loss_before` the same without the trigger. `queries` counts texts
    and gradients that were asked for. `history` has the best loss over all texts after each step.
    """

    words: Words
    method: Method
    n: int
    changed: int
    loss: float
    loss_before: float
    queries: int
    history: tuple[float, ...] = ()


@dataclass(kw_only=True)
class _Asker:
    """The victim, batched and counted."""

    victim: Victim
    plan: TriggerPlan
    answers: Answers
    queries: int = 0
    tell: Callable[[int], None] = field(default=lambda queries: None)

    def logits(self, items: Sequence[Fields]) -> Floats:
        self.queries += len(items)
        found = self.answers(VictimService(self.victim), items)
        self.tell(self.queries)
        return np.array(found, np.float32).reshape(len(items), len(self.victim.meta.labels))

    def fields(self, trigger: Words, examples: Sequence[Example]) -> list[Fields]:
        return [one.fields(added(one.text, trigger, self.plan.place)) for one in examples]

    def losses(self, triggers: Sequence[Words], examples: Sequence[Example]) -> list[float]:
        """The mean loss of each trigger over the examples: what the search lowers."""
        items = [item for trigger in triggers for item in self.fields(trigger, examples)]
        each = self._loss(self.logits(items), [*examples] * len(triggers)).reshape(len(triggers), len(examples))
        return [round(float(row.mean()), DIGITS) for row in each]

    def summed_up(self, trigger: Words, examples: Sequence[Example]) -> tuple[float, int]:
        """The mean loss, and how many texts it changes."""
        logits = self.logits(self.fields(trigger, examples))
        got, own = logits.argmax(axis=1), np.array([one.target for one in examples])
        changed = got != own if self.plan.aim is None else got == self.plan.aim
        return round(float(self._loss(logits, examples).mean()), DIGITS), int(changed.sum())

    def _loss(self, logits: Floats, examples: Sequence[Example]) -> npt.NDArray[np.float64]:
        values = logits.astype(np.float64)
        shifted = values - values.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        if self.plan.aim is not None:
            return np.asarray(-logs[:, self.plan.aim])
        own = np.array([cast(int, one.target) for one in examples])
        return np.asarray(logs[np.arange(len(own)), own])


def find_trigger(
    victim: Victim,
    examples: Sequence[Example],
    vocabulary: Sequence[str],
    plan: TriggerPlan,
    *,
    seed: int = 0,
    batcher: Batcher | None = None,
    tell: Callable[[int], None] | None = None,
) -> Trigger:
    """A trigger for `victim` of words of `vocabulary`, found on `examples` of one language.

    Only examples count that the victim gets right and whose class is not the aim. Every step draws a batch of them,
    proposes words for each place of the trigger, and goes through the places with a beam, by the true loss of the
    batch; what it ends on is then measured on all examples, and the best trigger of all steps is the answer (Wallace et
    al. 2019, arXiv:1908.07125, §2). The same seed gives the same trigger, whatever the batcher does.

    *Differs from the paper*: words are whole words of `vocabulary`, not pieces; a word of several tokens is estimated
    as `TokenGradient.rise` says; `sampled` proposes words at random, screened on a few texts. Raises `ModelError` for
    a victim without gradients, `UserError` where no example counts.
    """
    plan = replace(plan, method=plan.method or ("gradient" if isinstance(victim, GradientVictim) else "sampled"))
    if plan.method == "gradient" and not isinstance(victim, GradientVictim):
        raise ModelError(f"{victim.meta.name} gives no gradients", fix="use --method sampled, which needs none")
    asker = _Asker(victim=victim, plan=plan, answers=Answers(batcher=batcher or Batcher()))
    if tell is not None:
        asker.tell = tell
    able = _attackable(asker, examples)
    rng = np.random.default_rng(derive(seed, "trigger", plan.method or "", plan.words, plan.place))
    before, _ = asker.summed_up((), able)
    if plan.method == "random":
        drawn = tuple([str(word) for word in rng.choice(np.array(vocabulary), plan.words)])
        loss, changed = asker.summed_up(drawn, able)
        return Trigger(
            words=drawn,
            method="random",
            n=len(able),
            changed=changed,
            loss=loss,
            loss_before=before,
            queries=asker.queries,
        )
    return _searched(asker, able, tuple(vocabulary), rng, before)


def _attackable(asker: _Asker, examples: Sequence[Example]) -> list[Example]:
    logits = asker.logits(asker.fields((), examples))
    right = [one for one, row in zip(examples, logits, strict=True) if int(row.argmax()) == one.target]
    able = [one for one in right if one.target != asker.plan.aim and len(one.text)]
    if not able:
        aim = asker.plan.aim
        kind = "" if aim is None else f" and does not call {asker.victim.meta.labels[aim]} already"
        raise UserError(
            f"there is no text of {len(examples)} that {asker.victim.meta.name} gets right{kind}",
            fix="give other data, or another --label",
        )
    return able


def _searched(
    asker: _Asker, examples: Sequence[Example], vocabulary: Words, rng: np.random.Generator, before: float
) -> Trigger:
    plan = asker.plan
    trigger: Words = (vocabulary[0],) * plan.words
    best, (best_loss, changed) = trigger, asker.summed_up(trigger, examples)
    history, stale, deck = [], 0, list[int]()
    for _ in range(plan.steps):
        if len(deck) < min(plan.batch, len(examples)):  # every text once before any comes again
            deck = rng.permutation(len(examples)).tolist()
        drawn, deck = deck[: plan.batch], deck[plan.batch :]
        batch = [examples[at] for at in drawn]
        proposed = _proposed(asker, trigger, batch, vocabulary, rng)
        trigger = _improved(asker, trigger, batch, proposed)
        loss, n = asker.summed_up(trigger, examples)
        stale += 1
        if loss < best_loss:
            best, best_loss, changed, stale = trigger, loss, n, 0
        history.append(best_loss)
        if stale == plan.patience:
            break
        if stale:
            trigger = best  # a batch led astray
    return Trigger(
        words=best,
        method=plan.method or "sampled",
        n=len(examples),
        changed=changed,
        loss=best_loss,
        loss_before=before,
        queries=asker.queries,
        history=tuple(history),
    )


def _proposed(
    asker: _Asker, trigger: Words, batch: Sequence[Example], vocabulary: Words, rng: np.random.Generator
) -> list[Words]:
    """For each place of the trigger the words to try there."""
    plan = asker.plan
    if plan.method == "gradient":
        victim = cast(GradientVictim, asker.victim)
        labels = [cast(int, one.target) if plan.aim is None else plan.aim for one in batch]
        asker.queries += len(batch)
        items = list(zip(asker.fields(trigger, batch), labels, strict=True))
        found = asker.answers(GradientService(victim), items)
        gradients = found if plan.aim is None else [gradient.reversed() for gradient in found]
        return flips(victim, gradients, batch, trigger, plan.place, vocabulary, plan.candidates)
    wanted = min(len(vocabulary), SCREENED * plan.candidates)
    several = []
    for at in range(plan.words):
        drawn = [vocabulary[i] for i in rng.choice(len(vocabulary), wanted, replace=False)]
        losses = asker.losses([_with(trigger, at, word) for word in drawn], batch[:SCREENING])
        ranked = sorted(range(len(drawn)), key=lambda i: losses[i])
        several.append(tuple([drawn[i] for i in ranked[: plan.candidates]]))
    return several


def _improved(asker: _Asker, trigger: Words, batch: Sequence[Example], proposed: Sequence[Words]) -> Words:
    """The best trigger that a beam over its places finds, by the true loss of the batch."""
    losses: dict[Words, float] = {trigger: asker.losses([trigger], batch)[0]}
    beam = [trigger]
    for at, words in enumerate(proposed):
        fresh = list(dict.fromkeys([_with(one, at, word) for one in beam for word in words]))
        fresh = [one for one in fresh if one not in losses]
        losses.update(zip(fresh, asker.losses(fresh, batch), strict=True))
        beam = _best({one: losses[one] for one in [*beam, *fresh]}, asker.plan.beam)
    return beam[0]


def _best(losses: Mapping[Words, float], most: int) -> list[Words]:
    return sorted(losses, key=lambda one: (losses[one], one))[:most]


def _with(trigger: Words, at: int, word: str) -> Words:
    return (*trigger[:at], word, *trigger[at + 1 :])

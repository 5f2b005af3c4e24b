"""Running an entry's model again: a share of its attacks, or texts that someone else has found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np

from robust.core.example import Example
from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.types import Fields
from robust.core.victim import AnyVictim, CanonicalVictim, Victim
from robust.engine.run import run_attack
from robust.errors import DataError, ModelError, UserError
from robust.lang.tokenise import spans
from robust.leaderboard import external, legality
from robust.leaderboard.check import Opened
from robust.leaderboard.recompute import interval, survivors
from robust.leaderboard.schema import Interval
from robust.results.estimates import proportion
from robust.results.rows import Row
from robust.victims.load import load_for_task

LOGITS = 1e-2
"""Logits this near are the same: another machine adds in another order."""


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """One row that came out differently: what the entry says, and what came out now."""

    attack: str
    example_id: str
    claimed: str
    found: str


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """What running a share of an entry again gave.

    `agreed`: rows with the same outcome (and, for a success, a text that still fools the model). `identical` also have
    the same text. `stochastic`: the model's answers to unedited texts are not what they were.
    """

    seed: int
    share: float
    agreed: Interval
    identical: Interval
    stochastic: bool
    disagreements: tuple[Disagreement, ...]

    def passed(self, tolerance: float) -> bool:
        """Whether at most a share `tolerance` of the rows came out differently."""
        return len(self.disagreements) <= tolerance * self.agreed.n

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        said = asdict(self)
        return {**said, "agreed": self.agreed.model_dump(), "identical": self.identical.model_dump()}


def chosen(opened: Opened, share: float, seed: int) -> list[str]:
    """The ids of the examples to run again: a share of all, at least one, that nobody can foresee without the seed."""
    if not 0 < share <= 1:
        raise UserError(f"--share {share}: no share of the rows", fix="give a number above 0, up to 1")
    ids = sorted({row["example_id"] for row in opened.rows})
    ids.sort(key=lambda name: derive("reproduce", opened.entry.entry_id, seed, name))
    return sorted(ids[: max(1, round(share * len(ids)))])


def load(opened: Opened, model: str | None, device: str) -> AnyVictim:
    """The entry's model, at the very weights. Raises `ModelError` where they are others.

    `model` says where it lies, if not where its name says.
    """
    said = opened.entry.model
    dtype = "auto" if model is not None and model.startswith(("http://", "https://")) else said.dtype
    victim = load_for_task(model or said.id, opened.entry.track.task, device=device, dtype=dtype)
    meta = victim.meta
    if meta.revision != said.weights or tuple(meta.labels) != said.labels:
        raise ModelError(
            f"{model or said.id} has the weights {meta.revision}, the entry is of {said.weights}",
            fix="give the model that was attacked with --model",
        )
    return victim


def example(row: Row) -> Example:
    """The example that a row is of. Raises `DataError` for tasks whose targets are not kept: all but classification."""
    if row["original"] is None:
        raise DataError("the entry withholds its texts", fix="give the benchmark with --data FILE")
    if row["label"] is None:
        raise DataError("the rows hold no labels", fix="only classifiers can be run again from an entry's rows")
    text = Text(row["original"], spans(row["original"]))
    return Example(
        id=row["example_id"],
        text=text,
        target=row["label"],
        lang=row["lang"],
        before=tuple(row["before"] or ()),
        after=tuple(row["after"] or ()),
    )


def reproduce(
    opened: Opened, *, share: float, seed: int, model: str | None = None, device: str = "auto"
) -> Reproduction:
    """Attack a random share of the entry's examples again, with every attack of the suite, and compare."""
    victim = load(opened, model, device)
    ids = set(chosen(opened, share, seed))
    differing: list[Disagreement] = []
    n = same = identical = 0
    stochastic = False
    for attack, recipe in zip(opened.entry.suite.attacks, opened.recipes, strict=True):
        claimed = {r["example_id"]: r for r in opened.rows if r["attack"] == attack.name and r["example_id"] in ids}
        plan = recipe.build()
        plan.ready({row["lang"] for row in claimed.values()})
        for outcome in run_attack(plan, victim, [example(r) for r in claimed.values()], seed=attack.seed):
            row, n = claimed[outcome.example_id], n + 1
            stochastic |= not near(row["clean_logits"], outcome.clean_logits)
            problem: str = "" if outcome.status == row["status"] else outcome.status
            if not problem and row["status"] == "success" and not fools(victim, row, row["adversarial"]):
                problem = "the text does not fool the model"
            same += not problem
            identical += not problem and outcome.adversarial == row["adversarial"]
            if problem:
                differing.append(
                    Disagreement(attack=attack.name, example_id=row["example_id"], claimed=row["status"], found=problem)
                )
    return Reproduction(
        seed=seed,
        share=share,
        agreed=interval(proportion(same, n)),
        identical=interval(proportion(identical, n)),
        stochastic=stochastic,
        disagreements=tuple(differing),
    )


def near(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two rows of logits are the same but for rounding."""
    return len(one) == len(other) and bool(np.allclose(one, other, rtol=LOGITS, atol=LOGITS))


def fools(victim: AnyVictim, row: Mapping[str, Any], text: str) -> bool:
    """Whether the model answers a text in the place of a row's original wrongly."""
    said = answer(victim, (*(row["before"] or ()), text, *(row["after"] or ())))
    return bool(int(np.argmax(said)) != row["label"])


def answer(victim: AnyVictim, fields: Fields) -> list[float]:
    """The logits of one input, in float32 and alone in its batch."""
    if isinstance(victim, CanonicalVictim):
        return [float(v) for v in victim.canonical(fields)]
    return [float(v) for v in cast(Victim, victim).logits([fields])[0]]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What became of one text that was sent in: `counts`, or why it does not."""

    example_id: str
    counts: bool
    why: str = ""


def try_texts(
    opened: Opened, texts: Sequence[tuple[str, str]], *, by: str, model: str | None = None, device: str = "auto"
) -> tuple[list[external.Text], list[Attempt]]:
    """Of `(example id, adversarial text)` those that fool the model and keep to the constraints of some attack.

    Constraints that need a model are not asked. A text that lowers nothing, because the suite broke that example too,
    is not kept. Raises `DataError` for an entry that withholds its texts: texts from outside would stand beside it.
    """
    if opened.entry.rows.texts == "withheld":
        raise DataError(
            f"{opened.folder} withholds its texts, so that no text from outside can stand beside it",
            fix="attack an entry whose rows hold their texts",
        )
    victim = load(opened, model, device)
    rows = {row["example_id"]: row for row in opened.rows}
    standing = survivors(opened.rows, opened.entry.track.task, frozenset(t.example_id for t in opened.external))
    kept: list[external.Text] = []
    attempts: list[Attempt] = []
    for name, text in texts:
        why = _refused(opened, rows.get(name), standing.get(name, False), text)
        if not why:
            row = rows[name]
            logits = answer(victim, (*(row["before"] or ()), text, *(row["after"] or ())))
            if int(np.argmax(logits)) == row["label"]:
                why = "the model is right"
            else:
                kept.append(external.Text(example_id=name, adversarial=text, logits=tuple(logits), by=by))
                standing[name] = False
        attempts.append(Attempt(example_id=name, counts=not why, why=why))
    return kept, attempts


def _refused(opened: Opened, row: Row | None, standing: bool, text: str) -> str:
    if row is None:
        return "no such example"
    if not standing:
        return "the model is wrong about it already"
    if text == row["original"]:
        return "nothing is changed"
    broken = {name: legality.allowed(r, row["original"], text, row["lang"])[0] for name, r in opened.attacks.items()}
    if all(broken.values()):
        return "; ".join(f"{name} forbids it: {', '.join(which)}" for name, which in broken.items())
    return ""

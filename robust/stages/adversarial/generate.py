"""Adversarial texts of the training data: attacks run over it, until enough of them have succeeded."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from robust.core.attack import Attack, Outcome
from robust.core.example import Example
from robust.core.seeds import derive
from robust.core.types import Fields
from robust.core.victim import Victim
from robust.engine.run import EngineOptions, run_attack
from robust.stages.meter import Meter

LEAST, MOST = 8, 64
"""Examples that are attacked together before it is asked whether there are enough."""


@dataclass(frozen=True, kw_only=True)
class Generated:
    """Adversarial inputs by example id (all texts of the input, the edited one among them), and what they cost.

    `attacked` counts examples that the model got right and that were attacked, `seen` all that were looked at.
    """

    texts: Mapping[str, Fields]
    seen: int
    attacked: int
    queries: int
    seconds: float
    joules: float = 0.0

    def write(self, path: Path) -> None:
        """Write it to a file, whole or not at all."""
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")
        os.replace(beside, path)

    @classmethod
    def read(cls, path: Path) -> Generated:
        """What `write` wrote."""
        held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**held, "texts": {key: tuple(fields) for key, fields in held["texts"].items()}})


def generate(
    attacks: Sequence[Attack],
    victim: Victim,
    examples: Sequence[Example],
    *,
    seed: int,
    wanted: int,
    most: int,
    options: EngineOptions | None = None,
) -> Generated:
    """Attack examples in an order drawn by `seed` until `wanted` have succeeded or `most` were looked at.

    Yoo & Qi 2021 (arXiv:2109.00544), algorithm 1, lines 5 to 14. Of several attacks an example meets one, drawn by its
    id.

    *Differs from the paper*: examples that the model gets wrong count as looked at, not as successes.
    """
    begun, meter = time.monotonic(), Meter(shared=False)
    order = np.random.default_rng(derive(seed, "order")).permutation(len(examples))[:most]
    texts: dict[str, Fields] = {}
    seen = attacked = queries = 0
    while seen < len(order) and len(texts) < wanted:
        # at least as many are needed as are missing; successes are taken in order, so the size changes none of them
        size = min(MOST, max(LEAST, wanted - len(texts)))
        chunk = [examples[at] for at in order[seen : seen + size]]
        seen += len(chunk)
        found = dict(_attacked(attacks, victim, chunk, seed, options))
        for example in chunk:
            outcome = found[example.id]
            attacked += outcome.status in ("success", "failure")
            queries += outcome.queries
            if outcome.adversarial is not None and len(texts) < wanted:
                texts[example.id] = (*example.before, outcome.adversarial, *example.after)
    return Generated(
        texts=texts,
        seen=seen,
        attacked=attacked,
        queries=queries,
        seconds=time.monotonic() - begun,
        joules=meter.energy().joules,
    )


def _attacked(
    attacks: Sequence[Attack], victim: Victim, chunk: Sequence[Example], seed: int, options: EngineOptions | None
) -> Iterator[tuple[str, Outcome]]:
    shared: dict[int, list[Example]] = {}
    for example in chunk:
        shared.setdefault(derive(seed, "which", example.id) % len(attacks), []).append(example)
    for which, own in sorted(shared.items()):
        for outcome in run_attack(attacks[which], victim, own, seed=derive(seed, "attack"), options=options):
            yield outcome.example_id, outcome

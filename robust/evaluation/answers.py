"""What a victim says of many texts: batches of like length, and an answer or a reason for every text."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from robust.core.types import Fields, Floats
from robust.core.victim import Victim
from robust.engine.batching import Batcher
from robust.engine.run import EngineOptions
from robust.engine.services import VictimService, estimated_tokens
from robust.errors import ModelError, OutOfMemory, RobustError

MOST_ITEMS = 1024
"""Texts of a batch at most, where no number is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Logits `(n_labels,)` of one text, or what went wrong; `seconds` is its share of the time of its batch."""

    logits: tuple[float, ...] = ()
    error: str | None = None
    seconds: float = 0.0


Answered: TypeAlias = Callable[[Sequence[tuple[int, Answer]]], None]
"""Told after every batch: the positions of its texts, and their answers."""

_Item: TypeAlias = tuple[int, Fields]


def answer(victim: Victim, texts: Sequence[Fields], answered: Answered, *, batch_size: int | None = None) -> None:
    """Ask for every text once and hand the answers to `answered`, batch by batch, from short texts to long ones.

    `batch_size` caps the texts of a batch; padded tokens are capped by what suits the victim's device. An exception
    inside the victim (an answer that is not finite, say) is narrowed down to the texts that cause it; a `RobustError`
    (the server is gone) comes through.
    """
    tokens = EngineOptions().batcher(victim.meta.device).tokens
    batcher = Batcher(tokens=tokens, items=batch_size or MOST_ITEMS)
    batcher.run(_Asking(VictimService(victim), getattr(victim, "max_length", None), answered), list(enumerate(texts)))


def logits(victim: Victim, texts: Sequence[Fields]) -> Floats:
    """The victim's logits `(n, n_labels)`, all of them. Raises `ModelError` for a text that has no answer."""
    found = np.zeros((len(texts), len(victim.meta.labels)), np.float32)

    def keep(batch: Sequence[tuple[int, Answer]]) -> None:
        for at, given in batch:
            if given.error is not None:
                last = given.error.rpartition("\n")[2]
                raise ModelError(
                    f"{victim.meta.name} has no answer to {texts[at][0][:60]!r}: {last}",
                    fix="leave that text out, or mend the model",
                )
            found[at] = given.logits

    answer(victim, texts, keep)
    return found


@dataclass(frozen=True)
class _Asking:
    """A service that never fails for one bad text; `longest` is the most tokens the victim reads of a text."""

    inner: VictimService
    longest: int | None
    answered: Answered

    @cached_property
    def identity(self) -> str:
        return self.inner.identity

    def key(self, item: _Item, /) -> Hashable:
        return item

    def cost(self, item: _Item, /) -> int:
        tokens = estimated_tokens(item[1])
        return tokens if self.longest is None else min(tokens, self.longest)  # what is cut off costs nothing

    def __call__(self, items: Sequence[_Item], /) -> Sequence[Answer]:
        began = time.perf_counter()
        found = self._ask([fields for _, fields in items])
        share = (time.perf_counter() - began) / len(items)
        answers = [Answer(logits=logits, error=error, seconds=share) for logits, error in found]
        self.answered([(at, given) for (at, _), given in zip(items, answers, strict=True)])
        return answers

    def _ask(self, texts: Sequence[Fields]) -> list[tuple[tuple[float, ...], str | None]]:
        try:
            return [(tuple(map(float, row)), None) for row in self.inner(texts)]
        except (RobustError, OutOfMemory):
            raise
        except Exception as error:
            if len(texts) == 1:
                return [((), "".join(traceback.format_exception(error)).strip())]
            half = len(texts) // 2
            return [*self._ask(texts[:half]), *self._ask(texts[half:])]

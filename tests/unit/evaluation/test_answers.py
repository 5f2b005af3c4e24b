from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.errors import ModelError, OutOfMemory
from robust.evaluation.answers import Answer, answer
from robust.testing.fakes import ToyVictim

TEXTS: list[Fields] = [(f"¿la niña {'muy ' * n}feliz número {n}?",) for n in (7, 0, 3, 40, 1, 12, 2, 0)]


def answers(victim: object, texts: Sequence[Fields], **options: int) -> tuple[list[Answer], list[list[int]]]:
    """Answers by position, and the positions of every batch."""
    found: dict[int, Answer] = {}
    batches: list[list[int]] = []

    def keep(batch: Sequence[tuple[int, Answer]]) -> None:
        batches.append([at for at, _ in batch])
        found.update(batch)

    answer(victim, texts, keep, **options)  # type: ignore[arg-type]
    return [found[at] for at in range(len(texts))], batches


@dataclass
class Recording:
    """A toy victim that remembers its batches, and misbehaves as told."""

    inner: ToyVictim = field(default_factory=ToyVictim)
    poison: str = "\0"
    most: int = 10**9
    gone: bool = False
    batches: list[list[str]] = field(default_factory=list)

    @property
    def meta(self) -> VictimMeta:
        return self.inner.meta

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        if self.gone:
            raise ModelError("the server is gone")
        if len(batch) > self.most:
            raise OutOfMemory("too many")
        self.batches.append([text for (text,) in batch])
        rows = self.inner.logits(batch)
        rows[[self.poison in text for (text,) in batch]] = np.nan
        return rows


def test_every_text_is_answered_once_and_as_if_alone() -> None:
    victim = Recording()
    found, batches = answers(victim, TEXTS, batch_size=3)
    assert sorted(at for batch in batches for at in batch) == list(range(len(TEXTS)))
    for given, text in zip(found, TEXTS, strict=True):
        assert given.logits == tuple(map(float, ToyVictim().logits([text])[0]))
        assert given.error is None
        assert given.seconds > 0


def test_batches_hold_texts_of_like_length_and_no_more_than_asked() -> None:
    victim = Recording()
    answers(victim, TEXTS, batch_size=3)
    assert [len(batch) for batch in victim.batches] == [3, 3, 2]
    longest = [max(map(len, batch)) for batch in victim.batches]
    shortest = [min(map(len, batch)) for batch in victim.batches]
    assert all(high <= low for high, low in zip(longest, shortest[1:], strict=False))


def test_a_text_that_cannot_be_answered_spoils_no_other() -> None:
    victim = Recording(poison="número 12")
    found, batches = answers(victim, TEXTS)
    assert len(batches) == 1
    assert [given.error is not None for given in found] == ["número 12" in text for (text,) in TEXTS]
    (bad,) = [given for given in found if given.error]
    assert bad.logits == ()
    assert "not finite" in (bad.error or "")
    assert all(len(given.logits) == 2 for given in found if not given.error)


def test_a_batch_that_does_not_fit_is_cut_again() -> None:
    victim = Recording(most=2)
    found, _ = answers(victim, TEXTS)
    assert all(given.error is None for given in found)
    assert max(map(len, victim.batches)) <= 2


def test_a_model_that_is_gone_ends_it() -> None:
    with pytest.raises(ModelError, match="gone"):
        answers(Recording(gone=True), TEXTS)


def test_what_a_model_cuts_off_costs_nothing() -> None:
    """4096 tokens a batch on a CPU: texts of 20,000 characters fit one at a time unless only 64 tokens are read."""
    texts: list[Fields] = [("mañana " * 3000,)] * 8
    unlimited, limited = Recording(), Recording()
    limited.max_length = 64  # type: ignore[attr-defined]
    answers(unlimited, texts)
    answers(limited, texts)
    assert (len(unlimited.batches), len(limited.batches)) == (8, 1)


def test_no_texts_no_batches() -> None:
    assert answers(Recording(), []) == ([], [])

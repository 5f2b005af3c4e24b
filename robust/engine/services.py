"""Victims, transformations and constraints as services: what the engine can batch, share and store."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from robust.core.constraint import CandidateConstraint, Pair
from robust.core.edit import Edit
from robust.core.gradient import GradientVictim, TokenGradient
from robust.core.transformation import Site, Transformation
from robust.core.types import Fields, Floats
from robust.core.victim import AnyVictim, CanonicalVictim, StructuredVictim, Victim
from robust.registry import identify


def estimated_tokens(fields: Fields) -> int:
    """Tokens of an input, near enough to sort and cut batches by: one for four characters, and the special ones."""
    return sum(map(len, fields)) // 4 + 2


@dataclass(frozen=True)
class VictimService:
    """A victim: in its fast mode, or `canonical`, as it is quoted: float32, each input alone in its batch."""

    victim: Victim
    canonical: bool = False

    @cached_property
    def identity(self) -> str:
        meta = self.victim.meta
        return f"victim/{meta.name}@{meta.revision}/{'canonical' if self.canonical else meta.dtype}"

    @property
    def own_batches(self) -> bool:
        """Whether the victim cuts what it is given into batches by itself."""
        return bool(getattr(self.victim, "own_batches", False))

    def key(self, item: Fields, /) -> Hashable:
        return item

    def cost(self, item: Fields, /) -> int:
        return estimated_tokens(item)

    def __call__(self, items: Sequence[Fields], /) -> Sequence[Floats]:
        if not self.canonical:
            answered = self.victim.logits(items)
        elif isinstance(self.victim, CanonicalVictim):
            answered = np.stack([self.victim.canonical(item) for item in items])
        else:
            answered = np.concatenate([self.victim.logits([item]) for item in items])
        logits = np.asarray(answered, np.float32)
        shape = (len(items), len(self.victim.meta.labels))
        if logits.shape != shape:
            raise ValueError(f"{self.identity} gave logits of shape {logits.shape}, expected {shape}")
        if not np.isfinite(logits).all():
            raise ValueError(f"{self.identity} gave logits that are not finite")
        return list(logits)

    def parts(self, item: Fields, /) -> Sequence[str]:
        return item

    def encode(self, item: Fields, answer: Floats, /) -> bytes:
        return answer.astype("<f4").tobytes()

    def decode(self, item: Fields, data: bytes, /) -> Floats:
        return np.frombuffer(data, "<f4").astype(np.float32)


GRADIENT_COST = 4
"""A backward pass keeps what every layer computed, where a forward pass keeps one layer: its batches are smaller."""


@dataclass(frozen=True)
class GradientService:
    """The gradients of a victim. They are computed anew when a run goes on: each is a hundred times a row of logits."""

    victim: GradientVictim

    @cached_property
    def identity(self) -> str:
        return f"gradient/{self.victim.meta.name}@{self.victim.meta.revision}"

    def key(self, item: tuple[Fields, int], /) -> Hashable:
        return item

    def cost(self, item: tuple[Fields, int], /) -> int:
        return GRADIENT_COST * estimated_tokens(item[0])

    def __call__(self, items: Sequence[tuple[Fields, int]], /) -> Sequence[TokenGradient]:
        found = self.victim.gradients(items)
        for gradient in found:
            if gradient.values.ndim != 2 or not len(gradient.values) == len(gradient.tokens) == len(gradient.places):
                raise ValueError(f"{self.identity} gave a gradient that does not fit its tokens")
            if not np.isfinite(gradient.values).all():
                raise ValueError(f"{self.identity} gave a gradient that is not finite")
        return found


@dataclass(frozen=True)
class StructuredService:
    """A victim of another task than classification, whose answers are arrays `(rows, columns)`."""

    victim: StructuredVictim
    canonical: bool = False

    @cached_property
    def identity(self) -> str:
        meta = self.victim.meta
        return f"{meta.task}/{meta.name}@{meta.revision}/{'canonical' if self.canonical else meta.dtype}"

    def key(self, item: Fields, /) -> Hashable:
        return item

    def cost(self, item: Fields, /) -> int:
        return max(len(item), estimated_tokens(item))

    def __call__(self, items: Sequence[Fields], /) -> Sequence[Floats]:
        if not self.canonical:
            answered = self.victim.arrays(items)
        elif isinstance(self.victim, CanonicalVictim):
            answered = [self.victim.canonical(item) for item in items]
        else:
            answered = [self.victim.arrays([item])[0] for item in items]
        columns = len(self.victim.meta.labels)
        for array in answered:
            if array.ndim != 2 or array.shape[1] != columns:
                raise ValueError(f"{self.identity} gave an array of shape {array.shape}, expected (rows, {columns})")
            if not np.isfinite(array).all():
                raise ValueError(f"{self.identity} gave numbers that are not finite")
        return [np.asarray(array, np.float32) for array in answered]

    def parts(self, item: Fields, /) -> Sequence[str]:
        return item

    def encode(self, item: Fields, answer: Floats, /) -> bytes:
        return answer.astype("<f4").tobytes()

    def decode(self, item: Fields, data: bytes, /) -> Floats:
        return np.frombuffer(data, "<f4").astype(np.float32).reshape(-1, len(self.victim.meta.labels))


def victim_service(victim: AnyVictim, *, canonical: bool = False) -> VictimService | StructuredService:
    """The service of a victim, by its task."""
    if victim.meta.task == "classification":
        return VictimService(cast(Victim, victim), canonical)
    return StructuredService(cast(StructuredVictim, victim), canonical)


@dataclass(frozen=True)
class TransformationService:
    """A transformation that runs a model; its answers are kept as the edits that make them."""

    transformation: Transformation

    @cached_property
    def identity(self) -> str:
        return identify(self.transformation)

    def key(self, item: Site, /) -> Hashable:
        return (item.before, str(item.text), item.after, item.index, item.lang, item.seed, item.text.spans[item.index])

    def cost(self, item: Site, /) -> int:
        return estimated_tokens((*item.before, str(item.text), *item.after))

    def __call__(self, items: Sequence[Site], /) -> Sequence[Sequence[tuple[Edit, ...]]]:
        proposed = self.transformation(items)
        return [[text.edits_since(site.text) for text in texts] for site, texts in zip(items, proposed, strict=True)]

    def parts(self, item: Site, /) -> Sequence[str]:
        where = json.dumps([len(item.before), item.index, item.lang, item.seed, item.text.spans])
        return (where, *item.before, str(item.text), *item.after)

    def encode(self, item: Site, answer: Sequence[tuple[Edit, ...]], /) -> bytes:
        rows = [[(e.kind, e.index, e.word, *([e.spans] if e.spans else [])) for e in edits] for edits in answer]
        return json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def decode(self, item: Site, data: bytes, /) -> Sequence[tuple[Edit, ...]]:
        rows = json.loads(data.decode("utf-8", "surrogatepass"))
        return [
            tuple(
                [
                    Edit(kind, index, word, tuple([(lo, hi) for s in spans for lo, hi in s]))
                    for kind, index, word, *spans in edits
                ]
            )
            for edits in rows
        ]


@dataclass(frozen=True)
class ConstraintService:
    """A constraint that runs a model."""

    constraint: CandidateConstraint

    @cached_property
    def identity(self) -> str:
        return identify(self.constraint)

    def key(self, item: Pair, /) -> Hashable:
        # the edited words belong to what is judged: the same string can be reached by different edits
        return (str(item.original), str(item.candidate), item.lang, item.candidate.edited)

    def cost(self, item: Pair, /) -> int:
        return estimated_tokens((str(item.original), str(item.candidate)))

    def __call__(self, items: Sequence[Pair], /) -> Sequence[bool]:
        return [bool(kept) for kept in self.constraint(items)]

    def parts(self, item: Pair, /) -> Sequence[str]:
        return (item.lang, str(item.original), str(item.candidate), *map(str, sorted(item.candidate.edited)))

    def encode(self, item: Pair, answer: bool, /) -> bytes:
        return b"\1" if answer else b"\0"

    def decode(self, item: Pair, data: bytes, /) -> bool:
        return data == b"\1"


def is_costly(plugin: object) -> bool:
    """Whether a plugin runs a model, and so is batched across searches and kept on disk."""
    return bool(getattr(plugin, "costly", False))

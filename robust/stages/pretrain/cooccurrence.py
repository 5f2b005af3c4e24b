"""How often words stand near each other, counted in one pass over the text with bounded memory.

A pair of words becomes one 64-bit key. Sorting the keys of a piece of text brings equal pairs together; sorted pieces
are merged, in memory and then, where they are many, through files. The key is the number of the pair times an odd
constant, modulo a power of two: every pair has its own, and their order is as good as random, so that what is written
in the order of keys has been shuffled.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ids: TypeAlias = "NDArray[np.int64]"
Keys: TypeAlias = "NDArray[np.uint64]"
Sums: TypeAlias = "NDArray[np.float64]"
Run: TypeAlias = "tuple[Keys, Sums]"
"""Keys in ascending order, each once, and what was counted for them."""

PAIRS = 8_000_000
"""Pairs that are sorted at a time."""

IN_MEMORY = 12_000_000
"""Different pairs that are held before they go to a file."""

_ODD = 0x9E3779B97F4A7C15
_FILES = {"first": np.uint32, "second": np.uint32, "count": np.float32}


@dataclass(frozen=True, kw_only=True)
class Cooccurrences:
    """The upper triangle of a symmetric table of counts, in shuffled order: `first` ≤ `second`, their `count` > 0.

    The arrays `(n,)` may lie on disk. `entries` are the cells of the whole table that are not 0.
    """

    first: NDArray[np.uint32]
    second: NDArray[np.uint32]
    count: NDArray[np.float32]
    entries: int

    def __len__(self) -> int:
        return len(self.first)

    def cells(self, part: slice | Ids) -> tuple[Ids, Ids, NDArray[np.float32]]:
        """Row, column and count of the cells of a part, those below the diagonal as well."""
        first, second, count = (np.asarray(array[part]) for array in (self.first, self.second, self.count))
        below = first != second
        return (
            np.concatenate([first, second[below]]).astype(np.int64),
            np.concatenate([second, first[below]]).astype(np.int64),
            np.concatenate([count, count[below]]),
        )


@dataclass(frozen=True, kw_only=True)
class _Coding:
    """Pairs of a vocabulary of `size` words as keys below 2^`bits`, and a distance beside them."""

    size: int
    window: int

    @property
    def bits(self) -> int:
        return 64 - self.window.bit_length()

    @property
    def mask(self) -> int:
        return (1 << self.bits) - 1

    def sorted_pairs(self, words: Ids, sentences: Ids) -> Run:
        """What a piece of text adds: 1/d for each pair of words at distance d ≤ `window` in a sentence."""
        shift = np.uint64(self.window.bit_length())
        keys = []
        for distance in range(1, min(self.window, len(words) - 1) + 1):
            near = sentences[distance:] == sentences[:-distance]
            left, right = words[:-distance][near], words[distance:][near]
            pair = (np.minimum(left, right) * self.size + np.maximum(left, right)).astype(np.uint64)
            keys.append((((pair * np.uint64(_ODD)) & np.uint64(self.mask)) << shift) | np.uint64(distance))
        every = np.concatenate(keys) if keys else np.empty(0, dtype=np.uint64)
        every.sort()
        weights = np.concatenate([[0.0], 1.0 / np.arange(1, self.window + 1)])
        return _summed(every >> shift, weights[every & np.uint64((1 << self.window.bit_length()) - 1)])

    def pairs(self, keys: Keys) -> tuple[Ids, Ids]:
        inverse = np.uint64(pow(_ODD, -1, 1 << self.bits))
        first, second = np.divmod((keys * inverse) & np.uint64(self.mask), np.uint64(self.size))
        return first.astype(np.int64), second.astype(np.int64)


def count(pieces: Iterable[tuple[Ids, Ids]], size: int, *, window: int, folder: Path) -> Cooccurrences:
    """Count the pairs of words in `pieces` (see `robust.stages.pretrain.vocabulary.numbered`) into files in `folder`.

    Each two words of a sentence at distance d ≤ `window` add 1/d to both of their cells (Pennington et al. 2014,
    section 4.2), a word beside itself twice to its one cell. `folder` appears when it is complete; counts that it holds
    from an earlier call are returned without reading any text. `size` is the number of words.
    """
    if not folder.is_dir():
        coding = _Coding(size=size, window=window)
        if size**2 > coding.mask:
            raise ValueError(f"{size} words in windows of {window} do not fit into keys of 64 bits")
        beside = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        runs = _runs(pieces, coding, beside)
        _write(runs, coding, beside)
        for path in beside.glob("run-*"):
            path.unlink()
        os.replace(beside, folder)
    said = json.loads((folder / "table.json").read_text(encoding="utf-8"))
    stored: dict[str, Any] = {}
    for name, kind in _FILES.items():
        empty = not said["stored"]  # a file without bytes cannot be mapped
        stored[name] = np.empty(0, kind) if empty else np.memmap(folder / f"{name}.raw", kind, mode="r")
    return Cooccurrences(**stored, entries=said["entries"])


def _runs(pieces: Iterable[tuple[Ids, Ids]], coding: _Coding, folder: Path) -> list[Run]:
    """Sorted runs, in memory or in files of `folder`, that together hold all counts."""
    held: list[Run] = []
    stored: list[Run] = []
    for words, sentences in pieces:
        held.append(coding.sorted_pairs(words, sentences))
        if sum(len(keys) for keys, _ in held) > IN_MEMORY:
            held = [_merged(held)]
            if len(held[0][0]) > IN_MEMORY // 2:
                stored.append(_stored(held.pop(), folder / f"run-{len(stored)}"))
    return [*stored, *held]


def _stored(run: Run, path: Path) -> Run:
    found: list[Any] = []
    for name, array in zip(("keys", "sums"), run, strict=True):
        np.save(path.with_name(f"{path.name}-{name}.npy"), array)
        found.append(np.load(path.with_name(f"{path.name}-{name}.npy"), mmap_mode="r"))
    return found[0], found[1]


def _merged(runs: Sequence[Run]) -> Run:
    keys = np.concatenate([keys for keys, _ in runs])
    order = np.argsort(keys, kind="stable")  # merges runs that are sorted
    return _summed(keys[order], np.concatenate([sums for _, sums in runs])[order])


def _summed(keys: Keys, weights: Sums) -> Run:
    """Each of sorted keys once, with the sum of its weights."""
    if not len(keys):
        return keys, weights
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[starts], np.add.reduceat(weights, starts)


def _write(runs: Sequence[Run], coding: _Coding, folder: Path) -> None:
    stored = entries = 0
    files = {name: (folder / f"{name}.raw").open("wb") for name in _FILES}
    try:
        for keys, sums in _ranges(runs, coding):
            first, second = coding.pairs(keys)
            same = first == second
            stored += len(keys)
            entries += 2 * len(keys) - int(same.sum())
            for name, values in (("first", first), ("second", second), ("count", sums * np.where(same, 2.0, 1.0))):
                values.astype(_FILES[name]).tofile(files[name])
    finally:
        for file in files.values():
            file.close()
    (folder / "table.json").write_text(json.dumps({"stored": stored, "entries": entries}), encoding="utf-8")


def _ranges(runs: Sequence[Run], coding: _Coding) -> Iterator[Run]:
    """The runs merged, one range of keys after the other: keys are spread evenly, so that ranges are alike."""
    many = max(1, -(-sum(len(keys) for keys, _ in runs) // PAIRS))
    edges = [np.uint64((coding.mask + 1) * part // many) for part in range(1, many)]
    cuts = [[0, *np.searchsorted(keys, np.array(edges, dtype=np.uint64)).tolist(), len(keys)] for keys, _ in runs]
    for part in range(many):
        pieces = [
            (np.asarray(keys[at[part] : at[part + 1]]), np.asarray(sums[at[part] : at[part + 1]]))
            for (keys, sums), at in zip(runs, cuts, strict=True)
        ]
        if any(len(keys) for keys, _ in pieces):
            yield _merged(pieces)

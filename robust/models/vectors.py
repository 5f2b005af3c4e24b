"""Word vectors on disk and in memory: a table, its words, how often they were seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TABLE = "vectors.safetensors"
WORDS = "vocab.json"


@dataclass(frozen=True, kw_only=True, eq=False)
class Vectors:
    """A vector for each of `words`: a row of `table` `(n, size)`, float32; the most frequent word first.

    `counts` `(n,)` says how often each was seen, None where that is not known. `lowercase`: the words are in lower
    case, whatever case a text has.
    """

    words: tuple[str, ...]
    table: NDArray[np.float32] = field(repr=False)
    counts: NDArray[np.int64] | None = field(default=None, repr=False)
    lowercase: bool = True

    def __post_init__(self) -> None:
        if self.table.ndim != 2 or len(self.table) != len(self.words):
            raise ValueError(f"{len(self.words)} words have a table of shape {self.table.shape}")
        if self.counts is not None and self.counts.shape != (len(self.words),):
            raise ValueError(f"{len(self.words)} words have counts of shape {self.counts.shape}")

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The row of each word."""
        return {word: number for number, word in enumerate(self.words)}

    @property
    def size(self) -> int:
        """The length of a vector."""
        return int(self.table.shape[1])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.numbers

    def __getitem__(self, word: str) -> NDArray[np.float32]:
        row: NDArray[np.float32] = self.table[self.numbers[word]]
        return row


def is_vectors(folder: Path) -> bool:
    """Whether `folder` holds word vectors and no model made of them."""
    return (folder / TABLE).is_file() and (folder / WORDS).is_file() and not (folder / "config.json").exists()


def write(vectors: Vectors, folder: Path) -> None:
    """`vectors.safetensors` (`vectors`, `(n, size)`, float32) and `vocab.json` (`words`, `counts`, `lowercase`)."""
    from safetensors.numpy import save_file

    save_file({"vectors": np.ascontiguousarray(vectors.table, dtype=np.float32)}, folder / TABLE)
    known = None if vectors.counts is None else vectors.counts.tolist()
    said = {"lowercase": vectors.lowercase, "counts": known, "words": vectors.words}
    (folder / WORDS).write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf-8")


def read(folder: Path) -> Vectors:
    """The vectors that `write` has written to `folder`. Raises `OSError`, `KeyError` or `ValueError`."""
    from safetensors.numpy import load_file

    said: dict[str, Any] = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    counts = said.get("counts")
    return Vectors(
        words=tuple(said["words"]),
        table=np.asarray(load_file(folder / TABLE)["vectors"], dtype=np.float32),
        counts=None if counts is None else np.array(counts, dtype=np.int64),
        lowercase=bool(said.get("lowercase", True)),
    )

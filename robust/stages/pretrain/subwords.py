"""FastText's vectors of character n-grams, which give words a vector that the training never saw."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = "subwords.safetensors"


@dataclass(frozen=True, kw_only=True, eq=False)
class Subwords:
    """The n-grams of `min_n` to `max_n` characters, `<` and `>` at the ends of a word included, hashed into `table`.

    `table` is `(buckets, size)`, float32 (Bojanowski et al. 2017, section 3.2).
    """

    table: NDArray[np.float32] = field(repr=False)
    min_n: int
    max_n: int

    def vector(self, word: str) -> NDArray[np.float32]:
        """The mean of the vectors of a word's n-grams; zeros where it has none."""
        rows = [bucket(gram, len(self.table)) for gram in grams(word, self.min_n, self.max_n)]
        if not rows:
            return np.zeros(self.table.shape[1], dtype=np.float32)
        mean: NDArray[np.float32] = self.table[rows].mean(axis=0)
        return mean


def grams(word: str, min_n: int, max_n: int) -> list[str]:
    """The n-grams of `<word>`, shortest first."""
    framed = f"<{word}>"
    return [
        framed[at : at + length]
        for length in range(min_n, min(max_n, len(framed)) + 1)
        for at in range(len(framed) - length + 1)
    ]


def bucket(gram: str, buckets: int) -> int:
    """The row of an n-gram: the FNV-1a hash of its bytes in UTF-8, each read as a signed number, as FastText does."""
    code = 2166136261
    for byte in gram.encode():
        code = ((code ^ (byte | (0xFFFFFF00 if byte > 127 else 0))) * 16777619) & 0xFFFFFFFF
    return code % buckets


def write(subwords: Subwords, folder: Path) -> None:
    """`subwords.safetensors`: tensor `subwords`, `(buckets, size)`, float32; the lengths stand in its metadata."""
    from safetensors.numpy import save_file

    lengths = json.dumps({"min_n": subwords.min_n, "max_n": subwords.max_n})
    save_file({"subwords": subwords.table}, folder / FILE, metadata={"lengths": lengths})


def read(folder: Path) -> Subwords:
    """What `write` has written to `folder`."""
    from safetensors import safe_open

    with safe_open(folder / FILE, framework="np") as file:
        lengths = json.loads(file.metadata()["lengths"])
        return Subwords(table=file.get_tensor("subwords"), min_n=lengths["min_n"], max_n=lengths["max_n"])

"""Word vectors in the formats that tools read: word2vec's text and binary files, safetensors; and who is near whom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from robust.errors import DataError, UserError, did_you_mean
from robust.models import vectors as tables
from robust.models.vectors import Vectors

TEXT = "vectors.txt"
BINARY = "vectors.bin"
_BLOCK = 1 << 20
_LONGEST = 10_000
"""Bytes in the longest word that a binary file may have: where a broken one runs on, reading ends."""


def save(vectors: Vectors, folder: Path) -> None:
    """Write `vectors.txt`, `vectors.bin`, `vectors.safetensors` and `vocab.json` to `folder`."""
    write_text(vectors, folder / TEXT)
    write_binary(vectors, folder / BINARY)
    tables.write(vectors, folder)


def read(path: Path) -> Vectors:
    """The vectors in a directory that `save` has filled, or in a `.txt`, `.vec` or `.bin` file. Raises `DataError`."""
    if not path.exists():
        near = [child.name for child in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError(f"{path}: no such file", fix=did_you_mean(path.name, near) or "name a file of word vectors")
    try:
        if path.is_dir():
            return tables.read(path)
        return read_binary(path) if path.suffix == ".bin" else read_text(path)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path} holds no word vectors: {error}", fix="use a directory of robust pretrain") from error


def write_text(vectors: Vectors, path: Path) -> None:
    """word2vec's text format: `n size` on the first line, then a word and its numbers on each; float32 survives it."""
    row = " ".join(["%.9g"] * vectors.size)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{len(vectors)} {vectors.size}\n")
        for word, vector in zip(_plain(vectors), vectors.table.tolist(), strict=True):
            file.write(f"{word} {row % tuple(vector)}\n")


def read_text(path: Path) -> Vectors:
    """Vectors in word2vec's text format, or in GloVe's, which has no first line. Raises `ValueError`."""
    with path.open(encoding="utf-8", newline="\n") as file:
        first = file.readline().rstrip("\n ").split(" ")
        headed = len(first) == 2 and all(number.isdecimal() for number in first)
        words, rows = [], []
        if not headed and first != [""]:
            words.append(first[0])
            rows.append(np.array(first[1:], dtype=np.float32))
        for line in file:
            word, _, numbers = line.rstrip("\n ").partition(" ")
            words.append(word)
            rows.append(np.array(numbers.split(" "), dtype=np.float32))
    table = _stacked(rows)
    if headed and table.shape != (int(first[0]), int(first[1])):
        raise ValueError(f"the first line says {first[0]} words of {first[1]} numbers, there are {table.shape}")
    return _made(words, table)


def write_binary(vectors: Vectors, path: Path) -> None:
    """word2vec's binary format: the same, with little-endian float32 instead of digits."""
    table = np.ascontiguousarray(vectors.table, dtype="<f4")
    with path.open("wb") as file:
        file.write(f"{len(vectors)} {vectors.size}\n".encode())
        for word, vector in zip(_plain(vectors), table, strict=True):
            file.write(word.encode() + b" " + vector.tobytes() + b"\n")


def read_binary(path: Path) -> Vectors:
    """Vectors in word2vec's binary format, with or without a line end after each. Raises `ValueError`."""
    with path.open("rb") as file:
        n, size = (int(number) for number in file.readline(100).split())
        if n * (4 * size + 2) > os.fstat(file.fileno()).st_size:
            raise ValueError(f"it is too short for {n} words of {size} numbers")
        table = np.empty((n, size), dtype=np.float32)
        words = []
        for number in range(n):
            words.append(_word(file))
            table[number] = np.frombuffer(file.read(4 * size), dtype="<f4")
    return _made(words, table)


def _word(file: BinaryIO) -> str:
    letters = bytearray()
    while (letter := file.read(1)) != b" ":
        if not letter or len(letters) > _LONGEST:
            raise ValueError("a word has no end")
        if letter != b"\n":  # the line end of the word before
            letters += letter
    return letters.decode()


def _plain(vectors: Vectors) -> Iterator[str]:
    """The words, none of which may be empty or have white space in it: the formats could not tell where it ends."""
    for word in vectors.words:
        if not word or word.split() != [word]:
            raise ValueError(f"{word!r} cannot be written as a word")
        yield word


def _stacked(rows: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    if len({len(row) for row in rows}) > 1:
        raise ValueError("its lines have different lengths")
    return np.stack(rows) if rows else np.empty((0, 0), dtype=np.float32)


def _made(words: list[str], table: NDArray[np.float32]) -> Vectors:
    """Files do not say whether upper case is part of their words: it is where they have any."""
    return Vectors(words=tuple(words), table=table, lowercase=all(word == word.lower() for word in words))


def nearest(vectors: Vectors, word: str, k: int = 10) -> list[tuple[str, float]]:
    """The `k` words whose vectors have the highest cosine with that of `word`, without `word` itself, highest first.

    Cosines are in [-1, 1]; a vector of zeros has none but 0. Raises `UserError` for a word without a vector.
    """
    if word not in vectors:
        near = did_you_mean(word, islice(vectors.words, 50_000))
        raise UserError(f"there is no vector for {word!r}", fix=near or "ask for a more frequent word")
    own = vectors.numbers[word]
    query = vectors.table[own] / (np.linalg.norm(vectors.table[own]) or 1.0)
    norms = np.linalg.norm(vectors.table, axis=1)
    cosines = vectors.table @ query / np.where(norms == 0, 1.0, norms)
    cosines[own] = -np.inf
    chosen = np.argsort(-cosines, kind="stable")[: min(k, len(vectors) - 1)]
    return [(vectors.words[at], float(min(1.0, max(-1.0, cosines[at])))) for at in chosen]

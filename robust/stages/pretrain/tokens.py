"""Text as token ids in a memory-mapped file: tokenised once, read by row, never held in memory whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from robust.core.seeds import derive
from robust.errors import DataError
from robust.stages.pretrain.corpus import Corpus

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_BATCH = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Token ids of all paragraphs one after the other `(n,)`, each paragraph followed by `end`."""

    train: np.memmap[Any, Any]
    dev: np.memmap[Any, Any]
    end: int
    paragraphs: int
    characters: int

    def rows(self, length: int) -> int:
        """Whole rows of `length` tokens in `train`."""
        return len(self.train) // length


def pack(corpus: Corpus, tokenizer: PreTrainedTokenizerBase, folder: Path, *, held_out: float, seed: int = 0) -> Packed:
    """Tokenise `corpus` into `folder`, or open what an earlier call finished there.

    About `held_out` of the paragraphs (drawn by `seed`) become `dev`, the others `train`. Ids are stored in two bytes
    where the vocabulary allows it. Raises `DataError` when nothing is left to train on.
    """
    note = folder / "tokens.json"
    if not note.exists():
        _write(corpus, tokenizer, folder, note, held_out=held_out, seed=seed)
    known = json.loads(note.read_text(encoding="utf-8"))
    train, dev = (_open(folder / f"{part}.bin", known["dtype"]) for part in ("train", "dev"))
    return Packed(
        train=train, dev=dev, end=known["end"], paragraphs=known["paragraphs"], characters=known["characters"]
    )


def _open(path: Path, dtype: str) -> Any:
    if path.stat().st_size == 0:
        return np.empty(0, dtype=dtype)  # an empty file cannot be mapped
    return np.memmap(path, dtype=dtype, mode="r")


def _write(
    corpus: Corpus, tokenizer: PreTrainedTokenizerBase, folder: Path, note: Path, *, held_out: float, seed: int
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    dtype = "uint16" if len(tokenizer) <= 2**16 else "uint32"
    end = tokenizer.sep_token_id if tokenizer.sep_token_id is not None else tokenizer.eos_token_id
    draws = np.random.default_rng(derive("held-out text", seed))
    paragraphs = characters = 0
    counts = {"train": 0, "dev": 0}
    with (folder / "train.bin").open("wb") as train, (folder / "dev.bin").open("wb") as dev:
        files = {"train": train, "dev": dev}
        for batch in _batches(corpus.texts(), _BATCH):
            aside = draws.random(len(batch)) < held_out
            for ids, kept in zip(_encode(tokenizer, batch), aside.tolist(), strict=True):
                part = "dev" if kept else "train"
                counts[part] += _append(files[part], ids, end, dtype)
            paragraphs += len(batch)
            characters += sum(map(len, batch))
    if not counts["train"]:
        raise DataError("there is no text to train on", fix="check --data, --text and --skip")
    record = {"dtype": dtype, "end": end, "paragraphs": paragraphs, "characters": characters, **counts}
    beside = note.with_suffix(".new")
    beside.write_text(json.dumps(record), encoding="utf-8")
    os.replace(beside, note)


def _encode(tokenizer: PreTrainedTokenizerBase, batch: list[str]) -> Iterable[list[int]]:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:  # the Rust tokeniser itself: no Python object for every token
        return (encoding.ids for encoding in backend.encode_batch_fast(batch, add_special_tokens=False))
    found: Iterable[list[int]] = tokenizer(batch, add_special_tokens=False, truncation=False)["input_ids"]
    return found


def _append(file: BinaryIO, ids: list[int], end: int | None, dtype: str) -> int:
    if end is not None:
        ids = [*ids, end]
    file.write(np.asarray(ids, dtype=dtype).tobytes())
    return len(ids)


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    flow = iter(texts)
    while batch := list(islice(flow, size)):
        yield batch

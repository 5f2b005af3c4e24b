"""A masked language model from a directory or the hub, ready to be asked for the words of a text."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from robust.core.types import Span
from robust.errors import ModelError, OutOfMemory

BATCH_TOKENS = 1024
"""Padded tokens of a batch: each needs a row of scores as long as the vocabulary."""
_MARKERS = ("##", "Ġ", "▁")  # WordPiece marks pieces that continue a word, the others pieces that begin one


@dataclass(frozen=True, slots=True)
class Piece:
    """A token of a word, and (log-probability, token) of what the model expects in its place, best first."""

    token: int
    ranked: list[tuple[float, int]]


@dataclass(frozen=True, eq=False)
class MaskedLanguageModel:
    """A model with its vocabulary: `surface` is what each token adds to a word, empty where it cannot be part of one.

    `marked` tells the tokens that carry the vocabulary's marker, which stands at the beginning of words where
    `marks_begin` and within words elsewhere.
    """

    tokenizer: Any
    model: Any
    surface: Sequence[str]
    marked: Sequence[bool]
    marks_begin: bool
    max_length: int

    def predict(self, questions: Sequence[tuple[str, Sequence[Span]]], k: int) -> list[list[list[Piece]]]:
        """For each text and each of its words (character ranges), the word's pieces with `k` tokens for each.

        A word beyond `max_length` tokens has no pieces. Raises `OutOfMemory`.
        """
        import torch

        answers: list[list[list[Piece]]] = [[] for _ in questions]
        texts = [text for text, _ in questions]
        if not texts:
            return answers
        encoded = self.tokenizer(texts, truncation=True, max_length=self.max_length, return_offsets_mapping=True)
        lengths = [len(ids) for ids in encoded["input_ids"]]
        for rows in _chunks(lengths):
            fed = {key: [encoded[key][row] for row in rows] for key in ("input_ids", "attention_mask")}
            batch = self.tokenizer.pad(fed, return_tensors="pt").to(self.model.device)
            try:
                with torch.inference_mode():
                    logits = self.model(**batch).logits
            except torch.OutOfMemoryError as error:
                raise OutOfMemory(str(error)) from error
            for i, row in enumerate(rows):
                ids, offsets = encoded["input_ids"][row], encoded["offset_mapping"][row]
                answers[row] = [self._pieces(logits[i], ids, _overlapping(offsets, s), k) for s in questions[row][1]]
        return answers

    def _pieces(self, logits: Any, ids: Sequence[int], places: list[int], k: int) -> list[Piece]:
        if not places:
            return []
        values, tokens = logits[places].float().log_softmax(-1).topk(min(k, logits.shape[-1]), -1)
        rows = zip(places, values.tolist(), tokens.tolist(), strict=True)
        return [Piece(ids[place], list(zip(scores, best, strict=True))) for place, scores, best in rows]


def _overlapping(offsets: Sequence[Span], span: Span) -> list[int]:
    return [i for i, (lo, hi) in enumerate(offsets) if lo < span[1] and hi > span[0] and lo < hi]


def _chunks(lengths: Sequence[int]) -> Iterator[list[int]]:
    chunk: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: (lengths[row], row)):
        if chunk and lengths[row] * (len(chunk) + 1) > BATCH_TOKENS:
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk


@lru_cache(maxsize=2)
def load(model: str) -> MaskedLanguageModel:
    """Load a directory or hub id in float32, on the accelerator where there is one; safetensors only.

    Raises `ModelError` for a model that is not there, is no masked language model or has no fast tokeniser.
    """
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    with _explained(model):
        tokenizer = AutoTokenizer.from_pretrained(model, use_fast=True)
        network, report = AutoModelForMaskedLM.from_pretrained(model, use_safetensors=True, output_loading_info=True)
    if missing := sorted(report["missing_keys"]):
        raise ModelError(
            f"{model} is not a masked language model: it has no weights for {missing[0]}",
            fix="name a model that was trained to fill in masked words",
        )
    if not tokenizer.is_fast or tokenizer.mask_token is None:
        raise ModelError(f"{model} has no fast tokeniser with a mask token", fix="name another masked language model")
    network.float().eval().to("cuda" if torch.cuda.is_available() else "cpu")
    positions = int(getattr(network.config, "max_position_embeddings", 512))
    if network.config.model_type in ("roberta", "xlm-roberta", "camembert"):
        positions -= 2  # their positions begin after the padding index
    surface, marked, marks_begin = _vocabulary(tokenizer)
    length = min(positions, int(tokenizer.model_max_length))
    return MaskedLanguageModel(tokenizer, network, surface, marked, marks_begin, length)


def _vocabulary(tokenizer: Any) -> tuple[list[str], list[bool], bool]:
    tokens = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    marker = max(_MARKERS, key=lambda mark: sum(token.startswith(mark) for token in tokens if token))
    special = set(tokenizer.all_special_ids)
    surface = []
    for number, token in enumerate(tokens):
        bare = (token or "").removeprefix(marker)
        if marker == "Ġ":  # bytes in disguise
            bare = tokenizer.convert_tokens_to_string([bare]) if bare else ""
        surface.append("" if number in special or not _latin(bare) else bare)
    return surface, [bool(token) and token.startswith(marker) for token in tokens], marker != "##"


def _latin(piece: str) -> bool:
    """Letters of English or Spanish, or marks on them; no digits, punctuation or other scripts."""
    return bool(piece) and all((c.isalpha() and ord(c) < 0x250) or unicodedata.combining(c) for c in piece)


def fingerprint(models: Iterable[str]) -> dict[str, str]:
    """What pins each model: a hash of its files for a directory, the commit for a hub id ("absent" if not there)."""
    return {model: _content(Path(model)) if Path(model).is_dir() else _commit(model) for model in models}


def _content(directory: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(directory.glob("*")):
        if path.suffix in (".json", ".safetensors", ".txt", ".model"):
            with path.open("rb") as stream:
                total.update(f"{path.name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return f"sha256:{total.hexdigest()[:16]}"


def _commit(repo: str) -> str:
    from huggingface_hub import try_to_load_from_cache

    path = try_to_load_from_cache(repo, "config.json")
    return Path(path).parent.name if isinstance(path, str) else "absent"


@contextmanager
def _explained(model: str) -> Iterator[None]:
    from transformers.utils import logging

    loud, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        if model.startswith(("/", ".", "~")) or Path(model).is_dir():
            _check_directory(Path(model))
        yield
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelError(
            f"the masked language model {model} cannot be loaded: {reason}",
            fix="download it once while online, or use a local one: --set attack.transformation.masked_lm.model=DIR",
        ) from None
    finally:
        logging.set_verbosity(loud)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _check_directory(directory: Path) -> None:
    names = {path.name for path in directory.iterdir()} if directory.is_dir() else set()
    if "config.json" not in names:
        raise FileNotFoundError("there is no such directory" if not names else "the directory has no config.json")

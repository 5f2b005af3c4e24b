"""A sentence encoder from a directory or the hub: texts in, unit vectors out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from robust.errors import ModelError, OutOfMemory

BATCH_TOKENS = 4096
Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Encoder:
    """Averages the last hidden states over the tokens of a text (mean pooling), in float32."""

    tokenizer: Any
    model: Any
    max_length: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors `(n, dimensions)`; texts beyond `max_length` tokens are cut. Raises `OutOfMemory`."""
        import torch

        vectors = np.zeros((len(texts), int(self.model.config.hidden_size)))
        if not texts:
            return vectors
        encoded = self.tokenizer(list(texts), truncation=True, max_length=self.max_length)
        for rows in _chunks([len(ids) for ids in encoded["input_ids"]]):
            fed = {key: [encoded[key][row] for row in rows] for key in ("input_ids", "attention_mask")}
            batch = self.tokenizer.pad(fed, return_tensors="pt").to(self.model.device)
            try:
                with torch.inference_mode():
                    states = self.model(**batch).last_hidden_state.float()
            except torch.OutOfMemoryError as error:
                raise OutOfMemory(str(error)) from error
            mask = batch["attention_mask"].unsqueeze(-1)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
            vectors[rows] = mean.cpu().numpy()
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12))


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
def load(model: str) -> Encoder:
    """Load a directory or hub id in float32, on the accelerator where there is one; safetensors only.

    Raises `ModelError` for a model that is not there or does not pool by the mean.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    _check_pooling(model)
    with _explained(model):
        tokenizer = AutoTokenizer.from_pretrained(model, use_fast=True)
        network, report = AutoModel.from_pretrained(model, use_safetensors=True, output_loading_info=True)
    missing = sorted(key for key in report["missing_keys"] if not key.startswith("pooler."))
    if missing:
        raise ModelError(f"{model} is not an encoder: it has no weights for {missing[0]}", fix="name another model")
    network.float().eval().to("cuda" if torch.cuda.is_available() else "cpu")
    positions = int(getattr(network.config, "max_position_embeddings", 512))
    if network.config.model_type in ("roberta", "xlm-roberta", "camembert"):
        positions -= 2  # their positions begin after the padding index
    return Encoder(tokenizer, network, min(positions, int(tokenizer.model_max_length)))


def _check_pooling(model: str) -> None:
    described = Path(model) / "1_Pooling" / "config.json"
    if described.exists() and not json.loads(described.read_text("utf-8")).get("pooling_mode_mean_tokens", True):
        raise ModelError(
            f"{model} was not trained to average its tokens ({described})", fix="name an encoder with mean pooling"
        )


def fingerprint(model: str) -> str:
    """What pins the weights: a hash of its files for a directory, the commit for a hub id ("absent" if not there)."""
    if not Path(model).is_dir():
        from huggingface_hub import try_to_load_from_cache

        path = try_to_load_from_cache(model, "config.json")
        return Path(path).parent.name if isinstance(path, str) else "absent"
    total = hashlib.sha256()
    for path in sorted(Path(model).glob("*")):
        if path.suffix in (".json", ".safetensors", ".txt", ".model"):
            with path.open("rb") as stream:
                total.update(f"{path.name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return f"sha256:{total.hexdigest()[:16]}"


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
            f"the sentence encoder {model} cannot be loaded: {reason}",
            fix="download it once while online, or name the directory of a local one in `model`",
        ) from None
    finally:
        logging.set_verbosity(loud)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _check_directory(directory: Path) -> None:
    names = {path.name for path in directory.iterdir()} if directory.is_dir() else set()
    if "config.json" not in names:
        raise FileNotFoundError("there is no such directory" if not names else "the directory has no config.json")

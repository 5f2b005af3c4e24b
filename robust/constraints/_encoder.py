"""A sentence encoder from a directory or the hub: texts in, unit vectors out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from robust.checkpoints.device import pick_accelerator
from robust.checkpoints.locate import Checkpoint, fetch, locate, pinned
from robust.checkpoints.pretrained import load as load_checkpoint
from robust.checkpoints.pretrained import load_config
from robust.checkpoints.tokens import passes, token_limit
from robust.checkpoints.wanted import Wanted
from robust.errors import ModelError

BATCH_TOKENS = 4096
MODULES = "modules.json"
POOLING = "1_Pooling/config.json"
KNOWN_LAYERS = frozenset({"Transformer", "Pooling", "Normalize"})
ENCODER = Wanted(
    auto="AutoModel",
    noun="sentence encoder",
    kind="a sentence encoder",
    incomplete="is not an encoder, it lacks weights",
    option="`model: DIR` of sentence_similarity",
    optional=("pooler.",),
    extras=(MODULES, POOLING),
)
Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Encoder:
    """Averages the last hidden states over the tokens of a text (mean pooling), in float32."""

    tokenizer: Any
    model: Any
    max_length: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors `(n, dimensions)`; texts beyond `max_length` tokens are cut. Raises `OutOfMemory`."""
        vectors = np.zeros((len(texts), int(self.model.config.hidden_size)))
        if not texts:
            return vectors
        encoded = self.tokenizer(list(texts), truncation=True, max_length=self.max_length)
        for rows, batch, output in passes(self.model, self.tokenizer, encoded, BATCH_TOKENS):
            states = output.last_hidden_state.float()
            mask = batch["attention_mask"].unsqueeze(-1)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
            vectors[rows] = mean.cpu().numpy()
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12))


@lru_cache(maxsize=2)
def load(model: str) -> Encoder:
    """Load a directory or hub id in float32, on the accelerator where there is one; safetensors only.

    Raises `ModelError` for a model that is not there or does more than average (sentence-transformers' other poolings,
    dense layers behind it).
    """
    found = _located(model)
    fetch(found)
    _check_layers(found)
    network, tokenizer = load_checkpoint(found, load_config(found), pick_accelerator())
    return Encoder(tokenizer, network, token_limit(network, tokenizer))


def _check_layers(found: Checkpoint) -> None:
    """Raise `ModelError` where sentence-transformers would do more with the states than average and normalise them."""
    modules, pooling = _read(found, MODULES), _read(found, POOLING)
    kinds = [str(module.get("type")) for module in modules or [] if isinstance(module, dict)]
    further = [kind for kind in kinds if kind.rpartition(".")[2] not in KNOWN_LAYERS]
    if further:
        raise ModelError(
            f"{found.name} has a layer behind its average that is not known here ({further[0]})",
            fix="name an encoder that ends with mean pooling, such as a MiniLM or an E5",
        )
    if pooling is not None and (not isinstance(pooling, dict) or _modes(pooling) != ["mean"]):
        raise ModelError(
            f"{found.name} was not trained to average its tokens alone ({found.path / POOLING})",
            fix="name an encoder with mean pooling",
        )


def _modes(pooling: dict[str, Any]) -> list[str]:
    """The ways of pooling that a configuration asks for: one name or several, or a switch for each (the older form)."""
    named = pooling.get("pooling_mode")
    if named is not None:
        return [str(mode) for mode in named] if isinstance(named, list) else [str(named)]
    switches = {"pooling_mode_mean_tokens": True} | pooling
    on = [key for key, value in switches.items() if key.startswith("pooling_mode_") and value is True]
    return [key.removeprefix("pooling_mode_").removesuffix("_tokens") for key in on]


def _read(found: Checkpoint, name: str) -> Any:
    """A file of sentence-transformers; None where the encoder does not come from there."""
    try:
        return json.loads((found.path / name).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ModelError(
            f"cannot read {found.path / name}: {error}", fix="save or download the encoder again"
        ) from None


def fingerprint(model: str) -> str:
    """What pins the weights: a hash of its files for a directory, the commit for a hub id ("absent" if not there)."""
    return pinned(_located, model)


@lru_cache(maxsize=4)
def _located(model: str) -> Checkpoint:
    """Kept, so that what is pinned is what is loaded."""
    return locate(model, wanted=ENCODER)

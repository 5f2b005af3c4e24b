"""A model of natural language inference from a directory or the hub: how sure it is that one text entails another."""

from __future__ import annotations

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
from robust.checkpoints.tokens import passes, set_padding, takes_types, token_limit
from robust.checkpoints.wanted import Wanted
from robust.errors import ModelError, did_you_mean

BATCH_TOKENS = 4096
ENTAILMENT = frozenset({"entailment", "entail", "entails", "entailed", "implicación"})
"""What models call the label, case aside. `not_entailment` is none of them."""
NLI = Wanted(
    auto="AutoModelForSequenceClassification",
    noun="model of natural language inference",
    kind="a classifier of pairs of texts",
    incomplete="lacks weights of its classifier",
    option="`model: DIR` of entailment",
    heads=("ForSequenceClassification",),
)


@dataclass(frozen=True, eq=False)
class Inference:
    """A classifier of (premise, hypothesis), in float32; `entails` is the column of its label for entailment."""

    tokenizer: Any
    model: Any
    max_length: int
    entails: int

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> npt.NDArray[np.float64]:
        """`(n,)`: how probable it is that the premise entails the hypothesis.

        Of pairs beyond `max_length` tokens the longer text is cut. Raises `OutOfMemory`.
        """
        found = np.zeros(len(pairs))
        if not pairs:
            return found
        premises, hypotheses = map(list, zip(*pairs, strict=True))
        encoded = self.tokenizer(premises, hypotheses, truncation=True, max_length=self.max_length)
        types = "token_type_ids" in encoded and takes_types(self.model)
        for rows, _, output in passes(self.model, self.tokenizer, encoded, BATCH_TOKENS, types=types):
            found[rows] = output.logits.double().softmax(-1)[:, self.entails].cpu().numpy()
        return found


@lru_cache(maxsize=2)
def load(model: str, label: str) -> Inference:
    """Load a directory or hub id in float32, on the accelerator where there is one; safetensors only.

    `label` names the label for entailment; where it is empty, the one label that is called so is taken. Raises
    `ModelError` for a model that is not there, is no classifier or has no such label.
    """
    found = _located(model)
    fetch(found)
    config = load_config(found)
    entails = _column(config, label, model)
    network, tokenizer = load_checkpoint(found, config, pick_accelerator())
    set_padding(network, tokenizer, model)
    return Inference(tokenizer, network, token_limit(network, tokenizer), entails)


def _column(config: Any, label: str, model: str) -> int:
    labels = [str(config.id2label[index]) for index in sorted(config.id2label)]
    if len(labels) < 2 or getattr(config, "problem_type", None) in ("regression", "multi_label_classification"):
        raise ModelError(f"{model} does not choose between labels", fix=NLI.remedy("", model))
    wanted = {label.lower()} if label else ENTAILMENT
    columns = [at for at, known in enumerate(labels) if known.lower() in wanted]
    if len(columns) == 1:
        return columns[0]
    shown = ", ".join(labels)
    if label:
        hint = did_you_mean(label, labels) or f"use one of: {shown}"
        raise ModelError(f"{model} has no single label {label!r}", fix=hint)
    raise ModelError(
        f"none of the labels of {model} ({shown}) is called entailment",
        fix="if it is a model of natural language inference, say which one it is (`label: NAME` of entailment)",
    )


def fingerprint(model: str) -> str:
    """What pins the weights: a hash of its files for a directory, the commit for a hub id ("absent" if not there)."""
    return pinned(_located, model)


@lru_cache(maxsize=4)
def _located(model: str) -> Checkpoint:
    """Kept, so that what is pinned is what is loaded."""
    return locate(model, wanted=NLI)

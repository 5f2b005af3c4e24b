"""A language model from a directory or the hub: the log-likelihood of texts, from left to right or masked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from robust.checkpoints.device import pick_accelerator
from robust.checkpoints.locate import Checkpoint, fetch, locate, pinned
from robust.checkpoints.pretrained import load as load_checkpoint
from robust.checkpoints.pretrained import load_config
from robust.checkpoints.tokens import passes, set_padding, token_limit
from robust.checkpoints.wanted import Wanted
from robust.errors import ModelError

BATCH_TOKENS = 1024
"""Padded tokens of a batch: each gets a row of scores as long as the vocabulary."""
QUESTIONS = 1 << 18
"""Tokens of masked copies of texts that are made at a time."""
MASKED = "ForMaskedLM"
LANGUAGE_MODEL = Wanted(
    auto="AutoModelForCausalLM",
    noun="language model",
    kind="a causal or masked language model",
    incomplete="is not a language model, it lacks weights",
    option="`model: DIR` of fluency",
    heads=("ForCausalLM", "LMHeadModel", MASKED),
)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Natural logarithm of the probability of a text, and the number of tokens that it is the product of."""

    log: float
    tokens: int


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A causal model, which predicts each token from those before it, or a `masked` one, in float32.

    `start` is the token that a causal model reads in front of a text; where it has none, the first token of a text is
    not counted.
    """

    tokenizer: Any
    model: Any
    max_length: int
    masked: bool
    start: int | None = None

    def likelihoods(self, texts: Sequence[str]) -> list[Likelihood]:
        """One for each text; texts beyond `max_length` tokens are cut. Raises `OutOfMemory`."""
        return self._pseudo(texts) if self.masked else self._causal(texts)

    def _causal(self, texts: Sequence[str]) -> list[Likelihood]:
        if not texts:
            return []
        front = [] if self.start is None else [self.start]
        encoded = self.tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        ids = [(front + list(row))[: self.max_length] for row in encoded]
        found = [Likelihood(0.0, 0)] * len(texts)
        asked = [row for row, tokens in enumerate(ids) if len(tokens) > 1]
        inputs = _inputs([ids[row] for row in asked])
        for rows, batch, output in passes(self.model, self.tokenizer, inputs, BATCH_TOKENS):
            for i, row in enumerate(rows):
                n = len(inputs["input_ids"][row])
                scores, right = output.logits[i, : n - 1].float(), batch["input_ids"][i, 1:n]
                logs = scores.gather(1, right[:, None])[:, 0] - scores.logsumexp(-1)
                found[asked[row]] = Likelihood(float(logs.double().sum()), n - 1)
        return found

    def _pseudo(self, texts: Sequence[str]) -> list[Likelihood]:
        """Each token is masked in turn, and with it what follows in its word (Kauf and Ivanova 2023)."""
        found = [Likelihood(0.0, 0)] * len(texts)
        for part in self._questions(texts):
            inputs = _inputs([ids for _, _, _, ids in part])
            for rows, _, output in passes(self.model, self.tokenizer, inputs, BATCH_TOKENS):
                for i, row in enumerate(rows):
                    text, place, right, _ = part[row]
                    scores = output.logits[i, place].double()
                    log = float(scores[right] - scores.logsumexp(-1))
                    found[text] = Likelihood(found[text].log + log, found[text].tokens + 1)
        return found

    def _questions(self, texts: Sequence[str]) -> Iterator[list[tuple[int, int, int, list[int]]]]:
        """(text, place, token that belongs there, tokens with masks), as many at a time as `QUESTIONS` allows."""
        part: list[tuple[int, int, int, list[int]]] = []
        size = 0
        for text, string in enumerate(texts):
            encoded = self.tokenizer(string, truncation=True, max_length=self.max_length)
            ids, words = encoded["input_ids"], encoded.word_ids()
            for place, word in enumerate(words):
                if word is None:  # a special token
                    continue
                hidden = [
                    self.tokenizer.mask_token_id if at >= place and words[at] == word else token
                    for at, token in enumerate(ids)
                ]
                part.append((text, place, ids[place], hidden))
                size += len(hidden)
                if size >= QUESTIONS:
                    yield part
                    part, size = [], 0
        if part:
            yield part


def _inputs(ids: list[list[int]]) -> dict[str, list[list[int]]]:
    return {"input_ids": ids, "attention_mask": [[1] * len(row) for row in ids]}


@lru_cache(maxsize=2)
def load(model: str) -> LanguageModel:
    """Load a directory or hub id in float32, on the accelerator where there is one; safetensors only.

    Raises `ModelError` for a model that is not there or is no language model, for a masked one without a fast tokeniser
    or a mask token, and for one that calls itself causal and reads ahead.
    """
    found = _located(model)
    fetch(found)
    declared = [str(name) for name in found.config.get("architectures") or []]
    masked = any(name.endswith(MASKED) for name in declared)
    if masked:
        found = replace(found, wanted=replace(LANGUAGE_MODEL, auto="AutoModelForMaskedLM"))
    elif not declared:
        raise ModelError(
            f"{model} does not say whether it is a causal or a masked language model",
            fix="write the name of its class under `architectures` in its config.json",
        )
    network, tokenizer = load_checkpoint(found, load_config(found), pick_accelerator())
    if masked and (not tokenizer.is_fast or tokenizer.mask_token is None):
        raise ModelError(f"{model} has no fast tokeniser with a mask token", fix=LANGUAGE_MODEL.remedy("", model))
    set_padding(network, tokenizer, model)
    start = next((at for at in (tokenizer.bos_token_id, tokenizer.eos_token_id) if at is not None), None)
    whole = LanguageModel(tokenizer, network, token_limit(network, tokenizer), masked, None if masked else start)
    if not masked and _reads_ahead(network):
        raise ModelError(
            f"{model} does not read from left to right, although it says that it is {declared[0]}",
            fix="name a causal model, or save this one with its head for masked words",
        )
    return whole


def _reads_ahead(network: Any) -> bool:
    """Whether the last of three tokens changes what is predicted at the first: a BERT with another head does so."""
    import torch

    with torch.inference_mode():
        tokens = torch.tensor([[1, 2, 3], [1, 2, 4]], device=network.device)
        one, other = network(input_ids=tokens).logits[:, 0]
        return not torch.allclose(one, other, atol=1e-3)


def fingerprint(model: str) -> str:
    """What pins the weights: a hash of its files for a directory, the commit for a hub id ("absent" if not there)."""
    return pinned(_located, model)


@lru_cache(maxsize=4)
def _located(model: str) -> Checkpoint:
    """Kept, so that what is pinned is what is loaded."""
    return locate(model, wanted=LANGUAGE_MODEL)

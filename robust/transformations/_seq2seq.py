"""A sequence-to-sequence model from a directory or the hub, asked to write texts anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

from robust.checkpoints.device import pick_accelerator
from robust.checkpoints.locate import Checkpoint, fetch, locate, pinned
from robust.checkpoints.memory import in_memory
from robust.checkpoints.pretrained import load as load_checkpoint
from robust.checkpoints.pretrained import load_config
from robust.checkpoints.tokens import token_limit
from robust.checkpoints.wanted import Wanted
from robust.core.text import Text
from robust.core.types import Lang
from robust.lang.base import language

BATCH = 16
"""Texts that are written anew together, all of the same number of tokens: padding would disturb the beams."""
SEQ2SEQ = Wanted(
    auto="AutoModelForSeq2SeqLM",
    noun="sequence-to-sequence model",
    kind="a sequence-to-sequence model",
    incomplete="lacks weights",
    option="`model: DIR` of the transformation",
    heads=("ForConditionalGeneration", "MTModel", "MarianMTModel"),
    extras=("generation_config.json", "*.spm"),
)


@dataclass(frozen=True, eq=False)
class Writer:
    """Beam search with a model; `max_length` tokens are read and written at most."""

    tokenizer: Any
    model: Any
    max_length: int

    def write(self, texts: Sequence[str], k: int) -> list[list[str]]:
        """The `k` best texts of a search with `max(k, 4)` beams for each, best first, without repeats or empty ones.

        The same for a text whatever else is asked, up to float noise. Raises `OutOfMemory`.
        """
        found: list[list[str]] = [[] for _ in texts]
        ids = [self.tokenizer(text, truncation=True, max_length=self.max_length)["input_ids"] for text in texts]
        by_length: dict[int, list[int]] = {}
        for row, tokens in enumerate(ids):
            if tokens:
                by_length.setdefault(len(tokens), []).append(row)
        for length, rows in sorted(by_length.items()):
            for begin in range(0, len(rows), BATCH):
                some = rows[begin : begin + BATCH]
                written = in_memory(partial(self._generate, [ids[r] for r in some], length, k))
                for at, row in enumerate(some):
                    lines = [" ".join(line.split()) for line in written[at * k : (at + 1) * k]]
                    found[row] = list(dict.fromkeys(line for line in lines if line))
        return found

    def _generate(self, ids: list[list[int]], length: int, k: int) -> list[str]:
        import torch

        tokens = torch.tensor(ids, device=self.model.device)
        with torch.inference_mode():
            made = self.model.generate(
                input_ids=tokens,
                attention_mask=torch.ones_like(tokens),
                do_sample=False,
                num_beams=max(k, 4),
                num_return_sequences=k,
                max_new_tokens=min(self.max_length - 1, 2 * length + 8),
            )
        lines: list[str] = self.tokenizer.batch_decode(made, skip_special_tokens=True)
        return lines


@lru_cache(maxsize=4)
def load(model: str) -> Writer:
    """Load a directory or hub id in float32, on the accelerator where there is one; safetensors only.

    Raises `ModelError` for a model that is not there or is of another kind.
    """
    found = _located(model)
    fetch(found)
    network, tokenizer = load_checkpoint(found, load_config(found), pick_accelerator())
    return Writer(tokenizer, network, token_limit(network, tokenizer))


def _located(model: str) -> Checkpoint:
    return locate(model, wanted=replace(SEQ2SEQ))


def fingerprint(models: Iterable[str]) -> dict[str, str]:
    """What pins each model: a hash of its files for a directory, the commit for a hub id ("absent" if not there)."""
    return {model: pinned(_located, model) for model in models}


def rewritten(text: Text, lines: Sequence[str], lang: Lang) -> list[Text]:
    """The lines as rewrites of the text, without those that have no word or differ in case and spaces alone."""
    made = []
    same = " ".join(str(text).split()).casefold()
    for line in lines:
        new = language(lang).text(line)
        if len(new) and line.casefold() != same:
            made.append(text.rewrite(line, new.spans))
    return made

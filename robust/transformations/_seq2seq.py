"""A sequence-to-sequence model from a directory or the hub, asked to write texts anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from robust.checkpoints.device import pick_accelerator
from robust.checkpoints.generation import EXTRAS, HEADS, generate
from robust.checkpoints.locate import Checkpoint, fetch, locate, pinned
from robust.checkpoints.pretrained import load as load_checkpoint
from robust.checkpoints.pretrained import load_config
from robust.checkpoints.tokens import token_limit
from robust.checkpoints.wanted import Wanted
from robust.core.text import Text
from robust.core.types import Lang
from robust.lang.base import language

SEQ2SEQ = Wanted(
    auto="AutoModelForSeq2SeqLM",
    noun="sequence-to-sequence model",
    kind="a sequence-to-sequence model",
    incomplete="lacks weights",
    option="`model: DIR` of the transformation",
    heads=HEADS,
    extras=EXTRAS,
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
        written = generate(self.model, self.tokenizer, texts, max_length=self.max_length, beams=max(k, 4), k=k)
        return [list(dict.fromkeys(line for line in lines if line)) for lines in written]


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

"""A masked language model from a directory or the hub, ready to be asked for the words of a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from robust.checkpoints.device import pick_accelerator
from robust.checkpoints.locate import Checkpoint, fetch, locate, pinned
from robust.checkpoints.pretrained import load as load_checkpoint
from robust.checkpoints.pretrained import load_config
from robust.checkpoints.tokens import passes, token_limit
from robust.checkpoints.wanted import Wanted
from robust.core.types import Span
from robust.errors import ModelError

BATCH_TOKENS = 1024
"""Padded tokens of a batch: each needs a row of scores as long as the vocabulary."""
MASKED_LM = Wanted(
    auto="AutoModelForMaskedLM",
    noun="masked language model",
    kind="a masked language model",
    incomplete="is not a masked language model, it lacks weights",
    option="--set attack.transformation.masked_lm.model=DIR",
    fit="name a model that was trained to fill in masked words (--set attack.transformation.masked_lm.model=DIR)",
)
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
        answers: list[list[list[Piece]]] = [[] for _ in questions]
        texts = [text for text, _ in questions]
        if not texts:
            return answers
        encoded = self.tokenizer(texts, truncation=True, max_length=self.max_length, return_offsets_mapping=True)
        for rows, _, output in passes(self.model, self.tokenizer, encoded, BATCH_TOKENS):
            for i, row in enumerate(rows):
                ids, offsets = encoded["input_ids"][row], encoded["offset_mapping"][row]
                answers[row] = [
                    self._pieces(output.logits[i], ids, _overlapping(offsets, s), k) for s in questions[row][1]
                ]
        return answers

    def _pieces(self, logits: Any, ids: Sequence[int], places: list[int], k: int) -> list[Piece]:
        if not places:
            return []
        values, tokens = logits[places].float().log_softmax(-1).topk(min(k, logits.shape[-1]), -1)
        rows = zip(places, values.tolist(), tokens.tolist(), strict=True)
        return [Piece(ids[place], list(zip(scores, best, strict=True))) for place, scores, best in rows]


def answered(lm: MaskedLanguageModel, asked: Sequence[tuple[str, Span]], k: int) -> list[list[Piece]]:
    """The pieces of each asked range of a text, with `k` tokens for each; ranges of one text share one pass."""
    spans: dict[str, dict[Span, None]] = {}
    for text, span in asked:
        spans.setdefault(text, {})[span] = None
    questions = [(text, list(of_text)) for text, of_text in spans.items()]
    answers = {
        (text, span): answer
        for (text, of_text), row in zip(questions, lm.predict(questions, k), strict=True)
        for span, answer in zip(of_text, row, strict=True)
    }
    return [answers[key] for key in asked]


def _overlapping(offsets: Sequence[Span], span: Span) -> list[int]:
    return [i for i, (lo, hi) in enumerate(offsets) if lo < span[1] and hi > span[0] and lo < hi]


@lru_cache(maxsize=2)
def load(model: str, plugin: str = "masked_lm") -> MaskedLanguageModel:
    """Load a directory or hub id in float32, on the accelerator where there is one; safetensors only.

    `plugin` is the transformation that asks, for messages. Raises `ModelError` for a model that is not there, is no
    masked language model or has no fast tokeniser.
    """
    found = _located(model, plugin)
    fetch(found)
    network, tokenizer = load_checkpoint(found, load_config(found), pick_accelerator())
    if not tokenizer.is_fast or tokenizer.mask_token is None:
        raise ModelError(f"{model} has no fast tokeniser with a mask token", fix=MASKED_LM.remedy("", model))
    surface, marked, marks_begin = _vocabulary(tokenizer)
    return MaskedLanguageModel(tokenizer, network, surface, marked, marks_begin, token_limit(network, tokenizer))


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


def fingerprint(models: Iterable[str], plugin: str = "masked_lm") -> dict[str, str]:
    """What pins each model: a hash of its files for a directory, the commit for a hub id ("absent" if not there)."""
    return {model: pinned(lambda name: _located(name, plugin), model) for model in models}


@lru_cache(maxsize=4)
def _located(model: str, plugin: str) -> Checkpoint:
    """Kept, so that what is pinned is what is loaded."""
    said = {name: getattr(MASKED_LM, name).replace("masked_lm", plugin) for name in ("option", "fit")}
    return locate(model, wanted=replace(MASKED_LM, **said))

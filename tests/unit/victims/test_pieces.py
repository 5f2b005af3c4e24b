"""Reused word pieces are the tokeniser's own, whatever the tokeniser and the edits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import pytest

from robust.core.types import Fields
from robust.victims import _pieces
from robust.victims._pieces import FEW, token_rows
from tests import tiny_models as tiny

TEXTS = (
    "the soup was warm, and the waiter smiled at us",
    "  ¿El  niño comió\nuna manzana roja?  ¡Muy bueno!",
    "I'd never… (really) don't-stop 🙂 café",
    "film",
)


@pytest.fixture(autouse=True)
def _short_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pieces, "SHORT", 0)


def metaspace(*, split: bool) -> Any:
    """Like a sentencepiece unigram model: pieces may reach across words where it does not `split`."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(
        {letter for text in TEXTS for letter in text.replace(" ", "▁")} | set("▁abcdefghijklmnopqrstuvwxyz")
    )
    scores = [("<unk>", 0.0), ("</s>", 0.0), *[(letter, -4.0) for letter in letters]]
    scores += [("▁the", -1.0), ("he▁s", -1.5), ("▁was▁w", -1.2), ("ar", -2.0), ("▁una", -2.0)]
    made = Tokenizer(models.Unigram(scores, unk_id=0))
    made.pre_tokenizer = pre_tokenizers.Metaspace(split=split)
    return PreTrainedTokenizerFast(tokenizer_object=made, unk_token="<unk>", eos_token="</s>", pad_token="</s>")


TOKENISERS: dict[str, Callable[[], Any]] = {
    "wordpiece": tiny.wordpiece,
    "byte_bpe": tiny.byte_bpe,
    "byte_bpe_bare": lambda: tiny.byte_bpe(special=False),
    "unigram": lambda: metaspace(split=True),
    "unigram_across_words": lambda: metaspace(split=False),
}


def versions(text: str, n: int, seed: int) -> list[str]:
    """The text, and copies with one stretch of characters replaced, at random places."""
    rng = np.random.default_rng(seed)
    found = [text]
    for _ in range(n):
        start = int(rng.integers(0, len(text) + 1))
        end = min(len(text), start + int(rng.integers(0, 6)))
        found.append(text[:start] + "".join(rng.choice(list("abseñ' .▁"), rng.integers(0, 5))) + text[end:])
    return found


def own(tokenizer: Any, batch: list[Fields], length: int) -> list[list[int]]:
    return [tokenizer(*fields, truncation=True, max_length=length)["input_ids"] for fields in batch]


@pytest.mark.parametrize("name", TOKENISERS)
@pytest.mark.parametrize("length", [64, 12])
def test_the_tokens_are_the_tokenisers_own(name: str, length: int) -> None:
    tokenizer = TOKENISERS[name]()
    for seed, text in enumerate(TEXTS):
        single: list[Fields] = [(one,) for one in versions(text, 150, seed)]
        assert token_rows(tokenizer, length, single) == own(tokenizer, single, length)
        pairs: list[Fields] = [("the soup was", one) for one in versions(text, 40, seed)]
        pairs += [(one, text) for one in versions("the soup was", 40, seed)]
        assert token_rows(tokenizer, length, pairs) == own(tokenizer, pairs, length)


@pytest.mark.parametrize("name", ["wordpiece", "byte_bpe", "unigram"])
def test_little_is_tokenised_again(name: str) -> None:
    tokenizer = TOKENISERS[name]()
    text = " ".join([TEXTS[0]] * 4)
    words = text.split()
    batch: list[Fields] = [(" ".join([*words[:at], words[at] + "s", *words[at + 1 :]]),) for at in range(len(words))]
    asked: list[int] = []
    whole = _pieces._whole

    def counted(tokenizer: Any, max_length: int, some: Any) -> list[list[int]]:
        asked.append(len(some))
        return whole(tokenizer, max_length, some)

    with mock.patch.object(_pieces, "_whole", counted):
        token_rows(tokenizer, 400, batch)
    assert sum(asked) <= 2, "the first is tokenised in full, and the last to see that it is right"


def test_short_inputs_are_tokenised_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pieces, "SHORT", 200)
    tokenizer, batch = tiny.wordpiece(), [("the soup " + "x" * n,) for n in range(FEW)]
    with mock.patch.object(_pieces, "_Base", side_effect=AssertionError):
        assert token_rows(tokenizer, 64, batch) == own(tokenizer, batch, 64)


def test_few_inputs_are_tokenised_in_full() -> None:
    tokenizer = tiny.wordpiece()
    assert token_rows(tokenizer, 20, []) == []
    few: list[Fields] = [(text,) for text in TEXTS[: FEW - 1]]
    assert token_rows(tokenizer, 20, few) == own(tokenizer, few, 20)

"""Tokens for a model: the longest input, batches to a budget, and running out of memory in one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import torch
import transformers as hf
from hypothesis import given
from hypothesis import strategies as st

from robust.checkpoints.tokens import DEFAULT_LENGTH, chunks, padded, passes, token_limit
from robust.errors import OutOfMemory
from tests import tiny_models as tiny


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 100))
def test_chunks_hold_every_row_once_within_the_budget(lengths: list[int], budget: int) -> None:
    found = list(chunks(lengths, budget))
    assert sorted(row for rows in found for row in rows) == list(range(len(lengths)))
    assert [lengths[row] for rows in found for row in rows] == sorted(lengths)
    assert all(len(rows) == 1 or max(lengths[row] for row in rows) * len(rows) <= budget for rows in found)
    for rows, following in pairwise(found):  # no batch ends early
        assert lengths[following[0]] * (len(rows) + 1) > budget


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 100), st.integers(0, 30))
def test_chunks_are_padded_no_more_than_asked(lengths: list[int], budget: int, padding: int) -> None:
    found = list(chunks(lengths, budget, padding=padding))
    assert [lengths[row] for rows in found for row in rows] == sorted(lengths)

    def fits(rows: list[int]) -> bool:
        whole = max(lengths[row] for row in rows) * len(rows)
        return whole <= budget and whole - sum(lengths[row] for row in rows) <= padding

    assert all(len(rows) == 1 or fits(rows) for rows in found)
    for rows, following in pairwise(found):
        assert not fits([*rows, following[0]])


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_padded_batch_is_the_tokenisers_own(side: str) -> None:
    tokenizer = tiny.wordpiece(20)
    tokenizer.padding_side = side
    encoded = tokenizer(["the soup was warm", "soup"], ["nobody", "la habitación"])
    expected = tokenizer.pad(encoded, return_tensors="pt")
    found = padded({key: encoded[key] for key in encoded}, tokenizer)
    assert set(found) == set(expected) >= {"input_ids", "attention_mask", "token_type_ids"}
    for key, values in found.items():
        assert torch.equal(values, expected[key]), key


def test_an_input_without_tokens_attends_to_padding() -> None:
    found = padded({"input_ids": [[]], "attention_mask": [[]]}, tiny.wordpiece(20))
    assert found["input_ids"].tolist() == [[tiny.wordpiece(20).pad_token_id]]
    assert found["attention_mask"].tolist() == [[1]]


def test_the_limit_is_the_tokenisers_or_the_positions(tmp_path: Path) -> None:
    bert = hf.BertModel.from_pretrained(tiny.bert(tmp_path / "bert", head="Model"))
    roberta = hf.RobertaModel.from_pretrained(tiny.roberta(tmp_path / "roberta", tiny.SENTENCES))
    unlimited = tiny.byte_bpe()
    assert token_limit(bert, tiny.wordpiece(20)) == 20
    assert token_limit(bert, unlimited) == 64
    assert token_limit(roberta, unlimited) == 62  # its positions begin after the padding index
    with torch.inference_mode():
        roberta(torch.full((1, 62), 7))
        with pytest.raises((IndexError, RuntimeError)):
            roberta(torch.full((1, 63), 7))
    del bert.config.max_position_embeddings
    assert token_limit(bert, unlimited) == DEFAULT_LENGTH


def test_a_model_of_two_is_limited_by_both(tmp_path: Path) -> None:
    for reads, writes, limit in ((40, 50, 40), (50, 30, 30)):
        both = hf.EncoderDecoderModel.from_pretrained(tiny.bert2bert(tmp_path / "both", reads=reads, writes=writes))
        assert token_limit(both, tiny.byte_bpe()) == limit
        assert token_limit(both, tiny.wordpiece(20)) == 20


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("can't allocate memory"), MemoryError()]
)
def test_a_batch_that_does_not_fit_is_said_in_our_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    model, tokenizer = hf.BertModel.from_pretrained(tiny.bert(tmp_path, head="Model")), tiny.wordpiece()

    def full(**_: object) -> None:
        raise error

    monkeypatch.setattr(model, "forward", full)
    with pytest.raises(OutOfMemory) as caught:
        list(passes(model, tokenizer, tokenizer(["good soup"]), 100))
    assert caught.value.__context__ is None, "the frames of the first exception would keep the memory"

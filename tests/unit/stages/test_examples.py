from collections import Counter
from dataclasses import replace

import pytest
from transformers import BatchEncoding

from robust.errors import DataError
from robust.stages.examples import Encoded, hold_out, join, label_names, shortened
from tests.tiny_models import byte_bpe, wordpiece


def test_numbers_sort_as_numbers_and_declared_orders_count(reviews) -> None:
    rows = tuple(replace(row, label=str(at % 11)) for at, row in enumerate(reviews.rows))
    assert label_names(replace(reviews, rows=rows)) == tuple(str(n) for n in range(11))
    declared = replace(reviews, label_names=("positive", "negative", "mixed"))
    assert label_names(declared) == ("positive", "negative", "mixed")


def test_hold_out_is_stratified_seeded_and_disjoint(reviews) -> None:
    train, dev = hold_out(reviews, seed=1)
    assert Counter(row.label for row in dev.rows) == {"positive": 3, "negative": 3}
    assert {row.id for row in train.rows} | {row.id for row in dev.rows} == {row.id for row in reviews.rows}
    assert len(train.rows) + len(dev.rows) == len(reviews.rows)
    assert hold_out(reviews, seed=1)[1] == dev
    assert hold_out(reviews, seed=2)[1] != dev
    with pytest.raises(DataError, match="--dev"):
        hold_out(replace(reviews, rows=(*reviews.rows[:30], reviews.rows[40])), seed=1)


def test_joined_tables_keep_order_and_tell_ids_apart(reviews, others) -> None:
    both = join([reviews, others])
    assert [row.fields for row in both.rows] == [row.fields for row in (*reviews.rows, *others.rows)]
    assert len({row.id for row in both.rows}) == len(both.rows)
    assert both.fingerprint not in (reviews.fingerprint, others.fingerprint)
    assert join([reviews]) is reviews


def test_masks_depend_on_seed_epoch_and_row_alone() -> None:
    items = [{"input_ids": [2, *range(10, 60), 3], "labels": 0} for _ in range(3)]
    data = Encoded(items=items, mask_id=4, mask_share=0.5, special=frozenset({2, 3}), seed=7)
    first = data[1]["input_ids"]
    assert (first[0], first[-1]) == (2, 3)
    assert 10 < first.count(4) < 40
    assert data[0]["input_ids"] != first
    assert data[1]["input_ids"] == first
    data.epoch = 1
    assert data[1]["input_ids"] != first
    assert items[1]["input_ids"][1] == 10, "the rows themselves stay as they are"


@pytest.mark.parametrize("tokenizer", [wordpiece(), byte_bpe()], ids=["wordpiece", "byte_bpe"])
@pytest.mark.parametrize("pair", [False, True])
def test_rows_that_are_cut_are_counted_with_any_tokeniser(tokenizer, pair) -> None:
    columns = [["so so so so so so", "so", "the soup"], ["not so", "so", "was so bad and so on"]][: 1 + pair]
    longest = max(len(tokenizer(*row)["input_ids"]) for row in zip(*columns, strict=True))
    for length in (longest, longest - 1):
        found = tokenizer(*columns, truncation=True, max_length=length)
        slow = BatchEncoding(dict(found))  # it holds nothing besides
        for one in (found, slow):
            assert (shortened(one, tokenizer, columns, max_length=length) > 0) == (length < longest)
        assert shortened(found, tokenizer, columns, max_length=length) == shortened(
            slow, tokenizer, columns, max_length=length
        )

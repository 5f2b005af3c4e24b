from __future__ import annotations

import numpy as np
from accelerate.data_loader import BatchSamplerShard
from torch.utils.data import BatchSampler

from robust.stages.examples import Encoded
from robust.stages.sampling import Shuffled, by_length, restored

LENGTHS = [3 + (7 * at) % 40 for at in range(203)]


def items() -> Encoded:
    return Encoded(items=[{"input_ids": [1] * length} for length in LENGTHS])


def test_every_epoch_reads_everything_once_in_an_order_of_its_own() -> None:
    data = items()
    orders = {}
    for epoch in (0, 1):
        data.epoch = epoch
        orders[epoch] = list(Shuffled(data, batch_size=8, seed=3))
        assert sorted(orders[epoch]) == list(range(203))
        assert list(Shuffled(data, batch_size=8, seed=3)) == orders[epoch]
    assert orders[0] != orders[1]
    assert list(Shuffled(data, batch_size=8, seed=4)) != orders[1]


def test_texts_of_like_length_share_a_batch() -> None:
    read = [LENGTHS[at] for at in Shuffled(items(), batch_size=8, seed=3)]
    padded = sum(8 * max(read[start : start + 8]) for start in range(0, 200, 8))
    plain = sum(8 * max(LENGTHS[start : start + 8]) for start in range(0, 200, 8))
    assert padded < 1.15 * sum(LENGTHS)
    assert plain > 1.5 * sum(LENGTHS), "the lengths as they stand are mixed, or the test shows nothing"


def test_processes_agree_on_who_reads_what() -> None:
    """Each process makes the order for itself and takes every other batch, as accelerate deals them."""
    read: list[int] = []
    for process in (0, 1):
        np.random.default_rng(process).random(process)  # generators that are not ours may be anywhere
        batches = BatchSampler(Shuffled(items(), batch_size=8, seed=3), batch_size=8, drop_last=False)
        for batch in BatchSamplerShard(batches, num_processes=2, process_index=process, even_batches=False):
            read.extend(batch)
    assert sorted(read) == list(range(203))


def test_answers_find_their_way_back() -> None:
    data = items()
    order = by_length(data)
    assert [LENGTHS[at] for at in order] == sorted(LENGTHS, reverse=True)
    answers = np.array([[at, 2 * at] for at in order])
    assert restored(answers, data)[:, 0].tolist() == list(range(203))
    assert restored((answers, answers[:, 1]), data)[1].tolist() == list(range(0, 406, 2))

from pathlib import Path

import numpy as np
import pytest
import torch

from robust.stages.pretrain.averaging import INTERVAL, LATEST, Averaging
from robust.stages.pretrain.bptt import SHORTEST, Window, columns, piece, windows


def test_columns_are_stretches_of_the_stream_and_no_copy(tmp_path: Path) -> None:
    np.arange(23, dtype=np.uint16).tofile(tmp_path / "tokens")
    stream = np.memmap(tmp_path / "tokens", dtype=np.uint16, mode="r")
    table = columns(stream, 4)
    assert table[:, 0].tolist() == [0, 5, 10, 15]
    assert table[3].tolist() == [15, 16, 17, 18, 19]
    assert np.shares_memory(table, stream)


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("variable", [False, True])
def test_every_token_but_the_first_is_predicted_once_from_the_one_before(backward: bool, variable: bool) -> None:
    table = columns(np.arange(1000, dtype=np.uint16), 3)
    parts = [piece(table, window, backward=backward) for window in windows(333, 20, variable=variable)]
    read, wanted = (np.concatenate(side, axis=1) for side in zip(*parts, strict=True))
    whole = table[:, ::-1] if backward else table
    assert (read == whole[:, :-1]).all()
    assert (wanted == whole[:, 1:]).all()
    assert read.dtype == wanted.dtype == np.int64  # what embeddings are looked up by
    assert [ids.shape[1] for ids, _ in parts[:-1]] == [20] * (len(parts) - 1) or variable


def test_only_the_first_window_has_no_past() -> None:
    assert [window.first for window in windows(50, 20)] == [True, False, False]
    assert windows(1, 20) == windows(0, 20) == []
    assert windows(12, 20) == [Window(start=0, length=11)]


def test_variable_lengths_are_drawn_as_the_paper_says_and_again_in_each_epoch() -> None:
    found = [window.length for window in windows(700_000, 70, variable=True, seed=3)][:-1]
    short = [length for length in found if length < 52]
    assert len(short) / len(found) == pytest.approx(0.05, abs=0.01)
    assert np.mean([length for length in found if length >= 52]) == pytest.approx(70, abs=0.3)
    assert np.std([length for length in found if length >= 52]) == pytest.approx(5, abs=0.3)
    assert np.mean(short) == pytest.approx(35, abs=1)
    assert [window.length for window in windows(700_000, 70, variable=True, seed=3)][:-1] == found
    assert [window.length for window in windows(700_000, 70, variable=True, seed=3, epoch=1)][:-1] != found
    assert [window.length for window in windows(700_000, 70, variable=True, seed=4)][:-1] != found
    assert min(window.length for window in windows(20_000, 8, variable=True)[:-1]) == SHORTEST


def test_averaging_begins_when_progress_stops() -> None:
    falling = Averaging()
    for step in range(20):
        falling.measured(5 - step / 10, step)
    assert falling.begun is None
    stuck = Averaging()
    losses = [3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 2.1]  # none since the second is better, but that one is among the last five
    for step, loss in enumerate(losses):
        stuck.measured(loss, step)
        assert stuck.begun is None
    stuck.measured(2.1, 7)
    assert (stuck.begun, INTERVAL) == (7, 5)


def test_averaging_begins_late_in_any_case_and_is_a_mean() -> None:
    model = torch.nn.Linear(2, 2)
    averaging, seen = Averaging(), []
    for step in range(8):
        with torch.no_grad():
            model.weight.fill_(float(step**2))
        averaging.stepped(model, step, step / 8)
        if step / 8 >= LATEST:
            seen.append(float(step**2))
    assert averaging.begun == 6
    with averaging.applied(model):
        assert model.weight.tolist() == [[np.mean(seen)] * 2] * 2
    assert model.weight[0, 0] == 49
    again = Averaging(**averaging.state())
    again.write(model)
    assert model.weight[0, 0] == np.mean(seen)

import numpy as np
import pytest
import torch

from robust.models.recurrent import RecurrentForCausalLM
from robust.models.recurrent_layers import GATES, RecurrentLayer
from robust.models.recurrent_model import RecurrentConfig
from robust.stages.pretrain.gradients import LENGTHS, ROWS, flow, probe, probe_text


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(5)


def linear_layer(matrix: torch.Tensor) -> RecurrentLayer:
    """Without input or bias all states are 0, where tanh has slope 1: the network is linear in its state."""
    layer = RecurrentLayer("rnn", 2, len(matrix))
    with torch.no_grad():
        layer.weight_hh.copy_(matrix)
        layer.bias_ih.zero_()
    return layer


def test_in_the_linear_case_norms_are_powers_of_the_matrix() -> None:
    matrix = torch.randn(4, 4) / 2
    direction = torch.randn(4)
    (found,) = flow([linear_layer(matrix)], torch.zeros(12, 3, 2), lambda last: last @ direction)
    powers = [torch.linalg.matrix_power(matrix.double().T, 12 - t) @ direction.double() for t in range(1, 13)]
    assert found.hidden == pytest.approx([float(each.norm()) for each in powers], rel=1e-4)
    assert (found.length, found.layer, found.cell) == (12, 0, None)


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.1])
def test_an_orthogonal_matrix_keeps_the_norm_and_its_multiples_do_not(factor: float) -> None:
    matrix = factor * torch.linalg.qr(torch.randn(5, 5))[0]
    (found,) = flow([linear_layer(matrix)], torch.zeros(40, 2, 2), lambda last: last[:, 0])
    assert found.hidden == pytest.approx([factor ** (40 - t) for t in range(1, 41)], rel=1e-4)


def test_a_small_rnn_agrees_with_autograd_by_hand() -> None:
    layer = RecurrentLayer("rnn", 3, 2)
    x = torch.randn(5, 4, 3)
    (found,) = flow([layer], x, lambda last: last.square().sum(1))
    h, states = torch.zeros(4, 2), []
    for step in x:
        h = (step @ layer.weight_ih.T + layer.bias_ih + h @ layer.weight_hh.T + layer.bias_hh).tanh()
        h.retain_grad()
        states.append(h)
    h.square().sum().backward()
    expected = [float(state.grad.norm(dim=1).mean()) for state in states if state.grad is not None]
    assert found.hidden == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("cell", GATES)
@pytest.mark.parametrize("layer", [0, 1])
def test_norms_are_how_much_a_nudge_of_the_state_changes_the_loss(cell: str, layer: int) -> None:
    layers = [RecurrentLayer(cell, 3, 3).double(), RecurrentLayer(cell, 3, 2).double()]
    x = torch.randn(6, 1, 3, dtype=torch.double)
    found = flow(layers, x, lambda last: last.sum(1))[layer]

    def loss(at: int, part: int, nudge: torch.Tensor) -> torch.Tensor:
        states: list[tuple[torch.Tensor, ...] | None] = [None, None]
        for step in range(6):
            below = x[step]
            for number, each in enumerate(layers):
                _, state = each(below.unsqueeze(0), states[number])
                if (step, number) == (at, layer):
                    state = tuple(s + nudge if place == part else s for place, s in enumerate(state))
                states[number], below = state, state[0]
        return below.sum()

    size, step = layers[layer].size, 1e-6
    for part, norms in enumerate([found.hidden, found.cell] if cell == "lstm" else [found.hidden]):
        assert norms is not None
        for at in range(6):
            nudges = step * torch.eye(size, dtype=torch.double)
            slopes = [float((loss(at, part, n) - loss(at, part, -n)).detach()) / (2 * step) for n in nudges]
            assert norms[at] == pytest.approx(float(np.linalg.norm(slopes)), rel=1e-5, abs=1e-9)


def test_frozen_weights_do_not_matter() -> None:
    layer = RecurrentLayer("gru", 3, 2)
    x = torch.randn(5, 4, 3)
    free = flow([layer], x, lambda last: last.sum(1))
    layer.requires_grad_(False)
    assert flow([layer], x, lambda last: last.sum(1)) == free


def test_a_language_model_is_probed_without_dropout_and_left_as_it_was() -> None:
    settings = {"vocab_size": 20, "embedding_size": 5, "recurrent_size": 8, "layers": 2, "weight_dropout": 0.5}
    model = RecurrentForCausalLM(RecurrentConfig(**settings)).train()
    ids = torch.randint(0, 20, (3, 9))
    first, second = probe(model, ids), probe(model, ids)
    assert first == second
    assert model.training
    assert all(weight.grad is None for weight in model.parameters())
    assert [(each.layer, each.length, len(each.hidden)) for each in first] == [(0, 8, 8), (1, 8, 8)]
    top = model.eval().model(ids[:, :-1]).last_hidden_state[:, -1].detach().requires_grad_()
    torch.nn.functional.cross_entropy(model.decoder(top), ids[:, -1], reduction="sum").backward()
    assert top.grad is not None
    assert first[1].hidden[-1] == pytest.approx(float(top.grad.norm(dim=1).mean()), rel=1e-4)


def test_only_lengths_that_the_text_allows_are_probed() -> None:
    model = RecurrentForCausalLM(RecurrentConfig(vocab_size=20, embedding_size=4))
    tokens = np.arange(ROWS * 26, dtype=np.uint16) % 20
    lines = probe_text(model, tokens, "cpu")
    assert [line["length"] for line in lines] == [10, 25] == list(LENGTHS[:2])
    assert [set(line) for line in lines] == [{"length", "layer", "hidden", "cell"}] * 2
    assert [len(line["hidden"]) for line in lines] == [10, 25]

"""Every defence against its paper's loop, written out by hand: the same gradients for all weights."""

from __future__ import annotations

import pytest
import torch

from robust.defences.alum import ALUM
from robust.defences.fgm import FGM
from robust.defences.freelb import FreeLB
from robust.defences.pgd import PGD
from robust.defences.r3f import R3F
from robust.defences.smart import SMART
from robust.defences.tavat import TAVAT
from robust.defences.vat import VAT
from robust.errors import PluginError
from tests.unit.defences.by_hand import IDS, MOVABLE, ByHand, Classifier, draws, kl, length, make, normals

WIDTH = 4


@pytest.fixture
def model() -> Classifier:
    return Classifier()


def gradient(hand: ByHand, delta: torch.Tensor) -> torch.Tensor:
    delta = delta.detach().requires_grad_()
    (found,) = torch.autograd.grad(hand.loss(hand.vectors() + delta), delta)
    return found * MOVABLE


def test_fgm(model: Classifier) -> None:
    FGM(epsilon=0.7)(make(model))
    hand = ByHand(model)
    g = gradient(hand, torch.zeros(3, 6, WIDTH))
    hand.learn(hand.loss(hand.vectors()))
    hand.learn(hand.loss(hand.vectors() + 0.7 * g / length(g)))
    hand.check(model)


def first_change(magnitude: float) -> torch.Tensor:
    """u · magnitude / √(n d), n the tokens of each text that may be moved."""
    numbers = torch.tensor([4 * WIDTH, 2 * WIDTH, 3 * WIDTH]).reshape(-1, 1, 1)
    return draws((3, 6, WIDTH)) * MOVABLE * magnitude / numbers.sqrt()


def cut(delta: torch.Tensor, epsilon: float) -> torch.Tensor:
    rows = [row * epsilon / row.norm() if row.norm() > epsilon else row for row in delta]
    return torch.stack(rows)


@pytest.mark.parametrize("epsilon", [0.25, None])
def test_pgd_learns_once_at_the_end(model: Classifier, epsilon: float | None) -> None:
    PGD(steps=3, step_size=0.15, magnitude=0.2, epsilon=epsilon)(make(model))
    hand = ByHand(model)
    delta = first_change(0.2)
    for _ in range(3):
        g = gradient(hand, delta)
        delta = delta + 0.15 * g / length(g)
        delta = cut(delta, epsilon) if epsilon else delta
    hand.learn(hand.loss(hand.vectors() + delta))
    hand.check(model)


def test_pgd_in_the_largest_number(model: Classifier) -> None:
    PGD(steps=2, step_size=0.15, magnitude=0.2, epsilon=0.25, norm="linf")(make(model))
    hand = ByHand(model)
    delta = draws((3, 6, WIDTH)) * 0.2 * MOVABLE
    for _ in range(2):
        g = gradient(hand, delta)
        largest = torch.stack([row.abs().max() for row in g]).reshape(-1, 1, 1)
        delta = torch.minimum(torch.maximum(delta + 0.15 * g / largest, torch.tensor(-0.25)), torch.tensor(0.25))
    hand.learn(hand.loss(hand.vectors() + delta))
    hand.check(model)


@pytest.mark.parametrize("epsilon", [0.3, None])
def test_freelb_learns_at_every_step(model: Classifier, epsilon: float | None) -> None:
    FreeLB(steps=3, step_size=0.2, magnitude=0.3, epsilon=epsilon)(make(model))
    hand = ByHand(model)
    delta = first_change(0.3)
    for _ in range(3):
        hand.learn(hand.loss(hand.vectors() + delta) / 3)
        g = gradient(hand, delta)
        delta = delta + 0.2 * g / length(g)
        delta = cut(delta, epsilon) if epsilon else delta
    hand.check(model)


def test_smart(model: Classifier) -> None:
    SMART(steps=2, step_size=0.3, noise=0.1, epsilon=0.4, weight=1.7)(make(model))
    hand = ByHand(model)
    clean = hand.logits(hand.vectors())
    z = normals((3, 6, WIDTH)) * 0.1 * MOVABLE
    for _ in range(2):
        z = z.detach().requires_grad_()
        moved, fixed = hand.logits(hand.vectors().detach() + z), clean.detach()
        (g,) = torch.autograd.grad((kl(moved, fixed) + kl(fixed, moved)).sum(), z)
        g = g * MOVABLE
        largest = torch.stack([row.abs().max() for row in g]).reshape(-1, 1, 1)
        z = (z + 0.3 * g / largest).clamp(-0.4, 0.4).detach()
    moved = hand.logits(hand.vectors() + z)
    hand.learn(hand.loss(hand.vectors()) + 1.7 * (kl(moved, clean) + kl(clean, moved)).sum() / 6)
    hand.check(model)


def test_alum(model: Classifier) -> None:
    ALUM(steps=1, step_size=0.3, noise=0.1, epsilon=0.4, weight=2.0)(make(model))
    hand = ByHand(model)
    fixed = hand.logits(hand.vectors()).detach()
    z = (normals((3, 6, WIDTH)) * 0.1 * MOVABLE).requires_grad_()
    (g,) = torch.autograd.grad(kl(fixed, hand.logits(hand.vectors().detach() + z)).sum(), z)
    largest = torch.stack([row.abs().max() for row in g * MOVABLE]).reshape(-1, 1, 1)
    z = (z + 0.3 * g * MOVABLE / largest).clamp(-0.4, 0.4).detach()
    hand.learn(hand.loss(hand.vectors()) + 2.0 * kl(fixed, hand.logits(hand.vectors() + z)).sum() / 6)
    hand.check(model)


def test_vat(model: Classifier) -> None:
    VAT(steps=2, xi=0.2, epsilon=0.6, weight=1.5)(make(model))
    hand = ByHand(model)
    fixed = hand.logits(hand.vectors()).detach()
    d = normals((3, 6, WIDTH)) * MOVABLE
    for _ in range(2):
        r = (0.2 * d / length(d)).detach().requires_grad_()
        (g,) = torch.autograd.grad(kl(fixed, hand.logits(hand.vectors().detach() + r)).sum(), r)
        d = g * MOVABLE
    moved = hand.logits(hand.vectors() + 0.6 * d / length(d))
    hand.learn(hand.loss(hand.vectors()) + 1.5 * kl(fixed, moved).sum() / 6)
    hand.check(model)


@pytest.mark.parametrize("noise", ["uniform", "normal"])
def test_r3f(model: Classifier, noise: str) -> None:
    R3F(sigma=0.3, weight=1.3, noise=noise)(make(model))  # type: ignore[arg-type]
    hand = ByHand(model)
    z = 0.3 * (draws if noise == "uniform" else normals)((3, 6, WIDTH)) * MOVABLE
    clean, moved = hand.logits(hand.vectors()), hand.logits(hand.vectors() + z)
    hand.learn(hand.loss(hand.vectors()) + 1.3 * (kl(clean, moved) + kl(moved, clean)).sum() / 6)
    hand.check(model)


def test_tavat_remembers_what_it_did_to_each_token(model: Classifier) -> None:
    table = torch.randn(12, WIDTH, generator=torch.Generator().manual_seed(1)) * 0.1
    step = make(model, memory={"tavat": table.clone()})
    TAVAT(steps=2, step_size=0.2, magnitude=0.3, epsilon=0.5)(step)
    hand = ByHand(model)
    delta = first_change(0.3)
    eta = torch.stack([torch.stack([table[token] for token in row]) for row in IDS.tolist()]) * MOVABLE
    for _ in range(2):
        total = cut(delta + eta, 0.5)
        hand.learn(hand.loss(hand.vectors() + total) / 2)
        g = gradient(hand, total)
        delta = delta + 0.2 * g / length(g)
        for row in range(3):
            for at in range(6):
                if MOVABLE[row, at]:
                    eta[row, at] += 0.2 * g[row, at] / g[row, at].norm()
            longest = max(float(token.norm()) for token in eta[row])
            eta[row] = torch.stack([token * token.norm() / longest for token in eta[row]])
    hand.check(model)
    places = [(0, 1), (1, 2), (2, 3)]  # where token 5 is
    torch.testing.assert_close(step.memory["tavat"][5], sum(eta[at] for at in places) / 3, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(step.memory["tavat"][7], eta[0, 3], rtol=1e-4, atol=1e-6)
    assert torch.equal(step.memory["tavat"][:5], table[:5])  # marks, padding and absent tokens


def test_tavat_starts_its_table_at_random(model: Classifier) -> None:
    step = make(model)
    TAVAT(magnitude=0.3)(step)
    untouched = step.memory["tavat"][[0, 1, 2, 3, 4]]
    assert float(untouched.abs().max()) <= 0.3 / WIDTH**0.5
    assert float(untouched.abs().max()) > 0


def test_flooding_learns_upside_down_below_its_level(model: Classifier) -> None:
    hand = ByHand(model)
    mean = float(hand.loss(hand.vectors()).detach()) * 2  # the batch is half of the update
    step = make(model, flooding=mean + 0.1)
    g = step.backward(step.forward().loss)
    assert g is None
    hand.learn(-hand.loss(hand.vectors()))
    hand.check(model)

    other = Classifier()
    step = make(other, flooding=mean - 0.1)
    step.backward(step.forward().loss)
    hand = ByHand(other)
    hand.learn(hand.loss(hand.vectors()))
    hand.check(other)


def test_flooding_does_not_turn_the_climb_around(model: Classifier) -> None:
    FGM(epsilon=0.7)(make(model, flooding=100.0))
    hand = ByHand(model)
    g = gradient(hand, torch.zeros(3, 6, WIDTH))
    hand.learn(-hand.loss(hand.vectors()))
    hand.learn(-hand.loss(hand.vectors() + 0.7 * g / length(g)))
    hand.check(model)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"step_size": 0.0}, {"magnitude": -1.0}, {"epsilon": 0.0}])
def test_parameters_are_checked(wrong: dict[str, float]) -> None:
    with pytest.raises(PluginError, match=f"freelb: {next(iter(wrong))} is"):
        FreeLB(**wrong)  # type: ignore[arg-type]

import pytest
import torch
from torch.nn import functional as F

from robust.models import recurrent_loss
from robust.models.recurrent_loss import linear_cross_entropy


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(5)


@pytest.mark.parametrize("rows", [1, 4, 100])
def test_linear_cross_entropy_and_its_gradients(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(recurrent_loss.NUMBERS_AT_ONCE, "cpu", rows * 7)
    hidden, weight, bias = (torch.randn(*shape, dtype=torch.double) for shape in ((10, 3), (7, 3), (7,)))
    targets = torch.randint(0, 7, (10,))
    ours = [each.clone().requires_grad_() for each in (hidden, weight, bias)]
    theirs = [each.clone().requires_grad_() for each in (hidden, weight, bias)]
    loss = linear_cross_entropy(*ours, targets)
    expected = F.cross_entropy(F.linear(*theirs), targets)
    (3 * loss).backward()
    (3 * expected).backward()
    torch.testing.assert_close(loss, expected)
    for mine, yours in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine.grad, yours.grad)
    with torch.no_grad():
        torch.testing.assert_close(linear_cross_entropy(*ours, targets), expected)


def test_linear_cross_entropy_in_bfloat16_is_close() -> None:
    hidden, weight, bias = torch.randn(64, 32, requires_grad=True), torch.randn(50, 32), torch.randn(50)
    targets = torch.randint(0, 50, (64,))
    exact = linear_cross_entropy(hidden, weight, bias, targets)
    (slope,) = torch.autograd.grad(exact, hidden)
    with torch.autocast("cpu", torch.bfloat16):
        rough = linear_cross_entropy(hidden, weight, bias, targets)
    (rough_slope,) = torch.autograd.grad(rough, hidden)
    assert rough.dtype == torch.float32
    assert rough.item() != exact.item()
    torch.testing.assert_close(rough, exact, rtol=0.01, atol=0)
    assert float((rough_slope - slope).norm() / slope.norm()) < 0.02

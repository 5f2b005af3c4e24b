"""Hidden gradients are seen, and gradients that are not hidden are left in peace."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from robust.core.example import Example
from robust.data.labels import Aligned
from robust.data.source import DataSpec, read
from robust.evaluation import masking
from robust.evaluation.masking import Masking
from robust.lang.base import language
from robust.models import words
from robust.models.averaged import AveragedConfig, AveragedForSequenceClassification
from robust.runner import AttackRequest, Loaded
from robust.victims.calibrated import calibrated
from robust.victims.transformers import TransformersVictim

N = 20


class Reversed(torch.autograd.Function):
    """Itself, with a gradient that points the wrong way."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        return -gradient


HIDING = {
    "open": lambda logits: logits,
    "saturated": lambda logits: 1e4 * logits,
    "stepped": lambda logits: (logits * 4).round() / 4,
    "reversed": Reversed.apply,
}


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    """Texts whose labels are what a bag of random word vectors says of them, and that bag."""
    table = read(DataSpec(source="starter-en", limit=N))
    english = language("en")
    texts = [english.text(row.fields[0]) for row in table.rows]
    known = {word.lower() for text in texts for word in text.words}
    known |= {other.lower() for word in sorted(known) for other in english.synonyms(word)}
    tokenizer = words.tokenizer(sorted(known), lowercase=True, max_length=64)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        config = AveragedConfig(vocab_size=len(tokenizer), hidden_size=16, id2label={0: "a", 1: "b"})
        model = AveragedForSequenceClassification(config).eval()
    with torch.no_grad():
        model.classifier[-1].weight.mul_(4)
    victim = TransformersVictim.of(model, tokenizer, name="bag", langs=frozenset({"en"}))
    said = victim.logits([(str(text),) for text in texts]).argmax(axis=1)
    examples = [
        Example(id=row.id, text=text, target=int(label), lang="en")
        for row, text, label in zip(table.rows, texts, said, strict=True)
    ]
    return Loaded(
        table=table, victim=victim, aligned=Aligned(examples=examples, matched="by name", mapping={"a": 0, "b": 1})
    )


def seen(loaded: Loaded, how: str, runs: Path, temperature: float | None = None) -> Masking:
    victim: Any = loaded.victim
    plain = victim.model.forward

    @functools.wraps(plain)
    def forward(*given: Any, **more: Any) -> Any:
        found = plain(*given, **more)
        found.logits = HIDING[how](found.logits)
        return found

    victim.model.forward = forward
    try:
        asked = replace(victim, meta=replace(victim.meta, revision=how))
        if temperature is not None:
            asked = calibrated(asked, temperature)
        request = AttackRequest(
            recipe="", model="bag", data=DataSpec(source="starter-en"), runs=runs, temperature=temperature
        )
        return masking.check(request, runs=runs, loaded=replace(loaded, victim=asked))
    finally:
        victim.model.forward = plain


def test_gradients_that_lead_somewhere_raise_no_flag(loaded: Loaded, tmp_path: Path) -> None:
    found = seen(loaded, "open", tmp_path)
    assert found.flags() == []
    assert found.n == N
    assert found.vanishing is not None
    assert found.vanishing.value == 0
    assert found.difference is not None
    assert (found.difference.value or 0) < 0  # the gradient is worth something
    masking.write(found, tmp_path)
    assert masking.read(tmp_path) == found


def test_scores_that_are_scaled_until_they_stand_still(loaded: Loaded, tmp_path: Path) -> None:
    found = seen(loaded, "saturated", tmp_path / "hot")
    assert found.saturated > 0.9
    assert [line.split(": ")[0] for line in found.flags() if "gradient of zero" in line]
    assert any("calibrate first" in line for line in found.flags())
    cooled = seen(loaded, "saturated", tmp_path / "cool", temperature=1e4)
    assert cooled.flags() == []


def test_a_step_has_no_gradient(loaded: Loaded, tmp_path: Path) -> None:
    found = seen(loaded, "stepped", tmp_path)
    assert found.vanishing is not None
    assert found.vanishing.value == 1
    assert any("100 % of the texts have a gradient of zero" in line for line in found.flags())


def test_gradients_that_lead_astray(loaded: Loaded, tmp_path: Path) -> None:
    found = seen(loaded, "reversed", tmp_path)
    assert found.vanishing is not None
    assert found.vanishing.value == 0
    (line,) = found.flags()
    assert line.startswith("a search by gradients does less harm than a blind search")


def test_a_model_without_gradients_is_judged_by_its_answers(loaded: Loaded, tmp_path: Path) -> None:
    victim: Any = loaded.victim

    class Silent:
        meta = victim.meta
        logits = staticmethod(lambda batch: 1e4 * victim.logits(batch))

    request = AttackRequest(recipe="", model="bag", data=DataSpec(source="starter-en"), runs=tmp_path)
    found = masking.check(request, runs=tmp_path, loaded=replace(loaded, victim=Silent()))
    assert (found.vanishing, found.difference) == (None, None)
    assert len(found.flags()) == 1
    assert not list(tmp_path.iterdir())

"""What a fine-tuning computes in, and what its scores are of."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from robust.stages import trainers
from tests.unit.stages.test_finetune import changed, train


def test_scores_are_those_of_the_model_that_is_saved(recipe, reviews, others, out, monkeypatch) -> None:
    """Trained in bfloat16, scored in float32, in the order of the rows though they are read by length."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    from robust.stages.tasks.classification import Classification

    found = []

    def scores(self, table, encoded, predictions, /, *, labels, score=Classification.scores):
        found.append(predictions)
        return score(self, table, encoded, predictions, labels=labels)

    monkeypatch.setattr(Classification, "scores", scores)
    texts = [row.fields[0] + " so" * (at % 5) for at, row in enumerate(others.rows)]
    rows = tuple(replace(row, fields=(text,)) for row, text in zip(others.rows, texts, strict=True))
    train(changed(recipe, epochs=2, bf16=True), reviews, replace(others, rows=rows), out)
    model = AutoModelForSequenceClassification.from_pretrained(out)
    read = AutoTokenizer.from_pretrained(out)(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        logits = model(**read).logits
    assert torch.allclose(torch.tensor(found[0]), logits, atol=1e-5)


def test_what_auto_comes_to_is_kept_and_told(recipe, reviews, others, out, monkeypatch) -> None:
    from robust.stages import precision

    def stop(*news: object) -> None:
        raise KeyboardInterrupt

    answers = iter([True, False])
    monkeypatch.setattr(precision, "fast_bf16", lambda kind: next(answers))
    how = changed(recipe, epochs=2, bf16="auto")
    with pytest.raises(KeyboardInterrupt):
        train(how, reviews, others, out, progress=stop)
    found = train(how, reviews, others, out)  # goes on in bfloat16, though it would not be chosen now
    assert found.resumed
    assert "Matrix products were computed in bfloat16 in training; scores are those of float32." in found.notes


def test_transformers_4_answers_in_float32_too(monkeypatch) -> None:
    """There, a processor that has learnt in bfloat16 answers in it, unless it is told not to."""
    seen = []

    class Trainer(SimpleNamespace):
        def predict(self, items):
            seen.append((self.use_cpu_amp, self.compute_metrics))
            return SimpleNamespace(predictions=np.zeros((1, 2)))

    accelerator = SimpleNamespace(unwrap_model=lambda model, **how: model)
    trainer = Trainer(accelerator=accelerator, model=None, compute_metrics=max, use_cpu_amp=True)
    monkeypatch.setattr(trainers, "restored", lambda answers, items: answers)
    assert trainers.predict(trainer, []).shape == (1, 2)
    assert seen == [(False, None)]
    assert (trainer.use_cpu_amp, trainer.compute_metrics) == (True, max)

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from transformers import (
    AutoModelForCausalLM,
)

from robust.stages.pretrain import recurrent_loop
from robust.stages.pretrain.bptt import columns
from robust.stages.pretrain.corpus import Corpus
from tests.tiny_recurrent import AWD, ELMO, curve, lines, recipe, train

pytestmark = pytest.mark.usefixtures("short_probes")


class Stopped(Exception):
    pass


@pytest.mark.parametrize(
    ("model", "how"),
    [
        (AWD, {"optimizer": "adamw"}),
        ({**AWD, "cell": "gru"}, {"optimizer": "sgd", "learning_rate": 1.0, "gradient_accumulation": 2}),
        (ELMO, {"bf16": True}),
        ({"cell": "rnn"}, {"epochs": 2, "steps": None, "batch_size": 32, "schedule": "constant"}),
    ],
)
def test_a_stopped_training_goes_on_as_if_nothing_had_been(
    model: Mapping[str, Any], how: dict[str, Any], corpus: Corpus, tmp_path: Path
) -> None:
    made = recipe(model, **how)
    whole = train(made, corpus, tmp_path / "whole")
    for stop in (6, 10):  # after the checkpoints at 4 and 8, which are not the points where it stops

        def interrupt(step: int, steps: int, numbers: Mapping[str, float], stop: int = stop) -> None:
            if step == stop:
                raise Stopped

        torch.manual_seed(stop)  # what the generator has seen does not matter
        with pytest.raises(Stopped):
            train(made, corpus, tmp_path / "parts", interrupt)
        assert (tmp_path / "parts" / "checkpoints" / "state.pt").exists()
    parts = train(made, corpus, tmp_path / "parts")
    assert curve(tmp_path / "parts") == curve(tmp_path / "whole")
    for name in ("model.safetensors", "gradients.jsonl", "tokenizer.json", "config.json"):
        found, expected = ((tmp_path / each / "result" / name).read_bytes() for each in ("parts", "whole"))
        assert found == expected, name
    assert parts.numbers == whole.numbers
    assert parts.tokens == whole.tokens


def test_text_is_measured_with_the_state_carried_through(corpus: Corpus, tmp_path: Path) -> None:
    made = recipe(steps=4, batch_size=3)
    outcome = train(made, corpus, tmp_path)
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "result").eval()
    dev = np.fromfile(tmp_path / "checkpoints" / "tokens" / "dev.bin", dtype=np.uint16)
    ids = torch.from_numpy(columns(dev, 3).astype(np.int64))  # whole, where training reads windows of 15
    with torch.no_grad():
        logits = model(ids).logits[:, :-1]
    expected = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
    assert outcome.numbers["dev_loss"] == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("model", [{"layers": 2}, ELMO])
def test_the_state_is_carried_from_step_to_step_and_anew_in_each_epoch(
    model: dict[str, Any], corpus: Corpus, tmp_path: Path
) -> None:
    made = recipe({**model, "weight_dropout": 0.0}, steps=None, epochs=2, length=150, learning_rate=1e-12, log_every=1)
    train(made, corpus, tmp_path)
    kept = AutoModelForCausalLM.from_pretrained(tmp_path / "result" / ("language-model" if model is ELMO else ""))
    stream = np.fromfile(tmp_path / "checkpoints" / "tokens" / "train.bin", dtype=np.uint16)
    ids = torch.from_numpy(columns(stream, 8).astype(np.int64))
    found = [line["loss"] for line in lines(tmp_path / "result" / "curve.jsonl")]
    expected = []
    with torch.no_grad():
        for text in [ids, ids.flip(1)][: 2 if model is ELMO else 1]:  # nothing is learnt, so each direction is as one
            logits = kept.decoder(kept.model.read(kept.model.embed(text.T), backward=text is not ids).top)
            losses = F.cross_entropy(logits[:-1].flatten(0, 1), text.T[1:].flatten(), reduction="none")
            expected.append([float(part.mean()) for part in losses.view(-1, 8).split(150)])
    once = np.mean(expected, axis=0).tolist()
    assert found == pytest.approx(once + once, rel=1e-5)


def test_penalties_take_part(corpus: Corpus, tmp_path: Path) -> None:
    sizes = []
    for penalty in (0.0, 50.0):
        train(recipe({"activation_penalty": penalty}, steps=20), corpus, tmp_path / str(penalty))
        model = AutoModelForCausalLM.from_pretrained(tmp_path / str(penalty) / "result").eval()
        sizes.append(float(model.model(torch.arange(10).view(1, 10)).last_hidden_state.detach().square().mean()))
    assert sizes[1] < sizes[0] / 3


def test_averaging_begins_at_the_measurement_that_calls_for_it(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = iter([5.0, 4.0, 4.5, 4.4, 4.3, 4.2, 4.1, *[4.05] * 40])
    monkeypatch.setattr(recurrent_loop, "held_out", lambda *_, **__: next(measured))
    outcome = train(recipe({"averaged": True}, steps=40, save_every=2), corpus, tmp_path)
    assert outcome.numbers["averaged_from"] == 16  # the eighth, as the best but the last five is the second


def test_steps_are_scaled_by_their_length(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rates: list[float] = []

    class Watched(torch.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            rates.append(self.param_groups[0]["lr"])
            return super().step(closure)

    monkeypatch.setattr(
        recurrent_loop, "_optimizer", lambda model, how: Watched(model.parameters(), lr=how.learning_rate)
    )
    made = recipe({"variable_length": True}, learning_rate=0.5, schedule="constant", warmup_ratio=0)
    outcome = train(made, corpus, tmp_path)
    lengths = [rate / 0.5 * 15 for rate in rates]
    assert len(set(lengths)) > 5
    assert sum(lengths) * 8 == pytest.approx(outcome.tokens)


def test_averaged_weights_are_those_that_are_kept(corpus: Corpus, tmp_path: Path) -> None:
    outcome = train(recipe({"averaged": True}, steps=8), corpus, tmp_path)
    plain = train(recipe({}, steps=8), corpus, tmp_path / "plain")
    state = torch.load(tmp_path / "checkpoints" / "state.pt", weights_only=True)
    assert outcome.numbers["averaged_from"] == 7
    assert state["averaging"]["count"] == 2
    kept = AutoModelForCausalLM.from_pretrained(tmp_path / "result")
    for mean, weight in zip(state["averaging"]["mean"], kept.parameters(), strict=True):
        assert torch.equal(mean, weight)
    assert outcome.numbers["dev_loss"] != plain.numbers["dev_loss"]

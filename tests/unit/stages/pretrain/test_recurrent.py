import math
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
)

from robust.errors import DataError, UserError
from robust.models.elmo import ElmoForSequenceClassification
from robust.models.recurrent import RecurrentForCausalLM, RecurrentForTokenClassification
from robust.stages.pretrain.bptt import columns
from robust.stages.pretrain.corpus import Corpus
from robust.stages.pretrain.opening import INNER
from robust.stages.workspace import workspace
from tests.tiny_recurrent import ELMO, lines, recipe, train

pytestmark = pytest.mark.usefixtures("short_probes")


def test_a_model_begins_with_the_frequencies_of_words(corpus: Corpus, tmp_path: Path) -> None:
    told: list[float] = []
    slow = recipe(steps=1, learning_rate=1e-9, log_every=1)
    train(slow, corpus, tmp_path, lambda step, steps, numbers: told.append(numbers["loss"]))
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "result")
    stream = np.fromfile(tmp_path / "checkpoints" / "tokens" / "train.bin", dtype=np.uint16)
    counts = np.array([1 + np.sum(stream == word) for word in range(64)])
    np.testing.assert_allclose(model.decoder.bias.detach().softmax(0), counts / counts.sum(), rtol=1e-4)
    shares = counts[counts > 1] / counts.sum()
    assert told[0] == pytest.approx(float(-(shares * np.log(shares)).sum()), abs=0.5)  # of 4.2 for equal ones


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_it_learns(cell: str, corpus: Corpus, tmp_path: Path) -> None:
    told: list[tuple[int, int, dict[str, float]]] = []
    outcome = train(
        recipe({"cell": cell}, steps=120, log_every=40, save_every=120),
        corpus,
        tmp_path,
        lambda step, steps, numbers: told.append((step, steps, dict(numbers))),
    )
    # Ten words are as likely to begin; the others follow, but where a sentence ends has to be counted out.
    assert outcome.numbers["dev_loss"] is not None
    assert 0.8 * math.log(10) / 13 < outcome.numbers["dev_loss"] < 0.7
    assert outcome.numbers["dev_perplexity"] == pytest.approx(math.exp(outcome.numbers["dev_loss"]))
    assert [step for step, _, _ in told] == [40, 80, 120]
    assert told[0][1] == 120
    assert told[0][2]["loss"] > told[-1][2]["loss"]
    assert set(told[-1][2]) == {"loss", "dev_loss"}
    points = lines(tmp_path / "result" / "curve.jsonl")
    assert [point["dev_loss"] is None for point in points] == [True, True, False]
    assert points[-1]["tokens"] == outcome.tokens
    assert 0 < points[-1]["grad_norm"] < 10
    assert outcome.parameters == AutoModelForCausalLM.from_pretrained(tmp_path / "result").num_parameters()


def test_ends_are_steps_epochs_or_minutes(corpus: Corpus, tmp_path: Path) -> None:
    by_steps = train(recipe(steps=3), corpus, tmp_path / "steps")
    assert (by_steps.numbers["steps"], by_steps.tokens) == (3, 3 * 8 * 15)
    by_epochs = train(recipe(steps=None, epochs=2), corpus, tmp_path / "epochs")
    width = int(by_epochs.numbers["corpus_tokens"] or 0) // 8
    assert by_epochs.tokens == 2 * 8 * (width - 1)
    begun = recipe(steps=None, minutes=0.01, log_every=1)
    told: list[tuple[int, int]] = []
    by_minutes = train(begun, corpus, tmp_path / "minutes", lambda step, steps, _: told.append((step, steps)))
    assert 0.6 <= by_minutes.seconds < 6
    assert told[-1][0] == told[-1][1] == by_minutes.numbers["steps"]


def test_gradient_norms_are_noted_before_and_while_training(corpus: Corpus, tmp_path: Path) -> None:
    train(recipe({"layers": 2}, steps=14, save_every=2), corpus, tmp_path)
    found = lines(tmp_path / "result" / "gradients.jsonl")
    assert [line["step"] for line in found if line["length"] == 10 and line["layer"] == 1] == [0, 2, 4, 8, 14]
    line = next(line for line in found if line["length"] == 10)
    assert len(line["hidden"]) == len(line["cell"]) == 10
    assert line["hidden"][-1] > line["hidden"][0] > 0  # the loss at the last step is felt there most


@pytest.mark.parametrize("tokenizer", ["words", "wordpiece", "byte-bpe"])
def test_the_result_is_a_language_model_and_becomes_a_tagger(tokenizer: str, corpus: Corpus, tmp_path: Path) -> None:
    train(recipe({"cell": "gru"}, tokenizer, steps=2), corpus, tmp_path)
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "result")
    assert isinstance(model, RecurrentForCausalLM)
    assert (model.config.cell, model.config.recurrent_size, model.config.tied) == ("gru", 24, True)
    read = AutoTokenizer.from_pretrained(tmp_path / "result")
    assert model.config.vocab_size % 64 == 0
    assert 0 <= model.config.vocab_size - len(read) < 64
    end = read.sep_token_id if tokenizer != "byte-bpe" else read.eos_token_id
    assert model.config.eos_token_id == end
    # Texts stand between ends, as paragraphs do in training.
    words, more = ([*read(text, add_special_tokens=False)["input_ids"]] for text in ("la niña", "the bread"))
    assert read("la niña")["input_ids"] == [end, *words, end]
    assert read("la niña", "the bread")["input_ids"] == [end, *words, end, *more, end]
    tagger = AutoModelForTokenClassification.from_pretrained(tmp_path / "result", num_labels=4)
    assert isinstance(tagger, RecurrentForTokenClassification)


def test_a_bidirectional_model_becomes_elmo_features(corpus: Corpus, tmp_path: Path) -> None:
    outcome = train(recipe(ELMO, steps=4), corpus, tmp_path)
    classifier = AutoModelForSequenceClassification.from_pretrained(tmp_path / "result", num_labels=3)
    assert isinstance(classifier, ElmoForSequenceClassification)
    inner = tmp_path / "result" / INNER
    model = AutoModelForCausalLM.from_pretrained(inner).eval()
    for name, weight in model.model.state_dict().items():
        assert torch.equal(classifier.lm.state_dict()[name], weight)
    assert (
        AutoTokenizer.from_pretrained(inner)("la")["input_ids"]
        == AutoTokenizer.from_pretrained(inner.parent)("la")["input_ids"]
    )
    dev = np.fromfile(tmp_path / "checkpoints" / "tokens" / "dev.bin", dtype=np.uint16).astype(np.int64)
    ids = torch.from_numpy(columns(dev, 8))
    with torch.no_grad():
        both = model(ids, labels=ids).loss
    assert outcome.numbers["dev_loss"] == pytest.approx(float(both), rel=1e-5)


def test_the_run_makes_a_directory(corpus: Corpus, tmp_path: Path) -> None:
    from robust.stages.pretrain.run import pretrain

    done = pretrain(recipe(steps=2), corpus, out=tmp_path / "model", device="cpu")
    assert done.manifest["numbers"]["steps"] == 2
    names = {path.name for path in (tmp_path / "model").iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "curve.jsonl", "gradients.jsonl"} <= names
    layer = 4 * 16 * (16 + 16 + 2)  # tied: the only layer is as wide as the embedding
    vocabulary = 64
    assert done.outcome.parameters == layer + vocabulary * 16 + vocabulary
    assert done.outcome.flops == 6 * (layer + vocabulary * 16) * done.outcome.tokens


def test_what_cannot_be_trained_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="too few"):
        train(recipe(batch_size=5000), corpus, tmp_path)
    with pytest.raises(UserError, match=r"torch\.compile"):
        train(recipe(compile=True), corpus, tmp_path)
    with pytest.raises(ValueError, match="as wide as its embedding"):
        recipe({"bidirectional": True})
    with workspace(tmp_path / "x", purpose={}, marker="manifest.json") as made:
        assert made.result.is_dir()

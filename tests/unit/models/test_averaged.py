import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from robust.errors import ModelError
from robust.models import vectors as files
from robust.models.averaged import (
    AveragedConfig,
    AveragedForSequenceClassification,
    AveragedModel,
    from_vectors,
    standardised,
)
from robust.models.vectors import Vectors
from robust.models.words import SPECIAL
from robust.stages import models
from robust.stages.adapt import layers
from robust.victims.load import load_victim

WORDS = ("the", "la", "soup", "sopa", "was", "estaba", "cold", "fría", "niño", "don't", "good", "buena")
LABELS = ("negative", "positive")
TEXTS = [
    ("¡La SOPA estaba fría!",),
    ("the soup was good; the soup was cold; the zebra was good",),
    ("zebra",),
    ("…",),
    ("Don’t, niño",),
]


def vectors(*, lowercase: bool = True) -> Vectors:
    rng = np.random.default_rng(2)
    table = (3 + rng.normal(size=(len(WORDS), 6)) * [1, 2, 3, 4, 5, 6]).astype(np.float32)
    return Vectors(words=WORDS, table=table, counts=np.arange(len(WORDS), 0, -1) ** 2, lowercase=lowercase)


@pytest.fixture
def folder(tmp_path) -> Path:
    found = tmp_path / "vectors"
    found.mkdir()
    files.write(vectors(), found)
    return found


def made(folder: Path, **settings):
    torch.manual_seed(3)
    model, tokenizer = from_vectors(folder, LABELS, **settings)
    return model.eval(), tokenizer


def saved(folder: Path, **settings) -> Path:
    model, tokenizer = made(folder, **settings)
    out = folder.with_name("model")
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    return out


def test_the_table_is_shifted_and_scaled_as_a_whole() -> None:
    found = vectors()
    table = standardised(found).astype(np.float64)
    running = np.repeat(table, found.counts, axis=0)  # every word as often as the text has it
    np.testing.assert_allclose(running.mean(axis=0), 0, atol=1e-5)
    assert np.square(running).mean() == pytest.approx(1, rel=1e-5)
    ratios = (table[1:] - table[0]) / (found.table[1:] - found.table[0])
    np.testing.assert_allclose(ratios, ratios[0, 0], rtol=1e-4)
    alike = standardised(Vectors(words=("a", "b"), table=np.ones((2, 3), np.float32)))
    assert not alike.any()


@pytest.mark.parametrize("pooling", ["mean", "mean-max"])
@pytest.mark.parametrize("head_size", [None, 5])
@pytest.mark.parametrize("unknown", ["zero", "mean"])
def test_answers_are_those_by_hand(pooling, head_size, unknown, folder) -> None:
    model, tokenizer = made(folder, pooling=pooling, head_size=head_size, unknown=unknown)
    table = standardised(vectors())
    known = dict(zip(WORDS, table, strict=True))
    linear = [module for module in model.classifier if isinstance(module, torch.nn.Linear)]
    assert len(linear) == (1 if head_size is None else 2)
    spoken = (
        "la sopa estaba fría",
        "the soup was good the soup was cold the zebra was good",
        "zebra",
        "",
        "don't niño",
    )
    encoded = tokenizer([text for (text,) in TEXTS], padding=True, return_tensors="pt")
    logits = model(**encoded).logits.detach().numpy()
    for text, found in zip(spoken, logits, strict=True):
        rows = [known.get(word, table.mean(axis=0) if unknown == "mean" else None) for word in text.split()]
        rows = [row for row in rows if row is not None] or [np.zeros(6)]
        vector = np.mean(rows, axis=0)
        if pooling == "mean-max":
            vector = np.concatenate([vector, np.max(rows, axis=0)])
        for at, layer in enumerate(linear):
            vector = layer.weight.detach().numpy() @ vector + layer.bias.detach().numpy()
            vector = np.maximum(vector, 0) if at < len(linear) - 1 else vector
        np.testing.assert_allclose(found, vector, atol=1e-5)
    assert np.ptp(logits, axis=0).max() > 0.2


def test_pairs_are_one_text_with_a_separator_that_does_not_count(folder) -> None:
    model, tokenizer = made(folder)
    pair = tokenizer("la sopa", "the soup", return_tensors="pt")
    assert tokenizer.convert_ids_to_tokens(pair["input_ids"][0]) == ["la", "sopa", "[SEP]", "the", "soup", "[SEP]"]
    single = tokenizer("la sopa the soup", return_tensors="pt")
    torch.testing.assert_close(model(**pair).logits, model(**single).logits)


def test_embedded_words_and_masks_answer_like_numbers(folder) -> None:
    model, tokenizer = made(folder, pooling="mean-max")
    encoded = tokenizer([text for (text,) in TEXTS], padding=True, return_tensors="pt")
    plain = model(**encoded).logits
    inner = model.averaged(**encoded, output_hidden_states=True)
    assert inner.last_hidden_state.shape == (*encoded["input_ids"].shape, 6)
    torch.testing.assert_close(inner.hidden_states[0], inner.last_hidden_state)
    embedded = model(inputs_embeds=inner.last_hidden_state, attention_mask=encoded["attention_mask"]).logits
    torch.testing.assert_close(embedded, plain)
    torch.testing.assert_close(model(input_ids=encoded["input_ids"]).logits, plain)  # padding is known without a mask
    as_tuple = model(**encoded, labels=torch.tensor([0, 1, 0, 1, 1]), return_dict=False)
    assert float(as_tuple[0].detach()) == pytest.approx(
        float(-plain.log_softmax(-1)[torch.arange(5), torch.tensor([0, 1, 0, 1, 1])].mean().detach()), rel=1e-5
    )
    left = torch.cat([torch.zeros(5, 2, dtype=torch.long), encoded["input_ids"]], dim=1)
    torch.testing.assert_close(model(input_ids=left).logits, plain)
    with pytest.raises(ValueError, match="inputs_embeds"):
        model()


@pytest.mark.parametrize("unknown", ["zero", "mean"])
def test_zeros_stay_zeros_and_words_learn(unknown, folder) -> None:
    model, tokenizer = made(folder, unknown=unknown)
    before = model.averaged.embedding.weight.detach().clone()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.1)
    encoded = tokenizer(["la sopa zebra [MASK]", "the soup"], padding=True, return_tensors="pt")
    for _ in range(4):
        optimizer.zero_grad()
        model.train()(**encoded, labels=torch.tensor([0, 1])).loss.backward()
        optimizer.step()
    after = model.averaged.embedding.weight.detach()
    for at, role in enumerate(SPECIAL):
        moved = unknown == "mean" and role == "unk"
        assert bool((after[at] != before[at]).any()) == moved, role
        assert bool(after[at].any()) == moved, role
    assert (after[4 + WORDS.index("sopa")] - before[4 + WORDS.index("sopa")]).abs().min() > 0.05
    assert torch.isfinite(after).all()


def test_the_auto_classes_open_a_saved_model(folder) -> None:
    out = saved(folder, head_size=4, pooling="mean-max")
    config = AutoConfig.from_pretrained(out)
    assert isinstance(config, AveragedConfig)
    assert (config.hidden_size, config.vocab_size, config.pooling, config.head_size) == (6, 16, "mean-max", 4)
    assert config.id2label == dict(enumerate(LABELS))
    first, tokenizer = made(folder, head_size=4, pooling="mean-max")
    again, info = AutoModelForSequenceClassification.from_pretrained(out, output_loading_info=True)
    assert isinstance(again, AveragedForSequenceClassification)
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    read = AutoTokenizer.from_pretrained(out)
    encoded = read([text for (text,) in TEXTS], padding=True, return_tensors="pt")
    assert encoded["input_ids"].tolist() == tokenizer([text for (text,) in TEXTS], padding=True)["input_ids"]
    torch.testing.assert_close(again.eval()(**encoded).logits, first(**encoded).logits)
    encoder = AutoModel.from_pretrained(out)
    assert isinstance(encoder, AveragedModel)
    torch.testing.assert_close(encoder(**encoded).last_hidden_state, first.averaged(**encoded).last_hidden_state)
    new = AutoModelForSequenceClassification.from_config(AveragedConfig(vocab_size=9, hidden_size=3))
    weight = new.averaged.embedding.weight.detach()
    assert not weight[:4].any()
    assert weight[4:].all()
    with pytest.raises(ValueError, match="mean-max"):
        AveragedConfig(pooling="median")


def test_capitals_count_where_the_vectors_have_them(tmp_path) -> None:
    files.write(vectors(lowercase=False), tmp_path)
    _, tokenizer = from_vectors(tmp_path)
    assert tokenizer.convert_ids_to_tokens(tokenizer("La sopa, NIÑO")["input_ids"]) == [
        "[UNK]",
        "sopa",
        "[UNK]",
        "[SEP]",
    ]


def test_the_head_is_all_above_the_vectors(folder) -> None:
    model, _ = made(folder, head_size=4)
    assert model.base_model is model.averaged
    names = [name for name, _ in layers.head(model)]
    assert names
    assert all(name.startswith("classifier.") for name in names)
    assert [name for name, _ in model.named_parameters() if name not in names] == ["averaged.embedding.weight"]


@pytest.mark.parametrize("pooling", ["mean", "mean-max"])
def test_it_is_a_victim_like_any_other(pooling, folder) -> None:
    victim = load_victim(str(saved(folder, pooling=pooling)), device="cpu")
    assert victim.meta.labels == LABELS
    assert victim.meta.dtype == "float32"
    together = victim.logits(TEXTS)
    alone = np.stack([victim.canonical(text) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    np.testing.assert_allclose(victim.logits(TEXTS[::-1])[::-1], together, atol=1e-6)
    assert np.isfinite(victim.logits([("…",), ("",)])).all()
    pairs = victim.logits([("la sopa", "estaba fría"), ("the soup", "was good, was good, was good")])
    np.testing.assert_allclose(pairs[0], victim.canonical(("la sopa estaba fría",)), atol=1e-6)
    assert not np.allclose(pairs[0], pairs[1])


def test_a_directory_of_vectors_is_a_checkpoint_to_start_from(folder) -> None:
    torch.manual_seed(1)
    model, tokenizer = models.from_checkpoint(str(folder), LABELS, max_length=64)
    assert isinstance(model, AveragedForSequenceClassification)
    assert model.config.id2label == dict(enumerate(LABELS))
    assert tokenizer.mask_token_id == 3
    with pytest.raises(ModelError, match=r"only classify"):
        models.from_checkpoint(str(folder), (), max_length=64, auto="AutoModelForQuestionAnswering")
    with pytest.raises(ModelError, match=r"train\.max_length=4096"):
        models.from_checkpoint(str(folder), LABELS, max_length=5000)
    said = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    (folder / "vocab.json").write_text(json.dumps({**said, "words": said["words"][:3]}), encoding="utf-8")
    with pytest.raises(ModelError, match="no whole word vectors"):
        models.from_checkpoint(str(folder), LABELS, max_length=64)
    with pytest.raises(ModelError, match=r"fine-tune|config"):
        load_victim(str(folder), device="cpu")

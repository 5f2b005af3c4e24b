from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers as hf

from robust.core.victim import CanonicalVictim
from robust.errors import ModelError, OutOfMemory, UserError
from robust.victims.transformers import TransformersVictim

KINDS = ("bert", "roberta", "distilbert", "gpt2")
TEXTS = [
    ("the soup was warm",),
    ("",),
    ("la habitación era pequeña pero muy limpia, y el niño comió una manzana roja 🍎",),
    ("nobody",),
    ("a dull evening " * 40,),
]


def load(path: Path, **options: object) -> TransformersVictim:
    return TransformersVictim.load(path, **{"device": "cpu", **options})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_no_answer(model_dirs: dict[str, Path], kind: str) -> None:
    victim = load(model_dirs[kind])
    together = victim.logits(TEXTS)
    alone = np.concatenate([victim.logits([text]) for text in TEXTS])
    assert together.dtype == np.float32
    assert together.shape == (len(TEXTS), 3)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.ptp(together, axis=0).max() > 1e-2, "random models must tell these texts apart"


@pytest.mark.parametrize("kind", ["bert", "roberta", "distilbert"])
def test_pairs_are_read_as_pairs(model_dirs: dict[str, Path], kind: str) -> None:
    victim = load(model_dirs[kind])
    pairs = [("the soup", "was warm"), ("a dull evening", "el niño " * 60), ("was warm", "the soup")]
    together = victim.logits(pairs)
    np.testing.assert_allclose(together, np.concatenate([victim.logits([pair]) for pair in pairs]), atol=1e-5)
    assert not np.allclose(together[0], together[2], atol=1e-3)
    assert not np.allclose(together[0], victim.logits([("the soup was warm",)]), atol=1e-4)


def test_bert_tells_the_fields_apart_by_type(model_dirs: dict[str, Path]) -> None:
    victim = load(model_dirs["bert"])
    tokenizer, model = hf.AutoTokenizer.from_pretrained(model_dirs["bert"]), victim.model
    encoded = tokenizer("the soup", "was warm", return_tensors="pt")
    assert encoded["token_type_ids"].max() == 1
    with torch.inference_mode():
        expected = model(**encoded).logits.numpy()
    np.testing.assert_allclose(victim.logits([("the soup", "was warm")]), expected, atol=1e-6)


@pytest.mark.parametrize(("kind", "limit"), [("bert", 48), ("roberta", 40), ("distilbert", 40), ("gpt2", 50)])
def test_long_texts_are_cut_to_what_tokeniser_and_positions_allow(
    model_dirs: dict[str, Path], kind: str, limit: int
) -> None:
    victim = load(model_dirs[kind])
    assert victim.max_length == limit
    long, longer = "manzana roja " * 100, "manzana roja " * 100 + "nobody"
    np.testing.assert_array_equal(victim.logits([(long,)]), victim.logits([(longer,)]))
    shorter = load(model_dirs[kind], max_length=10)
    assert not np.allclose(shorter.logits([(long,)]), victim.logits([(long,)]), atol=1e-4)


def test_max_length_beyond_the_model_is_refused(model_dirs: dict[str, Path]) -> None:
    with pytest.raises(UserError, match=r"max_length 49 does not fit .*5 to 48 tokens"):
        load(model_dirs["bert"], max_length=49)


def test_empty_batch(model_dirs: dict[str, Path]) -> None:
    answer = load(model_dirs["bert"]).logits([])
    assert answer.shape == (0, 3)
    assert answer.dtype == np.float32


def test_mixed_field_counts_are_refused(model_dirs: dict[str, Path]) -> None:
    victim = load(model_dirs["bert"])
    with pytest.raises(ModelError, match="inputs of 1 and 2 fields"):
        victim.logits([("one",), ("one", "two")])
    with pytest.raises(ModelError, match="inputs of 3 fields"):
        victim.logits([("one", "two", "three")])


def test_bfloat16_searches_and_float32_confirms(model_dirs: dict[str, Path]) -> None:
    exact, fast = load(model_dirs["bert"], dtype="float32"), load(model_dirs["bert"], dtype="bfloat16")
    assert (exact.meta.dtype, fast.meta.dtype) == ("float32", "bfloat16")
    assert exact.meta.revision == fast.meta.revision
    assert isinstance(fast, CanonicalVictim)
    expected = exact.logits(TEXTS)
    np.testing.assert_allclose(fast.logits(TEXTS), expected, atol=0.15)
    assert not np.array_equal(fast.logits(TEXTS), expected)
    for text, row in zip(TEXTS, expected, strict=True):
        np.testing.assert_allclose(fast.canonical(text), row, atol=1e-5)
        np.testing.assert_allclose(exact.canonical(text), row, atol=1e-5)
    assert fast.canonical(TEXTS[0]).shape == (3,)
    assert fast.meta.dtype == "bfloat16"
    assert next(fast.model.parameters()).dtype == torch.bfloat16


def test_a_half_precision_checkpoint_is_computed_in_float32(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    hf.BertForSequenceClassification.from_pretrained(path).half().save_pretrained(path)
    victim = load(path, dtype="float32")
    assert {p.dtype for p in victim.model.parameters()} == {torch.float32}


def test_meta(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    (path / "README.md").write_text("---\nlicense: mit\nlanguage:\n- es-MX\n- fr\n---\n# A model\n", encoding="utf-8")
    meta = load(path, name="mine").meta
    assert meta.name == "mine"
    assert meta.labels == ("bad", "middling", "good")
    assert meta.langs == {"es"}
    assert meta.device == "cpu"
    assert meta.revision.startswith("sha256:")
    assert len(meta.revision) == len("sha256:") + 16


def test_labels_are_sorted_by_number_not_by_spelling(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    config = hf.BertConfig.from_pretrained(path, id2label={i: f"topic {i}" for i in range(12)}, label2id={})
    hf.BertForSequenceClassification(config).save_pretrained(path)
    assert load(path).meta.labels == tuple(f"topic {i}" for i in range(12))


def test_a_model_in_training_is_asked_without_dropout_and_given_back(model_dirs: dict[str, Path]) -> None:
    victim = load(model_dirs["bert"])
    model = hf.BertForSequenceClassification.from_pretrained(model_dirs["bert"]).train()
    live = TransformersVictim.of(model, victim.tokenizer, name="live")
    np.testing.assert_allclose(live.logits(TEXTS), victim.logits(TEXTS), atol=1e-6)
    assert model.training
    assert live.meta.revision == "unpinned"


def test_a_loaded_victim_can_be_sent_to_another_process(model_dirs: dict[str, Path]) -> None:
    victim = load(model_dirs["bert"], dtype="bfloat16")
    again = pickle.loads(pickle.dumps(victim))
    np.testing.assert_array_equal(again.canonical(TEXTS[0]), victim.canonical(TEXTS[0]))


# ------------------------------------------------------------------------------------------------ memory
@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
        RuntimeError("MPS backend out of memory"),
        MemoryError(),
    ],
)
def test_out_of_memory_is_said_in_our_words(
    model_dirs: dict[str, Path], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    victim = load(model_dirs["bert"])

    def full(**_: object) -> None:
        raise error

    monkeypatch.setattr(victim.model, "forward", full)
    with pytest.raises(OutOfMemory) as caught:
        victim.logits([("text",)])
    assert caught.value.__context__ is None, "the frames of the first exception would keep the memory"


def test_other_errors_stay_what_they_are(model_dirs: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    victim = load(model_dirs["bert"])

    def broken(**_: object) -> None:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(victim.model, "forward", broken)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        victim.logits([("text",)])


# ------------------------------------------------------------------------------------------------ what cannot be loaded
def change_config(path: Path, **changes: object) -> None:
    config = json.loads((path / "config.json").read_text(encoding="utf-8")) | changes
    (path / "config.json").write_text(json.dumps(config), encoding="utf-8")


def fails(path: Path, match: str, fix: str) -> None:
    with pytest.raises(ModelError, match=match) as caught:
        load(path, name="the-model")
    assert "the-model" in str(caught.value) or str(path) in str(caught.value)
    assert fix in caught.value.fix


def test_not_a_model_directory(tmp_path: Path, copy_of: Callable[[str], Path]) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    fails(tmp_path, "not a model directory: it has no config.json", "save_pretrained")
    copy_of("bert")
    fails(tmp_path, "not a model directory", str(tmp_path / "bert"))
    (tmp_path / "adapter_config.json").write_text("{}")
    fails(tmp_path, "holds an adapter", "merge")


@pytest.mark.parametrize("text", ["{", "[]", "\xff"])
def test_a_broken_config(copy_of: Callable[[str], Path], text: str) -> None:
    path = copy_of("bert")
    (path / "config.json").write_text(text, encoding="latin-1")
    fails(path, r"config\.json", "again")


@pytest.mark.parametrize(
    ("architecture", "kind"),
    [
        ("BertForMaskedLM", "a masked language model"),
        ("BertForTokenClassification", "a word tagger"),
        ("BertModel", "an encoder without a classification head"),
        ("T5ForConditionalGeneration", "a sequence-to-sequence generator"),
        ("SomethingElse", "the-model is not a fine-tuned sequence classifier"),
    ],
)
def test_not_a_sequence_classifier(copy_of: Callable[[str], Path], architecture: str, kind: str) -> None:
    path = copy_of("bert")
    change_config(path, architectures=[architecture])
    fails(path, f"{kind} .{architecture}.", "robust finetune RECIPE --model the-model")


@pytest.mark.parametrize("architecture", ["EncoderDecoderModel", "MarianMTModel"])
def test_what_writes_texts_and_cannot_become_a_classifier(copy_of: Callable[[str], Path], architecture: str) -> None:
    path = copy_of("bert")
    change_config(path, architectures=[architecture])
    fails(path, f"a sequence-to-sequence generator .{architecture}., not a fine-tuned", "name another model")


def test_a_random_head_is_never_accepted(copy_of: Callable[[str], Path], caplog: pytest.LogCaptureFixture) -> None:
    path = copy_of("bert")
    hf.BertModel(hf.BertConfig.from_pretrained(path)).save_pretrained(path)
    change_config(path, architectures=None)  # it does not even say that it has no head
    with caplog.at_level(logging.WARNING):
        fails(path, r"lacks weights of its classifier: .*classifier\.bias", "robust finetune")


def test_weights_of_another_size(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    change_config(path, hidden_size=64)
    fails(path, "cannot load the weights", "again")


def test_broken_weights(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    (path / "model.safetensors").write_bytes(b"not safetensors at all")
    fails(path, "cannot load the weights", "again")


def test_pickled_weights_are_not_opened(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    (path / "model.safetensors").rename(path / "pytorch_model.bin")
    fails(path, r"only pickled weights \(pytorch_model.bin\)", "convert it once")


def test_no_weights_and_no_tokeniser(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    (path / "tokenizer.json").unlink()
    (path / "tokenizer_config.json").unlink()
    fails(path, "no tokeniser files", "tokenizer.save_pretrained")
    (path / "model.safetensors").unlink()
    fails(path, r"no weights in model\.safetensors", "save_pretrained")


def test_code_that_comes_with_a_model_does_not_run(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    change_config(path, model_type="ours", auto_map={"AutoConfig": "ours.OurConfig"})
    (path / "ours.py").write_text("raise SystemExit('this code ran')")
    fails(path, r"needs code that comes with it \(model type 'ours'\)", "--trust-remote-code")
    change_config(path, auto_map=None)
    fails(path, "model type 'ours', which the installed transformers does not know", "newer transformers")


def test_not_one_class_of_several(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    change_config(path, problem_type="multi_label_classification")
    fails(path, "gives each text several labels", "exclude each other")
    config = hf.BertConfig.from_pretrained(path, num_labels=1, problem_type="regression")
    hf.BertForSequenceClassification(config).save_pretrained(path)
    fails(path, "predicts a number, not a class", "two or more labels")


def test_loading_is_silent(model_dirs: dict[str, Path], capfd: pytest.CaptureFixture[str]) -> None:
    load(model_dirs["roberta"])
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")

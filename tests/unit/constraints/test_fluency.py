"""Fluency: likelihoods next to a plain computation one text at a time, both limits, clear errors; on tiny models."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robust.constraints import _language_model
from robust.constraints.fluency import Fluency
from robust.core.constraint import Pair
from robust.core.text import Text
from robust.errors import ModelError, PluginError
from robust.lang.base import language
from tests import tiny_models as tiny

STRINGS = ("the soup was good", "the soup was bad", "la habitación era pequeña", "nobody", "great 🙂 the waiter smiled")
ORIGINAL = "the soup was warm and the waiter smiled"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    make: dict[str, Callable[[Path], str]] = {
        "gpt2": tiny.gpt2,
        "bert": lambda folder: tiny.bert(folder, head="MaskedLM"),
        "roberta": lambda folder: tiny.roberta(folder, tiny.SENTENCES),
    }
    return {kind: build(tmp_path_factory.mktemp(kind)) for kind, build in make.items()}


def opened(model: str, auto: str) -> tuple[Any, Any]:
    import transformers

    network = getattr(transformers, auto).from_pretrained(model).eval()
    return network, transformers.AutoTokenizer.from_pretrained(model)


def causal_by_hand(model: str, text: str) -> tuple[float, int]:
    """The chain rule, each prefix a pass of its own."""
    import torch

    network, tokenizer = opened(model, "AutoModelForCausalLM")
    ids = [tokenizer.eos_token_id, *tokenizer(text)["input_ids"]]
    total = 0.0
    with torch.inference_mode():
        for n in range(1, len(ids)):
            total += float(network(torch.tensor([ids[:n]])).logits[0, -1].log_softmax(-1)[ids[n]])
    return total, len(ids) - 1


def masked_by_hand(model: str, text: str) -> tuple[float, int]:
    """Each token of each word alone, with what follows in the word hidden; words by white space and the tokeniser."""
    import torch

    network, tokenizer = opened(model, "AutoModelForMaskedLM")
    encoded = tokenizer(text)
    ids, words = encoded["input_ids"], encoded.word_ids()
    total, count = 0.0, 0
    for word in sorted({w for w in words if w is not None}):
        places = [at for at, w in enumerate(words) if w == word]
        for n, place in enumerate(places):
            hidden = torch.tensor([ids])
            hidden[0, places[n:]] = tokenizer.mask_token_id
            with torch.inference_mode():
                total += float(network(hidden).logits[0, place].log_softmax(-1)[ids[place]])
            count += 1
    return total, count


@pytest.mark.parametrize("kind", ["gpt2", "bert", "roberta"])
def test_likelihoods_are_those_of_one_token_at_a_time(built: dict[str, str], kind: str) -> None:
    by_hand = causal_by_hand if kind == "gpt2" else masked_by_hand
    found = _language_model.load(built[kind]).likelihoods(STRINGS)
    expected = [by_hand(built[kind], string) for string in STRINGS]
    assert [one.log for one in found] == pytest.approx([log for log, _ in expected], abs=1e-3)
    assert [one.tokens for one in found] == [n for _, n in expected]


def test_masked_copies_are_made_in_parts(built: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    model = _language_model.load(built["bert"])
    whole = model.likelihoods(STRINGS)
    monkeypatch.setattr(_language_model, "QUESTIONS", 20)
    parts = model.likelihoods(STRINGS)
    assert [one.log for one in parts] == pytest.approx([one.log for one in whole], abs=1e-4)
    assert [one.tokens for one in parts] == [one.tokens for one in whole]


@pytest.mark.parametrize("kind", ["gpt2", "bert"])
def test_texts_are_cut_at_the_longest_input(built: dict[str, str], kind: str) -> None:
    model = _language_model.load(built[kind])
    (found,) = model.likelihoods(["soup " * 200])
    # GPT-2 reads one token in front, BERT one at either end
    assert found.tokens == model.max_length - (1 if kind == "gpt2" else 2)


def pairs(*candidates: Text) -> list[Pair]:
    return [Pair(candidate.root, candidate, "en") for candidate in candidates]


def edited() -> list[Text]:
    text = language("en").text(ORIGINAL)
    return [text.replace(3, "dull"), text.replace(3, "dull").replace(1, "film"), text.delete(3), text.insert(3, "so")]


@pytest.mark.parametrize("kind", ["gpt2", "bert"])
def test_ratio_and_drop_follow_from_the_likelihoods(built: dict[str, str], kind: str) -> None:
    by_hand = causal_by_hand if kind == "gpt2" else masked_by_hand
    old, n_old = by_hand(built[kind], ORIGINAL)
    expected = []
    for text, changed in zip(edited(), (1, 2, 1, 1), strict=True):
        new, n_new = by_hand(built[kind], str(text))
        expected.append((math.exp(-new / n_new) / math.exp(-old / n_old), (old - new) / changed))
    assert Fluency(model=built[kind]).losses(pairs(*edited())) == pytest.approx(np.array(expected), abs=2e-3, rel=1e-3)


def test_a_candidate_keeps_to_every_limit_that_is_set(built: dict[str, str]) -> None:
    model, asked = built["gpt2"], pairs(*edited())
    ratios, drops = Fluency(model=model).losses(asked).T
    ratio, drop = float(np.sort(ratios)[1]), float(np.sort(drops)[2])
    assert Fluency(model=model, ratio=ratio)(asked).tolist() == (ratios <= ratio).tolist()
    assert Fluency(model=model, ratio=None, drop=drop)(asked).tolist() == (drops <= drop).tolist()
    both = Fluency(model=model, ratio=ratio, drop=drop)(asked)
    assert both.tolist() == ((ratios <= ratio) & (drops <= drop)).tolist()


def test_a_text_without_tokens_is_not_fluent(built: dict[str, str]) -> None:
    for kind in ("gpt2", "bert"):
        empty = language("en").text("soup").delete(0)
        limits: list[dict[str, Any]] = [{}, {"ratio": None, "drop": 1e9}]
        for limit in limits:
            assert Fluency(model=built[kind], **limit)(pairs(empty)).tolist() == [False]


@pytest.mark.parametrize("head", ["ForSequenceClassification", ""])
def test_a_model_of_another_kind_is_refused(tmp_path: Path, head: str) -> None:
    model = tiny.classifier(tmp_path, "bert") if head else tiny.bert(tmp_path, head="Model")
    with pytest.raises(ModelError, match="not a causal or masked language model"):
        Fluency(model=model).ready(["es"])


def test_a_model_that_reads_ahead_is_no_causal_one(tmp_path: Path) -> None:
    model = tiny.save(
        tmp_path, tiny.wordpiece(), "BertConfig", "BertLMHeadModel", **tiny.SIZES, max_position_embeddings=64
    )
    with pytest.raises(ModelError, match="left to right"):
        Fluency(model=model).ready(["en"])


def test_a_model_that_does_not_say_what_it_is_is_refused(tmp_path: Path) -> None:
    model = tiny.gpt2(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({k: v for k, v in config.items() if k != "architectures"}))
    with pytest.raises(ModelError, match="does not say"):
        Fluency(model=model).ready(["en"])


@pytest.mark.parametrize("wrong", [{"ratio": None}, {"ratio": 0.0}, {"ratio": math.inf}, {"drop": math.nan}])
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PluginError):
        Fluency(model="x", **wrong)

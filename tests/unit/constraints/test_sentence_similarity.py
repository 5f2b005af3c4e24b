"""Sentence similarity: mean pooling, both metrics, each text encoded once, clear errors; on a tiny encoder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robust.constraints import _encoder
from robust.constraints.sentence_similarity import SentenceSimilarity
from robust.core.constraint import Pair
from robust.errors import ModelError, PluginError
from robust.lang.base import language
from tests import tiny_models as tiny


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny.bert(tmp_path_factory.mktemp("encoder"), head="Model")


def pairs(*candidates: str) -> list[Pair]:
    original = language("en").text("the soup was good")
    return [Pair(original, language("en").text(string), "en") for string in candidates]


def by_hand(model: str, a: str, b: str) -> float:
    import torch

    encoder = _encoder.load(model)
    means = []
    for text in (a, b):
        with torch.inference_mode():
            means.append(encoder.model(**encoder.tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0))
    return float(torch.nn.functional.cosine_similarity(means[0], means[1], dim=0))


def test_cosine_of_the_mean_token_vectors(model: str) -> None:
    strings = ["the soup was bad", "never again we loved this old place and hated that sad film", "la casa"]
    found = SentenceSimilarity(model=model).similarities(pairs(*strings))
    assert found == pytest.approx([by_hand(model, "the soup was good", s) for s in strings], abs=2e-6)
    assert len(set(found.round(3))) == 3


def test_angular_is_one_minus_the_angle_over_pi(model: str) -> None:
    cosine = SentenceSimilarity(model=model).similarities(pairs("la casa"))
    angular = SentenceSimilarity(model=model, metric="angular").similarities(pairs("la casa"))
    assert angular == pytest.approx(1 - np.arccos(cosine) / np.pi, abs=1e-5)


def test_keeps_what_reaches_the_minimum(model: str) -> None:
    strings = ["the soup was good", "the soup was bad", "la casa"]
    found = SentenceSimilarity(model=model).similarities(pairs(*strings))
    assert found[0] == 1.0
    limit = float(np.sort(found)[1])
    kept = SentenceSimilarity(model=model, minimum=limit)(pairs(*strings))
    assert kept.tolist() == (found >= limit).tolist()
    assert kept.sum() == 2


def test_each_text_is_encoded_once(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, rows = _encoder.load(model), []
    forward = encoder.model.forward
    monkeypatch.setattr(encoder.model, "forward", lambda **kw: (rows.append(len(kw["input_ids"])), forward(**kw))[1])
    SentenceSimilarity(model=model)(pairs("la casa", "el año", "la casa"))
    assert sum(rows) == 3


def sentence_transformer(directory: Path, pooling: dict[str, Any], *layers: str) -> str:
    """A tiny encoder with the files that sentence-transformers puts beside it."""
    model = tiny.bert(directory, head="Model")
    kinds = [
        ("", "Transformer"),
        ("1_Pooling", "Pooling"),
        *[(f"{n}_{kind}", kind) for n, kind in enumerate(layers, 2)],
    ]
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(kinds)
    ]
    (directory / "modules.json").write_text(json.dumps(modules))
    (directory / "1_Pooling").mkdir()
    (directory / "1_Pooling" / "config.json").write_text(json.dumps({"word_embedding_dimension": 32, **pooling}))
    return model


MEAN = {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": False}


@pytest.mark.parametrize("pooling", [MEAN, {"pooling_mode": "mean"}])
@pytest.mark.parametrize("layers", [(), ("Normalize",)])
def test_encoders_of_sentence_transformers(tmp_path: Path, pooling: dict[str, Any], layers: tuple[str, ...]) -> None:
    model = sentence_transformer(tmp_path, pooling, *layers)
    found = SentenceSimilarity(model=model).similarities(pairs("the soup was bad"))
    assert found == pytest.approx([by_hand(model, "the soup was good", "the soup was bad")], abs=2e-6)


@pytest.mark.parametrize(
    "pooling",
    [{"pooling_mode_mean_tokens": False}, {**MEAN, "pooling_mode_max_tokens": True}, {"pooling_mode": "cls"}],
)
def test_an_encoder_that_pools_otherwise_is_refused(tmp_path: Path, pooling: dict[str, Any]) -> None:
    directory = sentence_transformer(tmp_path, pooling)
    with pytest.raises(ModelError, match="average its tokens"):
        SentenceSimilarity(model=directory)(pairs("la casa"))


def test_an_encoder_with_a_dense_layer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"models\.Dense"):
        SentenceSimilarity(model=sentence_transformer(tmp_path, MEAN, "Dense")).ready(["es"])


def test_a_broken_description_is_named(tmp_path: Path) -> None:
    directory = sentence_transformer(tmp_path, MEAN)
    (tmp_path / "modules.json").write_text("[")
    with pytest.raises(ModelError, match=r"modules\.json"):
        SentenceSimilarity(model=directory).ready(["es"])


@pytest.mark.parametrize("missing", ["./nowhere", "somebody/nothing"])
def test_an_encoder_that_is_not_there_is_named(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=missing):
        SentenceSimilarity(model=missing)(pairs("la casa"))


@pytest.mark.parametrize("wrong", [{"metric": "euclid"}, {"minimum": 1.2}])
def test_wrong_parameters_are_refused(wrong: dict) -> None:
    with pytest.raises(PluginError):
        SentenceSimilarity(model="x", **wrong)

"""Entailment: probabilities as the model gives them one pair at a time, labels by name, clear errors; tiny models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robust.constraints import _nli
from robust.constraints.entailment import Entailment
from robust.core.constraint import Pair
from robust.errors import ModelError, PluginError
from robust.lang.base import language
from tests import tiny_models as tiny

STRINGS = ("the soup was bad", "we hated it", "la casa", "the soup")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {kind: tiny.nli(tmp_path_factory.mktemp(kind), kind) for kind in tiny.CLASSIFIERS}


def pairs(*candidates: str) -> list[Pair]:
    original = language("en").text("the soup was good")
    return [Pair(original, language("en").text(string), "en") for string in candidates]


def by_hand(model: str, premise: str, hypothesis: str) -> float:
    """One pair alone, unpadded, through transformers' own classes."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    network: Any = AutoModelForSequenceClassification.from_pretrained(model).eval()
    encoded = AutoTokenizer.from_pretrained(model)(premise, hypothesis, return_tensors="pt")
    if network.config.model_type != "bert":  # the others have one type of token or none
        encoded.pop("token_type_ids", None)
    with torch.inference_mode():
        logits = network(**encoded).logits[0]
    return float((logits.exp() / logits.exp().sum())[network.config.label2id["entailment"]])


@pytest.mark.parametrize("kind", tiny.CLASSIFIERS)
def test_both_directions_with_the_probabilities_of_the_model(built: dict[str, str], kind: str) -> None:
    found = Entailment(model=built[kind]).probabilities(pairs(*STRINGS))
    original = "the soup was good"
    expected = [[by_hand(built[kind], original, s), by_hand(built[kind], s, original)] for s in STRINGS]
    assert found == pytest.approx(np.array(expected), abs=2e-5)
    assert len(np.unique(found.round(3))) > 4


@pytest.mark.parametrize(("direction", "columns"), [("both", [0, 1]), ("forward", [0]), ("backward", [1])])
def test_keeps_what_reaches_the_minimum_in_the_directions_asked_for(
    built: dict[str, str], direction: Any, columns: list[int]
) -> None:
    asked = Entailment(model=built["bert"]).probabilities(pairs(*STRINGS))[:, columns].min(axis=1)
    limit = float(np.sort(asked)[2])
    kept = Entailment(model=built["bert"], direction=direction, minimum=limit)(pairs(*STRINGS))
    assert kept.tolist() == (asked >= limit).tolist()
    assert kept.sum() == 2


def relabelled(directory: Path, *labels: str) -> str:
    model = tiny.nli(directory, "bert")
    config = json.loads((directory / "config.json").read_text())
    config["id2label"] = dict(enumerate(labels))
    config["label2id"] = {label: at for at, label in enumerate(labels)}
    (directory / "config.json").write_text(json.dumps(config))
    return model


@pytest.mark.parametrize(
    ("labels", "label", "column"),
    [
        (("CONTRADICTION", "NEUTRAL", "ENTAILMENT"), "", 2),
        (("entail", "neutral", "not_entailment"), "", 0),
        (("LABEL_0", "LABEL_1", "LABEL_2"), "label_1", 1),
    ],
)
def test_the_label_is_found_by_name(tmp_path: Path, labels: tuple[str, ...], label: str, column: int) -> None:
    assert _nli.load(relabelled(tmp_path, *labels), label).entails == column


@pytest.mark.parametrize(
    ("labels", "label", "said"),
    [
        (("bad", "middling", "good"), "", "none of the labels"),
        (("not_entailment", "other", "neither"), "", "none of the labels"),
        (("contradiction", "neutral", "entailment"), "entailmnt", "did you mean 'entailment'"),
    ],
)
def test_a_model_without_the_label_is_refused(tmp_path: Path, labels: tuple[str, ...], label: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        Entailment(model=relabelled(tmp_path, *labels), label=label).ready(["en"])


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="masked language model"):
        Entailment(model=tiny.bert(tmp_path, head="MaskedLM")).ready(["es"])


@pytest.mark.parametrize("wrong", [{"direction": "sideways"}, {"minimum": 0}, {"minimum": 1.1}])
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PluginError):
        Entailment(model="x", **wrong)

"""`robust attack --recipe bert-attack` with a masked language model from a directory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.results.directory import open_finished
from robust.starter import model_path
from tests.functional.command import robust


def _masked_lm(directory: Path, name: str) -> Path:
    """A small masked language model with random weights, over the vocabulary of a starter."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForMaskedLM

    tokenizer = AutoTokenizer.from_pretrained(model_path(name))
    torch.manual_seed(0)
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    model = BertForMaskedLM(BertConfig(vocab_size=len(tokenizer), **size))
    tokenizer.save_pretrained(directory)
    model.save_pretrained(directory)
    return directory


@pytest.mark.parametrize("name", ["starter-en", "starter-es"])
def test_any_masked_language_model_serves(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    where = f"attack.transformation.masked_lm.model={_masked_lm(tmp_path / 'mlm', name)}"
    ran = robust(
        "attack", "--recipe", "bert-attack", "--model", name, "--data", name, "--limit", 8, "--set", where, "--json"
    )
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert said["errors"] == 0
    assert said["attack_success_rate"]["k"] > 0
    _, rows = open_finished(Path(said["run"]))
    for row in rows:
        assert row["words_changed"] <= max(1, 0.4 * row["words"])


def test_without_one_the_message_says_how_to_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = robust("attack", "--recipe", "bert-attack", "--model", "starter-en", "--data", "starter-en", "--limit", 2)
    assert ran.code == 2
    assert "masked_lm.model=DIR" in ran.err
    assert "google-bert/bert-base-uncased" in ran.err
    assert "Traceback" not in ran.err
    assert not Path("results").exists()


@pytest.mark.parametrize("recipe", ["bae", "clare"])
@pytest.mark.parametrize("name", ["starter-en", "starter-es"])
def test_words_are_put_in_added_and_merged(
    recipe: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    where = f"attack.transformation.masked_lm_edits.model={_masked_lm(tmp_path / 'mlm', name)}"
    more = ["--set", "attack.transformation.masked_lm_edits.minimum=0", "--set", "attack.query_budget=400"]
    ran = robust(
        *("attack", "--recipe", recipe, "--model", name, "--data", name, "--limit", 4, "--set", where, *more, "--json")
    )
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert said["errors"] == 0
    assert said["queries_mean"] <= 400
    assert said["queries_mean"] > 20, "candidates were asked"


@pytest.mark.parametrize("recipe", ["bae", "clare"])
def test_without_one_the_message_names_their_own_parameter(
    recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = robust("attack", "--recipe", recipe, "--model", "starter-en", "--data", "starter-en", "--limit", 2)
    assert ran.code == 2
    assert "masked_lm_edits.model=DIR" in ran.err

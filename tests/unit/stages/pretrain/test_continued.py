"""Checkpoints of several families that go on learning."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModel, AutoModelForCausalLM, RobertaConfig, RobertaForMaskedLM

from robust.errors import ModelError
from robust.models.elmo import ElmoModel
from robust.recipe.pretrain import PretrainRecipe
from robust.stages.pretrain.corpus import Corpus
from robust.stages.pretrain.opening import INNER
from robust.stages.pretrain.run import Pretrained, pretrain
from tests import tiny_recurrent
from tests.tiny_models import wordpiece
from tests.tiny_recurrent import AWD, ELMO, lines

pytestmark = pytest.mark.usefixtures("short_probes")


def go_on(checkpoint: Path, corpus: Corpus, out: Path, objective: str = "auto", **train: Any) -> Pretrained:
    how = {"batch_size": 4, "length": 16, "steps": 4, "log_every": 1, "held_out": 0.2, "bf16": False, **train}
    model = {"kind": "checkpoint", "checkpoint": str(checkpoint), "objective": objective}
    recipe = PretrainRecipe.model_validate({"schema_version": 1, "name": "more", "model": model, "train": how})
    return pretrain(recipe, corpus, out=out, device="cpu")


def test_a_roberta_loses_the_positions_before_its_first(corpus: Corpus, tmp_path: Path) -> None:
    tokenizer = wordpiece()
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=26,
        pad_token_id=1,
    )
    RobertaForMaskedLM(config).save_pretrained(tmp_path / "roberta")
    tokenizer.save_pretrained(tmp_path / "roberta")
    with pytest.raises(ModelError, match=r"at most 24 tokens[\s\S]*train\.length=24"):
        go_on(tmp_path / "roberta", corpus, tmp_path / "out", length=25)
    assert go_on(tmp_path / "roberta", corpus, tmp_path / "out", length=24).outcome.tokens == 4 * 4 * 24


def test_a_recurrent_model_goes_on_in_the_loop_of_recurrent_models(corpus: Corpus, tmp_path: Path) -> None:
    pretrain(tiny_recurrent.recipe(AWD), corpus, out=tmp_path / "first", device="cpu")
    made = go_on(tmp_path / "first", corpus, tmp_path / "more", learning_rate=1e-9)
    assert "state was carried" in made.manifest["notes"][0]
    assert lines(tmp_path / "more/gradients.jsonl")
    before, after = (AutoModelForCausalLM.from_pretrained(tmp_path / name) for name in ("first", "more"))
    assert after.config.temporal_penalty == AWD["temporal_penalty"]
    for one, other in zip(before.parameters(), after.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=0)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert (tmp_path / "more" / name).read_text() == (tmp_path / "first" / name).read_text()
    with pytest.raises(ModelError, match="predicts the next token"):
        go_on(tmp_path / "first", corpus, tmp_path / "masked", objective="masked")


def test_the_language_model_of_elmo_features_goes_on_and_gives_features(corpus: Corpus, tmp_path: Path) -> None:
    features = tmp_path / "features"
    pretrain(tiny_recurrent.recipe(ELMO), corpus, out=features, device="cpu")
    with pytest.raises(ModelError, match=f"--model {features}/{INNER}"):
        go_on(features, corpus, tmp_path / "more")
    go_on(features / INNER, corpus, tmp_path / "more")
    assert isinstance(AutoModel.from_pretrained(tmp_path / "more"), ElmoModel)
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "more" / INNER).config.bidirectional

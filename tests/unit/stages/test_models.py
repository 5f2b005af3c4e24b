import json
from pathlib import Path

import pytest

from robust.errors import ModelError
from robust.models import register
from robust.recipe.pretrain_models import Checkpoint
from robust.stages import models
from robust.stages.pretrain.opening import open_checkpoint
from tests import tiny_models


def save_recurrent(folder: Path) -> str:
    register()
    from robust.models.recurrent import RecurrentForCausalLM
    from robust.models.recurrent_model import RecurrentConfig

    tokenizer = tiny_models.wordpiece()
    config = RecurrentConfig(vocab_size=len(tokenizer), embedding_size=8, recurrent_size=8, layers=1)
    RecurrentForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def test_a_model_without_token_types_gets_none(tmp_path: Path) -> None:
    name = save_recurrent(tmp_path)
    model, tokenizer = models.from_checkpoint(name, ("no", "yes"), max_length=32)
    found = tokenizer("one text", "and another", return_tensors="pt")
    assert "token_type_ids" not in found
    assert model(**found).logits.shape == (1, 2)


def test_a_bert_keeps_its_token_types(tmp_path: Path) -> None:
    name = tiny_models.bert(tmp_path, head="ForSequenceClassification")
    _, tokenizer = models.from_checkpoint(name, ("no", "yes"), max_length=32)
    assert 1 in tokenizer("one text", "and another")["token_type_ids"]


@pytest.mark.parametrize("kind", tiny_models.CLASSIFIERS)
def test_a_model_reads_as_many_tokens_as_it_is_told_to(kind: str, tmp_path: Path) -> None:
    name = tiny_models.classifier(tmp_path, kind)
    limit = {"bert": 48, "roberta": 40, "distilbert": 40, "gpt2": 50}[kind]
    model, tokenizer = models.from_checkpoint(name, ("no", "yes"), max_length=limit)
    model(**tokenizer("so " * 60, truncation=True, max_length=limit, return_tensors="pt"))
    with pytest.raises(ModelError, match=f"reads at most {limit} tokens") as told:
        models.from_checkpoint(name, ("no", "yes"), max_length=limit + 1)
    assert told.value.fix == f"lower it: --set train.max_length={limit}"


def test_pretraining_goes_on_within_the_positions_of_a_roberta(tmp_path: Path) -> None:
    name = tiny_models.roberta(tmp_path, tiny_models.SENTENCES)
    made = Checkpoint(kind="checkpoint", checkpoint=name)
    assert open_checkpoint(made, length=62)[2] == "masked"
    with pytest.raises(ModelError, match="at most 62 tokens"):
        open_checkpoint(made, length=63)


def test_a_model_without_a_limit_has_none(tmp_path: Path) -> None:
    name = save_recurrent(tmp_path)
    config = json.loads((tmp_path / "tokenizer_config.json").read_text())
    del config["model_max_length"]
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    models.from_checkpoint(name, ("no", "yes"), max_length=2000)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_dropouts_are_replaced(dropout: float, tmp_path: Path) -> None:
    name = tiny_models.bert(tmp_path, head="ForSequenceClassification")
    model, _ = models.from_checkpoint(name, ("no", "yes"), max_length=32, dropout=dropout)
    assert model.config.hidden_dropout_prob == model.config.attention_probs_dropout_prob == dropout
    assert model.dropout.p == dropout

from pathlib import Path

import pytest

from robust.models import register
from robust.stages import models
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


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_dropouts_are_replaced(dropout: float, tmp_path: Path) -> None:
    name = tiny_models.bert(tmp_path, head="ForSequenceClassification")
    model, _ = models.from_checkpoint(name, ("no", "yes"), max_length=32, dropout=dropout)
    assert model.config.hidden_dropout_prob == model.config.attention_probs_dropout_prob == dropout
    assert model.dropout.p == dropout

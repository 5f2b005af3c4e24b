"""Heads on a shared encoder answer as ordinary models do, learn apart from each other, and are saved on their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    BertConfig,
    DistilBertConfig,
    GPT2Config,
    PretrainedConfig,
    RobertaConfig,
    T5Config,
    T5EncoderModel,
)

from robust.errors import ModelError
from robust.models.multitask import MultitaskConfig, MultitaskModel
from tests.tiny_models import RANGE, ROBERTA, SIZES

HEADS: dict[str, Any] = {
    "mood": ("classification", ("bad", "good")),
    "type": ("classification", ("a", "b", "c")),  # a name that a module has for itself
    "names": ("tagging", ("O", "B-x", "I-x", "B-y", "I-y")),
}
CONFIGS = {
    "bert": BertConfig(vocab_size=50, max_position_embeddings=32, initializer_range=RANGE, **SIZES),
    "roberta": RobertaConfig(vocab_size=50, max_position_embeddings=34, initializer_range=RANGE, **ROBERTA),
    "distilbert": DistilBertConfig(
        vocab_size=50, dim=32, n_layers=2, n_heads=2, hidden_dim=64, max_position_embeddings=32
    ),
    "gpt2": GPT2Config(vocab_size=50, n_embd=32, n_layer=2, n_head=2, n_positions=32, pad_token_id=1),
}


def encoder(kind: str) -> Any:
    torch.manual_seed(4)
    return AutoModel.from_config(CONFIGS[kind])


def batch() -> dict[str, torch.Tensor]:
    ids = torch.arange(5, 23).reshape(3, 6)
    mask = torch.ones_like(ids)
    mask[1, 4:] = 0
    ids[1, 4:] = 1
    return {"input_ids": ids, "attention_mask": mask}


def logits(model: Any, **more: Any) -> torch.Tensor:
    with torch.inference_mode():
        return model.eval()(**batch(), **more).logits


@pytest.mark.parametrize("kind", CONFIGS)
def test_every_task_is_saved_as_an_ordinary_model_with_equal_logits(tmp_path: Path, kind: str) -> None:
    given = encoder(kind)
    model = MultitaskModel.around(given, HEADS)
    for name, (task, labels) in HEADS.items():
        wanted = logits(model, task=name)
        assert wanted.shape == ((3, 6, len(labels)) if task == "tagging" else (3, len(labels)))
        model.save_single(name, tmp_path / name)
        auto = AutoModelForSequenceClassification if task == "classification" else AutoModelForTokenClassification
        alone, info = auto.from_pretrained(tmp_path / name, output_loading_info=True)
        assert not info["missing_keys"]
        assert not info["unexpected_keys"], "nothing of other tasks, and no pooler that this class has not"
        assert "robust" not in type(alone).__module__
        assert alone.config.model_type == kind
        assert [alone.config.id2label[at] for at in range(len(labels))] == list(labels)
        torch.testing.assert_close(logits(alone), wanted, rtol=0, atol=1e-6)
    with torch.inference_mode():
        states = model.eval()(**batch()).last_hidden_state
        torch.testing.assert_close(states, given.eval()(**batch()).last_hidden_state, rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", CONFIGS)
def test_the_shared_model_comes_back_whole(tmp_path: Path, kind: str) -> None:
    model = MultitaskModel.around(encoder(kind), HEADS)
    names = [name for name, _ in model.named_parameters()]
    assert len(names) == len({id(value) for value in model.parameters()}), "each weight has one name"
    model.save_pretrained(tmp_path)
    again, info = AutoModel.from_pretrained(tmp_path, output_loading_info=True)
    assert isinstance(again, MultitaskModel)
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    assert (again.config.heads, again.config.hidden_size) == (model.config.heads, 32)
    assert isinstance(AutoConfig.from_pretrained(tmp_path), MultitaskConfig)
    for name in HEADS:
        assert torch.equal(logits(again, task=name), logits(model, task=name))
        torch.testing.assert_close(logits(again.single(name)), logits(model, task=name), rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_batch_teaches_the_encoder_and_its_own_head(kind: str) -> None:
    model = MultitaskModel.around(encoder(kind), HEADS).train()
    targets = {
        "mood": torch.tensor([0, 1, 1]),
        "type": torch.tensor([2, 0, 1]),
        "names": torch.tensor([[-100, 1, 2, 0, 0, -100]] * 3),
    }
    for name, labels in targets.items():
        model.zero_grad(set_to_none=True)
        out = model(**batch(), task=name, labels=labels)
        flat = out.logits.reshape(-1, out.logits.shape[-1])
        kept = labels.flatten() >= 0
        wanted = -flat.log_softmax(-1)[kept, labels.flatten()[kept]].mean()
        torch.testing.assert_close(out.loss, wanted)
        out.loss.backward()
        taught = {key for key, value in model.named_parameters() if value.grad is not None and value.grad.any()}
        assert any(key.startswith("encoder.") for key in taught)
        own = f"heads.for_{name}."
        assert any(key.startswith(own) for key in taught)
        assert all(key.startswith(("encoder.", own)) for key in taught)


def test_dropout_follows_the_shared_model() -> None:
    config = BertConfig(vocab_size=50, max_position_embeddings=32, classifier_dropout=0.9, **SIZES)
    model = MultitaskModel.around(AutoModel.from_config(config), HEADS).train()
    first, second = (model(**batch(), task="mood").logits for _ in range(2))
    assert not torch.equal(first, second)
    assert torch.equal(logits(model, task="mood"), logits(model, task="mood"))
    assert not model.single("mood").training
    model.double()
    assert model.single("names").dtype == torch.float64


def test_a_roberta_gets_no_second_type() -> None:
    model = MultitaskModel.around(encoder("roberta"), HEADS).eval()
    types = torch.ones_like(batch()["input_ids"])
    assert torch.equal(logits(model, task="mood", token_type_ids=types), logits(model, task="mood"))
    bert = MultitaskModel.around(encoder("bert"), HEADS).eval()
    assert not torch.equal(logits(bert, task="mood", token_type_ids=types), logits(bert, task="mood"))


class BareConfig(PretrainedConfig):
    model_type = "robust-test-bare"

    def __init__(self, hidden_size: int = 8, **more: Any) -> None:
        super().__init__(**more)
        self.hidden_size = hidden_size


def test_types_without_a_head(tmp_path: Path) -> None:
    """A classifier is then made of pooled states; words cannot be tagged."""
    from transformers import PreTrainedModel
    from transformers.modeling_outputs import BaseModelOutput

    class Bare(PreTrainedModel):
        config_class = BareConfig

        def __init__(self, config: BareConfig) -> None:
            super().__init__(config)
            self.rows = torch.nn.Embedding(50, config.hidden_size)
            self.post_init()

        def _init_weights(self, module: torch.nn.Module) -> None:
            pass

        def forward(self, input_ids: torch.Tensor, attention_mask: Any = None, **more: Any) -> BaseModelOutput:
            return BaseModelOutput(last_hidden_state=self.rows(input_ids))

    AutoConfig.register("robust-test-bare", BareConfig, exist_ok=True)
    AutoModel.register(BareConfig, Bare, exist_ok=True)
    bare = AutoModel.from_config(BareConfig())
    model = MultitaskModel.around(bare, {"mood": HEADS["mood"], "type": HEADS["type"]})
    model.save_single("mood", tmp_path)
    alone = AutoModelForSequenceClassification.from_pretrained(tmp_path)
    assert alone.config.model_type == "robust-pooled"
    torch.testing.assert_close(logits(alone), logits(model, task="mood"))
    means = torch.stack(
        [bare.rows.weight[ids[mask.bool()]].mean(0) for ids, mask in zip(*batch().values(), strict=True)]
    )
    torch.testing.assert_close(logits(model, task="type"), model.single("type").head(means).detach())
    with pytest.raises(ModelError, match="tags words"):
        MultitaskModel.around(bare, HEADS)


def test_an_encoder_that_cannot_be_shared() -> None:
    config = T5Config(vocab_size=50, d_model=16, d_kv=4, d_ff=16, num_layers=1, num_heads=2)
    with pytest.raises(ModelError, match="cannot be shared"):
        MultitaskModel.around(T5EncoderModel(config), {"mood": HEADS["mood"]})


@pytest.mark.parametrize(
    "head",
    [
        {"a/b": {"kind": "tagging", "labels": ["x", "y"]}},
        {"a": {"kind": "tagging", "labels": ["x"]}},
        {"a": {"kind": "qa", "labels": ["x", "y"]}},
    ],
)
def test_heads_that_cannot_be(head: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no head"):
        MultitaskConfig(encoder=CONFIGS["bert"].to_dict(), heads=head)

import json

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from robust.models.pooled import POOLINGS, PooledConfig, PooledForSequenceClassification, pool
from robust.victims.transformers import TransformersVictim
from tests.tiny_models import CLASSIFIERS, LABELS

STATES = np.random.default_rng(5).normal(size=(4, 6, 3)).astype(np.float32)
MASKS = np.array(
    [
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 0, 0],  # padded on the right
        [0, 0, 0, 1, 1, 1],  # on the left
        [1, 0, 0, 0, 0, 0],
    ]
)


def by_hand(states: np.ndarray, mask: np.ndarray, pooling: str) -> np.ndarray:
    rows = []
    for state, shown in zip(states, mask, strict=True):
        tokens = [vector for vector, is_real in zip(state, shown, strict=True) if is_real]
        each = {
            "cls": tokens[0],
            "last": tokens[-1],
            "mean": sum(tokens) / len(tokens),
            "max": np.array([max(column) for column in zip(*tokens, strict=True)]),
        }
        each["concat"] = np.concatenate([each["last"], each["max"], each["mean"]])
        rows.append(each[pooling])
    return np.stack(rows)


def around(directory, pooling: str, **settings) -> PooledForSequenceClassification:
    torch.manual_seed(11)
    encoder = AutoModel.from_pretrained(directory)
    return PooledForSequenceClassification.around(encoder, pooling=pooling, **LABELS, **settings).eval()


@pytest.mark.parametrize("pooling", POOLINGS)
def test_padding_does_not_count(pooling) -> None:
    states, mask = torch.from_numpy(STATES), torch.from_numpy(MASKS)
    np.testing.assert_allclose(pool(states, mask, pooling).numpy(), by_hand(STATES, MASKS, pooling), atol=1e-6)
    changed = torch.where(mask.bool().unsqueeze(-1), states, torch.full_like(states, 1e4))
    assert torch.equal(pool(changed, mask, pooling), pool(states, mask, pooling))
    nothing = pool(states, torch.zeros_like(mask), pooling)
    assert torch.equal(nothing, torch.zeros_like(nothing))


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_a_saved_model_answers_the_same(kind, pooling, model_dirs, tmp_path) -> None:
    model = around(model_dirs[kind], pooling)
    model.save_pretrained(tmp_path)
    again, info = AutoModelForSequenceClassification.from_pretrained(tmp_path, output_loading_info=True)
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    assert isinstance(again, PooledForSequenceClassification)
    ids = torch.randint(5, 60, (3, 7), generator=torch.Generator().manual_seed(1))
    mask = torch.tensor([[1] * 7, [1] * 4 + [0] * 3, [1] * 2 + [0] * 5])
    first, second = (each.eval()(ids, attention_mask=mask).logits for each in (model, again))
    assert torch.equal(first, second)
    assert first.std() > 1e-3, "the answers depend on the text"
    encoder = AutoModel.from_pretrained(model_dirs[kind]).eval()
    states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state.detach().numpy()
    features = torch.from_numpy(by_hand(states, mask.numpy(), pooling))
    torch.testing.assert_close(again.head(features), second, atol=1e-5, rtol=1e-4)


def test_the_configuration_says_what_the_encoder_is_and_not_where_it_lay(model_dirs, tmp_path) -> None:
    model = around(model_dirs["distilbert"], "mean")
    model.save_pretrained(tmp_path)
    config = AutoConfig.from_pretrained(tmp_path)
    assert isinstance(config, PooledConfig)
    assert (config.pooling, config.hidden_size, config.max_position_embeddings) == ("mean", 32, 40)
    assert config.encoder["model_type"] == "distilbert"
    assert config.id2label == LABELS["id2label"]
    written = (tmp_path / "config.json").read_text()
    assert str(model_dirs["distilbert"]) not in written
    assert "id2label" not in json.loads(written)["encoder"]
    with pytest.raises(ValueError, match="concat"):
        PooledConfig(encoder=config.encoder, pooling="middle")


def test_the_head_for_concat_is_ulmfits_and_the_encoders_own_pooler_is_gone(model_dirs) -> None:
    model = around(model_dirs["bert"], "concat", head_size=50)
    shapes = [tuple(module.weight.shape) for module in model.head if isinstance(module, torch.nn.Linear)]
    assert shapes == [(50, 96), (3, 50)]
    assert model.encoder.pooler is None
    one = model.train()(torch.tensor([[2, 7, 3]]), labels=torch.tensor([1]))  # a batch of one has no variance
    one.loss.backward()
    assert torch.isfinite(one.loss)
    logits = one.logits.detach()[0]
    assert float(one.loss.detach()) == pytest.approx(float(torch.logsumexp(logits, 0) - logits[1]), abs=1e-5)


@pytest.mark.parametrize(("kind", "limit"), [("bert", 48), ("roberta", 40), ("distilbert", 40), ("gpt2", 50)])
def test_it_is_a_victim_like_any_other(kind, limit, model_dirs, tmp_path) -> None:
    around(model_dirs[kind], "concat").save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(model_dirs[kind]).save_pretrained(tmp_path)
    victim = TransformersVictim.load(str(tmp_path), device="cpu")
    assert victim.meta.labels == ("bad", "middling", "good")
    assert victim.max_length == limit
    texts = [("the soup was so so good, never again",), ("la sopa",), ("",)]
    together = victim.logits(texts)
    alone = np.stack([victim.canonical(text) for text in texts])
    np.testing.assert_allclose(together, alone, atol=2e-5)
    pairs = victim.logits([("the soup", "was good"), ("la sopa de la casa", "muy mala")])
    assert np.isfinite(pairs).all()
    assert not np.allclose(pairs[0], pairs[1])

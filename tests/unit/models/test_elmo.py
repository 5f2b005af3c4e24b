from pathlib import Path

import pytest
import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoModelForTokenClassification

from robust.models.elmo import (
    ElmoConfig,
    ElmoForSequenceClassification,
    ElmoForTokenClassification,
    ElmoModel,
    ScalarMixture,
)
from robust.models.recurrent_model import RecurrentConfig, RecurrentModel
from robust.recipe.parts import Words
from robust.stages.pretrain import tokenisers
from robust.victims.load import load_victim


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(5)


def config(*, vocab_size: int = 30, **more: object) -> ElmoConfig:
    inner = RecurrentConfig(
        vocab_size=vocab_size,
        embedding_size=6,
        recurrent_size=6,
        layers=2,
        bidirectional=True,
        hidden_dropout=0.5,
        pad_token_id=0,
    )
    return ElmoConfig(language_model=inner.to_dict(), **more)  # type: ignore[arg-type]


def padded() -> tuple[torch.Tensor, torch.Tensor]:
    """Two texts of 5 and 3 tokens."""
    return torch.randint(1, 30, (2, 5)), torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])


def test_the_mixture_is_equation_1() -> None:
    mixture = ScalarMixture(3)
    layers = [torch.randn(2, 4, 6) for _ in range(3)]
    torch.testing.assert_close(mixture(layers), torch.stack(layers).mean(0))
    with torch.no_grad():
        mixture.weights.copy_(torch.tensor([0.0, 1.0, -2.0]))
        mixture.scale.fill_(1.7)
    e = [1.0, 2.718281828, 0.1353352832]
    expected = 1.7 * (e[0] * layers[0] + e[1] * layers[1] + e[2] * layers[2]) / sum(e)
    torch.testing.assert_close(mixture(layers), expected)


def test_layers_may_be_normalised_before_mixing() -> None:
    mixture = ScalarMixture(2, layer_norm=True)
    layers = [torch.randn(2, 4, 6), 1000 + 50 * torch.randn(2, 4, 6)]
    normal = [(x - x.mean(-1, keepdim=True)) / x.std(-1, correction=0, keepdim=True) for x in layers]
    torch.testing.assert_close(mixture(layers), (normal[0] + normal[1]) / 2, rtol=1e-3, atol=1e-4)


def test_layers_are_those_of_two_language_models() -> None:
    model = ElmoModel(config()).eval()
    forward, backward = (RecurrentModel(RecurrentConfig(**{**model.config.language_model, "bidirectional": False}))
                         for _ in range(2))  # fmt: skip
    for one, layers in ((forward, model.lm.layers), (backward, model.lm.backward_layers)):
        one.eval()
        one.embedding.load_state_dict(model.lm.embedding.state_dict())
        one.layers.load_state_dict(layers.state_dict())  # type: ignore[union-attr]
    ids, mask = padded()
    found = model(ids, mask, output_hidden_states=True)
    for row, length in enumerate([5, 3]):
        text = ids[row : row + 1, :length]
        left = forward(text, output_hidden_states=True).hidden_states
        right = backward(text.flip(1), output_hidden_states=True).hidden_states
        for layer, (one, other) in enumerate(zip(left, right, strict=True)):
            expected = torch.cat([one, other.flip(1)], dim=-1)[0]
            torch.testing.assert_close(found.hidden_states[layer][row, :length], expected)
        mean = sum(each[row, :length] for each in found.hidden_states) / 3
        torch.testing.assert_close(found.last_hidden_state[row, :length], mean)
    assert model.config.hidden_size == 12


@pytest.mark.parametrize("kind", [AutoModelForSequenceClassification, AutoModelForTokenClassification])
def test_only_mixture_and_head_learn(kind: type, tmp_path: Path) -> None:
    ElmoModel(config()).save_pretrained(tmp_path)
    model = kind.from_pretrained(tmp_path, num_labels=4)  # type: ignore[attr-defined]
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    ids, _ = padded()
    model.train()
    labels = torch.randint(0, 4, ids.shape if kind is AutoModelForTokenClassification else (2,))
    model(ids, labels=labels).loss.backward()
    torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.1).step()
    changed = {name for name, weight in model.state_dict().items() if not torch.equal(weight, before[name])}
    assert changed == {"mixture.weights", "mixture.scale", "classifier.weight", "classifier.bias"}
    assert {name for name, weight in model.named_parameters() if weight.requires_grad} == changed


def test_a_frozen_language_model_gives_features_without_dropout() -> None:
    ids, mask = padded()
    model = ElmoModel(config()).train()
    assert torch.equal(model(ids, mask).last_hidden_state, model(ids, mask).last_hidden_state)
    free = ElmoModel(config(frozen=False)).train()
    assert all(weight.requires_grad for weight in free.parameters())
    assert not torch.equal(free(ids, mask).last_hidden_state, free(ids, mask).last_hidden_state)


def test_models_open_from_each_other(tmp_path: Path) -> None:
    features = ElmoModel(config()).eval()
    with torch.no_grad():
        features.mixture.weights.copy_(torch.tensor([0.3, -1.0, 2.0]))
    features.save_pretrained(tmp_path)
    ids, mask = padded()
    expected = features(ids, mask).last_hidden_state
    torch.testing.assert_close(AutoModel.from_pretrained(tmp_path)(ids, mask).last_hidden_state, expected)
    classifier = AutoModelForSequenceClassification.from_pretrained(tmp_path, num_labels=3).eval()
    assert isinstance(classifier, ElmoForSequenceClassification)
    pooled = torch.stack([expected[0].mean(0), expected[1, :3].mean(0)])
    torch.testing.assert_close(classifier(ids, mask).logits, classifier.classifier(pooled))
    tagger = AutoModelForTokenClassification.from_pretrained(tmp_path, num_labels=3).eval()
    assert isinstance(tagger, ElmoForTokenClassification)
    torch.testing.assert_close(tagger(ids, mask).logits, tagger.classifier(expected))


@pytest.mark.parametrize("pooling", ["mean", "max"])
def test_the_classifier_is_a_victim(pooling: str, tmp_path: Path) -> None:
    texts = ["the soup was cold and late", "una guitarra vieja"]
    tokenisers.learn(Words(kind="words", vocab_size=60, min_frequency=1), texts, tmp_path, max_length=32)
    made = config(vocab_size=64, pooling=pooling, id2label={0: "no", 1: "yes"})
    ElmoForSequenceClassification(made).save_pretrained(tmp_path)
    victim = load_victim(str(tmp_path), device="cpu", dtype="float32")
    assert victim.meta.labels == ("no", "yes")
    together = torch.tensor(victim.logits([(text,) for text in texts]))
    alone = torch.cat([torch.tensor(victim.logits([(text,)])) for text in texts])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-6)
    assert not torch.allclose(together[0], together[1])


def test_what_cannot_be_mixed_is_refused() -> None:
    uneven = RecurrentConfig(embedding_size=6, recurrent_size=9, layers=2, bidirectional=True)
    with pytest.raises(ValueError, match="mixes the layers"):
        ElmoConfig(language_model=uneven.to_dict())
    with pytest.raises(ValueError, match="mixes the layers"):
        ElmoConfig(language_model=RecurrentConfig(embedding_size=6, recurrent_size=6).to_dict())
    with pytest.raises(ValueError, match="pooling"):
        config(pooling="last")

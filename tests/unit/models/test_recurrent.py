from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSequenceClassification

from robust.models.recurrent import (
    RecurrentForCausalLM,
    RecurrentForSequenceClassification,
    RecurrentForTokenClassification,
    summary,
)
from robust.models.recurrent_layers import GATES, RecurrentLayer, locked_dropout, turn, turning, word_dropout
from robust.models.recurrent_model import RecurrentConfig, RecurrentModel
from robust.recipe.parts import Words
from robust.stages.pretrain import tokenisers
from robust.victims.load import load_victim

TEXTS = ["the soup was cold and late", "una guitarra vieja", "café", "we walked home through the rain , singing"]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(5)


def config(**more: object) -> RecurrentConfig:
    given = {"vocab_size": 40, "embedding_size": 6, "recurrent_size": 9, "layers": 2, "pad_token_id": 0, **more}
    return RecurrentConfig(**given)  # type: ignore[arg-type]


def padded() -> tuple[torch.Tensor, torch.Tensor]:
    """Three texts of 7, 1 and 4 tokens; the padding is no token that could be told from the others."""
    ids = torch.randint(1, 40, (3, 7))
    mask = (torch.arange(7) < torch.tensor([[7], [1], [4]])).long()
    return ids, mask


@pytest.mark.parametrize("cell", GATES)
def test_a_layer_is_torchs_own_and_carries_its_state(cell: str) -> None:
    layer = RecurrentLayer(cell, 5, 4)
    for weight in layer.parameters():
        nn.init.normal_(weight)
    theirs = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell](5, 4)
    theirs.load_state_dict({f"{name}_l0": value for name, value in layer.state_dict().items()})
    x = torch.randn(6, 3, 5)
    outputs, state = layer(x)
    torch.testing.assert_close(outputs, theirs(x)[0])
    first, carried = layer(x[:2])
    second, after = layer(x[2:], carried)
    torch.testing.assert_close(torch.cat([first, second]), outputs)
    for whole, pieces in zip(state, after, strict=True):
        torch.testing.assert_close(pieces, whole)


def test_an_lstm_is_what_its_equations_say() -> None:
    layer = RecurrentLayer("lstm", 3, 2)
    x = torch.randn(4, 1, 3)
    h = c = torch.zeros(2)
    for step in x[:, 0]:
        rows = layer.weight_ih @ step + layer.bias_ih + layer.weight_hh @ h + layer.bias_hh
        enter, forget, new, leave = rows.split(2)
        c = forget.sigmoid() * c + enter.sigmoid() * new.tanh()
        h = leave.sigmoid() * c.tanh()
    outputs, state = layer(x)
    torch.testing.assert_close(outputs[-1, 0], h)
    torch.testing.assert_close(state[1][0], c)


def test_forget_gates_begin_open() -> None:
    bias = RecurrentLayer("lstm", 3, 2).bias_ih.tolist()
    assert bias == [0, 0, 1, 1, 0, 0, 0, 0]
    assert not RecurrentLayer("gru", 3, 2).bias_ih.any()


def test_word_dropout_drops_whole_words_everywhere() -> None:
    ids = torch.randint(0, 500, (20, 100))
    dropped = word_dropout(ids, torch.ones(20, 100, 3), 500, 0.3)
    by_word = {int(word): {tuple(row) for row in dropped[ids == word].tolist()} for word in ids.unique()}
    assert all(len(rows) == 1 for rows in by_word.values())
    values = {rows.pop() for rows in by_word.values()}
    low, high = sorted(values)
    assert low == (0, 0, 0)
    assert high == pytest.approx((1 / 0.7,) * 3)
    assert 0.2 < float((dropped == 0).float().mean()) < 0.4


def test_locked_dropout_is_the_same_at_all_steps_and_differs_between_texts() -> None:
    dropped = locked_dropout(torch.ones(7, 50, 20), 0.4)
    assert all(torch.equal(step, dropped[0]) for step in dropped)
    assert len({tuple(row) for row in dropped[0].tolist()}) > 40
    assert sorted(set(dropped.flatten().tolist())) == pytest.approx([0, 1 / 0.6])
    assert 0.35 < float((dropped[0] == 0).float().mean()) < 0.45


@pytest.mark.parametrize("cell", GATES)
def test_weight_dropout_is_one_mask_for_the_whole_sequence(cell: str) -> None:
    layer = RecurrentLayer(cell, 5, 12, weight_dropout=0.5).train()
    x = torch.randn(9, 4, 5)
    outputs, _ = layer(x)
    outputs.square().sum().backward()
    assert layer.weight_hh.grad is not None
    mask = (layer.weight_hh.grad != 0).float()  # a dropped weight has no part in the loss
    assert 0.35 < float(mask.mean()) < 0.65
    plain = RecurrentLayer(cell, 5, 12)
    plain.load_state_dict(layer.state_dict())
    with torch.no_grad():
        plain.weight_hh.mul_(2 * mask)
    torch.testing.assert_close(plain(x)[0], outputs)
    assert not torch.allclose(layer(x)[0], outputs)  # another call, another mask
    layer.eval()
    torch.testing.assert_close(layer(x)[0], layer(x)[0], rtol=0, atol=0)


def test_turning_reverses_texts_and_leaves_padding() -> None:
    places = turning(torch.tensor([4, 2]), 5)
    x = torch.arange(5.0).view(5, 1, 1).expand(5, 2, 1)
    assert turn(x, places)[..., 0].T.tolist() == [[3, 2, 1, 0, 4], [1, 0, 2, 3, 4]]
    torch.testing.assert_close(turn(turn(x, places), places), x)


@pytest.mark.parametrize("cell", GATES)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_states_depend_on_the_text_alone(cell: str, bidirectional: bool) -> None:
    dropouts = {f"{name}_dropout": 0.5 for name in ("embedding", "input", "weight", "hidden", "output")}
    model = RecurrentModel(config(cell=cell, bidirectional=bidirectional, **dropouts)).eval()
    ids, mask = padded()
    with torch.no_grad():
        together = model(ids, mask, output_hidden_states=True)
        for row, length in enumerate(mask.sum(1).tolist()):
            alone = model(ids[row : row + 1, :length], output_hidden_states=True)
            for many, one in zip(together.hidden_states, alone.hidden_states, strict=True):
                torch.testing.assert_close(many[row, :length], one[0])
    assert [each.shape[-1] for each in together.hidden_states] == [6, 9 * (1 + bidirectional), 6 * (1 + bidirectional)]
    assert together.last_hidden_state.shape[-1] == model.config.hidden_size
    torch.testing.assert_close(together.last_hidden_state, together.hidden_states[-1])
    model.train()
    assert not torch.allclose(model(ids, mask).last_hidden_state, model(ids, mask).last_hidden_state)


@pytest.mark.parametrize("name", ["embedding", "input", "weight", "hidden", "output"])
def test_each_dropout_acts_in_training_alone(name: str) -> None:
    model = RecurrentModel(config(**{f"{name}_dropout": 0.5}))
    ids = torch.randint(1, 40, (4, 7))
    plain = model.eval()(ids, output_hidden_states=True)
    dropped = model.train()(ids, output_hidden_states=True)
    same = [torch.equal(*pair) for pair in zip(plain.hidden_states, dropped.hidden_states, strict=True)]
    first = {"embedding": 0, "input": 1, "weight": 1, "hidden": 2, "output": 3}[name]  # what is changed from there on
    assert same == [at < first for at in range(3)]
    assert not torch.equal(plain.last_hidden_state, dropped.last_hidden_state)


def test_the_backward_half_reads_the_text_from_its_end() -> None:
    model = RecurrentModel(config(bidirectional=True)).eval()
    mirrored = RecurrentModel(config(bidirectional=True)).eval()
    mirrored.load_state_dict(model.state_dict())
    assert model.backward_layers is not None
    mirrored.layers.load_state_dict(model.backward_layers.state_dict())
    ids = torch.randint(1, 40, (2, 5))
    backward = model(ids).last_hidden_state[..., 6:]
    torch.testing.assert_close(backward, mirrored(ids.flip(1)).last_hidden_state[..., :6].flip(1))


def test_state_carries_from_piece_to_piece() -> None:
    model = RecurrentModel(config()).eval()
    ids = torch.randint(1, 40, (2, 8))
    first = model(ids[:, :3])
    second = model(ids[:, 3:], state=first.state)
    pieces = torch.cat([first.last_hidden_state, second.last_hidden_state], dim=1)
    torch.testing.assert_close(pieces, model(ids).last_hidden_state)


def test_embedded_text_may_be_given_and_gradients_reach_it_outside_training() -> None:
    model = RecurrentModel(config()).eval()
    ids = torch.randint(1, 40, (2, 5))
    x = model.embedding(ids).detach().requires_grad_()
    found = model(inputs_embeds=x).last_hidden_state
    torch.testing.assert_close(found, model(ids).last_hidden_state)
    found[:, -1].sum().backward()
    assert x.grad is not None
    assert x.grad[:, 0].abs().sum() > 0


@pytest.mark.parametrize("tied", [False, True])
def test_next_token_is_the_cross_entropy_of_the_logits(tied: bool) -> None:
    model = RecurrentForCausalLM(config(tied=tied)).eval()
    assert (model.decoder.weight is model.model.embedding.weight) == tied
    ids = torch.randint(1, 40, (3, 9))
    logits = model(ids).logits
    expected = F.cross_entropy(logits[:, :-1].reshape(-1, 40), ids[:, 1:].reshape(-1))
    found = model.next_token(ids[:, :-1], ids[:, 1:])
    torch.testing.assert_close(found.loss, expected)
    torch.testing.assert_close(model(ids, labels=ids).loss, expected)
    assert found.penalty == 0
    # The state goes on: two halves, weighted by their lengths, are the whole.
    first = model.next_token(ids[:, :3], ids[:, 1:4])
    second = model.next_token(ids[:, 3:8], ids[:, 4:9], first.state)
    torch.testing.assert_close((3 * first.loss + 5 * second.loss) / 8, expected)


def test_loss_of_both_directions_leaves_out_padding() -> None:
    model = RecurrentForCausalLM(config(bidirectional=True, recurrent_size=6)).eval()
    ids, mask = padded()
    loss = model(ids, mask, labels=ids.masked_fill(mask == 0, -100)).loss
    forward, backward = [], []
    for row, length in enumerate(mask.sum(1).tolist()):
        text = ids[row : row + 1, :length]
        if length > 1:
            back = text.flip(1)
            forward += [model.next_token(text[:, :-1], text[:, 1:]).loss] * (length - 1)
            backward += [model.next_token(back[:, :-1], back[:, 1:], backward=True).loss] * (length - 1)
    torch.testing.assert_close(loss, (torch.stack(forward).mean() + torch.stack(backward).mean()) / 2)


def test_penalties_are_means_of_squares() -> None:
    model = RecurrentForCausalLM(config(activation_penalty=2.0, temporal_penalty=3.0)).eval()
    ids = torch.randint(1, 40, (2, 6))
    h = model.model(ids[:, :-1]).last_hidden_state
    expected = 2 * (h**2).mean() + 3 * ((h[:, 1:] - h[:, :-1]) ** 2).mean()
    torch.testing.assert_close(model.next_token(ids[:, :-1], ids[:, 1:]).penalty, expected)
    assert model.next_token(ids[:, :1], ids[:, 1:2]).penalty.isfinite()


def test_saved_models_open_and_pass_their_body_on(tmp_path: Path) -> None:
    model = RecurrentForCausalLM(config(bidirectional=True, recurrent_size=6, weight_dropout=0.3)).eval()
    model.save_pretrained(tmp_path)
    ids, mask = padded()
    read = AutoModelForCausalLM.from_pretrained(tmp_path)
    assert read.decoder.weight is read.model.embedding.weight
    torch.testing.assert_close(read(ids, mask).logits, model(ids, mask).logits, rtol=0, atol=0)
    body = AutoModel.from_pretrained(tmp_path)
    assert isinstance(body, RecurrentModel)
    torch.testing.assert_close(body(ids, mask).last_hidden_state, model.model(ids, mask).last_hidden_state)
    classifier = AutoModelForSequenceClassification.from_pretrained(tmp_path, num_labels=3)
    assert isinstance(classifier, RecurrentForSequenceClassification)
    assert classifier.config.weight_dropout == 0.3
    for name, weight in model.model.state_dict().items():
        torch.testing.assert_close(classifier.model.state_dict()[name], weight, rtol=0, atol=0)
    assert classifier(ids, mask, labels=torch.tensor([0, 1, 2])).loss.isfinite()


def test_what_the_classifier_reads() -> None:
    states = torch.tensor([[[1.0, 8.0], [3.0, 4.0], [50.0, 60.0]]])
    mask = torch.tensor([[1, 1, 0]])
    assert summary(states, mask, "last", bidirectional=False).tolist() == [[3, 4]]
    assert summary(states, mask, "last", bidirectional=True).tolist() == [[3, 8]]
    assert summary(states, mask, "concat", bidirectional=False).tolist() == [[3, 4, 3, 8, 2, 6]]


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "concat"])
def test_the_classifier_is_a_victim(pooling: str, tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(Words(kind="words", vocab_size=60, min_frequency=1), TEXTS, tmp_path, max_length=32)
    labels = {0: "negative", 1: "positive", 2: "neither"}
    made = config(vocab_size=64, bidirectional=pooling == "last", pooling=pooling, id2label=labels, output_dropout=0.5)
    RecurrentForSequenceClassification(made).save_pretrained(tmp_path)
    assert tokenizer.pad_token_id == 0
    victim = load_victim(str(tmp_path), device="cpu", dtype="float32")
    assert victim.meta.labels == ("negative", "positive", "neither")
    together = victim.logits([(text,) for text in [*TEXTS, "word"]])
    alone = np.concatenate([victim.logits([(text,)]) for text in [*TEXTS, "word"]])
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-6)
    assert len({tuple(row) for row in together.round(5)}) == 5
    assert victim.logits([("",)]).shape == (1, 3)


def test_a_tagger_answers_for_every_token() -> None:
    model = RecurrentForTokenClassification(config(num_labels=5)).eval()
    ids, mask = padded()
    found = model(ids, mask, labels=ids.remainder(5).masked_fill(mask == 0, -100))
    assert found.logits.shape == (3, 7, 5)
    chosen = found.logits.log_softmax(-1)[mask.bool()]
    expected = -chosen[torch.arange(12), ids.remainder(5)[mask.bool()]].mean()
    torch.testing.assert_close(found.loss, expected)


@pytest.mark.parametrize("cell", GATES)
def test_bfloat16_weights_give_nearly_the_same(cell: str) -> None:
    model = RecurrentModel(config(cell=cell)).eval()
    ids, mask = padded()
    with torch.inference_mode():
        exact = model(ids, mask).last_hidden_state
        rough = model.to(torch.bfloat16)(ids, mask).last_hidden_state
    assert rough.dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), exact, rtol=0.05, atol=0.01)


def test_settings_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match="cell"):
        config(cell="transformer")
    with pytest.raises(ValueError, match="pooling"):
        config(pooling="median")
    with pytest.raises(ValueError, match="bidirectional"):
        RecurrentModel(config()).read(torch.zeros(2, 1, 6), backward=True)

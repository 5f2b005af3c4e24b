import json
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer

from robust.errors import DataError, ModelError
from robust.recipe.adapt import LanguageModel
from robust.recipe.finetune import FinetuneRecipe
from robust.stages import adapt
from robust.stages.adapt.blocks import blocks
from robust.stages.adapt.language_model import tune
from robust.stages.pretrain.masking import mask, special_ids
from tests import tiny_models

TEXTS = (
    "the soup was good and the waiter was nice",
    "la sopa era buena, la casa era bonita",
    "the room was small but not so bad",
    "el camarero nos trató bien",
) * 6


def test_blocks_hold_the_texts_in_order_with_their_ends() -> None:
    tokenizer = tiny_models.wordpiece()
    made = blocks(TEXTS[:4], tokenizer, length=8, first=tokenizer.cls_token_id)
    assert made.shape[1] == 8
    assert set(made[:, 0]) == {tokenizer.cls_token_id}
    stream = made[:, 1:].ravel().tolist()
    expected = [
        token
        for text in TEXTS[:4]
        for token in [*tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text)), tokenizer.sep_token_id]
    ]
    assert stream == expected[: len(stream)]
    assert len(expected) - len(stream) < 7
    assert blocks(["so good"], tokenizer, length=8).tolist() == [
        [*tokenizer.convert_tokens_to_ids(["so", "good"]), tokenizer.sep_token_id]
    ]
    assert not len(blocks(["", " \n"], tokenizer, length=8))


def perplexing(model, rows: np.ndarray) -> float:
    """Mean loss of a causal model, by hand."""
    ids = torch.from_numpy(rows)
    with torch.no_grad():
        logits = model.eval()(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
    return float(torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()))


@pytest.fixture(scope="module")
def recurrent(tmp_path_factory) -> str:
    from robust.models.recurrent import RecurrentConfig, RecurrentForCausalLM

    folder = tmp_path_factory.mktemp("recurrent")
    tokenizer = tiny_models.wordpiece()
    torch.manual_seed(2)
    config = RecurrentConfig(
        vocab_size=len(tokenizer), embedding_size=24, recurrent_size=32, layers=1, weight_dropout=0.1
    )
    RecurrentForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def gpt(tmp_path_factory) -> str:
    sizes = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 50, "bos_token_id": 0, "eos_token_id": 0}
    tokenizer = tiny_models.byte_bpe(TEXTS, special=False)
    return tiny_models.save(tmp_path_factory.mktemp("gpt"), tokenizer, "GPT2Config", "GPT2LMHeadModel", **sizes)


HOW = LanguageModel.model_validate(
    {"epochs": 5, "batch_size": 4, "length": 16, "learning_rate": 0.02, "discriminative": 1.3, "slanted_triangular": {}}
)
LONG = HOW.model_copy(update={"epochs": 30})
"""Enough for a model to learn more than how frequent the words are."""


def unigram_entropy(rows: np.ndarray) -> float:
    """The loss of the best model that ignores what it reads, in nats a token."""
    counts = np.unique(rows[:, 1:], return_counts=True)[1]
    return float(-(counts / counts.sum() * np.log(counts / counts.sum())).sum())


@pytest.mark.parametrize("kind", ["gpt", "recurrent"])
def test_a_causal_model_learns_the_texts(kind, request, tmp_path) -> None:
    source = request.getfixturevalue(kind)
    folder = tune(source, TEXTS, LONG, folder=tmp_path / "tuned", device="cpu", seed=1)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = blocks(TEXTS, tokenizer, length=16)
    before, after = (perplexing(AutoModelForCausalLM.from_pretrained(each), rows) for each in (source, folder))
    assert before > unigram_entropy(rows)
    assert after < 0.7 * unigram_entropy(rows), "it reads, and does not only count"
    record = json.loads((folder / "language-model.json").read_text())
    assert record["objective"] == "causal"
    assert (record["blocks"], record["steps"]) == (len(rows), 30 * -(-len(rows) // 4))
    assert len(record["losses"]) == 30
    assert record["losses"][-1] < record["losses"][0]
    model, info = AutoModelForSequenceClassification.from_pretrained(folder, output_loading_info=True, num_labels=2)
    assert all("classifier" in name or "score" in name for name in info["missing_keys"])
    state = AutoModelForCausalLM.from_pretrained(folder).state_dict()
    shared = [name for name in model.state_dict() if name in state]
    assert len(shared) > 4
    assert all(torch.equal(model.state_dict()[name], state[name]) for name in shared)


def test_an_encoder_learns_to_fill_in_and_the_same_seed_gives_the_same_weights(tmp_path) -> None:
    source = tiny_models.bert(tmp_path / "bert", head="MaskedLM")
    folders = []
    for at, (name, seed) in enumerate((("one", 1), ("two", 1), ("three", 2))):
        torch.manual_seed(at)  # which must not matter
        folders.append(tune(source, TEXTS, HOW, folder=tmp_path / name, device="cpu", seed=seed))
    one, two, three = ((folder / "model.safetensors").read_bytes() for folder in folders)
    assert one == two
    assert one != three
    assert (folders[0] / "tokenizer.json").read_bytes() == (tmp_path / "bert" / "tokenizer.json").read_bytes()
    tokenizer = AutoTokenizer.from_pretrained(folders[0])
    rows = blocks(TEXTS, tokenizer, length=16, first=tokenizer.cls_token_id)
    read, places, wanted = mask(
        rows,
        share=0.3,
        mask_id=4,
        vocab_size=len(tokenizer),
        special=special_ids(tokenizer, len(tokenizer)),
        continues=None,
        rng=np.random.default_rng(9),
    )
    losses = []
    for each in (source, folders[0]):
        model = AutoModelForMaskedLM.from_pretrained(each).eval()
        with torch.no_grad():
            logits = model(torch.from_numpy(read)).logits
        guesses = logits.flatten(0, 1)[torch.from_numpy(places)]
        losses.append(float(torch.nn.functional.cross_entropy(guesses, torch.from_numpy(wanted))))
    assert losses[1] < 0.7 * losses[0]
    assert json.loads((folders[0] / "language-model.json").read_text())["objective"] == "masked"


def test_what_is_done_is_not_done_again_and_what_is_torn_is(gpt, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "tuned"
    torn = tmp_path / "tuned.new"
    torn.mkdir()
    (torn / "model.safetensors").write_bytes(b"half")
    how = HOW.model_copy(update={"epochs": 0.2})
    assert tune(gpt, TEXTS, how, folder=folder, device="cpu", seed=1) == folder
    assert not torn.exists()
    before = (folder / "model.safetensors").stat().st_mtime_ns
    tune(gpt, TEXTS, how, folder=folder, device="cpu", seed=1)
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_models_that_cannot_predict_words_are_refused(model_dirs, tmp_path) -> None:
    encoder = tiny_models.bert(tmp_path / "encoder", head="Model")
    for source in (encoder, str(model_dirs["bert"])):
        with pytest.raises(ModelError, match=r"adapt\.language_model=null") as caught:
            tune(source, TEXTS, HOW, folder=tmp_path / "tuned", device="cpu", seed=1)
        assert "predict words" in str(caught.value)
    masked = tiny_models.bert(tmp_path / "masked", head="MaskedLM")
    with pytest.raises(DataError, match="no text"):
        tune(masked, ["", " "], HOW, folder=tmp_path / "tuned", device="cpu", seed=1)
    assert not (tmp_path / "tuned").exists()


def test_the_stage_is_asked_for_by_the_recipe(gpt, tmp_path) -> None:
    place = SimpleNamespace(checkpoints=tmp_path / "work" / "checkpoints")
    place.checkpoints.mkdir(parents=True)
    told = {"schema_version": 1, "name": "tiny", "model": {"checkpoint": gpt}}
    seen: Counter[str] = Counter()

    def texts():
        for text in TEXTS:
            seen[text] += 1
            yield text

    assert adapt.source(FinetuneRecipe.model_validate(told), texts(), place, "cpu") == gpt
    assert not seen
    with_stage = {**told, "adapt": {"language_model": {"epochs": 0.5, "batch_size": 4, "length": 16}}}
    found = adapt.source(FinetuneRecipe.model_validate(with_stage), texts(), place, "cpu")
    assert found == str(tmp_path / "work" / "language-model")
    assert seen == Counter(TEXTS)
    assert AutoModelForCausalLM.from_pretrained(found).config.model_type == "gpt2"

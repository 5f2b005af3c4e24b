import json
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from torch.nn.functional import cross_entropy
from transformers import BertConfig, BertForMaskedLM, BertLMHeadModel, GPT2Config, GPT2LMHeadModel

from robust.recipe.pretrain import PretrainRecipe
from robust.stages.pretrain.corpus import Corpus, parse_source
from robust.stages.pretrain.losses import CausalLoss, MaskedLoss, checked
from robust.stages.pretrain.run import pretrain
from tests.tiny_models import wordpiece

NONE = torch.empty(0, dtype=torch.long)
DECODER = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 16,
    "max_position_embeddings": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}


def decoder(name: str, **more: Any) -> Any:
    """A random one whose logits are far from 0."""
    torch.manual_seed(0)
    config = getattr(transformers, f"{name}Config")(**DECODER, **more)
    model = getattr(transformers, f"{name}ForCausalLM")(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.mul_(20)
    return model


def test_the_head_reads_hidden_places_alone() -> None:
    torch.manual_seed(0)
    model = BertForMaskedLM(
        BertConfig(vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    ).eval()
    ids = torch.randint(0, 50, (3, 8))
    places, targets = torch.tensor([1, 9, 20]), torch.tensor([4, 5, 6])
    labels = torch.full((24,), -100)
    labels[places] = targets
    whole = model(input_ids=ids, labels=labels.view(3, 8)).loss
    assert MaskedLoss(model)(ids, places, targets).item() == pytest.approx(whole.item(), rel=1e-6)
    bare = MaskedLoss(model)
    bare.whole = True
    assert bare(ids, places, targets).item() == pytest.approx(whole.item(), rel=1e-6)


def test_the_causal_loss_is_the_model_s_own() -> None:
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=50, n_embd=16, n_layer=1, n_head=2, n_positions=16)).eval()
    ids = torch.randint(0, 50, (3, 8))
    none = torch.empty(0, dtype=torch.long)
    whole = model(input_ids=ids, labels=ids).loss
    assert CausalLoss(model, chunk=5)(ids, none, none).item() == pytest.approx(whole.item(), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "more", "whole"),
    [("Llama", {}, False), ("Gemma2", {}, True), ("Granite", {"logits_scaling": 8.0}, True), ("Cohere", {}, True)],
)
def test_logits_that_are_scaled_or_capped_are_learnt_so(name: str, more: dict[str, Any], whole: bool) -> None:
    model = decoder(name, **more)
    ids = torch.randint(0, 64, (2, 16))
    loss = checked(CausalLoss(model), ids)
    assert loss.whole is whole
    assert not model.training
    assert loss(ids, NONE, NONE).item() == pytest.approx(model(input_ids=ids, labels=ids).loss.item(), rel=1e-5)


def test_a_head_of_several_parts_is_not_known_by_its_last() -> None:
    torch.manual_seed(0)
    config = BertConfig(**{name: DECODER[name] for name in ("vocab_size", "hidden_size", "intermediate_size")})
    config.num_hidden_layers, config.num_attention_heads, config.is_decoder = 1, 2, True
    model = BertLMHeadModel(config).eval()
    ids = torch.randint(0, 64, (2, 16))
    loss = checked(CausalLoss(model), ids)
    assert loss.whole
    assert loss(ids, NONE, NONE).item() == pytest.approx(model(input_ids=ids, labels=ids).loss.item(), rel=1e-5)


def test_a_masked_head_that_is_not_all_there_is_gives_way_to_the_model() -> None:
    class Scaled(BertForMaskedLM):
        def forward(self, *args: Any, **more: Any) -> Any:
            found = super().forward(*args, **more)
            found.logits = found.logits / 3
            return found

    torch.manual_seed(0)
    config = BertConfig(vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    config.initializer_range = 1.0
    ids = torch.randint(0, 50, (3, 8))
    places, targets = torch.tensor([1, 9, 20]), torch.tensor([4, 5, 6])
    plain, scaled = (checked(MaskedLoss(kind(config).train()), ids) for kind in (BertForMaskedLM, Scaled))
    assert plain.model.training
    assert (plain.whole, scaled.whole) == (False, True)
    logits = scaled.eval().model(input_ids=ids).logits.flatten(0, 1)[places]
    assert scaled(ids, places, targets).item() == pytest.approx(cross_entropy(logits, targets).item(), rel=1e-6)


def test_what_is_continued_on_the_model_s_own_loss_says_so(tmp_path: Path) -> None:
    tokenizer = wordpiece()
    folder, text = tmp_path / "granite", tmp_path / "text.txt"
    model = decoder("Granite", logits_scaling=8.0)
    model.resize_token_embeddings(len(tokenizer))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    text.write_text("the soup was good and the waiter smiled\n" * 60)
    fields = {
        "schema_version": 1,
        "name": "more",
        "model": {"kind": "checkpoint", "checkpoint": str(folder), "objective": "causal"},
        "train": {"batch_size": 2, "length": 16, "steps": 2, "learning_rate": 1e-9, "bf16": False, "log_every": 1},
    }
    made = pretrain(
        PretrainRecipe.model_validate(fields),
        Corpus(sources=[parse_source(str(text))]),
        out=tmp_path / "out",
        device="cpu",
    )
    assert "whole forward pass" in made.manifest["notes"][0]
    assert made.manifest["notes"][0] in (tmp_path / "out/README.md").read_text()
    rows = torch.tensor([tokenizer(text.read_text(), add_special_tokens=False)["input_ids"][:16]])
    own = model(input_ids=rows, labels=rows).loss.item()
    first = json.loads((tmp_path / "out/curve.jsonl").read_text().splitlines()[0])["loss"]
    assert first == pytest.approx(own, rel=0.2)

"""Tiny classifiers with random weights, saved as real model directories."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

INPUTS = ["input_ids", "token_type_ids", "attention_mask"]
SENTENCES = [
    "the soup was warm and the waiter smiled",
    "a dull evening that would not end",
    "la habitación era pequeña pero muy limpia",
    "el niño comió una manzana roja en la cocina",
    "nobody expected such a bright ending",
]


def wordpiece() -> hf.PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=48,
        model_input_names=INPUTS,
    )


def byte_bpe(*, special: bool = True) -> hf.PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"] if special else ["<|end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=tokens, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    if not special:
        return hf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", padding_side="left")
    # Like most tokenisers found next to a RoBERTa: the second field gets type 1, which the model has no row for.
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        model_input_names=INPUTS,
    )


SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "vocab_size": 400,
    "initializer_range": 0.3,
}
LABELS = {"id2label": {0: "bad", 1: "middling", 2: "good"}, "label2id": {"bad": 0, "middling": 1, "good": 2}}


def build(kind: str) -> tuple[Any, Any]:
    torch.manual_seed(7)
    if kind == "bert":
        config = hf.BertConfig(**SMALL, **LABELS, max_position_embeddings=64)
        return hf.BertForSequenceClassification(config), wordpiece()
    if kind == "roberta":
        config = hf.RobertaConfig(**SMALL, **LABELS, max_position_embeddings=42, type_vocab_size=1, pad_token_id=1)
        return hf.RobertaForSequenceClassification(config), byte_bpe()
    if kind == "distilbert":
        sizes = {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "vocab_size": 400, "initializer_range": 0.3}
        config = hf.DistilBertConfig(**sizes, **LABELS, max_position_embeddings=40)
        return hf.DistilBertForSequenceClassification(config), wordpiece()
    sizes = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 50, "vocab_size": 400, "initializer_range": 0.3}
    config = hf.GPT2Config(**sizes, **LABELS, bos_token_id=0, eos_token_id=0)
    return hf.GPT2ForSequenceClassification(config), byte_bpe(special=False)


KINDS = ("bert", "roberta", "distilbert", "gpt2")


@pytest.fixture(scope="session")
def model_dirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    for kind in KINDS:
        model, tokenizer = build(kind)
        model.save_pretrained(root / kind)
        tokenizer.save_pretrained(root / kind)
    return {kind: root / kind for kind in KINDS}


@pytest.fixture
def copy_of(model_dirs: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A private copy of a model directory, to break."""

    def copy(kind: str) -> Path:
        return Path(shutil.copytree(model_dirs[kind], tmp_path / kind))

    return copy

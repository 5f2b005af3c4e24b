"""Random models, small enough to build in a test, saved as real model directories; seeded, with English and Spanish."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

WORDS = """
the a an was is were and but not so very too good great nice fine bad dull slow long soup waiter service café menu room
story never again we loved hated it this that place people food house door happy sad old new stars said boring film
el la los las un una y pero no muy tan bueno buena malo mala lento larga sopa camarero servicio menú cuarto película
historia nunca nos trató bien niña simpática cigüeña pingüino estrellas año pasado comí dijo casa puerta feliz triste
"""
SENTENCES = (
    "the soup was warm and the waiter smiled",
    "a dull evening that would not end",
    "la habitación era pequeña pero muy limpia",
    "el niño comió una manzana roja en la cocina",
    "nobody expected such a bright ending",
)
LETTERS = "abcdefghijklmnopqrstuvwxyzñáéíóúü0123456789"
SPECIAL = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
LABELS = {"id2label": {0: "bad", 1: "middling", 2: "good"}, "label2id": {"bad": 0, "middling": 1, "good": 2}}
RANGE = 0.3
"""Spread of the weights, far from the usual 0.02, so that what a model answers depends on what it reads."""
CLASSIFIERS = ("bert", "roberta", "distilbert", "gpt2")


def vocabulary() -> list[str]:
    """Words, letters, endings and signs for WordPiece."""
    endings = ["##s", "##ed", "##ing", "##ly", "##mente", "##ísimo", "##ar", "##ó"]
    signs = list(".,!?¡¿:;/-'’…#@()=🙂")
    known = [*SPECIAL.values(), *WORDS.split(), *LETTERS, *["##" + c for c in LETTERS], *endings, *signs]
    return list(dict.fromkeys(known))


def wordpiece(max_length: int = 64) -> Any:
    """A tokeniser like BERT's, with that vocabulary; the second text of a pair gets type 1."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocab = {token: i for i, token in enumerate(vocabulary())}
    made = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.post_processor = processors.BertProcessing(("[SEP]", vocab["[SEP]"]), ("[CLS]", vocab["[CLS]"]))
    inputs = ["input_ids", "token_type_ids", "attention_mask"]
    return PreTrainedTokenizerFast(
        tokenizer_object=made, model_max_length=max_length, model_input_names=inputs, **SPECIAL
    )


def byte_bpe(sentences: Sequence[str] = SENTENCES, *, special: bool = True) -> Any:
    """A byte-level tokeniser learnt from `sentences`: like RoBERTa's, or like GPT-2's where not `special`.

    Like most found next to a RoBERTa, it gives the second text of a pair a type that the model has no row for.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    tokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"] if special else ["<|end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=tokens, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator(sentences, trainer)
    if not special:
        return PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|end|>", padding_side="left")
    ends = [("<s>", 0), ("</s>", 2)]
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B:1 </s>:1", special_tokens=ends
    )
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token", "mask_token"), tokens, strict=True))
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        cls_token="<s>",
        sep_token="</s>",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **names,
    )


def save(directory: Path, tokenizer: Any, config: str, head: str, **settings: Any) -> str:
    """Save the seeded model of a config class (such as `BertConfig`) with a head class; returns its directory."""
    import torch
    import transformers

    made = getattr(transformers, config)(vocab_size=len(tokenizer), initializer_range=RANGE, **settings)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        getattr(transformers, head)(made).save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return str(directory)


SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
ROBERTA = {**SIZES, "type_vocab_size": 1, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}


def classifier(directory: Path, kind: str, names: Sequence[str] = ("bad", "middling", "good")) -> str:
    """Save one of `CLASSIFIERS`; they read up to 48, 40, 40 and 50 tokens."""
    labels = {"id2label": dict(enumerate(names)), "label2id": {name: at for at, name in enumerate(names)}}
    head = "ForSequenceClassification"
    if kind == "bert":
        sizes = {**SIZES, "max_position_embeddings": 64}
        return save(directory, wordpiece(48), "BertConfig", f"Bert{head}", **sizes, **labels)
    if kind == "roberta":
        sizes = {**ROBERTA, "max_position_embeddings": 42}
        return save(directory, byte_bpe(), "RobertaConfig", f"Roberta{head}", **sizes, **labels)
    if kind == "distilbert":
        sizes = {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "max_position_embeddings": 40}
        return save(directory, wordpiece(48), "DistilBertConfig", f"DistilBert{head}", **sizes, **labels)
    sizes = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 50, "bos_token_id": 0, "eos_token_id": 0}
    return save(directory, byte_bpe(special=False), "GPT2Config", f"GPT2{head}", **sizes, **labels)


def nli(directory: Path, kind: str) -> str:
    """Save one of `CLASSIFIERS` with the labels of natural language inference."""
    return classifier(directory, kind, ("contradiction", "entailment", "neutral"))


def bert(directory: Path, *, head: str) -> str:
    """Save a tiny BERT (`MaskedLM`, or `Model` for an encoder), which reads up to 64 tokens."""
    cls = f"Bert{'For' if head == 'MaskedLM' else ''}{head}"
    return save(directory, wordpiece(), "BertConfig", cls, **SIZES, max_position_embeddings=64)


def roberta(directory: Path, sentences: Sequence[str]) -> str:
    """Save a tiny masked RoBERTa with a vocabulary learnt from `sentences`, which reads up to 62 tokens."""
    sizes = {**ROBERTA, "max_position_embeddings": 64}
    return save(directory, byte_bpe(sentences), "RobertaConfig", "RobertaForMaskedLM", **sizes)


def gpt2(directory: Path) -> str:
    """Save a tiny causal GPT-2, which reads up to 50 tokens."""
    sizes = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 50, "bos_token_id": 0, "eos_token_id": 0}
    return save(directory, byte_bpe(special=False), "GPT2Config", "GPT2LMHeadModel", **sizes)


def seq2seq(directory: Path) -> str:
    """Save a tiny T5 that reads up to 64 tokens."""
    sizes = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 2, "decoder_start_token_id": 0}
    ends = {"pad_token_id": 0, "eos_token_id": 3}
    return save(directory, wordpiece(), "T5Config", "T5ForConditionalGeneration", **sizes, **ends)


def bert2bert(directory: Path, *, reads: int = 64, writes: int = 64) -> str:
    """Save a tiny BERT that writes what another one has read (`EncoderDecoderModel`), and the positions they have."""
    import torch
    from transformers import BertConfig, EncoderDecoderConfig, EncoderDecoderModel

    tokenizer = wordpiece()
    sizes = {**SIZES, "vocab_size": len(tokenizer), "num_hidden_layers": 1, "initializer_range": RANGE}
    parts = [BertConfig(**sizes, max_position_embeddings=positions) for positions in (reads, writes)]
    ends = {
        "decoder_start_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    with torch.random.fork_rng():
        torch.manual_seed(7)
        model = EncoderDecoderModel(EncoderDecoderConfig.from_encoder_decoder_configs(*parts, **ends))
    model.generation_config.update(**ends)
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return str(directory)

"""Random BERT models, small enough to build in a test: seeded, with a vocabulary of English and Spanish words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WORDS = """
the a an was is were and but not so very too good great nice fine bad dull slow long soup waiter service café menu room
story never again we loved hated it this that place people food house door happy sad old new stars said boring film
el la los las un una y pero no muy tan bueno buena malo mala lento larga sopa camarero servicio menú cuarto película
historia nunca nos trató bien niña simpática cigüeña pingüino estrellas año pasado comí dijo casa puerta feliz triste
"""
LETTERS = "abcdefghijklmnopqrstuvwxyzñáéíóúü0123456789"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def vocabulary() -> list[str]:
    endings = ["##s", "##ed", "##ing", "##ly", "##mente", "##ísimo", "##ar", "##ó"]
    signs = list(".,!?¡¿:;/-'’…#@()=🙂")
    return list(dict.fromkeys([*SPECIAL, *WORDS.split(), *LETTERS, *["##" + c for c in LETTERS], *endings, *signs]))


def tokenizer(directory: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocab = {token: i for i, token in enumerate(vocabulary())}
    made = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.post_processor = processors.BertProcessing(("[SEP]", vocab["[SEP]"]), ("[CLS]", vocab["[CLS]"]))
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=64, **names).save_pretrained(directory)


def bert(directory: Path, *, head: str) -> str:
    """Save a tiny BERT (`MaskedLM`, or `Model` for an encoder) and return its directory."""
    import torch
    import transformers

    config = transformers.BertConfig(
        vocab_size=len(vocabulary()),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.4,  # far from the usual 0.02, so that what it answers depends on what it reads
    )
    kind: Any = getattr(transformers, f"Bert{'For' if head == 'MaskedLM' else ''}{head}")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        kind(config).save_pretrained(directory)
    tokenizer(directory)
    return str(directory)


def roberta(directory: Path, sentences: list[str]) -> str:
    """Save a tiny RoBERTa with a byte-level BPE vocabulary learnt from `sentences` and return its directory."""
    import torch
    from tokenizers import ByteLevelBPETokenizer, processors
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaForMaskedLM

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    learnt = ByteLevelBPETokenizer()
    learnt.train_from_iterator(sentences, vocab_size=600, min_frequency=1, special_tokens=special)
    made = learnt._tokenizer
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token", "mask_token"), special, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=62, **names).save_pretrained(directory)
    config = RobertaConfig(
        vocab_size=made.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.4,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        RobertaForMaskedLM(config).save_pretrained(directory)
    return str(directory)

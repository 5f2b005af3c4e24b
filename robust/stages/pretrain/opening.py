"""Transformers to pre-train: new ones from a few numbers, and checkpoints that go on learning."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from robust import starter
from robust.checkpoints.locate import fetch, locate
from robust.checkpoints.tokens import positions
from robust.checkpoints.wanted import Wanted
from robust.errors import ModelError
from robust.recipe.pretrain_models import CausalDecoder, Checkpoint, MaskedEncoder

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

LANGUAGE_MODEL = Wanted(
    auto="AutoModel",
    noun="model",
    kind="a model to train on",
    incomplete="lacks weights",
    option="--model path/to/dir",
)


def new_model(made: MaskedEncoder | CausalDecoder | Any, tokenizer: PreTrainedTokenizerBase) -> tuple[Any, str]:
    """A BERT or GPT-2 with weights from torch's generator, and what it is trained on (`masked` or `causal`).

    The vocabulary is as large as the tokeniser's, rounded up to a multiple of 64, which matrix units like.
    """
    from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel

    vocabulary = 64 * math.ceil(len(tokenizer) / 64)
    spread = 0.02 * math.sqrt(768 / made.hidden_size)  # BERT's at its own width; signals keep their size
    if isinstance(made, MaskedEncoder):
        bert = BertConfig(
            vocab_size=vocabulary,
            hidden_size=made.hidden_size,
            num_hidden_layers=made.layers,
            num_attention_heads=made.heads,
            intermediate_size=made.intermediate_size,
            max_position_embeddings=made.max_positions,
            hidden_dropout_prob=made.dropout,
            attention_probs_dropout_prob=made.dropout,
            initializer_range=spread,
            pad_token_id=tokenizer.pad_token_id,
        )
        return BertForMaskedLM(bert), "masked"
    gpt = GPT2Config(
        vocab_size=vocabulary,
        n_embd=made.hidden_size,
        n_layer=made.layers,
        n_head=made.heads,
        n_inner=made.intermediate_size,
        n_positions=made.max_positions,
        resid_pdrop=made.dropout,
        embd_pdrop=made.dropout,
        attn_pdrop=made.dropout,
        initializer_range=spread,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return GPT2LMHeadModel(gpt), "causal"


def open_checkpoint(made: Checkpoint, *, length: int) -> tuple[PreTrainedModel, PreTrainedTokenizerBase, str]:
    """Model with its language-model head, tokeniser and objective of a checkpoint. Raises `ModelError`.

    A head that the checkpoint lacks is drawn anew (an encoder saved without one still learns).
    """
    import transformers

    from robust import models

    models.register()
    name = made.checkpoint
    found = locate(starter.model_path(name) if name in starter.NAMES else name, wanted=LANGUAGE_MODEL, name=name)
    fetch(found)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(found.path)
        objective = made.objective
        if objective == "auto":
            kind = type(transformers.AutoConfig.from_pretrained(found.path))
            fills = kind in transformers.MODEL_FOR_MASKED_LM_MAPPING and tokenizer.mask_token_id is not None
            objective = "masked" if fills else "causal"
        auto = transformers.AutoModelForMaskedLM if objective == "masked" else transformers.AutoModelForCausalLM
        model = auto.from_pretrained(found.path, use_safetensors=True).float()
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"{name} cannot be loaded as a language model: {first}", fix="name another model (--model path/to/dir)"
        ) from error
    if objective == "masked" and tokenizer.mask_token_id is None:
        raise ModelError(f"{name} has no mask token", fix="train it on the next token: --set model.objective=causal")
    limit = positions(model)
    if limit and length > limit:
        raise ModelError(
            f"{name} reads at most {limit} tokens, the recipe asks for {length}", fix=f"--set train.length={limit}"
        )
    return model, tokenizer, objective

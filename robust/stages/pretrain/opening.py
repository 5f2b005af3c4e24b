"""Transformers to pre-train: new ones from a few numbers, and checkpoints that go on learning."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robust import models, starter
from robust.checkpoints.locate import fetch, locate
from robust.checkpoints.tokens import positions
from robust.checkpoints.wanted import Wanted
from robust.errors import ModelError
from robust.recipe.pretrain_models import CausalDecoder, Checkpoint, MaskedEncoder, Recurrent

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from robust.models.recurrent import RecurrentForCausalLM

LANGUAGE_MODEL = Wanted(
    auto="AutoModel",
    noun="model",
    kind="a model to train on",
    incomplete="lacks weights",
    option="--model path/to/dir",
)


INNER = "language-model"
"""Where, beside ELMo features, the language model that they come from is kept with its output layer."""


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

    name, path = made.checkpoint, _folder(made)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(path)
        objective = made.objective
        if objective == "auto":
            kind = type(transformers.AutoConfig.from_pretrained(path))
            fills = kind in transformers.MODEL_FOR_MASKED_LM_MAPPING and tokenizer.mask_token_id is not None
            objective = "masked" if fills else "causal"
        auto = transformers.AutoModelForMaskedLM if objective == "masked" else transformers.AutoModelForCausalLM
        model = auto.from_pretrained(path, use_safetensors=True).float()
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        inner = (path / INNER).is_dir()
        fix = f"name the one inside: --model {name}/{INNER}" if inner else "name another model (--model path/to/dir)"
        raise ModelError(f"{name} cannot be loaded as a language model: {first}", fix=fix) from error
    if objective == "masked" and tokenizer.mask_token_id is None:
        raise ModelError(f"{name} has no mask token", fix="train it on the next token: --set model.objective=causal")
    limit = positions(model)
    if limit and length > limit:
        raise ModelError(
            f"{name} reads at most {limit} tokens, the recipe asks for {length}", fix=f"--set train.length={limit}"
        )
    return model, tokenizer, objective


def is_recurrent(made: Checkpoint) -> bool:
    """Whether a checkpoint is one of this project's recurrent language models. Raises `ModelError` if there is none."""
    import transformers

    try:
        declared, _ = transformers.PretrainedConfig.get_config_dict(_folder(made))
    except OSError:  # `open_checkpoint` says what is wrong with it
        return False
    return bool(declared.get("model_type") == "robust-recurrent")


def open_recurrent(made: Checkpoint) -> tuple[RecurrentForCausalLM, Recurrent]:
    """A recurrent language model, and how it is trained: with the dropouts and penalties of its checkpoint.

    Windows of one length, and no average of the weights: a checkpoint does not say whether it had others.
    Raises `ModelError`.
    """
    from robust.models.recurrent import RecurrentForCausalLM

    name = made.checkpoint
    if made.objective == "masked":
        raise ModelError(f"{name} is recurrent: it predicts the next token", fix="--set model.objective=auto")
    try:
        model: Any = RecurrentForCausalLM.from_pretrained(_folder(made), use_safetensors=True)
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        raise ModelError(f"{name} cannot be loaded: {first}", fix="name another model (--model path/to/dir)") from error
    known = {name: getattr(model.config, name) for name in Recurrent.model_fields if hasattr(model.config, name)}
    return model.float(), Recurrent(**{**known, "kind": "recurrent", "hidden_size": model.config.recurrent_size})


def copy_tokenizer(made: Checkpoint, folder: Path) -> None:
    """Copy the tokeniser of a recurrent language model to `folder`, as its files are. Raises `ModelError`."""
    path = _folder(made)
    folder.mkdir(parents=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if not (path / name).is_file():
            raise ModelError(f"{made.checkpoint} has no {name}", fix="name a directory that `robust pretrain` wrote")
        shutil.copyfile(path / name, folder / name)


def _folder(made: Checkpoint) -> Path:
    """Where the files of a checkpoint are; those of a hub id are fetched."""
    models.register()
    name = made.checkpoint
    found = locate(starter.model_path(name) if name in starter.NAMES else name, wanted=LANGUAGE_MODEL, name=name)
    fetch(found)
    return found.path

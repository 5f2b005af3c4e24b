"""Models and tokenisers to train: from a checkpoint, or new ones from a few numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robust import starter
from robust.checkpoints.locate import fetch, locate
from robust.checkpoints.tokens import declared_limit
from robust.checkpoints.wanted import Wanted
from robust.errors import ModelError
from robust.models.inputs import takes_types
from robust.models.vectors import is_vectors
from robust.recipe.finetune import Architecture, Convolutional
from robust.stages.adapt import layers
from robust.stages.adapt.ensemble import DRAWN

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

ENCODER = Wanted(
    auto="AutoModel",
    noun="model",
    kind="a model to fine-tune",
    incomplete="lacks weights",
    option="--model path/to/dir",
)
"""Any pretrained model: the head for the task is drawn anew where it has none."""

CLASSIFIER = "AutoModelForSequenceClassification"


def from_checkpoint(
    name: str, labels: Sequence[str], *, max_length: int, auto: str = CLASSIFIER, dropout: float | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model and tokeniser of a directory, a bundled model or a hub id, with a head for `labels`, where there are any.

    `auto` names the class of transformers that opens it; `dropout`, where it is given, takes the place of every dropout
    that the configuration declares. A head that is there is kept when it has as many labels, in
    its own order when they have the same names; otherwise a new one is drawn from torch's generator. Word vectors, as
    `robust pretrain` writes them, become a classifier on their mean. Raises `ModelError` when something is missing.
    """
    if is_vectors(Path(name).expanduser()):
        return _on_vectors(name, labels, max_length=max_length, auto=auto)
    import transformers
    from transformers import AutoConfig, AutoTokenizer

    from robust.models import register

    register()
    found = locate(starter.model_path(name) if name in starter.NAMES else name, wanted=ENCODER, name=name)
    fetch(found)
    try:
        config = AutoConfig.from_pretrained(found.path)
        own = [str(label) for _, label in sorted((getattr(config, "id2label", None) or {}).items())]
        order = own if set(own) == set(labels) else list(labels)
        model, told = getattr(transformers, auto).from_pretrained(
            found.path,
            **_labels(order),
            **_dropouts(config, dropout),
            ignore_mismatched_sizes=True,
            use_safetensors=True,
            output_loading_info=True,
        )
        model = model.float()
        model.__dict__[DRAWN] = {*told["missing_keys"], *(name for name, *_ in told["mismatched_keys"])}
        tokenizer = AutoTokenizer.from_pretrained(found.path)
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"{name} cannot be loaded as a model to fine-tune: {first}", fix=ENCODER.remedy("", name)
        ) from error
    limit = declared_limit(model, tokenizer)
    if limit is not None and max_length > limit:
        raise ModelError(
            f"{name} reads at most {limit} tokens, the recipe asks for {max_length}",
            fix=f"lower it: --set train.max_length={limit}",
        )
    if not takes_types(model):
        tokenizer.model_input_names = [name for name in tokenizer.model_input_names if name != "token_type_ids"]
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    if model.config.pad_token_id is None:
        model.config.pad_token_id = tokenizer.pad_token_id
    return model, tokenizer


def _on_vectors(
    name: str, labels: Sequence[str], *, max_length: int, auto: str
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    from robust.models.averaged import MAX_LENGTH, from_vectors

    if auto != CLASSIFIER:
        raise ModelError(f"{name} holds word vectors, which only classify texts", fix=ENCODER.remedy("", name))
    if max_length > MAX_LENGTH:
        raise ModelError(
            f"word vectors read at most {MAX_LENGTH} words, the recipe asks for {max_length}",
            fix=f"lower it: --set train.max_length={MAX_LENGTH}",
        )
    try:
        model, tokenizer = from_vectors(Path(name).expanduser(), labels)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{name} holds no whole word vectors: {error}", fix="make them again") from error
    model.__dict__[DRAWN] = {weight for weight, _ in layers.head(model)}
    return model, tokenizer


def from_scratch(
    config: Architecture | Convolutional, labels: Sequence[str], *, tokenizer: Path, auto: str = CLASSIFIER
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A new BERT of the class `auto`, or a convolutional classifier, its weights drawn from torch's generator.

    The tokeniser is read from where `tokenisers.learn` put it, so that what trains is what will be loaded.
    """
    import transformers
    from transformers import AutoTokenizer, BertConfig

    found = AutoTokenizer.from_pretrained(tokenizer)
    if isinstance(config, Convolutional):
        return _convolutional(config, labels, found), found
    bert = BertConfig(
        vocab_size=len(found),
        hidden_size=config.hidden_size,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=config.intermediate_size,
        max_position_embeddings=config.max_positions,
        hidden_dropout_prob=config.dropout,
        attention_probs_dropout_prob=min(config.dropout, 0.1),
        initializer_range=0.02
        * math.sqrt(768 / config.hidden_size),  # BERT's at its own width; signals keep their size
        pad_token_id=found.pad_token_id,
        **_labels(labels),
    )
    return getattr(transformers, auto).from_config(bert), found


def _convolutional(config: Convolutional, labels: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    from robust.models.convolutional import ConvolutionalConfig, ConvolutionalForSequenceClassification

    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    return ConvolutionalForSequenceClassification(
        ConvolutionalConfig(
            vocab_size=len(tokenizer),
            embedding_size=config.embedding_size,
            hidden_size=config.hidden_size,
            kernel_size=config.kernel_size,
            pooling=config.pooling,
            max_position_embeddings=config.max_positions,  # it has none, but a text is cut to as many tokens
            dropout=config.dropout,
            pad_token_id=tokenizer.pad_token_id,
            **_labels(labels),
        )
    )


def _dropouts(config: Any, dropout: float | None) -> dict[str, float]:
    """Every dropout of a configuration, set to `dropout`; none where that is None."""
    if dropout is None:
        return {}
    declared = config.to_dict()
    known = [name for name, value in declared.items() if "drop" in name and isinstance(value, int | float)]
    return dict.fromkeys(known, dropout)


def _labels(labels: Sequence[str]) -> dict[str, Any]:
    if not labels:
        return {}
    return {"id2label": dict(enumerate(labels)), "label2id": {label: at for at, label in enumerate(labels)}}

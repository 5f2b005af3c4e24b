"""Several tasks on one encoder: its weights are shared, and each task has the head of an ordinary model on top."""

# mypy: allow-untyped-calls
# (transformers does not type what every model calls)

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

import torch
from torch import nn
from torch.nn import functional as F
from transformers import (
    MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
    MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING,
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    PretrainedConfig,
    PreTrainedModel,
)
from transformers.modeling_outputs import SequenceClassifierOutput, TokenClassifierOutput

from robust.errors import ModelError
from robust.models.inputs import takes_types
from robust.models.pooled import PooledConfig, PooledForSequenceClassification

Kind: TypeAlias = Literal["classification", "tagging"]

NAME = re.compile(r"[A-Za-z][\w-]*")
"""What a task may be called: it names a folder, and part of the weights."""


class MultitaskConfig(PretrainedConfig):
    """Configuration of `MultitaskModel`.

    `encoder` is the configuration of the encoder, as a mapping with its `model_type`; `heads` are the tasks by name,
    each with its `kind` and its `labels` in the order of their numbers.
    """

    model_type = "robust-multitask"
    has_no_defaults_at_init = True

    def __init__(
        self,
        encoder: Mapping[str, Any] | None = None,
        heads: Mapping[str, Mapping[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = PooledConfig(encoder=encoder).encoder  # without what belongs to the file it was read from
        self.heads: dict[str, dict[str, Any]] = {
            name: {"kind": str(head["kind"]), "labels": [str(label) for label in head["labels"]]}
            for name, head in (heads or {}).items()
        }
        for name, head in self.heads.items():
            if not NAME.fullmatch(name) or head["kind"] not in ("classification", "tagging") or len(head["labels"]) < 2:
                raise ValueError(f"no head can be made for {name!r} of {head}")
        if self.encoder:
            inner = self.encoder_config()
            for name in ("hidden_size", "vocab_size", "max_position_embeddings", "type_vocab_size"):
                setattr(self, name, getattr(inner, name, None))
            if getattr(self, "pad_token_id", None) is None:
                self.pad_token_id = getattr(inner, "pad_token_id", None)

    def encoder_config(self) -> PretrainedConfig:
        """The configuration of the encoder, as an object of its own class."""
        return PooledConfig(encoder=self.encoder).encoder_config()


class MultitaskModel(PreTrainedModel):
    """An encoder that `AutoModel` opens, and for each task the head that its type has for that kind of task.

    A text classifier of a type that has none reads the mean of the last states (`robust-pooled`). `forward` with a
    `task` answers as the ordinary model of that task would, which `single` gives; without one it is the encoder. Cite
    Caruana 1997 (Multitask Learning, Machine Learning 28:41-75) for hard sharing, Liu et al. 2019 (MT-DNN,
    arXiv:1901.11504) for it with BERT.
    """

    config_class = MultitaskConfig
    base_model_prefix = "encoder"

    def __init__(self, config: MultitaskConfig) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(config.encoder_config())
        self.heads = nn.ModuleDict()
        self._single: dict[str, PreTrainedModel] = {}
        self._saved: dict[str, frozenset[str]] = {}
        for name, head in config.heads.items():
            single = _ordinary(config.encoder_config(), head["kind"], head["labels"])
            self._saved[name] = frozenset(single.state_dict())
            prefix = single.base_model_prefix
            loose = list(single.parameters(recurse=False))  # weights outside its parts
            if loose or type(getattr(single, prefix, None)) is not type(self.encoder):
                raise ModelError(
                    f"the head of {type(single).__name__} cannot be put on a shared {type(self.encoder).__name__}",
                    fix="start from an encoder such as BERT or RoBERTa",
                )
            setattr(single, prefix, self.encoder)
            # An ordinary model holds the shared encoder, and must not be a part of this one: each weight has one name.
            self._single[name] = single
            parts = {part: module for part, module in single.named_children() if part != prefix}
            self.heads[_key(name)] = nn.ModuleDict(parts)
        self.post_init()

    @classmethod
    def around(cls, encoder: PreTrainedModel, heads: Mapping[str, tuple[Kind, Sequence[str]]]) -> MultitaskModel:
        """A model with the weights of `encoder`; heads, of a kind and for labels, are drawn from torch's generator.

        Raises `ModelError` for an encoder whose type has no head of that kind.
        """
        described = {name: {"kind": kind, "labels": list(labels)} for name, (kind, labels) in heads.items()}
        model = cls(MultitaskConfig(encoder=encoder.config.to_dict(), heads=described))
        if type(encoder) is not type(model.encoder):
            raise ModelError(
                f"a {type(encoder).__name__} cannot be shared: AutoModel makes a {type(model.encoder).__name__} of it",
                fix="start from an encoder such as BERT or RoBERTa",
            )
        model.encoder.load_state_dict(encoder.state_dict())
        return model

    def get_input_embeddings(self) -> nn.Module:
        found: nn.Module = self.encoder.get_input_embeddings()
        return found

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.encoder.set_input_embeddings(value)

    def _init_weights(self, module: nn.Module) -> None:
        """Encoder and heads have drawn their weights as their types do; this is for what a file lacks."""
        if isinstance(module, (nn.Linear, nn.LayerNorm)):
            module.reset_parameters()

    @cached_property
    def _takes_types(self) -> bool:
        return takes_types(self.encoder)

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        token_type_ids: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        task: str | None = None,
        **more: Any,
    ) -> Any:
        """Logits of `task`, `(n, labels)` or `(n, length, labels)`, and with `labels` their cross entropy.

        Labels of -100 do not count. Without `task` what the encoder gives.
        """
        given = {"input_ids": input_ids, "attention_mask": attention_mask, "inputs_embeds": inputs_embeds, **more}
        if self._takes_types:
            given["token_type_ids"] = token_type_ids
        given = {name: value for name, value in given.items() if value is not None}
        if task is None:
            return self.encoder(**given)
        single = self._single[task]
        single.training = self.training  # its parts are in step; it is none of ours
        found = single(**given)
        loss = None
        if labels is not None:
            loss = F.cross_entropy(found.logits.float().flatten(0, -2), labels.flatten(), ignore_index=-100)
        kind = self.config.heads[task]["kind"]
        output = SequenceClassifierOutput if kind == "classification" else TokenClassifierOutput
        return output(loss=loss, logits=found.logits)

    def single(self, task: str) -> PreTrainedModel:
        """The ordinary model of a task, with the weights of this one: what is done to them is done to both."""
        single = self._single[task]
        single.train(self.training)
        return single

    def weights(self, task: str) -> dict[str, torch.Tensor]:
        """The weights of a task's ordinary model, by its names: nothing of the other tasks."""
        known = self._saved[task]
        return {name: value for name, value in self.single(task).state_dict().items() if name in known}

    def save_single(self, task: str, folder: Path) -> None:
        """Save the model of a task as `save_pretrained` of its own class would."""
        self.single(task).save_pretrained(folder, state_dict=self.weights(task))


def _key(name: str) -> str:
    return f"for_{name}"  # a module must not be called like a method, as `type` and `float` are


def _ordinary(config: Any, kind: str, labels: Sequence[str]) -> Any:
    """A new model for one task, of the class that the type of the encoder has for it."""
    config = copy.deepcopy(config)
    named: dict[str, Any] = {
        "id2label": dict(enumerate(labels)),
        "label2id": {label: at for at, label in enumerate(labels)},
    }
    for name, value in named.items():
        setattr(config, name, value)
    if kind == "tagging":
        if type(config) not in MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING:
            raise ModelError(
                f"models of type {config.model_type!r} have no head that tags words",
                fix="start from an encoder that has one, such as BERT or RoBERTa",
            )
        return AutoModelForTokenClassification.from_config(config)
    if type(config) in MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING:
        return AutoModelForSequenceClassification.from_config(config)
    return PooledForSequenceClassification(PooledConfig(encoder=config.to_dict(), pooling="mean", **named))


AutoConfig.register(MultitaskConfig.model_type, MultitaskConfig, exist_ok=True)
AutoModel.register(MultitaskConfig, MultitaskModel, exist_ok=True)

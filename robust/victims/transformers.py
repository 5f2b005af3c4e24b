"""A transformers sequence classifier, from a directory, from the hub, or already in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from robust.checkpoints.device import in_format, pick_device, pick_dtype
from robust.checkpoints.files import declared_langs
from robust.checkpoints.locate import fetch, locate
from robust.checkpoints.memory import in_memory
from robust.checkpoints.pretrained import load, load_config, load_model
from robust.checkpoints.tokens import accepted, padded, set_padding, small, token_limit
from robust.checkpoints.wanted import Wanted
from robust.core.gradient import TokenGradient, Vocabulary
from robust.core.types import Fields, Floats, Lang
from robust.core.victim import VictimMeta
from robust.errors import ModelError, UserError
from robust.victims import _gradients
from robust.victims._vocabulary import vocabulary

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

CLASSIFIER = Wanted(
    auto="AutoModelForSequenceClassification",
    noun="model",
    kind="a fine-tuned sequence classifier",
    incomplete="lacks weights of its classifier",
    option="--model path/to/dir",
    heads=("ForSequenceClassification",),
    fit="fine-tune it first: robust finetune RECIPE --model {name} --data … --out DIR, then use DIR",
    untrusted="read that code, and if you trust it pass --trust-remote-code (trust_remote_code=True)",
    smaller="use device cpu or a smaller model",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class TransformersVictim:
    """A sequence classifier and its tokeniser; inputs longer than `max_length` tokens are cut.

    Make one with `TransformersVictim.load` or `TransformersVictim.of`.
    """

    meta: VictimMeta
    model: PreTrainedModel = field(repr=False)
    tokenizer: PreTrainedTokenizerBase = field(repr=False)
    max_length: int
    temperature: float = 1.0
    """What logits are divided by; see `robust.victims.calibrated`."""
    reload: Callable[[], PreTrainedModel] | None = field(default=None, repr=False)
    """Loads the weights again in float32; None where the model is float32 or exists in memory only."""

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        name: str | None = None,
        device: str = "auto",
        dtype: str = "auto",
        revision: str | None = None,
        trust_remote_code: bool = False,
        max_length: int | None = None,
    ) -> TransformersVictim:
        """Load from a directory, or from the hub where `source` is no directory.

        `name` is what a run records (`source` if not given), `revision` a commit, branch or tag of the hub;
        `max_length` cuts inputs to fewer tokens than the model could read. `device`: see `pick_device`; `dtype`: see
        `pick_dtype`. Only safetensors are read; code that comes with a model runs only where `trust_remote_code`.
        Raises `ModelError` for anything but a complete sequence classifier, `UserError` for options that do not fit.
        """
        found = locate(source, wanted=CLASSIFIER, name=name, revision=revision, trust=trust_remote_code)
        fetch(found)
        target = pick_device(device)
        config = load_config(found)
        chosen = pick_dtype(dtype, target, int(getattr(config, "hidden_size", 0) or 0))
        model, tokenizer = load(found, config, target)
        model, reload = in_format(model, chosen, partial(load_model, found, config, target))
        return cls.of(
            model,
            tokenizer,
            name=found.name,
            revision=found.revision,
            langs=declared_langs(config.to_dict(), found.path),
            max_length=max_length,
            reload=reload,
            dtype=None if reload is None else str(chosen).removeprefix("torch."),
        )

    @classmethod
    def of(
        cls,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        name: str,
        revision: str = "unpinned",
        langs: frozenset[Lang] = frozenset(),
        max_length: int | None = None,
        reload: Callable[[], PreTrainedModel] | None = None,
        dtype: str | None = None,
    ) -> TransformersVictim:
        """Wrap a model in memory, in its number format and on its device; the tokeniser is set to pad on the right.

        `reload` gives the model in float32 where it is not, `dtype` names its format where its parameters do not.

        Raises `ModelError` and `UserError` as `load` does.
        """
        labels = _labels(model.config, name)
        set_padding(model, tokenizer, name)
        limit = token_limit(model, tokenizer)
        smallest = tokenizer.num_special_tokens_to_add(pair=True) + 2
        if max_length is not None and not smallest <= max_length <= limit:
            raise UserError(
                f"max_length {max_length} does not fit {name}: it reads {smallest} to {limit} tokens",
                fix=f"use {smallest} to {limit}, or leave it out for {limit}",
            )
        meta = VictimMeta(
            name=name,
            revision=revision,
            labels=labels,
            langs=langs,
            dtype=dtype or str(model.dtype).removeprefix("torch."),
            device=str(model.device),
        )
        return cls(meta=meta, model=model, tokenizer=tokenizer, max_length=max_length or limit, reload=reload)

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logits `(n, n_labels)`; every input has the same number of fields, one or two."""
        return self._answer(lambda: self._short, batch)

    def canonical(self, item: Fields, /) -> Floats:
        """Logits `(n_labels,)` of one input, alone in its batch, in float32."""
        answer: Floats = self._answer(lambda: self.exact, [item])[0]
        return answer

    def gradients(self, batch: Sequence[tuple[Fields, int]], /) -> Sequence[TokenGradient]:
        """See `GradientVictim`: in float32, also where `logits` are not, so that no two words swap ranks by noise."""
        self._check_fields([fields for fields, _ in batch])
        return _gradients.gradients(
            self.exact,
            self.tokenizer,
            self.encode,
            self.max_length,
            batch,
            self.meta.name,
            temperature=self.temperature,
        )

    def estimates(self, batch: Sequence[tuple[TokenGradient, Fields]], /) -> Floats:
        """See `GradientVictim`."""
        return _gradients.estimates(self.exact, self.tokenizer, self.max_length, batch)

    def vocabulary(self) -> Vocabulary:
        """See `VocabularyVictim`."""
        return self._vocabulary

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return vocabulary(self.exact, self.tokenizer)

    @property
    def own_batches(self) -> bool:
        """Whether `logits` cuts what it is given into batches by itself: on the CPU, to what fits its caches."""
        return self.model.device.type == "cpu"

    @cached_property
    def exact(self) -> PreTrainedModel:
        """The model in float32."""
        return self.model if self.reload is None else self.reload()

    @cached_property
    def _short(self) -> PreTrainedModel:
        """The model, without what its classifier never reads."""
        from robust.checkpoints.first_token import first_token

        short: PreTrainedModel = first_token(self.model)
        return short

    @cached_property
    def _accepted(self) -> tuple[str, ...]:
        return accepted(self.model)

    def _answer(self, model: Callable[[], PreTrainedModel], batch: Sequence[Fields]) -> Floats:
        if not batch:
            return np.zeros((0, len(self.meta.labels)), dtype=np.float32)
        self._check_fields(batch)
        return in_memory(lambda: self._forward(model(), batch))

    def _check_fields(self, batch: Sequence[Fields]) -> None:
        counts = {len(fields) for fields in batch}
        if batch and counts not in ({1}, {2}):
            found = " and ".join(map(str, sorted(counts)))
            raise ModelError(f"{self.meta.name} got inputs of {found} fields", fix="give every input one field, or two")

    def _forward(self, model: PreTrainedModel, batch: Sequence[Fields]) -> Floats:
        import torch

        training = self.model.training
        if training:  # a model in the middle of its training is asked without dropout, and given back as it was
            self.model.train(False)
        try:
            with torch.inference_mode():
                return self._read(model, self._rows(batch))
        finally:
            if training:
                self.model.train()

    def _read(self, model: PreTrainedModel, rows: Mapping[str, list[list[int]]]) -> Floats:
        """Logits of tokenised inputs: on a processor in small batches of like length, elsewhere all at once."""
        lengths = list(map(len, rows["input_ids"]))
        cpu = model.device.type == "cpu"
        together = small(lengths) if cpu else [list(range(len(lengths)))]
        answer = np.empty((len(lengths), len(self.meta.labels)), np.float32)
        for chosen in together:
            batch = self._padded({key: [values[at] for at in chosen] for key, values in rows.items()})
            inputs = {key: value.to(model.device, non_blocking=True) for key, value in batch.items()}
            said = (model(**inputs).logits.float() / self.temperature).cpu().numpy()
            if said.shape != (len(chosen), answer.shape[1]):
                raise ModelError(
                    f"{self.meta.name} answered with shape {said.shape}, expected {(len(chosen), answer.shape[1])}",
                    fix="use a model with one row of logits for each input",
                )
            answer[chosen] = said
        return answer

    def encode(self, batch: Sequence[Fields]) -> dict[str, torch.Tensor]:
        """Inputs as a padded batch `(n, tokens)`, in the processor's memory, with what the model accepts."""
        return self._padded(self._rows(batch))

    def _rows(self, batch: Sequence[Fields]) -> dict[str, list[list[int]]]:
        """The tokens of each input, cut to `max_length`, and what else the tokeniser tells of them."""
        columns = [list(column) for column in zip(*batch, strict=True)]
        encoded = self.tokenizer(*columns, truncation=True, max_length=self.max_length, return_attention_mask=True)
        return {key: encoded[key] for key in encoded}

    def _padded(self, rows: Mapping[str, list[list[int]]]) -> dict[str, torch.Tensor]:
        batch = padded(rows, self.tokenizer)
        return {key: values for key, values in batch.items() if key in self._accepted}


def _labels(config: Any, name: str) -> tuple[str, ...]:
    labels = tuple(str(config.id2label[index]) for index in sorted(config.id2label))
    kind = getattr(config, "problem_type", None)
    if len(labels) < 2 or kind == "regression":
        raise ModelError(f"{name} predicts a number, not a class", fix="use a classifier with two or more labels")
    if kind == "multi_label_classification":
        raise ModelError(
            f"{name} gives each text several labels", fix="use a classifier whose labels exclude each other"
        )
    return labels

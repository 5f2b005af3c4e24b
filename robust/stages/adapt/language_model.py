"""The second stage of ULMFiT: a language model goes on learning on the texts of a task, before the task is learnt."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from robust import starter
from robust.checkpoints import files
from robust.checkpoints.device import pick_device
from robust.checkpoints.locate import Checkpoint, fetch, locate
from robust.checkpoints.pretrained import load_config, load_model, load_tokenizer
from robust.checkpoints.tokens import token_limit
from robust.checkpoints.wanted import Wanted
from robust.errors import DataError, ModelError
from robust.models import register
from robust.recipe.adapt import LanguageModel
from robust.stages.adapt import rates
from robust.stages.adapt.blocks import blocks
from robust.stages.precision import fast_bf16
from robust.stages.pretrain.masking import mask, special_ids

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_Objective: TypeAlias = Callable[[NDArray[np.int64], np.random.Generator], "torch.Tensor"]

RECORD = "language-model.json"
"""What was done, beside the tuned weights: `objective`, `blocks`, `length`, `steps`, and the `losses` of each epoch."""


def tune(
    source: str,
    texts: Iterable[str],
    settings: LanguageModel,
    *,
    folder: Path,
    device: str,
    seed: int,
    bf16: Literal["auto"] | bool = False,
) -> Path:
    """Train the language model `source` on `texts` and write it to `folder`, with its tokeniser; returns `folder`.

    `source` is a directory, a bundled model or a hub id. Models with a mask token that transformers opens as masked
    language models fill in hidden tokens, others predict the next token. A folder that an earlier call finished is
    returned as it is; one that was interrupted is begun anew. `bf16` computes matrix products in bfloat16 (`auto`:
    where that is fast); what is written is float32. Source: Howard & Ruder 2018, section 3.2.

    *Differs from the paper:* blocks of text are drawn in any order and each is read by itself, where the paper carries
    the state of its recurrent model from one to the next; the optimizer is AdamW with its usual settings.

    Raises `ModelError` for a checkpoint without the weights of a language model, `DataError` where there is no text.
    """
    if (folder / RECORD).exists():
        return folder
    beside = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    found, masked = _open(source)
    tokenizer = load_tokenizer(found)
    model = load_model(found, load_config(found), pick_device(device))
    length = min(settings.length, token_limit(model, tokenizer))
    first = tokenizer.cls_token_id if masked else None
    rows = blocks(texts, tokenizer, length=length, first=first)
    if not len(rows):
        raise DataError("there is no text for adapt.language_model to learn from", fix="check the training data")
    losses = _train(model, tokenizer, rows, settings, masked=masked, seed=seed, bf16=_bf16(bf16, model))

    beside.mkdir(parents=True)
    model.save_pretrained(beside)
    names = [path.name for path in found.path.iterdir()]
    for name in files.matching(names, (*files.TOKENISER, *files.TOKENISER_EXTRAS)):
        shutil.copyfile(found.path / name, beside / name)
    record = {
        "objective": "masked" if masked else "causal",
        "blocks": len(rows),
        "length": int(rows.shape[1]),
        "steps": _steps(len(rows), settings),
        "losses": losses,
    }
    (beside / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, folder)
    return folder


def _open(source: str) -> tuple[Checkpoint, bool]:
    """The files of the language model `source`, and whether it is a masked one."""
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, MODEL_FOR_MASKED_LM_MAPPING

    register()
    where = starter.model_path(source) if source in starter.NAMES else source
    found = locate(where, wanted=_wanted("AutoModelForMaskedLM"), name=source)
    fetch(found)
    kind: Any = type(load_config(found))
    if kind in MODEL_FOR_MASKED_LM_MAPPING and load_tokenizer(found).mask_token_id is not None:
        return found, True
    if kind in MODEL_FOR_CAUSAL_LM_MAPPING:
        return locate(where, wanted=_wanted("AutoModelForCausalLM"), name=source), False
    raise ModelError(f"{source} is no language model ({kind.__name__})", fix=_WITHOUT)


_WITHOUT = "start from a pretrained language model, or leave the stage out: --set adapt.language_model=null"


def _wanted(auto: str) -> Wanted:
    return Wanted(
        auto=auto,
        noun="language model",
        kind="a language model",
        incomplete="lacks the weights that predict words",
        option="--model path/to/dir",
        fit=_WITHOUT,
    )


def _steps(rows: int, settings: LanguageModel) -> int:
    return math.ceil(math.ceil(rows / settings.batch_size) * settings.epochs)


def _train(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: NDArray[np.int64],
    settings: LanguageModel,
    *,
    masked: bool,
    seed: int,
    bf16: bool,
) -> list[float]:
    """Train `model` where it is; the mean loss of each epoch, in nats a token."""
    import torch
    from torch.optim.lr_scheduler import LambdaLR

    steps = _steps(len(rows), settings)
    groups = rates.parameter_groups(
        model,
        rate=settings.learning_rate,
        discriminative=settings.discriminative,
        weight_decay=settings.weight_decay,
    )
    optimizer = torch.optim.AdamW(groups)
    slanted = settings.slanted_triangular
    falling = (lambda step: 1 - step / steps) if slanted is None else rates.schedule(slanted, steps)
    scheduler = LambdaLR(optimizer, falling)
    objective = _objective(model, tokenizer, settings, rows, masked=masked)
    losses: list[list[float]] = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model.train()
        for step, (epoch, batch) in enumerate(_batches(rows, settings.batch_size, seed)):
            if step == steps:
                break
            if epoch == len(losses):
                losses.append([])
            with torch.autocast(model.device.type, torch.bfloat16, enabled=bf16):
                loss = objective(batch, np.random.default_rng([seed, 1, step]))
            loss.backward()  # type: ignore[no-untyped-call]
            if settings.clip is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            losses[epoch].append(float(loss.detach()))
        model.train(False)
    return [round(float(np.mean(epoch)), 4) for epoch in losses]


def _batches(rows: NDArray[np.int64], size: int, seed: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Batches without end, with the number of their epoch; each epoch has an order of its own."""
    epoch = 0
    while True:
        order = np.random.default_rng([seed, 0, epoch]).permutation(len(rows))
        for start in range(0, len(rows), size):
            yield epoch, rows[order[start : start + size]]
        epoch += 1


def _objective(
    model: Any, tokenizer: PreTrainedTokenizerBase, settings: LanguageModel, rows: NDArray[np.int64], *, masked: bool
) -> _Objective:
    """The loss of rows of tokens, of which `rows` are some; whoever calls it gives the draws that hide tokens."""
    import torch

    from robust.stages.pretrain.losses import MaskedLoss, checked

    if not masked:
        return lambda rows, draws: _next_tokens(model, torch.from_numpy(rows).to(model.device))
    size = len(model.get_input_embeddings().weight)
    mask_id: Any = tokenizer.mask_token_id
    special = special_ids(tokenizer, size)
    loss = checked(MaskedLoss(model), torch.from_numpy(rows[:1]).to(model.device))

    def guessed(rows: NDArray[np.int64], draws: np.random.Generator) -> torch.Tensor:
        hidden = mask(
            rows,
            share=settings.masked,
            mask_id=mask_id,
            vocab_size=size,
            special=special,
            continues=None,
            rng=draws,
        )
        value: torch.Tensor = loss(*(torch.from_numpy(part).to(model.device) for part in hidden))
        return value

    return guessed


def _bf16(wanted: Literal["auto"] | bool, model: Any) -> bool:
    return fast_bf16(model.device.type) if wanted == "auto" else wanted


def _next_tokens(model: Any, ids: torch.Tensor) -> torch.Tensor:
    import torch

    loss: torch.Tensor = model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=ids).loss
    return loss

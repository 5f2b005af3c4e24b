"""BERT by masked words, GPT by the next token, and checkpoints that go on with either on other text."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from robust.checkpoints.device import pick_device
from robust.core.seeds import derive
from robust.errors import ModelError
from robust.recipe.pretrain import PretrainRecipe
from robust.recipe.pretrain_models import Checkpoint
from robust.stages import precision
from robust.stages.finite import check_loss, check_weights
from robust.stages.portable import save_tokenizer
from robust.stages.pretrain import local_attention, loop, tokenisers, tokens, warm_start
from robust.stages.pretrain.corpus import Corpus
from robust.stages.pretrain.masking import Ids, continuing, mask, special_ids
from robust.stages.pretrain.opening import new_model, open_checkpoint
from robust.stages.pretrain.outcome import Outcome
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    import torch

_DEV_ROWS = 256
_CHECKED = 64
"""Tokens of the text on which a loss is compared with the model's own."""

WHOLE = (
    "Losses are those of the model's whole forward pass, which takes more time and memory: its output layer alone was "
    "not found, or gives another loss (it scales or caps its logits, say)."
)


def train(
    recipe: PretrainRecipe, corpus: Corpus, place: Workspace, *, device: str, progress: Progress | None
) -> Outcome:
    """Train the recipe's transformer; the finished model and its tokeniser stand in `place.result`.

    Raises `ModelError` for a checkpoint that does not fit and for a training that diverges, `DataError` for a corpus
    without a row of tokens.
    """
    import torch

    from robust.stages.pretrain.losses import CausalLoss, MaskedLoss, checked

    how, made = recipe.train, recipe.model
    torch.manual_seed(how.seed)
    if getattr(made, "warm_start", 0):
        warm_start.require()
    if isinstance(made, Checkpoint):
        model, tokenizer, objective = open_checkpoint(made, length=how.length)
    else:
        folder = place.checkpoints / "tokenizer"
        tokenizer = _tokenizer(recipe, corpus, folder)
        model, objective = new_model(made, tokenizer)
    packed = tokens.pack(corpus, tokenizer, place.checkpoints / "tokens", held_out=how.held_out, seed=how.seed)
    first = tokenizer.cls_token_id if objective == "masked" else None
    width = how.length - (first is not None)
    if packed.rows(width) < 1:
        raise ModelError(
            f"the text has {len(packed.train)} tokens: not one row of {how.length}",
            fix="give more text, or a smaller --set train.length",
        )
    masked = getattr(made, "masked", 0.15)
    whole = getattr(made, "whole_word", False)
    size = int(model.config.vocab_size)
    if epochs := getattr(made, "warm_start", 0):
        _warm(model, packed, epochs, place.checkpoints / "embeddings", seed=how.seed)
    if layers := getattr(made, "local_layers", 0):
        local_attention.start(model, layers=layers)
    special = special_ids(tokenizer, size)
    continues = _padded(continuing(tokenizer), size) if whole else None

    def batch(rows: Ids, rng: np.random.Generator) -> loop.Batch:
        if first is not None:
            rows = np.concatenate([np.full((len(rows), 1), first), rows], axis=1)
        if objective == "causal":
            none = np.empty(0, dtype=np.int64)
            return rows, none, none
        return mask(
            rows,
            share=masked,
            mask_id=int(tokenizer.mask_token_id),
            vocab_size=size,
            special=special,
            continues=continues,
            rng=rng,
        )

    target = pick_device(device)
    bf16 = precision.chosen(how.bf16, target.type, place.checkpoints)
    text = torch.from_numpy(np.array(packed.train[: min(width, _CHECKED)], dtype=np.int64)[None])
    loss = checked(MaskedLoss(model), text) if objective == "masked" else checked(CausalLoss(model), text)
    rows = how.model_copy(update={"length": width})
    clock = loop.run(loss, rows, packed.train, batch, place.checkpoints, target, progress, bf16=bf16)
    check_weights(model.parameters(), rate=how.learning_rate)
    dev = _dev_loss(loss, packed.dev, width, batch, target, bf16=bf16, seed=how.seed)
    check_loss(dev, rate=how.learning_rate, what="the loss of held-out text")
    trained: Any = model
    trained.to("cpu")
    trained.save_pretrained(place.result)
    save_tokenizer(tokenizer, place.result)
    with (place.result / "curve.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(point) + "\n" for point in clock.curve)
    parameters = sum(int(weight.numel()) for weight in trained.parameters())
    return Outcome(
        parameters=parameters,
        tokens=clock.tokens,
        seconds=clock.seconds,
        numbers={
            "steps": float(clock.step),
            "corpus_tokens": float(len(packed.train)),
            "train_loss": clock.curve[-1]["loss"] if clock.curve else None,
            "dev_loss": dev,
            "dev_perplexity": None if dev is None else math.exp(min(dev, 50.0)),
        },
        flops=clock.tokens * flops_per_token(trained.config, how.length, masked if objective == "masked" else 1.0),
        precision="bfloat16" if bf16 else "float32",
        notes=(WHOLE,) if loss.whole else (),
    )


def _warm(model: Any, packed: tokens.Packed, epochs: int, folder: Path, *, seed: int) -> None:
    import torch

    table = model.get_input_embeddings().weight
    found = warm_start.embeddings(
        packed.train,
        vocab_size=len(table),
        size=table.shape[1],
        epochs=epochs,
        spread=float(model.config.initializer_range),
        folder=folder,
        seed=seed,
    )
    with torch.no_grad():
        table.copy_(torch.from_numpy(found))


def flops_per_token(config: Any, length: int, guessed: float) -> float:
    """Training cost of a token: 6 N + 12 layers · width · length + 6 vocabulary · width · share guessed.

    N counts the weights of the layers (embeddings apart); attention is counted whole, causal or not (Kaplan et al.
    2020, 2.1; Chowdhery et al. 2022, appendix B).
    """
    width = int(config.hidden_size)
    layers = int(config.num_hidden_layers)
    inner = int(getattr(config, "intermediate_size", None) or getattr(config, "n_inner", None) or 4 * width)
    weights = layers * (4 * width * width + 2 * width * inner)
    return 6 * weights + 12 * layers * width * length + 6 * int(config.vocab_size) * width * guessed


def _tokenizer(recipe: PretrainRecipe, corpus: Corpus, folder: Path) -> Any:
    from transformers import AutoTokenizer

    if (folder / "tokenizer_config.json").exists():
        return AutoTokenizer.from_pretrained(folder)
    assert recipe.tokenizer is not None  # the schema asks for one with every new model
    return tokenisers.learn(
        recipe.tokenizer, corpus.texts(), folder, max_length=getattr(recipe.model, "max_positions", 512)
    )


def _dev_loss(
    loss: torch.nn.Module, dev: Any, width: int, batch: Any, device: torch.device, *, bf16: bool, seed: int
) -> float | None:
    """Mean loss over at most 256 rows of the held-out text, always the same ones, hidden the same way."""
    import torch

    rows = min(_DEV_ROWS, len(dev) // width)
    if not rows:
        return None
    table = np.asarray(dev[: rows * width], dtype=np.int64).reshape(rows, width)
    rng = np.random.default_rng(derive("dev", seed))
    loss.eval()
    total = 0.0
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=bf16):
        for start in range(0, rows, 32):
            part = table[start : start + 32]
            ids, places, targets = (torch.from_numpy(x).to(device) for x in batch(part, rng))
            total += float(loss(ids, places, targets)) * len(part)
    return total / rows


def _padded(flags: Any, size: int) -> Any:
    """`flags` for a vocabulary of `size`, which may be larger than the tokeniser's."""
    return np.concatenate([flags, np.zeros(max(0, size - len(flags)), dtype=bool)])[:size]

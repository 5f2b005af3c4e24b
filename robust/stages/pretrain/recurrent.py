"""Recurrent language models: RNN, GRU, LSTM, AWD-LSTM, and the bidirectional ones that ELMo features come from."""

from __future__ import annotations

import json
import math
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from robust.errors import DataError, UserError
from robust.recipe.pretrain import PretrainRecipe
from robust.recipe.pretrain_models import Checkpoint, Recurrent
from robust.stages.finite import check_loss, check_weights
from robust.stages.pretrain import tokenisers, tokens
from robust.stages.pretrain.corpus import Corpus
from robust.stages.pretrain.opening import INNER, copy_tokenizer, open_recurrent
from robust.stages.pretrain.outcome import Outcome
from robust.stages.pretrain.recurrent_loop import Run, held_out, run
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from robust.models.recurrent import RecurrentForCausalLM

CONTINUED = (
    "The state was carried through the text, with the dropouts and penalties of the checkpoint; windows had one "
    "length, and weights were not averaged."
)

_AT_ONCE = 2**20
_LENGTH = 512
"""Tokens that a text is cut to, unless a user says otherwise: the models themselves have no limit."""


def train(
    recipe: PretrainRecipe, corpus: Corpus, place: Workspace, *, device: str, progress: Progress | None
) -> Outcome:
    """Train the recipe's recurrent model, or a checkpoint of one; model and tokeniser then stand in `place.result`.

    A bidirectional model becomes an ELMo checkpoint (features, `robust.models.elmo`), with the language model in a
    folder of its own inside. Beside the weights are `curve.jsonl` (losses in nats a token; `loss` and `grad_norm` are
    means since the line before, the norm that before clipping; `dev_loss` where it was measured) and `gradients.jsonl`
    (see `robust.stages.pretrain.gradients`; noted before training, at the 1st, 2nd, 4th, 8th … checkpoint, and after).

    Raises `DataError` for too little text, `UserError` for a setting that means nothing here, `ModelError` for a
    checkpoint that does not load and a training that diverges.
    """
    import torch

    from robust.checkpoints.device import pick_device
    from robust.stages import precision

    start, how = recipe.model, recipe.train
    assert isinstance(start, Recurrent | Checkpoint)  # what `run.py` calls this for
    if how.compile:
        raise UserError(
            "recurrent layers run in kernels that torch.compile leaves alone", fix="--set train.compile=false"
        )
    target = pick_device(device)
    bf16 = precision.chosen(how.bf16, target.type, place.checkpoints)
    tokenizer = _tokenizer(recipe, corpus, place.checkpoints / "tokenizer")
    packed = tokens.pack(corpus, tokenizer, place.checkpoints / "tokens", held_out=how.held_out, seed=how.seed)
    if len(packed.train) < 2 * how.batch_size:
        raise DataError(
            f"the text has {len(packed.train)} tokens: too few for {how.batch_size} columns",
            fix="give more text, or a smaller --set train.batch_size",
        )
    with torch.random.fork_rng(devices=[target] if target.type == "cuda" else []):
        torch.manual_seed(how.seed)
        if isinstance(start, Checkpoint):
            model, made = open_recurrent(start)
        else:
            model, made = new_model(start, tokenizer), start
            begin_with_frequencies(model, packed.train)
        model.to(target)  # type: ignore[arg-type]  # transformers wraps it in a way that hides its types
        done = run(model, made, how, packed.train, packed.dev, place.checkpoints, bf16=bf16, progress=progress)
    if done.averaging is not None:
        done.averaging.write(model)
        done.averaging.mean = []  # the model itself is the mean now
    check_weights(model.parameters(), rate=how.learning_rate)
    dev = held_out(done, packed.dev, how)
    check_loss(dev, rate=how.learning_rate, what="the loss of held-out text")
    _write(model, tokenizer, place, done)
    clock = done.clock
    return Outcome(
        parameters=sum(int(weight.numel()) for weight in model.parameters()),
        tokens=clock.tokens,
        seconds=clock.seconds,
        numbers={
            "steps": float(clock.step),
            "corpus_tokens": float(len(packed.train)),
            "train_loss": clock.curve[-1]["loss"] if clock.curve else None,
            "dev_loss": dev,
            "dev_perplexity": None if dev is None else math.exp(min(dev, 50.0)),
            **({"averaged_from": done.averaging.begun} if done.averaging is not None else {}),
        },
        flops=float(clock.tokens * flops_per_token(model)),
        precision="bfloat16" if bf16 else "float32",
        notes=(CONTINUED,) if isinstance(start, Checkpoint) else (),
    )


def new_model(made: Recurrent, tokenizer: PreTrainedTokenizerBase) -> RecurrentForCausalLM:
    """A language model with weights from torch's generator; its vocabulary is rounded up to a multiple of 64."""
    from robust.models.recurrent import RecurrentForCausalLM
    from robust.models.recurrent_model import RecurrentConfig

    settings = made.model_dump(exclude={"kind", "hidden_size", "variable_length", "averaged"})
    config = RecurrentConfig(
        **settings,
        vocab_size=64 * math.ceil(len(tokenizer) / 64),
        recurrent_size=made.hidden_size,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=_end(tokenizer)[1],
    )
    return RecurrentForCausalLM(config)


def begin_with_frequencies(model: RecurrentForCausalLM, stream: Any) -> None:
    """Set the output's bias to the logarithms of how frequent the tokens of `stream` are (each counted once more).

    A model that begins elsewhere first makes its states large and all alike, to say which words are frequent, and then
    is slow to learn from the text before: an LSTM of 256 units had twice the perplexity after 200 short steps.
    """
    import torch

    counts = np.ones(int(model.config.vocab_size))
    for start in range(0, len(stream), _AT_ONCE):
        counts += np.bincount(stream[start : start + _AT_ONCE], minlength=len(counts))
    with torch.no_grad():
        model.decoder.bias.copy_(torch.from_numpy(np.log(counts / counts.sum())))


def flops_per_token(model: RecurrentForCausalLM) -> int:
    """Training cost of a token: 6 for each weight of a layer, and of the output layer once for each direction."""
    config = model.config
    layers = sum(int(weight.numel()) for name, weight in model.model.named_parameters() if "layers." in name)
    return 6 * (layers + int(config.vocab_size) * int(config.hidden_size))


def _tokenizer(recipe: PretrainRecipe, corpus: Corpus, folder: Path) -> PreTrainedTokenizerBase:
    """The checkpoint's tokeniser, that of an earlier call, or a new one; texts begin and end as paragraphs do here."""
    from transformers import AutoTokenizer

    if not folder.exists():
        beside = folder.with_name("tokenizer.new")
        shutil.rmtree(beside, ignore_errors=True)
        if isinstance(recipe.model, Checkpoint):
            copy_tokenizer(recipe.model, beside)
        else:
            assert recipe.tokenizer is not None  # the schema asks for one
            learnt = tokenisers.learn(recipe.tokenizer, corpus.texts(), beside, max_length=_LENGTH)
            _frame(beside, *_end(learnt))
        os.replace(beside, folder)
    found: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return found


def _frame(folder: Path, end: str, number: int) -> None:
    """Let the end token stand before, between and after texts.

    In the stream that the model learns from every paragraph stands between two of them; a [CLS] it would never see.
    """
    from tokenizers import Tokenizer, processors

    path, settings = folder / "tokenizer.json", folder / "tokenizer_config.json"
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{end} $A {end}", pair=f"{end} $A {end} $B {end}", special_tokens=[(end, number)]
    )
    tokenizer.save(str(path))
    declared = json.loads(settings.read_text(encoding="utf-8"))
    # The classes of particular models would put their own frame around texts.
    kept = {name: value for name, value in declared.items() if name.endswith("_token") or name == "model_max_length"}
    kept |= {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": end, "padding_side": "right"}
    settings.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _end(tokenizer: PreTrainedTokenizerBase) -> tuple[str, int]:
    """The token that `tokens.pack` puts after each paragraph, and its number."""
    by_sep = tokenizer.sep_token_id is not None
    token: Any = tokenizer.sep_token if by_sep else tokenizer.eos_token
    number: Any = tokenizer.sep_token_id if by_sep else tokenizer.eos_token_id
    return str(token), int(number)


def _write(model: RecurrentForCausalLM, tokenizer: PreTrainedTokenizerBase, place: Workspace, done: Run) -> None:
    """Model, tokeniser and what was measured; the tokeniser's files as they were written, for every transformers."""
    model.to("cpu")  # type: ignore[arg-type]  # as above
    folders = [place.result]
    if model.config.bidirectional:
        from robust.models.elmo import ElmoConfig, ElmoModel

        features = ElmoModel(ElmoConfig(language_model=model.config.to_dict()))
        features.lm = model.model
        features.save_pretrained(place.result)
        folders.append(place.result / INNER)
    model.save_pretrained(folders[-1])
    for folder in folders:
        tokenizer.save_pretrained(folder)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(place.checkpoints / "tokenizer" / name, folder / name)
    for name, lines in (("curve", done.clock.curve), ("gradients", done.clock.gradients)):
        with (place.result / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)

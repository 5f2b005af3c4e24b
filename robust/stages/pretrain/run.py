"""Pre-train a model: recipe and raw text in, a directory with model, manifest and card out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust.checkpoints import threads
from robust.errors import UserError
from robust.recipe.pretrain import VECTORS, PretrainRecipe
from robust.results.environment import environment
from robust.stages import precision, processes
from robust.stages.meter import Energy, Meter, peak_flops
from robust.stages.pretrain import opening
from robust.stages.pretrain.card import write
from robust.stages.pretrain.corpus import Corpus
from robust.stages.pretrain.outcome import Outcome
from robust.stages.quiet import quiet
from robust.stages.trainers import Progress
from robust.stages.workspace import workspace

Train = Callable[..., Outcome]
_PREPARED = (precision.NOTE, "tokenizer", "tokenizer.new", "tokens", "embeddings")
"""What is made of the text before training begins, in the directory of checkpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretrained:
    """A finished pre-training; `manifest` is what `manifest.json` holds."""

    out: Path
    outcome: Outcome
    manifest: dict[str, Any]
    resumed: bool


def pretrain(
    recipe: PretrainRecipe,
    corpus: Corpus,
    *,
    out: Path,
    device: str = "auto",
    force: bool = False,
    progress: Progress | None = None,
) -> Pretrained:
    """Train what the recipe describes on `corpus` and write it to `out`.

    An interrupted run goes on from its last checkpoint when it is called again, with the same loss curve; `out` appears
    only complete. `force` replaces an earlier result of a pre-training there.

    Raises `DataError` for text that cannot be read, `ModelError` for a checkpoint that does not load and for a training
    that diverges, `UserError` when `out` is taken or a launcher started several processes.
    """
    if processes.count() > 1:
        raise UserError("a pre-training runs in one process", fix="start the command without a launcher")
    import torch

    threads.set_threads()
    pinned = corpus.fingerprint
    purpose = {"recipe": recipe.model_dump(mode="json"), "corpus": pinned}
    opened = workspace(out, purpose=purpose, marker="manifest.json", force=force, prepared=_PREPARED)
    with quiet(), torch.random.fork_rng(devices=[]), opened as place:
        meter = Meter()
        outcome = _kind(recipe)(recipe, corpus, place, device=device, progress=progress)
        energy = meter.energy()
        manifest = _manifest(recipe, corpus, pinned, outcome, energy, resumed=place.resumed)
        text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
        (place.result / "manifest.json").write_text(text + "\n", "utf-8")
        (place.result / "README.md").write_text(write(recipe, manifest), "utf-8")
        resumed = place.resumed
    return Pretrained(out=out, outcome=outcome, manifest=manifest, resumed=resumed)


def _kind(recipe: PretrainRecipe) -> Train:
    if recipe.model.kind in VECTORS:
        from robust.stages.pretrain import vectors

        return vectors.train
    if recipe.model.kind == "counter-fit":
        from robust.stages.pretrain import counterfit

        return counterfit.train
    if recipe.model.kind == "error-model":
        from robust.stages.pretrain import error_model

        return error_model.train
    if recipe.model.kind == "recurrent" or (recipe.model.kind == "checkpoint" and opening.is_recurrent(recipe.model)):
        from robust.stages.pretrain import recurrent

        return recurrent.train
    from robust.stages.pretrain import transformers

    return transformers.train


def _sources(recipe: PretrainRecipe, corpus: Corpus) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = [{"name": source.path.name, "share": source.share} for source in corpus.sources]
    if recipe.model.kind != "error-model":  # its rows are pairs
        for each, empty in zip(told, corpus.empty_rows(), strict=True):
            each.update({"rows_without_text": empty} if empty else {})
    return told


def _manifest(
    recipe: PretrainRecipe, corpus: Corpus, pinned: str, outcome: Outcome, energy: Energy, *, resumed: bool
) -> dict[str, Any]:
    """Everything a reader needs to repeat and to judge the run."""
    rate = outcome.tokens / outcome.seconds if outcome.seconds else None
    manifest: dict[str, Any] = {
        "recipe": recipe.model_dump(mode="json"),
        "corpus": {
            "fingerprint": pinned,
            "sources": _sources(recipe, corpus),
            "skip": corpus.skip,
            "limit": corpus.limit,
        },
        "parameters": outcome.parameters,
        "tokens": outcome.tokens,
        "seconds": round(outcome.seconds, 2),
        "tokens_per_second": rate and round(rate, 1),
        "precision": outcome.precision,
        "numbers": dict(outcome.numbers),
        "energy": {**energy.as_dict(), "since_resume_only": resumed},
        "notes": list(outcome.notes),
        "resumed": resumed,
        "environment": environment(),
    }
    if outcome.flops and outcome.seconds:
        peak, how = peak_flops(outcome.precision)
        manifest["flops"] = outcome.flops
        manifest["utilisation"] = {
            "value": round(outcome.flops / outcome.seconds / peak, 4),
            "peak_flops": peak,
            "peak": how,
        }
    return manifest

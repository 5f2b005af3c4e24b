"""A training that goes on where an earlier call was interrupted, or only ends where that one had nothing left to do."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from robust.stages import trainers
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    from transformers import Trainer


def last_checkpoint(place: Workspace) -> str | None:
    """The newest checkpoint that was written to its end; others are removed."""
    found = {}
    for folder in place.checkpoints.glob("checkpoint-*"):
        if (folder / trainers.COMPLETE).exists():
            found[int(folder.name.rpartition("-")[2])] = str(folder)
        else:
            shutil.rmtree(folder)
    return found[max(found)] if found else None


def train(trainer: Trainer, checkpoint: str | None) -> None:
    """Train from `checkpoint` on, or from the start; not an update more than without the interruption.

    transformers' Trainer forgets that a checkpoint is one that training ended with, by early stopping or in the midst
    of an epoch, and learns from another batch.
    """
    if checkpoint is not None and (epochs := _ended(checkpoint)) is not None:
        trainer.args.num_train_epochs = math.floor(epochs)  # of which none is left
    trainer.train(resume_from_checkpoint=checkpoint)


def _ended(checkpoint: str) -> float | None:
    """After how many epochs training ended with a checkpoint; None where it was to go on."""
    from transformers import TrainerState
    from transformers.trainer import TRAINER_STATE_NAME

    state = TrainerState.load_from_json(str(Path(checkpoint) / TRAINER_STATE_NAME))
    control = state.stateful_callbacks.get("TrainerControl", {})
    return state.epoch if control.get("args", {}).get("should_training_stop") else None

"""What stands between the trainer and a batch: a defence, perturbed weights, flooding, averaged weights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from robust.core.seeds import derive
from robust.core.types import Lang
from robust.defences._step import Defence, Step
from robust.errors import UserError
from robust.stages import processes
from robust.stages.adversarial.averaging import WeightMean
from robust.stages.adversarial.step import BatchStep
from robust.stages.adversarial.weights import perturbed
from robust.stages.tasks import Items
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    import torch
    from torch import Tensor

MEMORY = "robust-memory.safetensors"
"""What a defence remembers, and averaged weights, beside a checkpoint."""


def plain(step: Step, /) -> None:
    """No defence: learn from the batch as it is."""
    step.backward(step.forward().loss)


@dataclass(kw_only=True)
class Hardening:
    """What a training against attacks adds to a fine-tuning; handed to `finetune`.

    `gamma` and `awp_start` (a share of the training) are those of adversarial weight perturbation (0: none),
    `flooding` is the level of flooding (0: none), `swa_start` the share after which weights are averaged (None:
    never). `reading` makes other items of the encoded training data (and the tokeniser), such as ones with adversarial
    twins, `collator` another collator for them; `choose` takes from a batch what is learnt (from the model and the
    batch); `regenerate` renews items at the beginning of an epoch, by the model as it is. `record` writes what is to
    be known of the finished training into the model's directory. `purpose` are JSON values that say what makes two
    trainings the same. `keep` says which weights it ends with: the last, or the best by the dev rows.
    """

    purpose: Mapping[str, Any]
    languages: Collection[Lang]
    seed: int
    defence: Defence = plain
    gamma: float = 0.0
    awp_start: float = 0.0
    flooding: float = 0.0
    swa_start: float | None = None
    keep: Literal["last", "best"] = "last"
    reading: Callable[[Items, Any], Items] | None = None
    collator: Callable[[Any], Any] | None = None
    choose: Callable[[Any, dict[str, Any]], dict[str, Any]] | None = None
    regenerate: Callable[[Items, Any, Any, Workspace, int], None] | None = None
    record: Callable[[Path, Any], None] | None = None
    notes: list[str] = field(default_factory=list)
    memory: dict[str, Tensor] = field(default_factory=dict)
    mean: WeightMean | None = None
    _at: tuple[int, int] = (-1, 0)

    def __post_init__(self) -> None:
        if self.swa_start is not None:
            self.mean = WeightMean(start=self.swa_start)

    def step(self, trainer: Any, model: Any, inputs: dict[str, Any], num_items: Any) -> Tensor:
        """What the trainer does with a batch: gradients are added, the loss is returned."""
        if trainer.args.n_gpu > 1:
            raise UserError(
                "one process cannot train on several GPUs with a defence",
                fix="start one for each: torchrun --nproc-per-node N -m robust train …",
            )
        if self.choose is not None:
            read = len(inputs["labels"])
            inputs = self.choose(trainer.accelerator.unwrap_model(model), inputs)
            num_items = None if num_items is None else num_items * len(inputs["labels"]) / read
        batch = BatchStep(
            trainer,
            model,
            inputs,
            num_items,
            generator=self._generator(trainer),
            memory=self.memory,
            languages=self.languages,
            flooding=self.flooding,
        )
        begun = trainer.state.global_step >= self.awp_start * trainer.state.max_steps
        worse: Any = nullcontext()
        if self.gamma and begun:
            worse = perturbed(batch.bare, batch.probe().loss, gamma=self.gamma)
        with worse:
            self.defence(batch)
        return batch.total

    def _generator(self, trainer: Any) -> torch.Generator:
        import torch

        update = int(trainer.state.global_step)
        self._at = (update, self._at[1] + 1 if self._at[0] == update else 0)
        rank = int(trainer.args.process_index)
        return torch.Generator().manual_seed(derive("defence", self.seed, *self._at, rank) >> 1)

    def callbacks(self, items: Items, place: Workspace) -> list[Any]:
        """For the trainer: texts are renewed, weights averaged, memory saved and found again."""
        from transformers import TrainerCallback

        hardening = self

        class Remembering(TrainerCallback):
            def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
                hardening.load(place.checkpoints / f"checkpoint-{state.global_step}" / MEMORY)

            def on_epoch_begin(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
                if hardening.regenerate is not None:
                    hardening.regenerate(items, model, kwargs["processing_class"], place, int(state.epoch or 0))

            def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
                if hardening.mean is not None:
                    hardening.mean.stepped(model, state.global_step, state.max_steps, args.num_train_epochs)

            def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
                if processes.first():
                    hardening.save(place.checkpoints / f"checkpoint-{state.global_step}" / MEMORY)

        return [Remembering()]

    def finish(self, model: Any) -> None:
        """Give the trained model what it ends with: averaged weights, where they were asked for."""
        if self.mean is not None and self.mean.count:
            self.mean.apply(model)
            self.notes.append(f"The weights are the mean of those at the ends of {self.mean.count} epochs.")

    def save(self, path: Path) -> None:
        """Write what is remembered."""
        from safetensors.torch import save_file

        held = {f"memory/{name}": value.contiguous().cpu() for name, value in self.memory.items()}
        count = 0
        if self.mean is not None:
            count = self.mean.count
            held.update({f"mean/{name}": value.contiguous().cpu() for name, value in self.mean.values.items()})
        if held:
            save_file(held, path, metadata={"count": str(count)})

    def load(self, path: Path) -> None:
        """Read what a checkpoint remembers, if anything."""
        if not path.is_file():
            return
        from safetensors import safe_open

        with safe_open(path, framework="pt") as file:
            found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            count = int((file.metadata() or {}).get("count", 0))
        memory = {name.removeprefix("memory/"): value for name, value in found.items() if name.startswith("memory/")}
        self.memory.update(memory)
        if self.mean is not None:
            self.mean.count = count
            self.mean.values = {
                name.removeprefix("mean/"): value for name, value in found.items() if name.startswith("mean/")
            }

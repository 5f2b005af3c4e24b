"""A batch of transformers' Trainer as a defence sees it; see `robust.defences._step.Step`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from robust.core.types import Lang
from robust.defences._step import Pass
from robust.errors import ModelError

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from transformers import PreTrainedTokenizerBase, Trainer

    from robust.models.bounds import Interval


class BatchStep:
    """Passes of one batch by the trainer's own loss; `total` is what has been learnt from, for its records.

    Vectors are changed by a hook on the model's table of embeddings, so any model that has one can be defended.
    `flooding`: a loss whose mean is below this level is learnt from upside down (Ishida et al. 2020).
    """

    def __init__(
        self,
        trainer: Trainer,
        model: Any,
        inputs: dict[str, Any],
        num_items: Any,
        *,
        generator: torch.Generator,
        memory: dict[str, Tensor],
        languages: Collection[Lang],
        flooding: float = 0.0,
    ) -> None:
        import torch

        self._trainer, self._model, self._inputs, self._num_items = trainer, model, inputs, num_items
        self.bare = trainer.accelerator.unwrap_model(model)
        self._table = embeddings(self.bare)
        self._flooding = flooding
        self._share = _share(trainer, inputs["labels"], num_items)
        self._dropout = (torch.get_rng_state(), torch.cuda.get_rng_state() if _on_cuda(inputs) else None)
        self.ids: Tensor = inputs["input_ids"]
        self.labels: Tensor = inputs["labels"]
        self.generator, self.memory, self.languages = generator, memory, languages
        self.total = torch.zeros((), device=self.ids.device)

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The model's tokeniser."""
        found: Any = self._trainer.processing_class
        return found  # type: ignore[no-any-return]

    @property
    def mask(self) -> Tensor:
        """1 for tokens of the text, 0 for padding and the marks of beginning and end."""
        import torch

        names = ("pad", "cls", "sep", "bos", "eos")
        marks = [getattr(self.tokenizer, f"{name}_token_id") for name in names]
        known = torch.tensor([mark for mark in marks if mark is not None], device=self.ids.device)
        movable = ~torch.isin(self.ids, known)
        if "attention_mask" in self._inputs:
            movable &= self._inputs["attention_mask"].bool()
        return movable.unsqueeze(-1).float()

    @property
    def progress(self) -> float:
        """Updates made of all."""
        state = self._trainer.state
        return float(state.global_step / max(1, state.max_steps))

    def worst(self, vectors: Interval, /) -> Tensor:
        """Bounds on how far other logits may exceed the label's."""
        import torch

        from robust.models.bounds import Bounded, worst_logits

        if not isinstance(self.bare, Bounded):
            raise ModelError(
                f"intervals cannot be carried through {type(self.bare).__name__}",
                fix="start from a model of `robust finetune cnn`",
            )
        mask = self._inputs.get("attention_mask")
        features = self.bare.features_within(vectors, torch.ones_like(self.ids) if mask is None else mask)
        return worst_logits(features, self.bare.last, self.labels)

    def embed(self, ids: Tensor, /) -> Tensor:
        """Word vectors of token ids, with their graph."""
        return self._table(ids).float()  # type: ignore[no-any-return]

    def forward(self, delta: Tensor | None = None, /, *, fresh_dropout: bool = False) -> Pass:
        """A pass to learn from."""
        return self._pass(self._model, delta, fresh_dropout)

    def noisy(self, delta: Tensor | None = None, /, *, sigma: float, layers: int) -> Pass:
        """A pass to learn from, with noise in the hidden layers."""
        from robust.models.hidden import noise

        with noise(self.bare, sigma=sigma, layers=layers, generator=self.generator):
            return self._pass(self._model, delta, False)

    def probe(self, delta: Tensor | None = None, /, *, fresh_dropout: bool = False) -> Pass:
        """A pass for the gradient of `delta`; other processes are not waited for."""
        return self._pass(self.bare, delta, fresh_dropout)

    def mixed(self, order: Tensor, share: float, /) -> Pass:
        """A pass with what the last layer reads mixed between rows."""

        def mix(layer: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
            if given[0].dim() != 2:
                raise ModelError("the head reads more than one vector a text", fix="use a defence other than mixada")
            return (share * given[0] + (1 - share) * given[0][order], *given[1:])

        hook = _head(self.bare, len(self.bare.config.id2label)).register_forward_pre_hook(mix)
        try:
            return self._pass(self._model, None, False)
        finally:
            hook.remove()

    def backward(self, loss: Tensor, /, *, weight: float = 1.0, wrt: Tensor | None = None) -> Tensor | None:
        """Add the gradients of a loss; see `Step`."""
        sign = 1.0
        if self._flooding and float(loss.detach()) / self._share < self._flooding:
            sign = -1.0
        if wrt is not None:
            wrt.grad = None
        self._trainer.accelerator.backward(sign * weight * loss)
        self.total = self.total + weight * loss.detach()
        if wrt is None or wrt.grad is None:
            return None
        return wrt.grad / (sign * weight)

    def mean(self, rows: Tensor, /) -> Tensor:
        """The mean of one number a row, scaled as the trainer's loss is."""
        return rows.mean() * self._share

    def _pass(self, model: Any, delta: Tensor | None, fresh_dropout: bool) -> Pass:
        import torch

        if not fresh_dropout:
            torch.set_rng_state(self._dropout[0])
            if self._dropout[1] is not None:
                torch.cuda.set_rng_state(self._dropout[1])
        with self._moved(delta), self._trainer.compute_loss_context_manager():
            loss, outputs = self._trainer.compute_loss(
                model, dict(self._inputs), return_outputs=True, num_items_in_batch=self._num_items
            )
        return Pass(loss=loss, logits=outputs["logits"])

    @contextmanager
    def _moved(self, delta: Tensor | None) -> Iterator[None]:
        if delta is None:
            yield
            return
        hook = self._table.register_forward_hook(lambda layer, given, vectors: vectors + delta.to(vectors.dtype))
        try:
            yield
        finally:
            hook.remove()


def embeddings(model: Any) -> Any:
    """The layer that looks word vectors up. Raises `ModelError` for a model that has none."""
    try:
        return model.get_input_embeddings()
    except (NotImplementedError, AttributeError):
        raise ModelError(
            f"{type(model).__name__} does not look its tokens up in one table of embeddings",
            fix="defend it with data: a recipe with attacks, such as a2t",
        ) from None


def _share(trainer: Any, labels: Tensor, num_items: Any) -> float:
    """What the mean over this batch counts in an update: all batches between two updates, all processes, share it."""
    import torch

    if num_items is None:
        return 1.0
    share = float((labels != -100).sum() / torch.as_tensor(num_items, device=labels.device).sum())
    if getattr(trainer.args, "average_tokens_across_devices", False):
        share *= trainer.accelerator.num_processes
    return share


def _head(model: Any, labels: int) -> Any:
    """The last linear layer that has an output for every label."""
    import torch

    found = [layer for layer in model.modules() if isinstance(layer, torch.nn.Linear) and layer.out_features == labels]
    if not found:
        raise ModelError(f"{type(model).__name__} has no linear layer with {labels} outputs", fix="use another defence")
    return found[-1]


def _on_cuda(inputs: dict[str, Any]) -> bool:
    return bool(inputs["input_ids"].is_cuda)

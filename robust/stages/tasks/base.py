"""What a fine-tuning asks of a kind of task: its data, how a model reads them, what it learns by, how it is scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from robust.core.types import Lang
from robust.recipe.finetune import Training
from robust.results.estimates import Estimate

if TYPE_CHECKING:
    from transformers import EvalPrediction, PreTrainedTokenizerBase


class AnyTable(Protocol):
    """The rows of a data source, whatever the task; each row has an `id` and a `lang`.

    `left_out` counts rows of the whole source that are not used, by label or reason, `total` all of them.
    """

    @property
    def name(self) -> str: ...

    @property
    def rows(self) -> Sequence[Any]: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def lang(self) -> Lang | None: ...

    @property
    def left_out(self) -> Mapping[str, int]: ...

    @property
    def total(self) -> int: ...


class Items(Protocol):
    """What a data loader reads by index: token ids and targets of one input each, always the same in one `epoch`.

    `cut` counts the rows that were longer than the model reads.
    """

    epoch: int

    @property
    def cut(self) -> int: ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> dict[str, Any]: ...

    def __iter__(self) -> Iterator[dict[str, Any]]: ...


class Task(Protocol):
    """A kind of task. Tables are those of its own kind; `labels` are the model's, in the order of their numbers.

    `auto` names the class of transformers that opens its models, `pipeline` the task by the name that the hub has for
    it.
    """

    auto: ClassVar[str]
    pipeline: ClassVar[str]

    def measure(self, labels: Sequence[str], /) -> str:
        """The key of `measures` that chooses the checkpoint where the recipe names none; higher is better."""
        ...

    def check(self, table: Any, /, *, labels: Sequence[str] = ()) -> None:
        """Raise `DataError` unless every row can be learnt from or scored, with no label but `labels`, if given."""
        ...

    def labels(self, train: Any, /) -> tuple[str, ...]:
        """The labels of the training data in the order of their numbers; none where the task has none."""
        ...

    def join(self, tables: Sequence[Any], /) -> Any:
        """One table with the rows of all, in order; ids get the number of their table in front if there are several."""
        ...

    def hold_out(self, table: Any, /, *, seed: int) -> tuple[Any, Any]:
        """Split off a tenth as a dev set; the same rows for the same seed."""
        ...

    def reads(self, row: Any, /) -> tuple[str, ...]:
        """The texts of a row as a model reads them: vocabularies are learnt from them, repeats found by them."""
        ...

    def encode(
        self,
        table: Any,
        tokenizer: PreTrainedTokenizerBase,
        /,
        *,
        labels: Sequence[str],
        how: Training,
        training: bool,
    ) -> Items:
        """The rows for a data loader: `input_ids`, what else the model takes, and targets; at least one item a row."""
        ...

    def collator(self, tokenizer: PreTrainedTokenizerBase, /) -> Callable[[list[dict[str, Any]]], Any]:
        """What makes a batch of items."""
        ...

    def loss(self, how: Training, train: Any, labels: Sequence[str], /) -> Callable[..., Any] | None:
        """`compute_loss_func` of the trainer; None for the loss of the model itself."""
        ...

    def measures(
        self, table: Any, encoded: Any, /, *, labels: Sequence[str]
    ) -> Callable[[EvalPrediction], dict[str, float]]:
        """What the answers for `encoded`, which `encode` made of `table`, are worth: numbers by name, in [-1, 1]."""
        ...

    def scores(self, table: Any, encoded: Any, predictions: Any, /, *, labels: Sequence[str]) -> Mapping[str, Estimate]:
        """The same numbers with intervals; `predictions` are the model's raw answers, one an item, in their order."""
        ...


def held_out(n: int, *, rng: np.random.Generator, share: float) -> set[int]:
    """The places of `share` of `n` things, at least one of them, drawn from `rng`."""
    order = rng.permutation(n)
    return {int(at) for at in order[: max(1, round(share * n))]}

"""One label for a text, or a pair of texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from robust.data.table import Row, Table
from robust.recipe.finetune import Training
from robust.results import metrics
from robust.results.estimates import Estimate
from robust.stages import examples
from robust.stages.examples import Encoded
from robust.stages.tasks.losses import cross_entropy

if TYPE_CHECKING:
    from transformers import EvalPrediction, PreTrainedTokenizerBase


class Classification:
    """The `Task` of sequence classifiers; its tables are `robust.data.table.Table`."""

    auto: ClassVar[str] = "AutoModelForSequenceClassification"
    pipeline: ClassVar[str] = "text-classification"

    def measure(self, labels: Sequence[str], /) -> str:
        return "accuracy"

    def check(self, table: Table, /, *, labels: Sequence[str] = ()) -> None:
        examples.check(table, labels=labels)

    def labels(self, train: Table, /) -> tuple[str, ...]:
        return examples.label_names(train)

    def join(self, tables: Sequence[Table], /) -> Table:
        return examples.join(tables)

    def hold_out(self, table: Table, /, *, seed: int) -> tuple[Table, Table]:
        return examples.hold_out(table, seed=seed)

    def reads(self, row: Row, /) -> tuple[str, ...]:
        return row.fields

    def encode(
        self,
        table: Table,
        tokenizer: PreTrainedTokenizerBase,
        /,
        *,
        labels: Sequence[str],
        how: Training,
        training: bool,
    ) -> Encoded:
        share = how.word_dropout if training else 0.0
        return examples.encode(
            table, tokenizer, labels=labels, max_length=how.max_length, mask_share=share, seed=how.seed
        )

    def collator(self, tokenizer: PreTrainedTokenizerBase, /) -> Callable[[list[dict[str, Any]]], Any]:
        from transformers import DataCollatorWithPadding

        return DataCollatorWithPadding(tokenizer)

    def loss(self, how: Training, train: Table, labels: Sequence[str], /) -> Callable[..., Any]:
        return cross_entropy(how, (str(row.label) for row in train.rows), labels)

    def measures(
        self, table: Table, encoded: Encoded, /, *, labels: Sequence[str]
    ) -> Callable[[EvalPrediction], dict[str, float]]:
        gold = _numbers(table, labels)
        return lambda answers: metrics.values(gold, _highest(answers.predictions))

    def scores(
        self, table: Table, encoded: Encoded, predictions: Any, /, *, labels: Sequence[str]
    ) -> dict[str, Estimate]:
        return metrics.classification(_numbers(table, labels), _highest(predictions))


def _numbers(table: Table, labels: Sequence[str]) -> list[int]:
    numbers = {label: at for at, label in enumerate(labels)}
    return [numbers[str(row.label)] for row in table.rows]


def _highest(predictions: Any) -> Any:
    """The label with the highest logit of each row `(n, labels)`; some models answer with more than logits."""
    logits = predictions[0] if isinstance(predictions, tuple) else predictions
    return logits.argmax(-1)

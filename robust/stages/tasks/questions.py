"""Extractive question answering: the span of a context that answers a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast, overload

import numpy as np

from robust.core.seeds import derive
from robust.core.types import Lang
from robust.data.questions import Question, QuestionTable, pinned
from robust.data.table import fingerprint
from robust.errors import DataError, ModelError
from robust.lang import squad
from robust.models.windows import Window, positions, spans, windows
from robust.recipe.finetune import FinetuneRecipe, Training
from robust.recipe.qa import QuestionAnswering
from robust.results.estimates import Estimate, mean, proportion
from robust.stages.examples import HELD_OUT, Encoded
from robust.stages.tasks.base import held_out

if TYPE_CHECKING:
    from transformers import EvalPrediction, PreTrainedTokenizerBase


@dataclass(frozen=True, kw_only=True)
class Items(Sequence[dict[str, Any]]):
    """Windows as a model takes them, with the first and last token of the first answer (`cls` where it lies outside).

    They are kept as arrays and written out when asked for: Python's numbers take ten times the room.
    """

    windows: Sequence[Window]
    targets: Sequence[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.windows)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Items: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | Items:
        if isinstance(index, slice):
            return Items(windows=self.windows[index], targets=self.targets[index])
        window, (start, end) = self.windows[index], self.targets[index]
        types = {} if window.types is None else {"token_type_ids": window.types.tolist()}
        return {
            "input_ids": window.ids.tolist(),
            **types,
            "attention_mask": [1] * len(window.ids),
            "start_positions": start,
            "end_positions": end,
        }


@dataclass(frozen=True, kw_only=True)
class Questions:
    """The `Task` of answering questions; its tables are `robust.data.questions.QuestionTable`.

    A model learns from the first answer of each question. Where neither rows nor table name a language, answers are
    compared by the rules of `lang`.
    """

    auto: ClassVar[str] = "AutoModelForQuestionAnswering"
    pipeline: ClassVar[str] = "question-answering"

    how: QuestionAnswering = field(default_factory=QuestionAnswering)
    lang: Lang = "en"

    @classmethod
    def of(cls, recipe: FinetuneRecipe) -> Questions:
        """The task as a recipe sets it."""
        return cls(how=recipe.qa, lang=recipe.languages[0] if len(recipe.languages) == 1 else "en")

    def measure(self, labels: Sequence[str], /) -> str:
        return "f1"

    def check(self, table: QuestionTable, /, *, labels: Sequence[str] = ()) -> None:
        if not table.rows:
            raise DataError(f"{table.name} has no questions to use", fix="check --limit")
        if not all(isinstance(row, Question) and row.answers for row in table.rows):
            raise DataError(
                f"{table.name} is no question data, or a question has no answer", fix="read it with data.questions.read"
            )

    def labels(self, train: QuestionTable, /) -> tuple[str, ...]:
        return ()

    def join(self, tables: Sequence[QuestionTable], /) -> QuestionTable:
        if len(tables) == 1:
            return tables[0]
        rows = [replace(row, id=f"{at}/{row.id}") for at, table in enumerate(tables) for row in table.rows]
        left_out: Counter[str] = Counter()
        for table in tables:
            left_out.update(table.left_out)
        langs = {table.lang for table in tables}
        return QuestionTable(
            name=" + ".join(table.name for table in tables),
            rows=tuple(rows),
            fingerprint=pinned(rows),
            source_fingerprint=fingerprint((table.name, (table.source_fingerprint,), None) for table in tables),
            left_out=left_out,
            total=sum(table.total for table in tables),
            moved=sum(table.moved for table in tables),
            lost=sum(table.lost for table in tables),
            lang=langs.pop() if len(langs) == 1 else None,
        )

    def hold_out(self, table: QuestionTable, /, *, seed: int) -> tuple[QuestionTable, QuestionTable]:
        """Split off the questions on a tenth of the contexts, so that no context is on both sides."""
        contexts = list(dict.fromkeys(row.context for row in table.rows))
        if len(contexts) < 2:
            raise DataError(
                f"{table.name} has a single context: its questions cannot be split to choose a model by",
                fix="give a dev set with --dev, or more contexts",
            )
        rng = np.random.default_rng(derive("hold-out", seed, "questions"))
        chosen = {contexts[at] for at in held_out(len(contexts), rng=rng, share=HELD_OUT)}

        def part(rows: Sequence[Question], what: str) -> QuestionTable:
            return replace(table, name=f"{table.name} ({what})", rows=tuple(rows), fingerprint=pinned(rows))

        return (
            part([row for row in table.rows if row.context not in chosen], "without a tenth of its contexts"),
            part([row for row in table.rows if row.context in chosen], "a held-out tenth of its contexts"),
        )

    def reads(self, row: Question, /) -> tuple[str, ...]:
        return row.fields

    def encode(
        self,
        table: QuestionTable,
        tokenizer: PreTrainedTokenizerBase,
        /,
        *,
        labels: Sequence[str],
        how: Training,
        training: bool,
    ) -> Encoded:
        share = how.word_dropout if training else 0.0
        if share and tokenizer.mask_token_id is None:
            raise ModelError(
                "the model has no mask token, which word_dropout puts in the place of words",
                fix="train without it: --set train.word_dropout=0",
            )
        if not tokenizer.is_fast:
            raise ModelError(
                "the model's tokeniser does not tell where in a text its tokens stand",
                fix="name a model with a tokenizer.json (a fast tokeniser)",
            )
        found = windows(table.rows, tokenizer, max_length=how.max_length, stride=self.how.overlap(how.max_length))
        return Encoded(
            items=Items(
                windows=found, targets=[positions(window, table.rows[window.row].answers[0]) for window in found]
            ),
            mask_id=tokenizer.mask_token_id,
            mask_share=share,
            special=frozenset(tokenizer.all_special_ids),
            seed=how.seed,
        )

    def collator(self, tokenizer: PreTrainedTokenizerBase, /) -> Callable[[list[dict[str, Any]]], Any]:
        from transformers import DataCollatorWithPadding

        tokenizer.padding_side = "right"  # padding in front would shift the places of answers
        return DataCollatorWithPadding(tokenizer)

    def loss(self, how: Training, train: QuestionTable, labels: Sequence[str], /) -> None:
        """The model's own: mean of the cross entropies of the first and the last token."""

    def measures(
        self, table: QuestionTable, encoded: Encoded, /, *, labels: Sequence[str]
    ) -> Callable[[EvalPrediction], dict[str, float]]:
        def measured(answers: EvalPrediction) -> dict[str, float]:
            exact, f1 = self._values(table, encoded, answers.predictions)
            return {"exact_match": float(np.mean(exact)), "f1": float(np.mean(f1))}

        return measured

    def scores(
        self, table: QuestionTable, encoded: Encoded, predictions: Any, /, *, labels: Sequence[str]
    ) -> dict[str, Estimate]:
        exact, f1 = self._values(table, encoded, predictions)
        return {"exact_match": proportion(round(sum(exact)), len(exact)), "f1": mean(f1)}

    def answers(self, table: QuestionTable, encoded: Encoded, predictions: Any, /) -> list[str]:
        """The answer to every question, cut from its context; empty where a model gave no numbers.

        `predictions` begin with the logits of first and last tokens, `(windows, tokens)` each.
        """
        found = spans(
            cast(Items, encoded.items).windows,
            np.asarray(predictions[0]),
            np.asarray(predictions[1]),
            n_rows=len(table.rows),
            max_tokens=self.how.max_answer_tokens,
            n=1,
        )
        # Some tokenisers count the space before a word as part of it.
        return [
            row.context[best[0].start : best[0].end].strip() if best else ""
            for row, best in zip(table.rows, found, strict=True)
        ]

    def _values(self, table: QuestionTable, encoded: Encoded, predictions: Any) -> tuple[list[float], list[float]]:
        exact, f1 = [], []
        for row, answer in zip(table.rows, self.answers(table, encoded, predictions), strict=True):
            gold, lang = [right.text for right in row.answers], row.lang or table.lang or self.lang
            exact.append(squad.exact_match(answer, gold, lang=lang))
            f1.append(squad.f1(answer, gold, lang=lang))
        return exact, f1

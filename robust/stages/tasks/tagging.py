"""A tag for every word of a sentence: named entities, parts of speech."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from robust.core.seeds import derive
from robust.data.iob import OUTSIDE, marks_spans
from robust.data.tagged import Tagged, TaggedTable, pinned
from robust.data.tagged import join as join_tables
from robust.errors import DataError, ModelError
from robust.models.places import places as find_places
from robust.recipe.finetune import FinetuneRecipe, Training
from robust.results import tags as numbers
from robust.results.estimates import Estimate
from robust.stages.examples import HELD_OUT, Encoded, shortened
from robust.stages.tasks.base import held_out
from robust.stages.tasks.losses import cross_entropy

if TYPE_CHECKING:
    from transformers import EvalPrediction, PreTrainedTokenizerBase

STRANGE = 0.01
"""The largest share of words that may have a tag which the training data lack: they count as wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagItem:
    """A sentence as a model takes it, and for each of its words the token that carries its tag (-1: cut off)."""

    inputs: dict[str, Any]
    places: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """The `Task` of tagging words; its tables are `robust.data.tagged.TaggedTable`.

    `metric` is what the recipe chooses the checkpoint by, None where it leaves the choice.
    """

    auto: ClassVar[str] = "AutoModelForTokenClassification"
    pipeline: ClassVar[str] = "token-classification"

    metric: str | None = None

    @classmethod
    def of(cls, recipe: FinetuneRecipe) -> Tagging:
        """The task as a recipe sets it."""
        return cls(metric=recipe.train.metric)

    def measure(self, labels: Sequence[str], /) -> str:
        return "f1" if marks_spans(labels) else "accuracy"

    def check(self, table: TaggedTable, /, *, labels: Sequence[str] = ()) -> None:
        if not table.rows:
            raise DataError(f"{table.name} has no sentences to use", fix="check --limit")
        counts = Counter(chain.from_iterable(row.tags for row in table.rows))
        unknown = Counter({tag: n for tag, n in counts.items() if labels and tag not in labels})
        if unknown.total() > STRANGE * counts.total():
            shown = ", ".join(f"{tag!r} ({n})" for tag, n in unknown.most_common(5))
            raise DataError(
                f"{table.name} has tags that the training data lack: {shown}",
                fix=f"name the same column with --tags; known are {', '.join(labels)}",
            )

    def labels(self, train: TaggedTable, /) -> tuple[str, ...]:
        """The tags that occur, `O` first; of tags that mark spans, B- and I- of every type."""
        used = set(chain.from_iterable(row.tags for row in train.rows))
        spans = marks_spans(used)
        if len(used) < 2:
            raise DataError(
                f"{train.name} has a single tag, {used.pop()!r}: there is nothing to learn",
                fix="name another column with --tags",
            )
        known = ("f1", "precision", "recall", "accuracy") if spans else ("accuracy", "macro_f1")
        if self.metric is not None and self.metric not in known:
            raise DataError(
                f"train.metric {self.metric} cannot be worked out for the tags of {train.name} "
                f"({', '.join(sorted(used)[:5])}), which mark {'spans' if spans else 'words, not spans'}",
                fix=f"--set train.metric={known[0]}, or name another column with --tags",
            )
        if not spans:
            return tuple(sorted(used, key=lambda tag: (tag != OUTSIDE, tag)))
        types = sorted({tag.partition("-")[2] for tag in used - {OUTSIDE}})
        return (OUTSIDE, *(f"{prefix}-{kind}" for kind in types for prefix in "BI"))

    def join(self, tables: Sequence[TaggedTable], /) -> TaggedTable:
        return join_tables(tables)

    def hold_out(self, table: TaggedTable, /, *, seed: int) -> tuple[TaggedTable, TaggedTable]:
        if len(table.rows) < 2:
            raise DataError(
                f"{table.name} has a single sentence: none can be held out to choose a model by",
                fix="give a dev set with --dev, or more sentences",
            )
        rng = np.random.default_rng(derive("hold-out", seed, "sentences"))
        chosen = held_out(len(table.rows), rng=rng, share=HELD_OUT)

        def part(out: bool, what: str) -> TaggedTable:
            rows = tuple(row for at, row in enumerate(table.rows) if (at in chosen) == out)
            return replace(table, name=f"{table.name} ({what})", rows=rows, fingerprint=pinned(rows))

        return part(False, "without its held-out tenth"), part(True, "a held-out tenth")

    def reads(self, row: Tagged, /) -> tuple[str, ...]:
        return (" ".join(row.words),)

    def encode(
        self,
        table: TaggedTable,
        tokenizer: PreTrainedTokenizerBase,
        /,
        *,
        labels: Sequence[str],
        how: Training,
        training: bool,
    ) -> Encoded:
        """Token ids of every sentence, cut to `max_length` tokens.

        Words are read with single spaces between them, as in any text, so that a tokeniser that has learnt from texts
        cuts them up as it did there. The first token of a word carries its tag, all others -100; words without a token
        (cut off, or made of characters that the tokeniser drops) have no place.
        """
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
        found, cut = _items(table.rows, tokenizer, {label: at for at, label in enumerate(labels)}, how.max_length)
        return Encoded(
            items=[item.inputs for item in found],
            places=[item.places for item in found],
            mask_id=tokenizer.mask_token_id,
            mask_share=share,
            special=frozenset(tokenizer.all_special_ids),
            seed=how.seed,
            cut=cut,
        )

    def collator(self, tokenizer: PreTrainedTokenizerBase, /) -> Callable[[list[dict[str, Any]]], Any]:
        from transformers import DataCollatorForTokenClassification

        tokenizer.padding_side = "right"  # padding in front would shift the places of words
        return DataCollatorForTokenClassification(tokenizer)

    def loss(self, how: Training, train: TaggedTable, labels: Sequence[str], /) -> Callable[..., Any]:
        return cross_entropy(how, chain.from_iterable(row.tags for row in train.rows), labels)

    def measures(
        self, table: TaggedTable, encoded: Encoded, /, *, labels: Sequence[str]
    ) -> Callable[[EvalPrediction], dict[str, float]]:
        gold = [row.tags for row in table.rows]
        worth = numbers.entity_values if marks_spans(labels) else numbers.word_values
        return lambda answers: worth(gold, self.tags(encoded, answers.predictions, labels=labels))

    def scores(
        self, table: TaggedTable, encoded: Encoded, predictions: Any, /, *, labels: Sequence[str]
    ) -> dict[str, Estimate]:
        gold = [row.tags for row in table.rows]
        worth = numbers.entities if marks_spans(labels) else numbers.words
        return worth(gold, self.tags(encoded, predictions, labels=labels))

    def tags(self, encoded: Encoded, predictions: Any, /, *, labels: Sequence[str]) -> list[list[str]]:
        """The tag of every word from logits `(sentences, tokens, tags)`; an empty one for words without a place.

        Those the model has not read: all words of the data count, so each of them is wrong, also where `O` is right.
        """
        logits = predictions[0] if isinstance(predictions, tuple) else predictions
        best = np.asarray(logits).argmax(-1)
        return [
            [labels[best[row, place]] if place >= 0 else "" for place in places]
            for row, places in enumerate(encoded.places)
        ]


def _items(
    rows: Sequence[Tagged], tokenizer: PreTrainedTokenizerBase, known: dict[str, int], max_length: int
) -> tuple[list[TagItem], int]:
    """The sentences as items, and how many of them are cut."""
    texts = [" ".join(row.words) for row in rows]
    found = tokenizer(texts, truncation=True, max_length=max_length, return_offsets_mapping=True)
    names = [name for name in ("input_ids", "token_type_ids", "attention_mask") if name in found]
    items = []
    for at, row in enumerate(rows):
        places = find_places(row.words, found["offset_mapping"][at])
        targets = [-100] * len(found["input_ids"][at])
        for tag, place in zip(row.tags, places, strict=True):
            if place >= 0:
                targets[place] = known.get(tag, -100)
        inputs = {**{name: found[name][at] for name in names}, "labels": targets}
        items.append(TagItem(inputs=inputs, places=places))
    return items, shortened(found, tokenizer, [texts], max_length=max_length)

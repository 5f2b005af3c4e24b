"""A transformers model for extractive question answering as a victim: its best answers, with their logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np

from robust.checkpoints.memory import in_memory
from robust.checkpoints.wanted import Wanted
from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.errors import ModelError
from robust.models.windows import spans, windows
from robust.victims import _checkpoint
from robust.victims._checkpoint import How, Loaded

if TYPE_CHECKING:
    from transformers import PreTrainedModel

READER = Wanted(
    auto="AutoModelForQuestionAnswering",
    noun="model",
    kind="a fine-tuned model for question answering",
    incomplete="lacks weights of its output layer",
    option="--model path/to/dir",
    heads=("ForQuestionAnswering",),
    fit="fine-tune it first: robust finetune qa --model {name} --data … --out DIR, then use DIR",
    untrusted="read that code, and if you trust it pass --trust-remote-code (trust_remote_code=True)",
    smaller="use device cpu or a smaller model",
)
COLUMNS = ("start", "end", "logit")
LONGEST = 384
"""Tokens of a window at most (Devlin et al. 2019, arXiv:1810.04805); neighbours share a third of them."""


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    context: str


@dataclass(frozen=True, kw_only=True, eq=False)
class ReaderVictim:
    """A model that marks the answer to a question in a text; make one with `ReaderVictim.load`.

    Long texts are read in overlapping windows, as `robust finetune` reads them. An answer has at most `max_tokens`
    tokens; the `n_best` best are given. That a question has no answer is never said.
    """

    loaded: Loaded = field(repr=False)
    n_best: int = 20
    max_tokens: int = 30

    @classmethod
    def load(cls, source: str | Path, *, name: str | None = None, **how: Unpack[How]) -> ReaderVictim:
        """Load from a directory or the hub; parameters as `TransformersVictim.load`. Raises `ModelError`."""
        return cls(
            loaded=_checkpoint.load(
                source,
                wanted=READER,
                task="qa",
                labels=lambda config: COLUMNS,
                name=name or str(source),
                **how,
            )
        )

    @property
    def meta(self) -> VictimMeta:
        return self.loaded.meta

    def arrays(self, batch: Sequence[Fields], /) -> list[Floats]:
        """`(n, 3)` for each question: start, end and logit of its best answers, best first, by characters."""
        return self._answer(self.loaded.model, batch)

    def canonical(self, item: Fields, /) -> Floats:
        """The same for one question, alone in its batch, in float32."""
        return self._answer(self.loaded.exact, [item])[0]

    def _answer(self, model: PreTrainedModel, batch: Sequence[Fields]) -> list[Floats]:
        if not batch:
            return []
        if {len(fields) for fields in batch} != {2}:
            raise ModelError(
                f"{self.meta.name} reads a question and a text", fix="give it questions, such as a SQuAD file"
            )
        length = min(LONGEST, self.loaded.max_length)
        asked = [_Asked(question, context) for question, context in batch]
        found = windows(asked, self.loaded.tokenizer, max_length=length, stride=length // 3)
        rows = [
            {
                "input_ids": window.ids,
                "attention_mask": np.ones(len(window.ids), np.int64),
                **({} if window.types is None else {"token_type_ids": window.types}),
            }
            for window in found
        ]
        output = in_memory(lambda: self.loaded.forward(model, rows))
        start: Floats = output.start_logits.float().cpu().numpy()
        end: Floats = output.end_logits.float().cpu().numpy()
        best = spans(found, start, end, n_rows=len(batch), max_tokens=self.max_tokens, n=self.n_best)
        return [np.array(answers, np.float32).reshape(-1, len(COLUMNS)) for answers in best]

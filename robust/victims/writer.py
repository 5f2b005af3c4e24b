"""A sequence-to-sequence model (translation, summarisation) as a victim: the text that it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np

from robust.checkpoints.generation import EXTRAS, HEADS, generate
from robust.checkpoints.wanted import Wanted
from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.victims import _checkpoint
from robust.victims._checkpoint import How, Loaded

if TYPE_CHECKING:
    from transformers import PreTrainedModel

WRITER = Wanted(
    auto="AutoModelForSeq2SeqLM",
    noun="model",
    kind="a sequence-to-sequence model",
    incomplete="lacks weights",
    option="--model path/to/dir",
    heads=HEADS,
    extras=EXTRAS,
    untrusted="read that code, and if you trust it pass --trust-remote-code (trust_remote_code=True)",
    smaller="use device cpu or a smaller model",
)
COLUMNS = ("character",)


@dataclass(frozen=True, kw_only=True, eq=False)
class WriterVictim:
    """An encoder-decoder that writes one text for another, by greedy decoding; make one with `WriterVictim.load`.

    Several fields are read as one text with spaces between them, so that an instruction (`translate English to
    German:`) can be a frozen field. Texts are cut to what the model reads; it writes no more than twice that and eight.
    Other settings of the checkpoint's generation (a forced language, repetitions) hold.
    """

    loaded: Loaded = field(repr=False)

    @classmethod
    def load(cls, source: str | Path, *, name: str | None = None, **how: Unpack[How]) -> WriterVictim:
        """Load from a directory or the hub; parameters as `TransformersVictim.load`. Raises `ModelError`."""
        return cls(
            loaded=_checkpoint.load(
                source,
                wanted=WRITER,
                task="seq2seq",
                labels=lambda config: COLUMNS,
                name=name or str(source),
                places=False,
                **how,
            )
        )

    @property
    def meta(self) -> VictimMeta:
        return self.loaded.meta

    def arrays(self, batch: Sequence[Fields], /) -> list[Floats]:
        """`(characters, 1)` for each text: the code points of what the model writes."""
        return self._answer(self.loaded.model, batch)

    def canonical(self, item: Fields, /) -> Floats:
        """The same for one text, alone in its batch, in float32."""
        return self._answer(self.loaded.exact, [item])[0]

    def _answer(self, model: PreTrainedModel, batch: Sequence[Fields]) -> list[Floats]:
        texts = [" ".join(fields) for fields in batch]
        written = generate(model, self.loaded.tokenizer, texts, max_length=self.loaded.max_length)
        # Code points stay below 2^24: float32 has each of them exactly.
        return [
            np.array([ord(sign) for line in lines for sign in line], np.float32).reshape(-1, 1) for lines in written
        ]

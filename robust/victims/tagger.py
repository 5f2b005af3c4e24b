"""A transformers token classifier as a victim: a row of logits for each word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from robust.checkpoints.memory import in_memory
from robust.checkpoints.wanted import Wanted
from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.errors import ModelError
from robust.models.places import places
from robust.victims import _checkpoint
from robust.victims._checkpoint import How, Loaded

if TYPE_CHECKING:
    from transformers import PreTrainedModel

TAGGER = Wanted(
    auto="AutoModelForTokenClassification",
    noun="model",
    kind="a fine-tuned word tagger",
    incomplete="lacks weights of its classifier",
    option="--model path/to/dir",
    heads=("ForTokenClassification",),
    fit="fine-tune it first: robust finetune ner --model {name} --data … --out DIR, then use DIR",
    untrusted="read that code, and if you trust it pass --trust-remote-code (trust_remote_code=True)",
    smaller="use device cpu or a smaller model",
)
OUTSIDE, SURE = "O", 30.0


@dataclass(frozen=True, kw_only=True, eq=False)
class TaggerVictim:
    """A word tagger; make one with `TaggerVictim.load`.

    It reads the words with single spaces between them, as in training. The first token of a word speaks for the word. A
    word without a token (beyond the model's length, or of characters that the tokeniser drops) is tagged `O` for sure;
    where the model has no `O`, all its tags are alike.
    """

    loaded: Loaded = field(repr=False)

    @classmethod
    def load(cls, source: str | Path, *, name: str | None = None, **how: Unpack[How]) -> TaggerVictim:
        """Load from a directory or the hub; parameters as `TransformersVictim.load`. Raises `ModelError`."""
        called = name or str(source)

        def labels(config: Any) -> tuple[str, ...]:
            found = tuple(str(config.id2label[index]) for index in sorted(config.id2label))
            if len(found) < 2:
                raise ModelError(f"{called} has a single tag", fix="use a tagger with two or more")
            return found

        return cls(
            loaded=_checkpoint.load(
                source,
                wanted=TAGGER,
                task="tagging",
                labels=labels,
                name=called,
                **how,
            )
        )

    @property
    def meta(self) -> VictimMeta:
        return self.loaded.meta

    def arrays(self, batch: Sequence[Fields], /) -> list[Floats]:
        """Logits `(words, labels)` of each sentence, given as its words."""
        return self._answer(self.loaded.model, batch)

    def canonical(self, item: Fields, /) -> Floats:
        """Logits `(words, labels)` of one sentence, alone in its batch, in float32."""
        return self._answer(self.loaded.exact, [item])[0]

    def _answer(self, model: PreTrainedModel, batch: Sequence[Fields]) -> list[Floats]:
        n_labels = len(self.meta.labels)
        missed = np.zeros(n_labels, np.float32)
        if OUTSIDE in self.meta.labels:
            missed[:] = -SURE
            missed[self.meta.labels.index(OUTSIDE)] = 0.0
        found: list[Floats] = [np.tile(missed, (len(words), 1)) for words in batch]
        rows = [at for at, words in enumerate(batch) if words]
        if not rows:
            return found
        encoded: Any = self.loaded.tokenizer(
            [" ".join(batch[at]) for at in rows],
            truncation=True,
            max_length=self.loaded.max_length,
            return_offsets_mapping=True,
        )
        inputs = [
            {name: encoded[name][i] for name in self.loaded.accepted if name in encoded} for i in range(len(rows))
        ]
        if not all(row["input_ids"] for row in inputs):  # a tokeniser without special tokens, of words it drops
            kept = [i for i, row in enumerate(inputs) if row["input_ids"]]
        else:
            kept = list(range(len(rows)))
        if not kept:
            return found
        output = in_memory(lambda: self.loaded.forward(model, [inputs[i] for i in kept]))
        logits: Floats = output.logits.float().cpu().numpy()
        for line, i in enumerate(kept):
            where = np.array(places(batch[rows[i]], encoded["offset_mapping"][i]), np.int64)
            seen = where >= 0
            found[rows[i]][seen] = logits[line, where[seen]]
        return found

"""A spaCy pipeline with a text classifier, by name, by path or in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from robust.checkpoints.spacy import pinned, pipeline
from robust.core.types import LANGS, Fields, Floats
from robust.core.victim import VictimMeta
from robust.errors import ModelError

PREFIX = "spacy:"
"""What a user writes before the name or the path of a pipeline."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SpacyVictim:
    """A pipeline whose component `textcat` chooses one of several labels; make one with `load` or `of`.

    Logits are the logarithms of `doc.cats`. A text without tokens has equal ones: spaCy's answer to it depends on what
    it was batched with.
    """

    meta: VictimMeta
    nlp: Any = field(repr=False)

    @classmethod
    def load(cls, spec: str, *, name: str | None = None) -> SpacyVictim:
        """The pipeline in a directory or an installed package. Raises `ModelError` as `of` and where it is missing."""
        return cls.of(pipeline(spec), name=name or f"{PREFIX}{spec}", revision=pinned(spec))

    @classmethod
    def of(cls, nlp: Any, *, name: str = "spacy", revision: str = "unpinned") -> SpacyVictim:
        """Wrap a `spacy.Language`. Raises `ModelError` where it has no `textcat`, several, or fewer than two labels."""
        kinds = {part: nlp.get_pipe_meta(part).factory for part in nlp.pipe_names}
        found = [part for part, kind in kinds.items() if kind == "textcat"]
        if len(found) != 1:
            several = [part for part, kind in kinds.items() if kind == "textcat_multilabel"]
            shown = ", ".join(nlp.pipe_names) or "none"
            raise ModelError(
                f"{name} gives each text several labels"
                if several and not found
                else f"{name} has {len(found)} components textcat among its components ({shown}), and one is needed",
                fix="use a pipeline with one `textcat`, whose labels exclude each other",
            )
        labels = tuple(map(str, nlp.get_pipe(found[0]).labels))
        if len(labels) < 2:
            raise ModelError(f"the classifier of {name} has {len(labels)} labels", fix="train it with two or more")
        langs = frozenset(lang for lang in LANGS if lang == nlp.lang)
        return cls(meta=VictimMeta(name=name, revision=revision, labels=labels, langs=langs), nlp=nlp)

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Log-probabilities `(n, n_labels)`; every input has one field."""
        if any(len(fields) != 1 for fields in batch):
            raise ModelError(
                f"{self.meta.name} takes one text and got {max(map(len, batch))} fields",
                fix="attack a task with one text, or use a model that reads pairs",
            )
        chances = np.zeros((len(batch), len(self.meta.labels)), np.float64)
        texts = [text for (text,) in batch]
        for row, doc in enumerate(self.nlp.pipe(texts, batch_size=max(1, len(texts)))):
            chances[row] = [doc.cats[label] for label in self.meta.labels] if len(doc) else 1 / len(self.meta.labels)
        # the smallest double, not a round 1e-12: a search must see a saturated class move
        answer: Floats = np.log(np.clip(chances, np.finfo(np.float64).tiny, 1.0)).astype(np.float32)
        return answer

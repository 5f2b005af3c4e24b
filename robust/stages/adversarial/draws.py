"""Training items that are drawn anew in every epoch, by the kernel of a smoothed model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from robust.core.seeds import derive
from robust.core.smoothing import Kernel
from robust.core.types import Lang
from robust.data.table import Table
from robust.errors import ModelError
from robust.lang.base import language
from robust.stages.adversarial.wrapped import Wrapped


@dataclass(kw_only=True)
class Drawn(Wrapped):
    """The rows of `train`, each read through one draw of `kernel`, which depends on seed, epoch and row alone."""

    train: Table
    kernel: Kernel
    tokenizer: Any
    langs: Collection[Lang]
    max_length: int
    seed: int

    def __post_init__(self) -> None:
        if self.tokenizer.mask_token is None:
            raise ModelError(
                "the model has no mask token", fix="use an encoder that was trained to fill in masked words"
            )

    def __getitem__(self, index: int) -> dict[str, Any]:
        row, item = self.train.rows[index], self.items[index]
        rng = np.random.default_rng(derive("draw", self.seed, self.epoch, row.id))
        known = language(sorted(self.langs)[0])
        fields = [self.kernel.draw(known.text(f), self.langs, rng, self.tokenizer.mask_token) for f in row.fields]
        found = self.tokenizer(*fields, truncation=True, max_length=self.max_length)
        return {**{name: found[name] for name in item if name in found}, "labels": item["labels"]}

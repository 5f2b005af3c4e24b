"""How much likelier a word or a class is drawn, by what attacks broke."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """`words` (small letters) with their weights, `other_words` that of all others; factors of `classes`, mean 1."""

    words: Mapping[str, float] = field(default_factory=dict)
    other_words: float = 1.0
    classes: Mapping[str, float] = field(default_factory=dict)

    def of_class(self, label: str) -> float:
        """The factor of a class; 1 for one that no attack has seen."""
        return self.classes.get(label, 1.0)

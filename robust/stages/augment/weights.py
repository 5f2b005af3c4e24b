"""How much likelier a word, a class or a transformation is drawn, by what attacks broke.

Whatever broke in `s` of `n` attacked texts is weighed by its smoothed success, `(s + m p) / (n + m)`: `p` is the share
of the successes among all trials of its kind, `m` (`PRIOR`) how many trials' worth of doubt there is. What was never
tried weighs `p`; with no success at all everything weighs the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from robust.errors import UserError

PRIOR = 10.0


@dataclass(slots=True)
class Count:
    """`broke` (shares of a success add up) of `tried` texts."""

    broke: float = 0.0
    tried: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """`words` (small letters) with their weights, `other_words` that of all others; factors of `classes`, mean 1."""

    words: Mapping[str, float] = field(default_factory=dict)
    other_words: float = 1.0
    classes: Mapping[str, float] = field(default_factory=dict)

    def of_class(self, label: str) -> float:
        """The factor of a class. Raises `UserError` for a label that the attacked model does not have."""
        if not self.classes:
            return 1.0
        try:
            return self.classes[label.casefold()]
        except KeyError:
            raise UserError(
                f"label {label!r} is no class of the model that was attacked ({', '.join(self.classes)})",
                fix="rename the labels with --label-map",
            ) from None


def rate(counts: Iterable[Count]) -> float:
    """The share of successes among all trials; 0 where there are none."""
    several = list(counts)
    tried = sum(count.tried for count in several)
    return sum(count.broke for count in several) / tried if tried else 0.0


def smoothed(count: Count, mean: float, prior: float = PRIOR) -> float:
    """The formula above; 1 for everything where `mean` is 0."""
    return (count.broke + prior * mean) / (count.tried + prior) if mean > 0 else 1.0


def weigh(words: Mapping[str, Count], classes: Mapping[str, Count]) -> Weights:
    """The weights of words and classes; a class counts by its share of the texts that were attacked."""
    mean = rate(words.values())
    found = {label: smoothed(count, rate(classes.values())) for label, count in classes.items()}
    tried = sum(count.tried for count in classes.values())
    level = sum(found[label] * count.tried for label, count in classes.items()) / tried if tried else 1.0
    return Weights(
        words={word: smoothed(count, mean) for word, count in words.items()},
        other_words=mean if mean > 0 else 1.0,
        classes={label.casefold(): weight / level for label, weight in found.items()},
    )

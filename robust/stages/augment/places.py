"""Which word is changed next: drawn among those left, asked about only when drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from robust.core.constraint import PositionConstraint, TargetConstraint, WordConstraint
from robust.core.draws import Draws
from robust.core.text import INSERTED, Text
from robust.core.types import Bools, Lang
from robust.stages.augment.items import Item


@dataclass(frozen=True, slots=True)
class Rules:
    """What says which words may be changed: of the text alone, and of what the item's target speaks of."""

    words: tuple[WordConstraint, ...] = ()
    positions: tuple[PositionConstraint, ...] = ()
    targets: tuple[TargetConstraint, ...] = ()


def rules(constraints: Sequence[object], guards: Sequence[TargetConstraint]) -> Rules:
    """The rules among `constraints`, and `guards` besides."""
    placing = [part for part in constraints if isinstance(part, PositionConstraint)]
    return Rules(
        words=tuple([part for part in placing if isinstance(part, WordConstraint)]),
        positions=tuple([part for part in placing if not isinstance(part, WordConstraint)]),
        targets=(*guards, *(part for part in constraints if isinstance(part, TargetConstraint))),
    )


@dataclass(slots=True)
class Places:
    """The words of a text that may still be drawn, by the place they had when the drawing began."""

    rules: Rules
    item: Item
    left: list[int]
    weighted: bool = False
    """`left` is in the order of a weighted draw already, last first."""
    _asked: dict[int, tuple[Text, Bools]] = field(default_factory=dict)

    def draw(self, text: Text, draws: Draws) -> int | None:
        """The index of a word of `text` that may be changed now, drawn without replacement; None where none is left."""
        left = self.left
        edited = text is not self.item.text
        while left:
            if not self.weighted:
                at = draws.below(len(left))
                left[at], left[-1] = left[-1], left[at]
            origin = left.pop()
            index = origin
            if edited:
                if origin not in text.origins:
                    continue
                index = text.origins.index(origin)
            if self._allowed(text, index, self.item.lang):
                return index
        return None

    def _allowed(self, text: Text, index: int, lang: Lang) -> bool:
        for rule in self.rules.words:
            if not rule.allows(text, index, lang):
                return False
        for number, part in enumerate(self.rules.positions):
            if not self._asked_once(number, text, part.positions, lang)[index]:
                return False
        if self.item.target is not None:
            for number, guard in enumerate(self.rules.targets, start=len(self.rules.positions)):
                if not self._asked_once(number, text, guard.free, self.item.target)[index]:
                    return False
        return True

    def _asked_once(self, number: int, text: Text, rule: object, about: object) -> Bools:
        held = self._asked.get(number)
        if held is None or held[0] is not text:
            held = self._asked[number] = (text, rule(text, about))  # type: ignore[operator]  # one of two methods
        return held[1]


def places(rules: Rules, item: Item, text: Text, *, whole: bool = False) -> Places:
    """The words of the original that are still in `text`; the first alone where the change is of the `whole`."""
    if whole:
        return Places(Rules(), item, [0] if len(item.text) else [])
    left = list(range(len(text.words))) if text is item.text else [at for at in text.origins if at != INSERTED]
    return Places(rules, item, left)


def weigh(found: Places, text: Text, weights: Mapping[str, float], default: float, draws: Draws) -> None:
    """Let words be drawn by weight: by keys u ** (1 / w) as in Efraimidis & Spirakis 2006, without replacement."""
    words = text.root.words
    keys = {at: draws.uniform() ** (1 / weights.get(words[at].lower(), default)) for at in found.left}
    found.left.sort(key=keys.__getitem__)
    found.weighted = True

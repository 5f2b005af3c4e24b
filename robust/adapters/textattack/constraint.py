"""TextAttack's constraints, of a recipe or by their class."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from robust.adapters.textattack.load import explained, library, made, recipe
from robust.core.constraint import Pair
from robust.core.text import Text
from robust.core.types import Bools, Lang
from robust.errors import PluginError
from robust.registry import register


@register("constraints", "textattack")
@dataclass(frozen=True, kw_only=True)
class TextAttackConstraint:
    """Constraints of TextAttack's: all of a `recipe`'s, or a class by its `name`, such as `LevenshteinEditDistance`.

    `parameters` are those of the recipe's `build`, or of the class (`{max_edit_distance: 30}`). Both kinds are known:
    those that judge candidates, and those that say which words may be edited (`RepeatModification`). `costly` (for one
    that runs a model) batches across searches and keeps answers on disk.

    *Differs from TextAttack*: candidates are always compared with the original, also by a constraint that would compare
    them with the text they were made from; and every edited word is looked at, not those of the last step alone.
    """

    recipe: str | None = None
    name: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    costly: bool = False

    def __post_init__(self) -> None:
        if (self.recipe is None) == (self.name is None):
            raise PluginError(
                "textattack: constraints are those of a recipe, or a class", fix="give either recipe or name"
            )

    def ready(self, langs: Collection[Lang], /) -> None:
        """Make the constraints. Raises `PluginError` where TextAttack, or what it needs, is missing."""
        _ = self._made

    @property
    def _made(self) -> tuple[list[Any], list[Any]]:
        """Those that judge candidates, and those that choose words."""
        library()
        from textattack.constraints import PreTransformationConstraint

        if self.recipe is not None:
            attack = recipe(self.recipe, self.parameters)
            return attack.constraints, attack.pre_transformation_constraints
        one = made("constraints", self.name or "", self.parameters)
        return ([], [one]) if isinstance(one, PreTransformationConstraint) else ([one], [])

    def positions(self, text: Text, lang: Lang, /) -> Bools:
        """`(len(text),)`, True = the word may be edited; a word that TextAttack does not see may be."""
        choosing = self._made[1]
        if not choosing:
            return np.ones(len(text), np.bool_)
        from robust.adapters.textattack.words import ANY_SWAP, as_attacked, free

        attacked = as_attacked(text)
        allowed = set(range(attacked.num_words))
        for constraint in choosing:
            allowed &= constraint(attacked, ANY_SWAP)
        return free(text, attacked, allowed)

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = keep."""
        judging = self._made[0]
        keep = np.ones(len(pairs), np.bool_)
        if not judging or not len(pairs):
            return keep
        from textattack.shared import AttackedText

        from robust.adapters.textattack.words import as_attacked

        for original in dict.fromkeys(pair.original for pair in pairs):
            rows = [at for at, pair in enumerate(pairs) if pair.original == original]
            reference = AttackedText(str(original))
            theirs = [as_attacked(pairs[at].candidate) for at in rows]
            left = theirs
            with explained(f"TextAttack's {self.name or self.recipe}"):
                for constraint in judging:
                    left = constraint.call_many(left, reference) if left else left
            kept = set(map(id, left))
            keep[rows] = [id(attacked) in kept for attacked in theirs]
        return keep

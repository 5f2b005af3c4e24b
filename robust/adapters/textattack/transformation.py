"""TextAttack's transformations, of a recipe or by their class."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from robust.adapters.textattack.load import explained, library, made, recipe
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.registry import register


@register("transformations", "textattack")
@dataclass(frozen=True, kw_only=True)
class TextAttackTransformation:
    """A transformation of TextAttack's: that of a `recipe`, or a class by its `name`, such as `WordSwapQWERTY`.

    `parameters` are those of the recipe's `build`, or of the class. Constraints are not part of it. Candidates come in
    TextAttack's order; what it draws at random is drawn from `site.seed`. `costly` (for one that runs a model) keeps
    candidates on disk. Where TextAttack cuts a word of ours in two, either part may be edited.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    random: ClassVar[bool] = True

    recipe: str | None = None
    name: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    costly: bool = False

    def __post_init__(self) -> None:
        if (self.recipe is None) == (self.name is None):
            raise PluginError(
                "textattack: a transformation is that of a recipe, or a class", fix="give either recipe or name"
            )

    def ready(self, langs: Collection[Lang], /) -> None:
        """Make the transformation. Raises `PluginError` where TextAttack, or what it needs, is missing."""
        _ = self._made

    @property
    def _made(self) -> Any:
        if self.recipe is not None:
            return recipe(self.recipe, self.parameters).transformation
        return made("transformations", self.name or "", self.parameters)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """The candidates for each site."""
        return [self._candidates(site) for site in sites]

    def _candidates(self, site: Site) -> list[Text]:
        library()
        from textattack.shared import AttackedText

        from robust.adapters.random_state import RandomState
        from robust.adapters.textattack.words import edited, inside

        attacked = AttackedText(str(site.text))
        parts = inside(site.text, attacked)[site.index]
        if not parts:
            return []
        with explained(f"TextAttack's {self.name or self.recipe}"), RandomState(site.seed).inside():
            found = self._made(attacked, indices_to_modify=parts)
        return [edited(site.text, site.index, candidate.text) for candidate in found]

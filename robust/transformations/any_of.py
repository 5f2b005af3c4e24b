"""Offer the candidates of several transformations together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from robust.core.attack import Loading
from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.transformation import Site, Transformation
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.registry import register


@register("transformations", "any_of")
@dataclass(frozen=True, kw_only=True)
class AnyOf:
    """The union of what `transformations` propose, in their order and without repeats: TextBugger's mix of levels, say.

    Works in the languages that all of them know.
    """

    transformations: tuple[Transformation, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "transformations", tuple(self.transformations))
        if not self.transformations:
            raise PluginError("any_of: there are no transformations", fix="name at least one")
        if not self.langs:
            raise PluginError(
                "any_of: no language is known to all of its transformations", fix="leave some of them out"
            )

    @property
    def langs(self) -> frozenset[Lang]:
        """Languages that every part works in."""
        return frozenset(LANGS).intersection(*[part.langs for part in self.transformations])

    @property
    def costly(self) -> bool:
        """Whether a part runs a model."""
        return any(getattr(part, "costly", False) for part in self.transformations)

    @property
    def random(self) -> bool:
        """Whether a part draws at random."""
        return any(getattr(part, "random", False) for part in self.transformations)

    def ready(self, langs: Collection[Lang], /) -> None:
        """Let every part load what it needs."""
        for part in self.transformations:
            if isinstance(part, Loading):
                part.ready(langs)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """All candidates for each site."""
        found = [
            # The same draw in two parts would make one the shadow of the other.
            part([replace(site, seed=derive(site.seed, number)) if number else site for site in sites])
            for number, part in enumerate(self.transformations)
        ]
        return [list(dict.fromkeys(t for texts in groups for t in texts)) for groups in zip(*found, strict=True)]

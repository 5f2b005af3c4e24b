"""Another place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.registry import register
from robust.transformations._names import swapped


@register("transformations", "swap_places")
@dataclass(frozen=True, kw_only=True)
class SwapPlaces:
    """A town becomes another town, a country another country, wherever the text has it: an invariance of CheckList.

    `k` places are drawn from a list that ships with the language (Ribeiro et al. 2020, aclanthology 2020.acl-main.442,
    change 10 at a time). Sentiment should not depend on where something is; what a text says of the world does. Spanish
    countries keep their gender (`el Perú moderno`). A place beside another capitalised word (`Paris Hilton`, `New
    Mexico`) is left alone, and so are places of several words; `London's` counts as London.

    *Differs from the paper*: places are known by the list alone; the paper finds them with a recogniser and draws from
    longer lists. Draws are without repeats.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    random: ClassVar[bool] = True

    k: int = 10

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"swap_places: k is {self.k}", fix="use 1 or more")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates at the first mention of each place, in the order of the list."""
        return [swapped(site, "places.txt", self.k, surnames=False) for site in sites]

"""Another person."""

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


@register("transformations", "swap_names")
@dataclass(frozen=True, kw_only=True)
class SwapNames:
    """A first name becomes another of the same gender, wherever the text has it: an invariance of CheckList.

    `k` names are drawn from a list that ships with the language (Ribeiro et al. 2020, aclanthology 2020.acl-main.442,
    change 10 at a time). Sentiment should not depend on who is named; what a text says of the world does. Surnames
    stay. A name after another capitalised word (`Saint Mary`), and the first of two names (`José Luis`), are left
    alone, and so are names in mixed case; `Mary's` counts as Mary.

    *Differs from the paper*: names are known by the list alone; the paper finds persons with a recogniser, draws from
    longer lists and changes surnames, too. Draws are without repeats.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    random: ClassVar[bool] = True

    k: int = 10

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"swap_names: k is {self.k}", fix="use 1 or more")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates at the first mention of each name, in the order of the list."""
        return [swapped(site, "first_names.txt", self.k, surnames=True) for site in sites]

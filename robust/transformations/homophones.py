"""Words that sound alike and mean something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.es.phonetic import Variety
from robust.lang.forms import Table, alternatives
from robust.registry import register
from robust.transformations._forms import swapped


@register("transformations", "homophones")
@dataclass(frozen=True, kw_only=True)
class Homophones:
    """The words that are mistaken for the word because they sound like it, from lists that ship with the languages.

    English: their, there and they're; should've and should of. Spanish: haber and a ver, hay and ahí, tubo and tuvo;
    with `variety: seseo` also words that differ in c, s and z (casa and caza), not with `distincion`. People write
    them for one another, but each is a word of its own: a reader may be misled.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = False

    variety: Variety = "seseo"

    def __post_init__(self) -> None:
        if self.variety not in get_args(Variety):
            raise PluginError(f"homophones: variety is {self.variety!r}", fix="use seseo or distincion")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Candidates in the order of the lists."""
        return [list(swapped(site, self._table(site.lang))) for site in sites]

    def _table(self, lang: Lang) -> Table:
        if lang == "es" and self.variety == "seseo":
            return alternatives("es", "homophones.txt", "homophones_seseo.txt")
        return alternatives(lang, "homophones.txt")

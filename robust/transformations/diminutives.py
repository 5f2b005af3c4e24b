"""Say it smaller, and fonder: `casa` → `casita`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.case import like
from robust.lang.es.agreement import noun
from robust.lang.es.diminutive import Area, adjective_diminutive, may_be_verb, noun_diminutive
from robust.lang.forms import word_set
from robust.registry import register

_DETERMINERS = word_set(
    "el la los las un una unos unas mi mis tu tus su sus este esta estos estas ese esa esos esas aquel aquella",
    "aquellos aquellas nuestro nuestra nuestros nuestras vuestro vuestra vuestros vuestras dos tres cuatro",
    "cinco seis",
)
_ALSO_PRONOUNS = ("la", "los", "las")
_BEFORE_ADJECTIVES = word_set("muy tan más es son era eran está están estaba estaban")


@register("transformations", "diminutives")
@dataclass(frozen=True, kw_only=True)
class Diminutives:
    """The diminutive of a noun or an adjective of quality, in its gender and number: `un café` → `un cafecito`.

    `variety` says which where Spain and America differ (`es-ES`: panecito, pueblecito; `es-419`: pancito, pueblito).
    A noun is offered only after a determiner (`sin embargo` and the like have none), an adjective only after a noun of
    its gender and number or after *muy*, *es* and the like, so that neither is taken for a verb or a fixed phrase.

    `preserves_meaning` holds in that the thing or the quality is the same. Its tone is not: a diminutive is fond,
    softening, or ironic, so an example about tone or intensity can lose its label.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})
    preserves_meaning: ClassVar[bool] = True

    variety: Area = "es-ES"

    def __post_init__(self) -> None:
        if self.variety not in get_args(Area):
            raise PluginError(f"diminutives: variety is {self.variety!r}", fix="use es-ES or es-419")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """At most one candidate a site."""
        return [self._candidates(site) for site in sites]

    def _candidates(self, site: Site) -> list[Text]:
        plain = _plain(site.word)
        if like(site.word, plain) != site.word or _name(site):
            return []
        before = _plain(_before(site, 1))
        made = _after_determiner(plain, before, _plain(_before(site, 2)), self.variety)
        if made is None and _describes(plain, before):
            made = adjective_diminutive(plain, self.variety)
        if made is None and plain == "poco" and before == "un":
            made = "poquito"
        return [site.text.replace(site.index, like(site.word, made))] if made else []


def _after_determiner(word: str, before: str, earlier: str, area: Area) -> str | None:
    if before not in _DETERMINERS or (earlier == "a" and before in _ALSO_PRONOUNS):  # a la fuerza
        return None
    if before in _ALSO_PRONOUNS and may_be_verb(word):
        return None  # la cuenta
    return noun_diminutive(word, area)


def _describes(word: str, before: str) -> bool:
    """Whether `before` makes an adjective of `word`."""
    known = noun(before) if before else None
    same = known is not None and word.endswith({"ms": "o", "fs": "a", "mp": "os", "fp": "as"}[known.cell])
    return before in _BEFORE_ADJECTIVES or (same and not may_be_verb(word) and not may_be_verb(before))


def _name(site: Site) -> bool:
    """Whether the word may be a name: it has a capital where no sentence begins."""
    word = site.word
    return word[:1].isupper() and not word.isupper()


def _before(site: Site, steps: int) -> str:
    """The word `steps` before, if nothing but spaces stands between."""
    text, at = site.text, site.index - steps
    if at < 0:
        return ""
    gaps = [str(text)[text.spans[i][1] : text.spans[i + 1][0]] for i in range(at, site.index)]
    return text.words[at] if all(gap.isspace() for gap in gaps) else ""


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).lower()

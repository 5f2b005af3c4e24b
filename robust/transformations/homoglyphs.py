"""Letters that look the same and are not."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.lang.letters import put, split_letters
from robust.lang.lookalikes import MARKED
from robust.registry import register
from robust.transformations._words import CACHED, others, replaced

Look = Literal["confusable", "marked"]
Letters = Literal["one", "all"]


@register("transformations", "homoglyphs")
@dataclass(frozen=True, kw_only=True)
class Homoglyphs:
    """The word with letters of another script that look like its own, or with marks on its letters.

    - `look: confusable`: letters that most fonts draw alike (Latin a, Cyrillic а), from Unicode TR39. A mark stays on
      the new letter: `á` becomes а with an acute, `ñ` Armenian ո with a tilde.
    - `look: marked`: a mark that neither English nor Spanish writes there (`ĝôôḋ`), as in the easy character embeddings
      of VIPER (Eger et al. 2019, arXiv:1903.11508). Letters that have a mark already keep it and stay.

    `letters: one` offers a candidate for each letter that has a look-alike, `all` the one in which all are replaced.

    *Differs from the paper*: VIPER replaces each letter with a fixed probability, and also by neighbours in spaces of
    pictures and of character names.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = True

    look: Look = "confusable"
    letters: Letters = "one"

    def __post_init__(self) -> None:
        if self.look not in get_args(Look):
            raise PluginError(f"homoglyphs: look is {self.look!r}", fix="use confusable or marked")
        if self.letters not in get_args(Letters):
            raise PluginError(f"homoglyphs: letters is {self.letters!r}", fix="use one or all")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Candidates from the first letter to the last."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The words of the candidates."""
        return _forms(self, site.word, site.lang)

    def _variants(self, word: str, lang: Lang) -> list[str]:
        letters = split_letters(word)
        new = [self._alike(letter, lang) for letter in letters]
        if self.letters == "all":
            whole = "".join([other or letter for other, letter in zip(new, letters, strict=True)])
            return [whole] if any(new) else []
        return [put(letters, at, other) for at, other in enumerate(new) if other]

    def _alike(self, letter: str, lang: Lang) -> str:
        """What looks like `letter`; empty where nothing does."""
        base, marks = _taken_apart(letter)
        if self.look == "marked":
            other = "" if marks else MARKED.get(base.lower(), "")
            return other.upper() if base.isupper() else other
        other = language(lang).homoglyphs.get(base, "")
        return unicodedata.normalize("NFC", other + marks) if other else ""


def _taken_apart(letter: str) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFD", letter)
    return decomposed[:1], decomposed[1:]


@lru_cache(maxsize=CACHED)
def _forms(plugin: Homoglyphs, word: str, lang: Lang) -> tuple[str, ...]:
    return others(plugin._variants(word, lang), word)

"""Spanish accents, dieresis and tilde: missing, misplaced, or written another way."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.case import like
from robust.lang.es.morphology.spelling import silent, stress
from robust.lang.forms import alternatives
from robust.lang.letters import composed, put, split_letters, written_like
from robust.registry import register
from robust.transformations._words import CACHED, others, replaced

Kind = Literal["drop", "misplace", "add", "real_word", "dieresis", "nfd", "tilde_n"]
_ACUTE = dict(zip("aeiou", "áéíóú", strict=True))
_PLAIN = {accented: plain for plain, accented in _ACUTE.items()}


@register("transformations", "diacritics")
@dataclass(frozen=True, kw_only=True)
class Diacritics:
    """One kind of mistake with the marks of Spanish letters; each stands alone, because some change the meaning.

    - `drop`: the accent is missing (`canción` → `cancion`). The commonest mistake; of some words it makes others
      (`llegó` → `llego`).
    - `misplace`: the accent is on another vowel of the word (`canción` → `cáncion`).
    - `add`: the stressed vowel has an accent that no rule wants there (`examen` → `exámen`, `fui` → `fuí`).
    - `real_word`: another word that differs in the accent alone (`continuo`, `continúo`, `continuó`; `esta`, `está`),
      from a list that ships with Spanish (Atserias et al. 2012, LREC, on why such errors are the hard ones).
    - `dieresis`: `ü` → `u` (`pingüino` → `pinguino`).
    - `nfd`: letter and mark become two code points, which look the same (`é` → e + U+0301).
    - `tilde_n`: `ñ` → `n`. Not an accent but another letter: `año` → `ano`.

    `preserves_meaning` holds for `dieresis` and `nfd`. A word that is written all in capitals or decomposed stays so.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})

    kind: Kind = "drop"

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise PluginError(f"diacritics: kind is {self.kind!r}", fix=f"use one of {', '.join(get_args(Kind))}")

    @property
    def preserves_meaning(self) -> bool:
        """The other kinds make other words."""
        return self.kind in ("dieresis", "nfd")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Candidates from left to right (`real_word`: in the order of the list)."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The words of the candidates."""
        return _forms(self, site.word)

    def _variants(self, word: str) -> Iterator[str]:
        letters = split_letters(word)
        forms = [composed(letter) for letter in letters]
        accented = any(form in _PLAIN for form in forms)
        if self.kind == "nfd":
            yield unicodedata.normalize("NFD", word)
        elif self.kind == "real_word":
            plain = "".join(forms)
            if like(word, plain) == word:  # of a word such as `iPad` the case could not be kept
                yield from (like(word, other) for other in alternatives("es", "accent_pairs.txt").get(plain, ()))
        elif self.kind == "misplace" and accented:
            yield from _moved(letters, forms)
        elif self.kind == "add" and not accented and (at := stress(_word(forms))) >= 0:
            yield put(letters, at, written_like(letters[at], _ACUTE[forms[at]]))
        else:
            table = {"drop": _PLAIN, "dieresis": {"ü": "u"}, "tilde_n": {"ñ": "n"}}.get(self.kind, {})
            for at, form in enumerate(forms):
                if form in table:
                    yield put(letters, at, written_like(letters[at], table[form]))


def _moved(letters: Sequence[str], forms: Sequence[str]) -> Iterator[str]:
    """The accent on every other vowel."""
    bare = [
        written_like(old, _PLAIN[form]) if form in _PLAIN else old for old, form in zip(letters, forms, strict=True)
    ]
    for at, form in enumerate(forms):
        if form in _ACUTE and not silent(_word(forms), at):
            yield put(bare, at, written_like(letters[at], _ACUTE[form]))


def _word(forms: Sequence[str]) -> str:
    """The letters as a word of as many characters; letters that need more than one code point stand as a mark."""
    return "".join([form if len(form) == 1 else "·" for form in forms])


@lru_cache(maxsize=CACHED)
def _forms(plugin: Diacritics, word: str) -> tuple[str, ...]:
    return others(plugin._variants(word), word)

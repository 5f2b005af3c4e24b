"""A finger on the wrong key: every slip to a key beside the right one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.keyboard import DEFAULT_LAYOUT, LAYOUTS, LayoutName, typed
from robust.lang.letters import composed, put, split_letters, written_like
from robust.registry import register
from robust.transformations._words import CACHED, others, replaced


@register("transformations", "keyboard_typos")
@dataclass(frozen=True, kw_only=True)
class KeyboardTypos:
    """Every word that one wrong key makes of the word, from its first letter to its last.

    `layout`: `us`, `es-ES` (Spain), `es-419` (Latin America), or the touch screens `phone-en` and `phone-es`; `auto` is
    `us` for English and `es-ES` for Spanish. On the Spanish desktop layouts an accented vowel takes two keys, the dead
    key ´ and the vowel, and either can be missed: `está` becomes `estña` (Spain) or `estpa` (Latin America), and a
    ´ hit in the place of its neighbour ñ falls on the vowel that follows, `niño` → `nió`. Keys that are no letters are
    never hit. A letter that the layout does not have is left alone.

    `accents`: also type the vowel without its accent, because the dead key was not pressed, or on a phone because the
    key was not held (on `phone-en` that makes n of ñ). It puts the meaning at risk: see the transformation
    `diacritics`. `keep_ends` leaves the first and the last letter as they are (Pruthi et al. 2019, arXiv:1905.11268).

    As the synthetic typing noise of Belinkov & Bisk 2018 (arXiv:1711.02173). *Differs from the paper*: all slips are
    offered, not one at random.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    layout: LayoutName | Literal["auto"] = "auto"
    accents: bool = False
    keep_ends: bool = False

    def __post_init__(self) -> None:
        known = ("auto", *get_args(LayoutName))
        if self.layout not in known:
            raise PluginError(f"keyboard_typos: layout is {self.layout!r}", fix=f"use one of {', '.join(known)}")

    @property
    def preserves_meaning(self) -> bool:
        """Missing accents make other words: `está` → `esta`."""
        return not self.accents

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """All slips, nearest keys first."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The words of the candidates."""
        return _forms(self, site.word, site.lang)

    def _variants(self, word: str, lang: Lang) -> Iterator[str]:
        name = DEFAULT_LAYOUT[lang] if self.layout == "auto" else self.layout
        layout, letters, kept = LAYOUTS[name], split_letters(word), int(self.keep_ends)
        for at in range(kept, len(letters) - kept):
            old, after = letters[at], "".join(letters[at + 1 : at + 2])
            alone = _slips(name, old)
            if alone is not None:
                before, behind = "".join(letters[:at]), "".join(letters[at + 1 :])
                yield from [before + new + behind for new in alone]
            for keys in layout.slips(composed(old)) if alone is None else ():
                new, joined = typed(keys, layout.keys(composed(after)) or tuple(composed(after)))
                if not (joined and at + 1 == len(letters) - kept):
                    yield put(letters, at, _cased(old, new, after if joined else ""), 1 + joined)
            if self.accents and (plain := layout.plain(composed(old))):
                yield put(letters, at, written_like(old, plain))


def _cased(old: str, new: str, after: str) -> str:
    """`new` in the case of the letter it stands for, and its last letter in the case of the one it swallowed."""
    return written_like(old, new[:-1]) + written_like(after, new[-1:]) if after else written_like(old, new)


@lru_cache(maxsize=1 << 10)
def _slips(name: LayoutName, old: str) -> tuple[str, ...] | None:
    """What is typed in the place of a letter; None where that depends on the next one: a dead key is hit."""
    pressed = list(LAYOUTS[name].slips(composed(old)))
    if any(typed(keys, ("a",))[1] for keys in pressed):
        return None
    return tuple([_cased(old, typed(keys)[0], "") for keys in pressed])


@lru_cache(maxsize=CACHED)
def _forms(plugin: KeyboardTypos, word: str, lang: Lang) -> tuple[str, ...]:
    return others(plugin._variants(word, lang), word)

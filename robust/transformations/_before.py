"""Whether another word can follow the word before."""

from __future__ import annotations

from robust.core.text import Text
from robust.core.types import Lang
from robust.lang.base import language
from robust.lang.en.article import article


def directly_before(text: Text, index: int) -> str:
    """The word before word `index` in lower case; an empty string where more than white space parts them."""
    return text.words[index - 1].lower() if index and parted_by_space(text, index) else ""


def parted_by_space(text: Text, index: int) -> bool:
    """Whether only white space stands between word `index` (1 or more) and the word before."""
    return str(text)[text.span(index - 1)[1] : text.span(index)[0]].isspace()


def shifts(text: Text, index: int, lang: Lang) -> bool:
    """Whether the word before word `index` has a form that depends on the sound of the next: *a*, *y*, *la* …"""
    return is_shifting(directly_before(text, index), lang)


def is_shifting(before: str, lang: Lang) -> bool:
    """`shifts` of what is `directly_before`."""
    return before in ("a", "an") if lang == "en" else before in language(lang).shifting


def can_follow(text: Text, index: int, word: str, lang: Lang) -> bool:
    """Whether `word` can stand in place of word `index` without a change of *a*, *an*, *y*, *o* … before it."""
    before = directly_before(text, index)
    if lang == "en":
        return before not in ("a", "an") or article(word) == before
    known = language(lang)
    return before not in known.shifting or known.fits(before, text.words[index], word)

"""Put another name of the same kind in the place of a name, wherever the text repeats it."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.lang.base import language
from robust.lang.case import like
from robust.lang.kinds import by_kind
from robust.transformations._before import can_follow, parted_by_space

_SAINTS = ("san", "santo", "santa")
_POSSESSIVE = re.compile(r"(.+?)(['’][sS])")


def swapped(site: Site, file: str, k: int, *, surnames: bool) -> list[Text]:
    """`k` drawn names of the same kind, in the order of the list; all where there are no more.

    Names that the text has already are left out. Only the first mention of a name has candidates. None where the name
    seems to be part of a longer one: after a capitalised word, before another name of the list or, without `surnames`,
    before any capitalised word; stopwords do not count.
    """
    text, index, lang = site.text, site.index, site.lang
    stem, _ = _parts(site.word, lang)
    name, kinds = _name(stem), by_kind(lang, file)
    if name not in kinds or _part_of_longer(site, file, surnames):
        return []
    mentions = [i for i, word in enumerate(text.words) if _parts(word, lang)[0] == stem]
    if mentions[0] != index:
        return []
    there = {_name(_parts(word, lang)[0]) for word in text.words}
    others = [
        other
        for other in kinds[name]
        if other not in there and all(can_follow(text, i, like(stem, other), lang) for i in mentions)
    ]
    return [_everywhere(text, mentions, like(stem, other), lang) for other in drawn(others, k, site.seed)]


def drawn(words: list[str], k: int, seed: int) -> list[str]:
    """`k` of the words, in their order; all of them where there are no more."""
    if len(words) <= k:
        return words
    chosen = np.random.default_rng(seed).choice(len(words), size=k, replace=False)
    return [words[i] for i in sorted(chosen.tolist())]


def _everywhere(text: Text, mentions: list[int], name: str, lang: Lang) -> Text:
    for i in mentions:
        text = text.replace(i, name + _parts(text.words[i], lang)[1])
    return text


def _parts(word: str, lang: Lang) -> tuple[str, str]:
    """The word without the English possessive, and the possessive."""
    found = _POSSESSIVE.fullmatch(word) if lang == "en" else None
    return (found[1], found[2]) if found else (word, "")


def _name(word: str) -> str:
    """The word as lists have it; words in capitals count too."""
    plain = unicodedata.normalize("NFC", word)
    return plain.capitalize() if len(plain) > 1 and plain.isupper() else plain


def _part_of_longer(site: Site, file: str, surnames: bool) -> bool:
    text, after = site.text, site.index + 1
    if site.index and parted_by_space(text, site.index) and _capitalised(text.words[site.index - 1], site.lang):
        return True
    if after == len(text) or not parted_by_space(text, after):
        return False
    following = text.words[after]
    listed = _name(_parts(following, site.lang)[0]) in by_kind(site.lang, file)
    return listed or (not surnames and _capitalised(following, site.lang))


def _capitalised(word: str, lang: Lang) -> bool:
    return word[0].isupper() and (word.lower() in _SAINTS or not language(lang).is_stopword(word))

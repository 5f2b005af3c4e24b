"""Contract two English words, or write a contraction out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.lang.case import like
from robust.lang.en.contraction import contracted, expanded
from robust.registry import register
from robust.transformations._before import directly_before, parted_by_space

_SENTENCE = frozenset('.!?…:;\n"“‘(')


@register("transformations", "contractions")
@dataclass(frozen=True, kw_only=True)
class Contractions:
    """A contraction written out, or two words contracted: `don't` ↔ `do not`, `it's` ↔ `it is`, `I've` ↔ `I have`.

    One of the invariance tests of Ribeiro et al. 2020 (CheckList, aclanthology.org/2020.acl-main.442). What could be
    two things is left alone (`it's set`, is or has; `I'd left`), and so is what would be no English: questions (`don't
    you`), verbs whose complement is missing (`yes, it is`), main verbs (`I have a car`), *ain't*. Text that was split
    before (`do n't`) has no candidates.

    *Differs from the paper*: there every contraction of a list is replaced, all of a text at once.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"en"})
    preserves_meaning: ClassVar[bool] = True

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """At most one candidate for each site: a contraction, or the first of two words."""
        return [_candidates(site.text, site.index) for site in sites]


def _candidates(text: Text, index: int) -> list[Text]:
    word, before = text.words[index], directly_before(text, index)
    plain = _plain(word)
    if "'" in plain:
        gap = str(text)[text.spans[index - 1][1] if index else 0 : text.spans[index][0]]
        opens = index == 0 or bool(_SENTENCE & set(gap))
        found = expanded(plain, before, _directly_after(text, index), opens=opens)
        known = found is not None and _cased(word, plain)
        return [_written_out(text, index, *found)] if found and known else []
    if plain == "cannot" and _cased(word, plain):
        return [text.replace(index, like(word, "can't"))]
    if index + 1 == len(text) or not parted_by_space(text, index + 1):
        return []
    other = text.words[index + 1]
    short = contracted(plain, _plain(other), before, _directly_after(text, index + 1))
    if short is None or not _alike(word, other):
        return []
    short = short.upper() if other.isupper() else like(word, short) if word != "I" else short.capitalize()
    if "’" in str(text):
        short = short.replace("'", "’")
    return [text.delete(index + 1).replace(index, short)]


def _written_out(text: Text, index: int, one: str, other: str) -> Text:
    loud = text.words[index].isupper()
    first = one.upper() if loud or one == "i" else like(text.words[index], one)
    second = other.upper() if loud else other
    if (one, other) == ("can", "not"):
        return text.replace(index, first + second)
    return text.insert(index, first).replace(index + 1, second)


def _cased(word: str, plain: str) -> bool:
    """Whether a word is in small letters, in capitals, or has one capital that begins it."""
    return word.replace("’", "'") in (plain, plain.upper(), plain.capitalize())


def _alike(word: str, other: str) -> bool:
    """Whether two words are written alike: both small but for a capital that begins them, or both in capitals."""
    loud = word.isupper() and other.isupper()
    return loud or (other.islower() and word in (word.lower(), word.capitalize()))


def _directly_after(text: Text, index: int) -> str:
    after = index + 1 < len(text) and parted_by_space(text, index + 1)
    return _plain(text.words[index + 1]) if after else ""


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")

"""The short form that a few Spanish adjectives take before a noun (`un buen día`, `una gran idea`)."""

from __future__ import annotations

import unicodedata

from robust.core.text import Text
from robust.lang.base import language
from robust.lang.case import like
from robust.lang.es.agreement import noun
from robust.lang.es.morphology.nominal import shortened
from robust.transformations._before import directly_before, parted_by_space


def before_noun(text: Text, index: int, word: str) -> str | None:
    """`word`, or its short form if it stands before a noun; None where it is not certain whether it does.

    A noun directly before says that the adjective follows it (`un hombre malo mata`), whatever comes next.
    """
    plain = _plain(word)
    short, after = shortened(plain), index + 1
    if short == plain or after == len(text) or not parted_by_space(text, after):
        return word
    following = _plain(text.words[after])
    kinds = language("es").parts_of_speech(following)
    if language("es").is_stopword(following) or (kinds and kinds <= {"verb", "adv"}):
        return word
    here, behind = noun(following), noun(_plain(directly_before(text, index)))
    if here is None or behind is not None or here.cell[1] != "s" or (here.cell[0] == "f" and plain != "grande"):
        return None
    return like(word, short)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).lower()

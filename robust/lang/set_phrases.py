"""Set phrases, whose words do not mean what they mean elsewhere (`a la vista`, `out of this world`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from robust.core.types import Lang
from robust.lang.lexicon import read

NAME = "set_phrases.txt"


def in_set_phrase(words: Sequence[str], joined: Sequence[bool], at: int, lang: Lang) -> bool:
    """Whether word `at` is part of a set phrase of `lang`.

    `words` in lower case; `joined[i]` says whether only white space stands between word `i` and the word before it.
    """
    for phrase, place in _phrases(lang).get(words[at], ()):
        start, end = at - place, at - place + len(phrase)
        if start >= 0 and tuple(words[start:end]) == phrase and all(joined[start + 1 : end]):
            return True
    return False


@lru_cache(maxsize=2)
def _phrases(lang: Lang) -> Mapping[str, list[tuple[tuple[str, ...], int]]]:
    """Word → each phrase it is in, with its place there."""
    found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for line in read(lang, NAME):
        phrase = tuple(line.split())
        for place, word in enumerate(phrase):
            found.setdefault(word, []).append((phrase, place))
    return found

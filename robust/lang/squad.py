"""Exact match and F1 of answers, as SQuAD 1.1 scores them, and MLQA for Spanish."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from robust.core.types import Lang

_ARTICLES: Mapping[Lang, re.Pattern[str]] = {
    "en": re.compile(r"\b(?:a|an|the)\b"),
    "es": re.compile(r"\b(?:el|la|los|las|un|una|unos|unas)\b"),
}
_ASCII = frozenset(string.punctuation)


def normalise(text: str, *, lang: Lang = "en") -> str:
    """The words of an answer, by single spaces: lower case, without punctuation and articles.

    English follows the evaluation script of SQuAD 1.1 (Rajpurkar et al. 2016, arXiv:1606.05250), whose punctuation is
    ASCII's; Spanish follows MLQA's (Lewis et al. 2020, arXiv:1910.07475), which also drops ¿ ¡ « » and all other
    characters that Unicode calls punctuation. Accents and ñ stay.
    """
    bare = "".join(char for char in text.lower() if not _is_punctuation(char, lang))
    return " ".join(_ARTICLES[lang].sub(" ", bare).split())


def _is_punctuation(char: str, lang: Lang) -> bool:
    return char in _ASCII or (lang != "en" and unicodedata.category(char).startswith("P"))


def exact_match(answer: str, gold: Iterable[str], *, lang: Lang = "en") -> float:
    """1 where the answer is one of the `gold` answers after `normalise`, else 0."""
    return _best(lambda told, right: float(told == right), answer, gold, lang)


def f1(answer: str, gold: Iterable[str], *, lang: Lang = "en") -> float:
    """The highest F1 of the answer's words, with repetitions, over the `gold` answers; in [0, 1].

    As in SQuAD 1.1, an answer that shares no word with a gold one scores 0 for it, even where both have no words.
    """
    return _best(_overlap, answer, gold, lang)


def _best(score: Callable[[str, str], float], answer: str, gold: Iterable[str], lang: Lang) -> float:
    told = normalise(answer, lang=lang)
    return max(score(told, normalise(right, lang=lang)) for right in gold)


def _overlap(told: str, right: str) -> float:
    words, wanted = told.split(), right.split()
    shared = sum((Counter(words) & Counter(wanted)).values())
    return 2 * shared / (len(words) + len(wanted)) if shared else 0.0

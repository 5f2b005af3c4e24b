"""What the words beside a word say of what can stand there: no verb after `an`, a noun in `the … of`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from robust.core.text import Text
from robust.core.types import Lang
from robust.lang.base import language
from robust.lang.es.morphology.forms import VerbForm
from robust.lang.es.morphology.readings import readings
from robust.transformations._before import directly_before, parted_by_space

_ENGLISH = ("a an the my your his its our their", "this these those every each some any no")
_SPANISH = (
    *("el un una unos unas este esta estos estas ese esa esos esas", "aquel aquella mi mis su sus nuestro nuestra"),
    "cada cualquier algún alguna ningún ninguna",
)
_NO_VERB_AFTER: Mapping[Lang, frozenset[str]] = {
    "en": frozenset(" ".join(_ENGLISH).split()),
    "es": frozenset(" ".join(_SPANISH).split()),
}
"""Determiners that no finite verb follows; of *la*, *los* and *las*, which are pronouns too, this cannot be said."""
_BEFORE_NOUNS: Mapping[Lang, frozenset[str]] = {
    "en": _NO_VERB_AFTER["en"],
    "es": _NO_VERB_AFTER["es"] | {"la", "los", "las", "del", "al"},
}


def fitting(text: Text, index: int, words: list[str], lang: Lang) -> list[str]:
    """Those of `words` whose part of speech can stand at `index`; all of them where the neighbours do not tell.

    After a form of *haber* a participle stays one. Directly after a determiner there is no word that is only ever a
    verb. A word there that can be a noun, and that no noun follows, is taken for one: what stands for it has to be able
    to be one, too. Unknown words may be anything.
    """
    rule = fits_at(text, index, directly_before(text, index), lang)
    return words if rule is None else [word for word in words if rule(word)]


def fits_at(text: Text, index: int, before: str, lang: Lang) -> Callable[[str], bool] | None:
    """What says of a word whether it is `fitting` after `before`, what is directly there; None where every word is."""
    known = language(lang)
    if lang == "es" and _of_haber(before):
        # `he dicho`: a participle, whatever else the word can be
        return _participle if _participle(text.words[index]) else None
    if (
        before in _BEFORE_NOUNS[lang]
        and "noun" in known.parts_of_speech(text.words[index])
        and _last(text, index, lang)
    ):
        return lambda word: not (found := known.parts_of_speech(word)) or "noun" in found
    if before in _NO_VERB_AFTER[lang]:
        return lambda word: known.parts_of_speech(word) != {"verb"}
    return None


@lru_cache(maxsize=1 << 14)
def _of_haber(before: str) -> bool:
    return any(reading.lemma == "haber" for reading in readings(before))


@lru_cache(maxsize=1 << 14)
def _participle(word: str) -> bool:
    """Whether a Spanish word can be the participle of a compound tense."""
    return any(reading.form == VerbForm("participle", agreement="ms") for reading in readings(word.lower()))


def _last(text: Text, index: int, lang: Lang) -> bool:
    """Whether no noun follows directly, as far as the table knows."""
    if index + 1 == len(text) or not parted_by_space(text, index + 1):
        return True
    following = text.words[index + 1]
    found = language(lang).parts_of_speech(following)
    return language(lang).is_stopword(following) or (bool(found) and "noun" not in found)

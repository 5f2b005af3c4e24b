"""Spanish synonyms of the other gender, with what they govern repaired."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from robust.core.text import Text
from robust.lang.case import like
from robust.lang.es.crossing import Phrase, crossed, phrase
from robust.lang.es.inflection import analyses, inflect
from robust.lang.lexicon import Analysis, Lexicon, read
from robust.transformations._repair import edited


def crossings(text: Text, index: int) -> Iterator[Text]:
    """`text` with synonyms of the other gender in the place of noun `index`, best first, its phrase in agreement."""
    if nouns := across(text, index):
        found = phrase_of(text, index)
        for noun in nouns:
            candidate = crossing(text, found, noun)
            if candidate is not None:
                yield candidate


def across(text: Text, index: int) -> tuple[str, ...]:
    """The nouns that `crossings` tries, in the case of word `index`."""
    word = text.words[index]
    plain = unicodedata.normalize("NFC", word).lower()
    nouns = _nouns(plain)
    return tuple([like(word, noun) for noun in nouns]) if nouns and like(word, plain) == word else ()


def phrase_of(text: Text, index: int) -> Phrase | None:
    """The noun phrase of noun `index`; None where it is not certain."""
    string, ends = str(text), (0, *[end for _, end in text.spans])
    gaps = [string[end:start] for end, (start, _) in zip(ends, text.spans, strict=False)]
    return phrase(text.words, gaps, index)


def crossing(text: Text, found: Phrase | None, noun: str) -> Text | None:
    """`text` with `noun` in the place of the noun of its phrase, in agreement; None where that is not certain."""
    made = crossed(text.words, found, noun) if found is not None else None
    return None if found is None or made is None else edited(text, found.at, made)


@lru_cache(maxsize=1 << 14)
def _nouns(word: str) -> tuple[str, ...]:
    """The synonyms of the other gender, in the number of `word` (lower case), of its one reading as a noun."""
    readings = [one for one in analyses(word, _table()) if one.part_of_speech == "noun"]
    if len(readings) != 1:
        return ()
    reading = readings[0]
    forms = [inflect(lemma, Analysis(lemma, "noun", reading.form)) for lemma in _table().entry(reading).synonyms]
    return tuple([form for form in forms if form is not None])


@lru_cache(maxsize=1)
def _table() -> Lexicon:
    return Lexicon(dict([line.split("\t", 1) for line in read("es", "synonyms_crossing.tsv.xz")]))

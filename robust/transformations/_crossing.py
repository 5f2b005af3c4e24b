"""Spanish synonyms of the other gender, with what they govern repaired."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from robust.core.text import Text
from robust.lang.case import like
from robust.lang.es.crossing import crossed, phrase
from robust.lang.es.inflection import analyses, inflect
from robust.lang.lexicon import Analysis, Lexicon, read
from robust.transformations._repair import edited


def crossings(text: Text, index: int) -> Iterator[Text]:
    """`text` with synonyms of the other gender in the place of noun `index`, best first, its phrase in agreement."""
    word = text.words[index]
    plain = unicodedata.normalize("NFC", word).lower()
    nouns = _nouns(plain)
    if not nouns or like(word, plain) != word:
        return
    string, ends = str(text), (0, *[end for _, end in text.spans])
    gaps = [string[end:start] for end, (start, _) in zip(ends, text.spans, strict=False)]
    found = phrase(text.words, gaps, index)
    if found is not None:
        for noun in nouns:
            made = crossed(text.words, found, like(word, noun))
            candidate = edited(text, index, made) if made is not None else None
            if candidate is not None:
                yield candidate


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

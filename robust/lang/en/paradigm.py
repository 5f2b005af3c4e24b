"""The other inflected forms of an English word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from robust.lang.en.inflection import analyses, inflect
from robust.lang.lexicon import OWN_ENTRY, Analysis, Lexicon, PartOfSpeech
from robust.lang.paradigm import Category, Inflection

_FORMS: Mapping[PartOfSpeech, tuple[str, ...]] = {
    "noun": ("base", "plural"),
    "verb": ("base", "third person", "past", "participle", "gerund"),
    "adj": ("base", "comparative", "superlative"),
    "adv": (),
}


def inflections(word: str, lexicon: Lexicon) -> Iterator[Inflection]:
    """The other forms of `word` (lower case) in its likeliest reading; none where it is not in `lexicon`.

    Of a form with two spellings (`travelled`, `traveled`) the usual one.
    """
    reading = _likeliest(word, lexicon)
    if reading is None:
        return
    seen = {word}
    for form in _FORMS[reading.part_of_speech]:
        found = inflect(reading.lemma, Analysis(reading.lemma, reading.part_of_speech, form))
        if found is not None and found not in seen:
            seen.add(found)
            yield Inflection(found, _category(reading, form))


def _likeliest(word: str, lexicon: Lexicon) -> Analysis | None:
    """The reading whose entry is the most frequent; `better` is a form of `good`, not an adjective of its own."""
    found = list(analyses(word, lexicon))
    derived = {one.part_of_speech for one in found if one.lemma != word}
    found = [one for one in found if one.lemma != word or one.part_of_speech not in derived]

    def weight(one: Analysis) -> float:
        return (lexicon.entry(one).frequency + 1) * (OWN_ENTRY if one.lemma == word else 1.0)

    return max(found, key=weight, default=None)


def _category(reading: Analysis, form: str) -> Category:
    if reading.part_of_speech == "noun":
        return "number"
    if reading.part_of_speech == "adj":
        return "comparison"
    return "person" if {reading.form, form} == {"base", "third person"} else "tense"

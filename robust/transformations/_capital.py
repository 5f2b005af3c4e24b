"""Words that a capital letter shows to be names."""

from __future__ import annotations

from functools import cache

from robust.core.text import Text
from robust.core.types import Lang
from robust.lang.forms import word_set
from robust.lang.kinds import by_kind
from robust.transformations._before import parted_by_space

_OPENING = frozenset('.!?…:;\n"“”‘«»¿¡([{*•|')
"""Marks after which a sentence or a quotation may begin."""
_TITLES = word_set("mr mrs ms dr prof st sr sra srta don doña")
"""What a name follows, with or without a full stop."""
_HEADLINE = 0.5
"""The share of words with a capital above which a capital tells nothing (`The Best Film Of The Year`)."""


def likely_name(text: Text, index: int, lang: Lang) -> bool:
    """Whether word `index` is a listed name, or has a capital that no beginning of a sentence explains.

    `We saw Jean in Paris`, and also `María was there`. Not said of words in capitals, nor of words that no list has in
    a text that gives capitals to most of its words.
    """
    word = text.words[index]
    if not (word[:1].isupper() and word[1:].islower()):
        return False
    if word in _listed(lang):
        return True
    if index == 0:
        return False
    gap = str(text)[text.span(index - 1)[1] : text.span(index)[0]]
    titled = text.words[index - 1].lower() in _TITLES and (parted_by_space(text, index) or gap.strip() == ".")
    if not titled and _OPENING & set(gap):
        return False
    others = [other for other in text.words[1:] if other.isalpha()]
    return sum(other[0].isupper() for other in others) <= _HEADLINE * len(others)


@cache
def _listed(lang: Lang) -> frozenset[str]:
    """First names and places, none of which is another word of the language with a capital."""
    return frozenset([*by_kind(lang, "first_names.txt"), *by_kind(lang, "places.txt")])

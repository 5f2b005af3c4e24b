"""Words that a capital letter shows to be names."""

from __future__ import annotations

from robust.core.text import Text
from robust.lang.forms import word_set
from robust.transformations._before import parted_by_space

_OPENING = frozenset('.!?…:;\n"“”‘«»¿¡([{*•|')
"""Marks after which a sentence or a quotation may begin."""
_TITLES = word_set("mr mrs ms dr prof st sr sra srta don doña")
"""What a name follows, with or without a full stop."""
_HEADLINE = 0.5
"""The share of words with a capital above which a capital tells nothing (`The Best Film Of The Year`)."""


def likely_name(text: Text, index: int) -> bool:
    """Whether word `index` has a capital that no beginning of a sentence explains: `We saw Jean in Paris`.

    Not said of words in capitals, nor in a text that gives capitals to most of its words.
    """
    word = text.words[index]
    if not (word[:1].isupper() and word[1:].islower()) or index == 0:
        return False
    gap = str(text)[text.span(index - 1)[1] : text.span(index)[0]]
    titled = text.words[index - 1].lower() in _TITLES and (parted_by_space(text, index) or gap.strip() == ".")
    if not titled and _OPENING & set(gap):
        return False
    others = [other for other in text.words[1:] if other.isalpha()]
    return sum(other[0].isupper() for other in others) <= _HEADLINE * len(others)

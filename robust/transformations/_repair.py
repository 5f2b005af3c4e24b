"""Put a word in the place of another, together with what changes around it: *a*, *an*, *y*, *e*, *el*, *la*, *al* …"""

from __future__ import annotations

from collections.abc import Sequence

from robust.core.text import Text
from robust.core.types import Lang
from robust.lang.case import like
from robust.lang.en.article import article
from robust.lang.es.agreement import repaired
from robust.transformations._before import can_follow, parted_by_space


def put(text: Text, index: int, word: str, lang: Lang) -> Text | None:
    """`text` with `word` in the place of word `index`, and the words before it in the form that it asks for.

    The word replaced comes first among the edits. None where what stands before would have to change and it is not
    certain how.
    """
    if can_follow(text, index, word, lang):
        return text.replace(index, word)
    if lang == "en":
        wanted = article(word)
        if wanted is None or _is_letter(text, index - 1):
            return None
        old = text.words[index - 1]
        return text.replace(index, word).replace(index - 1, _cased(old, wanted, word))
    return put_repaired(text, index, word)


def put_repaired(text: Text, index: int, word: str) -> Text | None:
    """`text` with `word` in the place of the Spanish word `index`, and all that has to agree with it repaired."""
    found = repaired((*text.words[:index], word, *text.words[index + 1 :]), index, text.words[index])
    return None if found is None else edited(text, index, found)


def edited(text: Text, index: int, words: Sequence[str]) -> Text | None:
    """`text` with those of `words` (as many as it has; empty for one that goes) that differ from its own.

    Word `index` comes first among the edits. None where more than white space parts the words that change.
    """
    changed = [at for at, other in enumerate(words) if other != text.words[at]]
    if not all(parted_by_space(text, at) for at in range(min(changed) + 1, max(changed) + 1)):
        return None
    for at in sorted(changed, key=lambda at: (at != index, -at)):
        text = text.replace(at, words[at])
    return text


def _is_letter(text: Text, at: int) -> bool:
    """Whether a capital *A* is a name (`vitamin A`, `Plan A`): in the middle of a sentence that is not in capitals."""
    if text.words[at] != "A" or at == 0 or not parted_by_space(text, at):
        return False
    return not (len(text.words[at - 1]) > 1 and text.words[at - 1].isupper())


def _cased(old: str, new: str, word: str) -> str:
    """`new` in the case of the article `old`; of a single capital (`A`), the word after it tells what it means."""
    if len(old) > 1 or not old.isupper():
        return like(old, new)
    return new.upper() if len(word) > 1 and word.isupper() else new.capitalize()

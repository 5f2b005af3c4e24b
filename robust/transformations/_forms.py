"""Put one form of a list in the place of another, also where a form is two words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from robust.core.text import Text
from robust.core.transformation import Site
from robust.lang.case import like
from robust.lang.forms import Table


def swapped(site: Site, table: Table) -> Iterator[Text]:
    """What stands in `table` for the word, then for the word and the next one where only spaces part them.

    The pair becomes one word: the second is deleted, the first replaced.
    """
    text, word, after = site.text, site.word, site.index + 1
    if like(word, _plain(word)) != _apostrophe(word):  # of a word such as `iPad` the case could not be kept
        return
    for other in table.get(_plain(word), ()):
        yield text.replace(site.index, like(word, other))
    if after < len(text) and set(str(text)[text.spans[site.index][1] : text.spans[after][0]]) == {" "}:
        for other in table.get(f"{_plain(word)} {_plain(text.words[after])}", ()):
            yield text.delete(after).replace(site.index, like(word, other))


def _plain(word: str) -> str:
    return _apostrophe(unicodedata.normalize("NFC", word).lower())


def _apostrophe(word: str) -> str:
    return word.replace("’", "'")

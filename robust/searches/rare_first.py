"""The rarest candidate of every word as the probe that ranks the words, then few candidates at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.frequency import frequencies
from robust.registry import register
from robust.searches._space import Point, Space, replaced


@register("searches", "rare_first")
@dataclass(frozen=True, kw_only=True)
class RareFirst:
    """A greedy walk for few queries: words that are rare break a model more often, and their rarity costs no query.

    The candidates of each word are sorted by how often they are written, the rarest first (Mozes et al. 2021,
    aclanthology 2021.eacl-main.13: successful substitutions are rarer than the words they replace; a defence).
    The first candidate of every word is scored on the unedited text, all at once: one query a word that ranks the words
    by how much it raises the goal score, and may end the attack already. Words without candidates cost nothing.

    Then rounds over the words in that order. In the first, each word takes its first candidate or one of the next
    `chunk` (1 or more); in each later round it is offered twice as many as before. The best that was asked for a word
    stays if it raises the score of the text so far. The first batch that reaches the goal ends the search; without
    success it goes on until every candidate of every word was offered.

    It pays in changed words: a word is left before its best candidate is known. Candidates are always those of the
    original word in the original text.
    """

    chunk: int = 2

    def __post_init__(self) -> None:
        if self.chunk < 1:
            raise PluginError(f"rare_first: chunk is {self.chunk}", fix="use 1 or more")

    async def __call__(self, scope: Scope, /) -> Text:
        """Walk from the example's text; returns the first text that reaches the goal, or the best of its walk."""
        text = scope.example.text
        found = await scope.neighbourhood(text, await scope.positions(text))
        space = Space(scope, [_rarest_first(group, text, scope.example.lang) for group in found])
        current = space.origin
        words = range(len(current))
        probes = [replaced(current, word, 1) for word in words]
        if await space.ask(probes):
            return _won(space)
        order = sorted(words, key=lambda word: -space.goal(probes[word]))
        offered, size = 1, self.chunk
        while current and offered <= space.sizes.max():
            first = 1 if offered == 1 else offered + 1
            for word in order:
                last = min(offered + size, int(space.sizes[word]))
                choices = range(first, last + 1)
                tried: list[Point] = [replaced(current, word, choice) for choice in choices]
                if not tried:
                    continue
                if await space.ask(tried):
                    return _won(space)
                current = max([current, *tried], key=space.goal)
            offered, size = offered + size, 2 * size
        return space.text(current)


def _won(space: Space) -> Text:
    if space.won is None:
        raise RuntimeError("no text has reached the goal")
    return space.won


def _rarest_first(candidates: Sequence[Text], original: Text, lang: Lang) -> list[Text]:
    """Sorted by how often the words they bring in are written; equally rare ones keep their order."""
    counts = frequencies(lang)

    def count(candidate: Text) -> int:
        new = [edit.word for edit in candidate.edits_since(original) if edit.word]
        return min([counts.get(unicodedata.normalize("NFC", word).lower(), 0) for word in new], default=0)

    return sorted(candidates, key=count)

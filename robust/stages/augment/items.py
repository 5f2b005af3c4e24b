"""What copies are made of, and what a copy is: texts with the label, tags or answers that have to stay true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from robust.core.example import Answers, TokenLabels
from robust.core.text import INSERTED, Text
from robust.core.types import Fields, Lang, Span
from robust.data.iob import OUTSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One text to make copies of.

    `target`: a tag for each word, or answers; None where a label belongs to the text as a whole, which is `label`.
    `spans`: the tags are IOB2 and mark entities. `before` and `after` are the other fields of the row: they stay.
    """

    id: str
    text: Text
    lang: Lang
    label: str | None = None
    target: TokenLabels | Answers | None = None
    spans: bool = False
    before: Fields = ()
    after: Fields = ()

    def keeps(self, text: Text) -> bool:
        """Whether the target can be said of an edit of the text."""
        if self.target is None:
            return True
        if isinstance(self.target, Answers):
            return answers(self.target, text) is not None
        return tags(self.target, text, spans=self.spans) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A changed copy of an item's text: `number` counts the copies of an item from 1, `operators` made the changes."""

    item: Item
    number: int
    text: Text
    operators: tuple[str, ...]


def answers(target: Answers, text: Text) -> tuple[Span, ...] | None:
    """Where the answers are in an edited text; None where an edit touched one."""
    found = tuple([span for span in target.aligned(text) if span is not None])
    return found if len(found) == len(target.spans) else None


def tags(target: TokenLabels, text: Text, *, spans: bool) -> tuple[str, ...] | None:
    """The tags of the words of an edited text: each word keeps its own, also where words changed places.

    Of IOB2 (`spans`) the prefixes are written anew; a word that was added is outside of every entity. None where no
    tags are certain: an entity was torn apart, a word was added that needs a tag of its own, or a word holds a space,
    which no list of words can have.
    """
    if not all(word and not any(map(str.isspace, word)) for word in text.words):
        return None
    sources = _sources(text)
    if sources is None:
        return None
    if not spans:
        return tuple([target.labels[at] for at in sources]) if INSERTED not in sources else None
    entities = _entities(target.labels)
    found: list[str] = []
    seen: set[int] = set()
    last = -1
    for at in sources:
        entity = entities[at] if at != INSERTED else -1
        if entity < 0:
            found.append(OUTSIDE)
        elif entity == last:
            found.append(f"I-{target.labels[at][2:]}")
        elif entity in seen:
            return None
        else:
            found.append(f"B-{target.labels[at][2:]}")
            seen.add(entity)
        last = entity
    return tuple(found)


def _entities(labels: Sequence[str]) -> list[int]:
    """The number of each word's entity, -1 outside; `labels` are IOB2."""
    found, number = list[int](), -1
    for label in labels:
        number += label.startswith("B-")
        found.append(-1 if label == OUTSIDE else number)
    return found


def _sources(text: Text) -> list[int] | None:
    """For each word the word of the original that it is: its origin, or the place it was moved from.

    Words that changed places are seen as replaced by one another; among the replaced words, those that stand in each
    other's places (case aside) were moved. None where a word that was added or put in another's place is one that is
    missing elsewhere: it may be that word.
    """
    before, sources = text.root.words, list(text.origins)
    at = {origin: index for index, origin in enumerate(sources) if origin != INSERTED and index in text.edited}
    if len(text.edited) < 2 and len(before) == len(sources) and INSERTED not in sources:
        return sources
    free: dict[str, list[int]] = {}
    for origin in at:
        free.setdefault(before[origin].casefold(), []).append(origin)
    moved: dict[int, int] = {}
    for origin, index in at.items():
        if known := free.get(text.words[index].casefold()):
            moved[origin] = known.pop(0)
    while stray := set(moved) ^ set(moved.values()):  # not a round of exchanges
        moved = {to: source for to, source in moved.items() if to not in stray and source not in stray}
    missing = {word.casefold() for origin, word in enumerate(before) if origin not in sources or origin in at}
    for index in text.edited:
        origin, word = sources[index], text.words[index].casefold()
        settled = origin in moved or (origin != INSERTED and before[origin].casefold() == word)
        if word in missing and not settled:
            return None
    for to, source in moved.items():
        sources[at[to]] = source
    return sources

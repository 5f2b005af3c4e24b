"""`Text`: a string with marked words that is edited without ever losing a byte.

The string is kept exactly as it came; words are spans of it. An edit makes a new `Text` that shares everything with
its parent but one splice of the string, and remembers the splice: from the chain of splices follow the words that
changed, where each word came from, and where a span of the original (an answer, say) is now. Words, spans and origins
of an edited text are worked out when first asked for, because most candidates of a search are scored and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from robust.core import path
from robust.core.alike import lined_up, shared, where, where_one
from robust.core.edit import ADDING, Edit, Kind, Step, changed, moved, placed
from robust.core.types import Span

INSERTED = -1
_NOTHING: frozenset[int] = frozenset()
_ONE_BY_ONE = 4
"""Words that are looked for one by one; who asks for more is given the places of all of them."""


class Text:
    """An immutable string with word spans; `str(text)` of an unedited text is the input, character for character.

    Two texts are equal when their strings are: a victim could not tell them apart.
    """

    __slots__ = ("_edited", "_found", "_origins", "_parent", "_replaced", "_spans", "_step", "_string", "_words")

    def __init__(self, string: str, spans: Iterable[Span]) -> None:
        """`spans`: the words of `string`, non-empty, in order and disjoint (`ValueError` otherwise)."""
        marked = tuple(spans)
        end = 0
        for lo, hi in marked:
            if not end <= lo < hi <= len(string):
                raise ValueError(f"word span {(lo, hi)} is empty, out of order or outside of {len(string)} characters")
            end = hi
        self._string = string
        self._spans: tuple[Span, ...] | None = marked
        self._words: tuple[str, ...] | None = None
        self._origins: tuple[int, ...] | None = None
        self._edited: frozenset[int] | None = _NOTHING
        self._replaced: tuple[tuple[int, str], ...] | None = ()
        self._parent: Text | None = None
        self._step: Step | None = None
        self._found: tuple[tuple[int, Span], ...] = ()

    @classmethod
    def of_words(cls, string: str, words: tuple[str, ...]) -> Text:
        """A text whose words are each the first such characters behind the one before (not checked).

        Where they are is worked out when it is asked for.
        """
        text = cls.__new__(cls)
        text._string, text._words = string, words
        text._spans = text._origins = text._parent = text._step = None
        text._edited, text._replaced, text._found = _NOTHING, (), ()
        return text

    def _child(self, kind: Kind, index: int, word: str, start: int, end: int, new: str) -> Text:
        child = Text.__new__(Text)
        child._string = self._string[:start] + new + self._string[end:]
        child._spans = child._words = child._origins = child._edited = child._replaced = None
        child._parent, child._found = self, ()
        child._step = (kind, index, word, start, end, new)
        return child

    def __str__(self) -> str:
        return self._string

    def __repr__(self) -> str:
        return f"Text({self._string!r}, edits={len(self.edits)})"

    def __len__(self) -> int:
        """Number of words."""
        return len(self.words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self._string == other._string

    def __hash__(self) -> int:
        return hash(self._string)

    @property
    def root(self) -> Text:
        """The unedited text this one comes from (itself if unedited)."""
        text = self
        while text._parent is not None:
            text = text._parent
        return text

    def _steps(self, slot: str) -> Iterable[tuple[Text, Text, Step]]:
        """(text, parent, step) for each ancestor that lacks `slot`, and this text, oldest first: no deep recursion."""
        parent = self._parent
        if parent is not None and self._step is not None and getattr(parent, slot) is not None:
            return ((self, parent, self._step),)
        lacking: list[tuple[Text, Text, Step]] = []
        text = self
        while getattr(text, slot) is None and text._parent is not None and text._step is not None:
            lacking.append((text, text._parent, text._step))
            text = text._parent
        return reversed(lacking)

    @property
    def words(self) -> tuple[str, ...]:
        """The words, in order."""
        if self._words is None:
            if self._parent is None:
                self._words = tuple([self._string[lo:hi] for lo, hi in self.spans])
            for text, parent, (kind, at, word, *_) in self._steps("_words"):
                text._words = changed(parent.words, kind, at, (word,))
        return self._words or ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """Character range of each word in `str(self)`."""
        if self._spans is None:
            if self._parent is None:
                self._spans = where(self._string, self._words or ())
            for text, parent, step in self._steps("_spans"):
                text._spans = moved(parent.spans, step)
        return self._spans or ()

    def span(self, index: int) -> Span:
        """`spans[index]` (`index` from 0 on), without a look at the words behind it where only a few are asked for."""
        if self._spans is not None:
            return self._spans[index]
        if self._step is not None and self._parent is not None and self._step[0] != "rewrite":
            return self._moved(self._parent, self._step, index)
        if index < 0 or len(self._found) >= _ONE_BY_ONE:
            return self.spans[index]
        for known, place in self._found:
            if known == index:
                return place
        place = where_one(self._string, self.words, index, self._found)
        self._found = (*self._found, (index, place))
        return place

    def _moved(self, parent: Text, step: Step, index: int) -> Span:
        """`span` of a text that is one step from `parent`."""
        kind, at, _, start, end, new = step
        if parent._step is not None or index < 0:
            return self.spans[index]  # one look at all words of a long chain costs less than many at one
        if index == at and kind != "delete":
            return placed(step)
        before = index - (kind in ADDING and index > at) + (kind == "delete" and index >= at)
        lo, hi = parent.span(before)
        shift = len(new) - (end - start) if index >= at else 0
        return lo + shift, hi + shift

    @property
    def origins(self) -> tuple[int, ...]:
        """For each word the index of the word of `root` it stands for; `INSERTED` (-1) for words that were added."""
        if self._origins is None:
            if self._parent is None:
                self._origins = tuple(range(len(self.words)))
            for text, parent, (kind, at, *_) in self._steps("_origins"):
                origin = parent.origins[at] if kind == "replace" else INSERTED
                text._origins = changed(parent.origins, kind, at, (origin,))
        return self._origins or ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Every edit since `root`, first to last."""
        return self.edits_since(self.root)

    def edits_since(self, ancestor: Text) -> tuple[Edit, ...]:
        """The edits that lead from `ancestor` (by identity) to this text; `ValueError` if it is not an ancestor."""
        return path.edits_since(self, ancestor)

    @property
    def edited(self) -> frozenset[int]:
        """Indices (into `words`) of words that were added or now differ from the word they stand for."""
        if self._edited is None:
            before = self.root.words
            for text, parent, (kind, at, word, *_) in self._steps("_edited"):
                old = parent._edited or _NOTHING
                if kind == "replace":
                    origin = parent.origins[at]
                    restored = origin != INSERTED and word == before[origin]
                    text._edited = old - {at} if restored else old | {at}
                elif kind in ADDING:
                    text._edited = frozenset([i + (i >= at) for i in old]) | {at}
                else:
                    text._edited = frozenset([i - (i > at) for i in old if i != at])
        return self._edited or _NOTHING

    @property
    def replaced(self) -> tuple[tuple[int, str], ...]:
        """The words that stand for a word of `root` and differ from it, each behind that word's index; in no order."""
        if self._replaced is None:
            parent, step = self._parent, self._step
            if parent is None or step is None or step[0] != "replace":
                self._replaced = self._compared()
            else:  # all words are looked at once for the parent, not for each of its many candidates
                if parent._replaced is None:
                    parent._replaced = parent._compared()
                origin, word = parent.origins[step[1]], step[2]
                kept = [pair for pair in parent._replaced if pair[0] != origin]
                new = origin != INSERTED and word != self.root.words[origin]
                self._replaced = (*kept, (origin, word)) if new else tuple(kept)
        return self._replaced

    def _compared(self) -> tuple[tuple[int, str], ...]:
        pairs = [(self.origins[at], self.words[at]) for at in self.edited]
        return tuple([pair for pair in pairs if pair[0] != INSERTED])

    @property
    def words_changed(self) -> int:
        """Words replaced, added or deleted, compared with `root`."""
        parent, step = self._parent, self._step
        if parent is not None and parent._step is None and step is not None and step[0] == "replace":
            return int(step[2] != parent.words[step[1]])
        return len(self.edited) + len(self.root.words) - len(self.origins) + self.origins.count(INSERTED)

    def replace(self, index: int, word: str) -> Text:
        """Put `word` in place of word `index`; what stands around it stays. An empty `word` deletes."""
        if not word:
            return self.delete(index)
        start, end = self.span(index)
        return self._child("replace", index if index >= 0 else index + len(self.words), word, start, end, word)

    def delete(self, index: int) -> Text:
        """Take word `index` out, together with the white space that would be left over."""
        start, end = self.span(index)
        left = start - len(self._string[:start].rstrip())
        if left and not self._string[end : end + 1].isalnum():
            start -= left
        elif not left:
            end = len(self._string) - len(self._string[end:].lstrip())
        return self._child("delete", index if index >= 0 else index + len(self.words), "", start, end, "")

    def insert(self, index: int, word: str) -> Text:
        """Add `word` before word `index` (`len(self)`: after the last word), set off by one space."""
        if not word.strip() or not 0 <= index <= len(self.spans):
            raise ValueError(f"cannot insert {word!r} at {index} in a text of {len(self.spans)} words")
        if index < len(self.spans):
            start, new = self.spans[index][0], word + " "
        elif self.spans:
            start, new = self.spans[-1][1], " " + word
        else:
            start, new = len(self._string), word
        return self._child("insert", index, word, start, start, new)

    def append(self, word: str) -> Text:
        """Add `word` behind everything, after the sign that ends the text, set off by one space."""
        if not word.strip():
            raise ValueError(f"cannot append {word!r}")
        end = len(self._string.rstrip())
        new = f" {word}" if end else word
        return self._child("append", len(self.words), word, end, end, new)

    def prepend(self, word: str) -> Text:
        """Add `word` before everything, also before signs that open the text (¿, a quotation mark), and a space."""
        if not word.strip():
            raise ValueError(f"cannot prepend {word!r}")
        start = len(self._string) - len(self._string.lstrip())
        new = f"{word} " if start < len(self._string) else word
        return self._child("prepend", 0, word, start, start, new)

    def rewrite(self, string: str, spans: Sequence[Span]) -> Text:
        """Put another string, with these words, in the place of the whole text.

        Words are lined up with those that were there, in order and case aside (a longest-match diff): equal ones stand
        for each other, and so do words in the same place of a changed stretch; the others are inserted or deleted.
        """
        old, new = self._string, Text(string, spans)
        start = shared(old, string)
        tail = shared(old[start:][::-1], string[start:][::-1])
        end = len(old) - tail
        child = self._child("rewrite", 0, string, start, end, string[start : len(string) - tail])
        child._spans, child._words = new.spans, new.words
        child._origins = tuple([INSERTED if at is None else self.origins[at] for at in lined_up(self.words, new.words)])
        before = self.root.words
        pairs = enumerate(zip(child._origins, new.words, strict=True))
        child._edited = frozenset([at for at, (origin, word) in pairs if origin < 0 or before[origin] != word])
        return child

    def apply(self, edits: Sequence[Edit]) -> Text:
        """Make the edits one after the other; `text.root.apply(text.edits) == text`."""
        text = self
        for edit in edits:
            if edit.kind == "insert":
                text = text.insert(edit.index, edit.word)
            elif edit.kind == "append":
                text = text.append(edit.word)
            elif edit.kind == "prepend":
                text = text.prepend(edit.word)
            elif edit.kind == "rewrite":
                text = text.rewrite(edit.word, edit.spans)
            else:
                text = text.replace(edit.index, "" if edit.kind == "delete" else edit.word)
        return text

    def locate(self, span: Span) -> Span | None:
        """Where a character range of `root` is in `str(self)`, or None if an edit touched it."""
        return path.located(path.splices(self), span)

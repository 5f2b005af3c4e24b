"""`Text`: a string with marked words that is edited without ever losing a byte.

The string is kept exactly as it came; words are spans of it. An edit makes a new `Text` that shares everything with
its parent but one splice of the string, and remembers the splice: from the chain of splices follow the words that
changed, where each word came from, and where a span of the original (an answer, say) is now. Words, spans and origins
of an edited text are worked out when first asked for, because most candidates of a search are scored and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from robust.core.alike import lined_up, shared, where
from robust.core.types import Span

Kind: TypeAlias = Literal["replace", "delete", "insert", "append", "prepend", "rewrite"]
INSERTED = -1
_ADDING = frozenset(("insert", "append", "prepend"))
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one word; `index` counts the words of the text the edit was made on.

    A `rewrite` changes everything: `word` is the new string and `spans` are its words.
    """

    kind: Kind
    index: int
    word: str = ""
    spans: tuple[Span, ...] = ()


class Text:
    """An immutable string with word spans; `str(text)` of an unedited text is the input, character for character.

    Two texts are equal when their strings are: a victim could not tell them apart.
    """

    __slots__ = ("_edit", "_edited", "_origins", "_parent", "_spans", "_splice", "_string", "_words")

    def __init__(self, string: str, spans: Iterable[Span]) -> None:
        """`spans`: the words of `string`, non-empty, in order and disjoint (`ValueError` otherwise)."""
        marked = tuple(spans)
        end = 0
        for lo, hi in marked:
            if not end <= lo < hi <= len(string):
                raise ValueError(
                    f"word span {(lo, hi)} is empty, out of order or outside a string of {len(string)} characters"
                )
            end = hi
        self._string = string
        self._spans: tuple[Span, ...] | None = marked
        self._words: tuple[str, ...] | None = None
        self._origins: tuple[int, ...] | None = None
        self._edited: frozenset[int] | None = frozenset()
        self._parent: Text | None = None
        self._edit: Edit | None = None
        self._splice: tuple[int, int, str] = (0, 0, "")

    @classmethod
    def of_words(cls, string: str, words: tuple[str, ...]) -> Text:
        """A text whose words are each the first such characters behind the one before (not checked).

        Where they are is worked out when it is asked for.
        """
        text = cls.__new__(cls)
        text._string, text._words, text._spans = string, words, None
        text._origins, text._edited = None, frozenset()
        text._parent, text._edit, text._splice = None, None, (0, 0, "")
        return text

    def _child(self, edit: Edit, start: int, end: int, new: str) -> Text:
        child = Text.__new__(Text)
        child._string = self._string[:start] + new + self._string[end:]
        child._spans = child._words = child._origins = child._edited = None
        child._parent = self
        child._edit = edit
        child._splice = (start, end, new)
        return child

    # ------------------------------------------------------------------ reading
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

    def _steps(self, slot: str) -> Iterable[tuple[Text, Text, Edit]]:
        """(text, parent, edit) for each ancestor that lacks `slot`, and this text, oldest first: no deep recursion."""
        parent = self._parent
        if parent is not None and self._edit is not None and getattr(parent, slot) is not None:
            return ((self, parent, self._edit),)
        lacking: list[tuple[Text, Text, Edit]] = []
        text = self
        while getattr(text, slot) is None and text._parent is not None and text._edit is not None:
            lacking.append((text, text._parent, text._edit))
            text = text._parent
        return reversed(lacking)

    @property
    def words(self) -> tuple[str, ...]:
        """The words, in order."""
        if self._words is None:
            if self._parent is None:
                self._words = tuple([self._string[lo:hi] for lo, hi in self.spans])
            for text, parent, edit in self._steps("_words"):
                text._words = _changed(parent.words, edit.kind, edit.index, (edit.word,))
        return self._words or ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """Character range of each word in `str(self)`."""
        if self._spans is None:
            if self._parent is None:
                self._spans = where(self._string, self._words or ())
            for text, parent, edit in self._steps("_spans"):
                text._spans = _moved(parent.spans, edit, *text._splice)
        return self._spans or ()

    @property
    def origins(self) -> tuple[int, ...]:
        """For each word the index of the word of `root` it stands for; `INSERTED` (-1) for words that were added."""
        if self._origins is None:
            if self._parent is None:
                self._origins = tuple(range(len(self.words)))
            for text, parent, edit in self._steps("_origins"):
                origin = parent.origins[edit.index] if edit.kind == "replace" else INSERTED
                text._origins = _changed(parent.origins, edit.kind, edit.index, (origin,))
        return self._origins or ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Every edit since `root`, first to last."""
        return self.edits_since(self.root)

    def edits_since(self, ancestor: Text) -> tuple[Edit, ...]:
        """The edits that lead from `ancestor` (by identity) to this text; `ValueError` if it is not an ancestor."""
        chain: list[Edit] = []
        text = self
        while text is not ancestor:
            if text._parent is None or text._edit is None:
                raise ValueError("not an ancestor of this text")
            chain.append(text._edit)
            text = text._parent
        return tuple(reversed(chain))

    @property
    def edited(self) -> frozenset[int]:
        """Indices (into `words`) of words that were added or now differ from the word they stand for."""
        if self._edited is None:
            before = self.root.words
            for text, parent, edit in self._steps("_edited"):
                at, old = edit.index, parent._edited or frozenset()
                if edit.kind == "replace":
                    origin = parent.origins[at]
                    restored = origin != INSERTED and edit.word == before[origin]
                    text._edited = old - {at} if restored else old | {at}
                elif edit.kind in _ADDING:
                    text._edited = frozenset([i + (i >= at) for i in old]) | {at}
                else:
                    text._edited = frozenset([i - (i > at) for i in old if i != at])
        return self._edited or frozenset()

    @property
    def words_changed(self) -> int:
        """Words replaced, added or deleted, compared with `root`."""
        kept = len(self.origins) - self.origins.count(INSERTED)
        return len(self.edited) + len(self.root.words) - kept

    # ------------------------------------------------------------------ editing
    def replace(self, index: int, word: str) -> Text:
        """Put `word` in place of word `index`; what stands around it stays. An empty `word` deletes."""
        if not word:
            return self.delete(index)
        start, end = self.spans[index]
        return self._child(Edit("replace", index % len(self.spans), word), start, end, word)

    def delete(self, index: int) -> Text:
        """Take word `index` out, together with the white space that would be left over."""
        start, end = self.spans[index]
        before, after = self._string[:start], self._string[end:]
        left, right = len(before) - len(before.rstrip()), len(after) - len(after.lstrip())
        if left and not after[:1].isalnum():
            start -= left
        elif not left:
            end += right
        return self._child(Edit("delete", index % len(self.spans)), start, end, "")

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
        return self._child(Edit("insert", index, word), start, start, new)

    def append(self, word: str) -> Text:
        """Add `word` behind everything, after the sign that ends the text, set off by one space."""
        if not word.strip():
            raise ValueError(f"cannot append {word!r}")
        end = len(self._string.rstrip())
        new = f" {word}" if end else word
        return self._child(Edit("append", len(self.spans), word), end, end, new)

    def prepend(self, word: str) -> Text:
        """Add `word` before everything, also before signs that open the text (¿, a quotation mark), and a space."""
        if not word.strip():
            raise ValueError(f"cannot prepend {word!r}")
        start = len(self._string) - len(self._string.lstrip())
        new = f"{word} " if start < len(self._string) else word
        return self._child(Edit("prepend", 0, word), start, start, new)

    def rewrite(self, string: str, spans: Sequence[Span]) -> Text:
        """Put another string, with these words, in the place of the whole text.

        Words are lined up with those that were there, in order and case aside (a longest-match diff): equal ones stand
        for each other, and so do words in the same place of a changed stretch; the others are inserted or deleted.
        """
        old, new = self._string, Text(string, spans)
        start = shared(old, string)
        tail = shared(old[start:][::-1], string[start:][::-1])
        end = len(old) - tail
        child = self._child(
            Edit("rewrite", 0, string, tuple(new.spans)), start, end, string[start : len(string) - tail]
        )
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
            if edit.kind == "delete":
                text = text.delete(edit.index)
            elif edit.kind == "insert":
                text = text.insert(edit.index, edit.word)
            elif edit.kind == "append":
                text = text.append(edit.word)
            elif edit.kind == "prepend":
                text = text.prepend(edit.word)
            elif edit.kind == "rewrite":
                text = text.rewrite(edit.word, edit.spans)
            else:
                text = text.replace(edit.index, edit.word)
        return text

    def locate(self, span: Span) -> Span | None:
        """Where a character range of `root` is in `str(self)`, or None if an edit touched it."""
        chain: list[tuple[int, int, str]] = []
        text = self
        while text._parent is not None:
            chain.append(text._splice)
            text = text._parent
        lo, hi = span
        for start, end, new in reversed(chain):
            if end <= lo:
                shift = len(new) - (end - start)
                lo, hi = lo + shift, hi + shift
            elif start < hi:
                return None
        return lo, hi


def _changed(old: tuple[T, ...], kind: Kind, at: int, new: tuple[T, ...]) -> tuple[T, ...]:
    if kind in _ADDING:
        return old[:at] + new + old[at:]
    return old[:at] + (new if kind == "replace" else ()) + old[at + 1 :]


def _moved(old: tuple[Span, ...], edit: Edit, start: int, end: int, new: str) -> tuple[Span, ...]:
    """The word spans after `string[start:end]` gave way to `new`."""
    at, shift = edit.index, len(new) - (end - start)
    tail = old[at:] if edit.kind in _ADDING else old[at + 1 :]
    here: tuple[Span, ...] = ()
    if edit.kind != "delete":
        lo = start + new.index(edit.word)
        here = ((lo, lo + len(edit.word)),)
    return (*old[:at], *here, *[(lo + shift, hi + shift) for lo, hi in tail])

"""Small text tools for preparing training data: comparing, de-tokenising, cutting into snippets, splitting."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from robust.core.seeds import derive

_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+")
_CLITIC = re.compile(r" (?=(?:n't|'s|'re|'ve|'ll|'d|'m)\b)")
_BEFORE = re.compile(r" (?=[.,;:!?)%])")
_AFTER = re.compile(r"(?<=[($]) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One training or test text: `id` names its source and place there, `label` is `negative` or `positive`."""

    id: str
    text: str
    label: str


def words(text: str) -> tuple[str, ...]:
    """Letters and digits only, folded: what two texts are compared by (punctuation, case and accents do not count)."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return tuple(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))


def clean(text: str) -> str:
    """Entities and `<br />` resolved, runs of white space made one space."""
    return _SPACES.sub(" ", html.unescape(text).replace("<br />", " ").replace("\\/", "/")).strip()


def detokenised(text: str) -> str:
    """Undo the spacing of the Penn Treebank: `it 's n't good , -lrb- sic -rrb-` becomes `it's n't good, (sic)`."""
    text = text.replace("-lrb-", "(").replace("-rrb-", ")").replace("``", '"').replace("''", '"').replace("`", "'")
    return _SPACES.sub(" ", _AFTER.sub("", _BEFORE.sub("", _CLITIC.sub("", text)))).strip()


def sentences(text: str) -> list[str]:
    """Cut after `.`, `!`, `?` or `…` and a space; pieces without a word are dropped."""
    return [piece.strip() for piece in _SENTENCE_END.split(text) if _WORD.search(piece)]


def snippets(text: str, *, lengths: Sequence[int], limit: int, seed: int) -> list[str]:
    """Up to `limit` disjoint runs of sentences, the lengths drawn from `lengths`, the last ones first.

    Reviews end on their verdict, so the end is kept when there is more text than `limit` allows.
    """
    pieces, found, draw = sentences(text), list[str](), seed
    while pieces and len(found) < limit:
        draw = derive(draw, len(found))
        length = lengths[draw % len(lengths)]
        found.append(" ".join(pieces[-length:]))
        del pieces[-length:]
    return found


class Overlap:
    """Finds texts that repeat protected ones (test sentences), whole or as a part of at least `minimum` words."""

    def __init__(self, protected: Iterable[str], *, minimum: int = 6) -> None:
        self.minimum = minimum
        self._whole = {words(text) for text in protected}
        self._runs: dict[tuple[str, ...], list[tuple[tuple[str, ...], int]]] = {}
        self._starts: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for text in self._whole:
            if len(text) >= minimum:
                self._starts.setdefault(text[:minimum], []).append(text)
            for at, run in enumerate(_runs(text, minimum)):
                self._runs.setdefault(run, []).append((text, at))

    def __contains__(self, text: object) -> bool:
        """True for a text equal to a protected one, contained in one, or containing one (from `minimum` words on)."""
        mine = words(str(text))
        if mine in self._whole:
            return True
        size = len(mine)
        if size < self.minimum:
            return False
        if any(text[at : at + size] == mine for text, at in self._runs.get(mine[: self.minimum], ())):
            return True
        return any(
            mine[at : at + len(text)] == text
            for at, start in enumerate(_runs(mine, self.minimum))
            for text in self._starts.get(start, ())
        )


def _runs(text: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    return (text[start : start + size] for start in range(len(text) - size + 1))


def distinct(rows: Iterable[Row]) -> list[Row]:
    """The first row of every text; texts that occur with both labels are dropped, for nobody knows which is right."""
    seen: dict[tuple[str, ...], Row | None] = {}
    for row in rows:
        key = words(row.text)
        if not key:
            continue
        first = seen.setdefault(key, row)
        if first is not None and first.label != row.label:
            seen[key] = None
    return [row for row in seen.values() if row is not None]


def held_out(key: str, *, share: float, seed: int = 0) -> bool:
    """True for `share` of all keys, always the same ones: a split that does not depend on order or on other rows."""
    return derive("held-out", seed, key) % 1_000_000 < share * 1_000_000

"""How likely a word is misspelt in one way or another: the error model of a noisy channel, learnt from pairs.

After Kernighan, Church & Gale 1990 (A Spelling Correction Program Based on a Noisy Channel Model, COLING). A word is
misspelt by one edit: a letter left out, a letter too many, a letter for another, two letters swapped. `P(edit)` is how
often the edit was made by how often it could have been; letters are counted in the right words of the pairs.

Differences from the paper:

- what is inserted, left out or substituted depends on the letter before and on the letter behind (the mean of both
  estimates); the paper looks at the letter before, and for substitutions at none. Swaps depend on their two letters
  alone, as there. Brill & Moore 2000 (An Improved Error Model for Noisy Channel Spelling Correction, ACL) learn
  replacements of whole strings of letters; here it is one edit;
- an edit that is rare in its context is estimated by the same edit in any context, and that by the mean of its kind,
  each of which counts as `PRIOR` places; the paper adds one half to every count.
"""

from __future__ import annotations

import hashlib
import heapq
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias, TypeVar

START, END = "^", "$"
"""Stand before the first and behind the last letter of a word."""
PRIOR = 20.0
"""Places that the estimate with less context counts as."""
RARE = 1 / 20_000
"""Of all letters of the pairs, the least share that a letter has to have to be written: foreign ones are left out."""
JOINERS = "'-"
"""What words hold beside letters."""

Kind: TypeAlias = Literal["insert", "delete", "substitute", "swap"]
K = TypeVar("K")


class Edit(NamedTuple):
    """`new` is written in the place of the letters `old`, which begin at letter `at` of the right word."""

    at: int
    old: str
    new: str

    @property
    def kind(self) -> Kind:
        """What is done."""
        if len(self.old) == 2:
            return "swap"
        return "substitute" if self.old and self.new else "delete" if self.old else "insert"


def plain(word: str) -> str:
    """A word as it is counted: small letters, composed, with the typewriter's apostrophe."""
    return unicodedata.normalize("NFC", word).lower().replace("’", "'")


def countable(word: str) -> bool:
    """Whether `word` is letters, apostrophes and hyphens."""
    return any(c.isalpha() for c in word) and all(c.isalpha() or c in JOINERS for c in word)


def edit_between(right: str, wrong: str) -> Edit | None:
    """The one edit that makes `wrong` of `right`, None where it takes none or several.

    In a run of the same letter it is the last that is left out, and a further one stands at the end: each word that is
    one edit away is so by one edit alone.
    """
    shorter = min(len(right), len(wrong))
    start = next((i for i in range(shorter) if right[i] != wrong[i]), shorter)
    left = shorter - start
    end = next((i for i in range(left) if right[-1 - i] != wrong[-1 - i]), left)
    old, new = right[start : len(right) - end], wrong[start : len(wrong) - end]
    if max(len(old), len(new)) == 1 or (len(old) == 2 and new == old[::-1]):
        return Edit(start, old, new)
    return None


def edits(word: str, letters: Sequence[str]) -> Iterator[Edit]:
    """Every edit of `word` that makes another word of it, each word once; `letters` are those that are written."""
    framed = word + END
    for at in range(len(word) + 1):
        for new in letters:
            if framed[at] != new:
                yield Edit(at, "", new)
        if at == len(word):
            return
        old, after = framed[at], framed[at + 1]
        if old != after:
            yield Edit(at, old, "")
            if after != END:
                yield Edit(at, old + after, after + old)
        for new in letters:
            if new != old:
                yield Edit(at, old, new)


def edited(word: str, edit: Edit) -> str:
    """`word` after `edit`."""
    return word[: edit.at] + edit.new + word[edit.at + len(edit.old) :]


@dataclass(frozen=True, eq=False, kw_only=True)
class ErrorModel:
    """What was counted in pairs of a misspelt and a right word that are one edit apart.

    `letters`: what the words are written with. `places`: two neighbouring letters (or `START`, `END`) → how often they
    stand in the right words. `before`: (letter before, old, new) → how often that edit was made; `behind`: (old,
    letter behind, new) → likewise. Swaps are in `before` with no letter before, as is what `pruned` put together.
    `source` says where the pairs are
    from, `held_out` which share of the words was not counted (see `is_held_out`).
    """

    letters: str
    places: Mapping[str, float] = field(repr=False)
    before: Mapping[tuple[str, str, str], float] = field(repr=False)
    behind: Mapping[tuple[str, str, str], float] = field(repr=False)
    pairs: int = 0
    source: str = ""
    held_out: float = 0.0

    def probability(self, word: str, edit: Edit) -> float:
        """How likely `edit` is at its place of `word`, in (0, 1); the word is misspelt, and its letters known.

        Letters that were never counted are taken for rare ones.
        """
        old, new = edit.old, edit.new
        anywhere = self._anywhere(old, new)
        if edit.kind == "swap":
            return anywhere
        framed = START + word + END
        before, behind = framed[edit.at], framed[edit.at + 1 + len(old)]
        first = self._in_context(
            self.before.get((before, old, new), 0.0),
            self.places.get(before + old, 0.0) if old else self._firsts.get(before, 0.0),
            anywhere,
        )
        second = self._in_context(
            self.behind.get((old, behind, new), 0.0),
            self.places.get(old + behind, 0.0) if old else self._seconds.get(behind, 0.0),
            anywhere,
        )
        return (first + second) / 2

    def ranked(self, word: str, most: int) -> list[tuple[str, float]]:
        """The `most` likeliest misspellings of `word` (as `plain` writes it) with their probability, likeliest first.

        Words of equal probability are in the order of the alphabet; none is empty.
        """
        found = ((edited(word, edit), self.probability(word, edit)) for edit in edits(word, self.letters))
        return heapq.nsmallest(most, ((made, p) for made, p in found if made), key=lambda one: (-one[1], one[0]))

    def pruned(self, least: float) -> ErrorModel:
        """A smaller model: counts below `least` are only kept as the sum over all letters around the edit."""
        before: defaultdict[tuple[str, str, str], float] = defaultdict(float)
        for (letter, old, new), n in self.before.items():
            before[letter if n >= least else "", old, new] += n
        return replace(self, before=dict(before), behind={key: n for key, n in self.behind.items() if n >= least})

    @staticmethod
    def _in_context(made: float, places: float, otherwise: float) -> float:
        return (made + PRIOR * otherwise) / (places + PRIOR)

    def _anywhere(self, old: str, new: str) -> float:
        """How likely the edit is where nothing is known of the letters around it."""
        kind = Edit(0, old, new).kind
        places = self.places.get(old, 0.0) if kind == "swap" else self._firsts.get(old, 0.0) if old else self._gaps
        return self._in_context(self._made.get((old, new), 0.0), places, self._kinds[kind])

    @cached_property
    def _firsts(self) -> Mapping[str, float]:
        """How often each letter stands before another or the end of the word: how often it is written."""
        return _summed((pair[0], n) for pair, n in self.places.items())

    @cached_property
    def _seconds(self) -> Mapping[str, float]:
        """How often each letter, or the end of the word, stands behind another or the start."""
        return _summed((pair[1], n) for pair, n in self.places.items())

    @cached_property
    def _gaps(self) -> float:
        """Places at which a letter can be inserted."""
        return sum(self.places.values())

    @cached_property
    def _made(self) -> Mapping[tuple[str, str], float]:
        """How often each edit was made, wherever it was."""
        return _summed(((old, new), n) for (_, old, new), n in self.before.items())

    @cached_property
    def _kinds(self) -> dict[Kind, float]:
        """How likely each kind of edit is at a place where it can be made, with one certain letter."""
        made: dict[Kind, float] = dict.fromkeys(("insert", "delete", "substitute", "swap"), 0.0)
        for (old, new), n in self._made.items():
            made[Edit(0, old, new).kind] += n
        written = self._gaps - self._firsts.get(START, 0.0)
        swappable = sum(
            n for pair, n in self.places.items() if pair[0] != START and pair[1] != END and pair[0] != pair[1]
        )
        letters = max(1, len(self.letters))
        places: dict[Kind, float] = {
            "insert": self._gaps * letters,
            "delete": written,
            "substitute": written * letters,
            "swap": swappable,
        }
        return {kind: (made[kind] + 1) / (places[kind] + 2) for kind in made}


def learn(pairs: Iterable[tuple[str, str, float]], *, source: str = "", held_out: float = 0.0) -> ErrorModel:
    """Count the edits of pairs (misspelt, right, weight), as `plain` writes them; more than one edit apart, none."""
    places: defaultdict[str, float] = defaultdict(float)
    before: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    behind: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    letters: Counter[str] = Counter()
    used = 0
    for wrong, right, weight in pairs:
        made = edit_between(right, wrong)
        if made is None or is_held_out(right, held_out):
            continue
        used += 1
        letters.update(right + wrong)
        framed = START + right + END
        for one, other in pairwise(framed):
            places[one + other] += weight
        at, old, new = made
        if made.kind == "swap":
            before["", old, new] += weight
        else:
            before[framed[at], old, new] += weight
            behind[old, framed[at + 1 + len(old)], new] += weight
    return ErrorModel(
        letters="".join(sorted(letter for letter, n in letters.items() if n >= RARE * letters.total())),
        places=dict(places),
        before=dict(before),
        behind=dict(behind),
        pairs=used,
        source=source,
        held_out=held_out,
    )


def is_held_out(right: str, share: float) -> bool:
    """Whether a word is of the `share` of words (0 to 1) that measure a model: by the word alone, drawn by a hash."""
    number = int.from_bytes(hashlib.blake2b(right.encode("utf-8"), digest_size=4, person=b"held-out").digest())
    return number < share * 2**32


def _summed(counts: Iterable[tuple[K, float]]) -> Mapping[K, float]:
    """The sum of each key's counts."""
    found: defaultdict[K, float] = defaultdict(float)
    for key, n in counts:
        found[key] += n
    return dict(found)

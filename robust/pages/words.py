"""Which words of a text break the model when they are changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from robust.core.alike import lined_up
from robust.lang.repairs import is_repair
from robust.lang.tokenise import spans
from robust.results.rows import Row

EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaking:
    """A word that successful attacks changed: in how many texts, of how many attacked texts that have it, into what."""

    word: str
    broken: int
    present: int
    into: tuple[str, ...]


def breaking(rows: Sequence[Row]) -> list[Breaking]:
    """The words that successes changed, those of most texts first. Words are compared in small letters.

    Articles and the like that only follow another word are left out.
    """
    present: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    into: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["status"] not in ("success", "failure"):
            continue
        words = _words(row["original"])
        present.update({word.casefold() for word in words})
        if row["status"] == "success" and row["adversarial"] is not None:
            changed: set[str] = set()
            for word, became in changes(words, _words(row["adversarial"])):
                if is_repair(word, became, row["lang"]):
                    continue
                changed.add(word.casefold())
                into[word.casefold()][became.casefold()] += 1
            broken.update(changed)
    return [
        Breaking(word=word, broken=n, present=present[word], into=_usual(into[word]))
        for word, n in sorted(broken.items(), key=lambda item: (-item[1], item[0]))
    ]


def changes(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    """`(word, what stands for it now)` of every word that is not as it was; an empty string where it is gone."""
    now = dict.fromkeys(range(len(before)), "")
    now |= {at: word for at, word in zip(lined_up(before, after), after, strict=True) if at is not None}
    return [(before[at], word) for at, word in now.items() if word != before[at]]


def _usual(found: Counter[str]) -> tuple[str, ...]:
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple([word or "∅" for word, _ in ordered[:EXAMPLES]])


def _words(text: str) -> list[str]:
    return [text[lo:hi] for lo, hi in spans(text)]

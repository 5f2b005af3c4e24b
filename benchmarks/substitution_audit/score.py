"""Counts of a system's substitutions that keep the form, mean the opposite, or clash with their neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.substitution_audit import antonyms
from benchmarks.substitution_audit.judges import agree
from benchmarks.substitution_audit.neighbours import Judge, broken
from benchmarks.substitution_audit.sample import Change
from robust.results.estimates import proportion

_LINKS = {"y", "e", "o", "u", "a", "an"}


def judged(changes: Sequence[Change], judge: Judge, known: set[frozenset[str]]) -> dict[str, Any]:
    """Counts, and the word pairs that failed a check or could not be judged."""
    pairs: dict[str, list[str]] = {"form": [], "opposite": [], "neighbours": [], "not judged": []}
    rules: Counter[str] = Counter()
    kept = seen = 0
    for change in changes:
        old, new = change.pair
        shown = f"{old} → {new}"
        fits = form_kept(change, judge)
        if fits is None:
            pairs["not judged"].append(shown)
        else:
            seen += 1
            kept += fits
            if not fits:
                pairs["form"].append(shown)
        if antonyms.opposites(change.pair, change.lang, known):
            pairs["opposite"].append(shown)
        if faults := broken(change, judge):
            rules.update(faults)
            pairs["neighbours"].append(f"{shown} ({', '.join(faults)})")
    n = len(changes)
    return {
        "n": n,
        "judged": seen,
        "phrases": sum(" " in change.pair[1] for change in changes),
        "form kept": rate(kept, seen),
        "opposites": rate(len(pairs["opposite"]), n),
        "neighbours broken": rate(len(pairs["neighbours"]), n),
        "rules broken": dict(rules),
        "pairs": {name: sorted(found) for name, found in pairs.items()},
    }


def form_kept(change: Change, judge: Judge) -> bool | None:
    """Whether some reading of the new word contradicts some reading of the old one nowhere; None if one has none.

    A noun's gender may be another where determiner or adjectives were changed with it; whether they agree is then for
    the rules on its neighbours to say.
    """
    first, second = (judge.readings(word) for word in change.pair)
    if not first or not second:
        return None
    if _moved(change):
        first, second = ([frozenset(f for f in r if not f.startswith("Gender")) for r in rs] for rs in (first, second))
    return agree(first, second)


def _moved(change: Change) -> bool:
    """Whether a word beside the substituted one changed as well, other than *y*, *o* or *a* for its sound."""
    if len(change.before) != len(change.after):
        return True
    pairs = zip(change.before, change.after, strict=True)
    return any(a != b and a.lower() not in _LINKS for at, (a, b) in enumerate(pairs) if at != change.old)


def rate(k: int, n: int) -> dict[str, Any]:
    """`k` of `n` with the ends of its 95 % Wilson interval."""
    found = proportion(k, n)
    return {
        "k": k,
        "n": n,
        "low": round(found.low or 0.0, 4),
        "high": round(1.0 if found.high is None else found.high, 4),
    }

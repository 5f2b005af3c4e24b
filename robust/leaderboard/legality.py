"""Does every adversarial text keep to the constraints of its recipe? Checked where that takes no model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.constraint import CandidateConstraint, Constraint, Pair, PositionConstraint
from robust.core.text import INSERTED, Text
from robust.core.types import Lang
from robust.errors import RobustError
from robust.lang.repairs import is_repair
from robust.lang.tokenise import spans
from robust.recipe.attack import AttackRecipe
from robust.results.rows import Row

REACH = 3
"""Words between a replaced word and one that was made to agree with it, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one constraint says: ids of examples that break it, of how many texts; or why it was not asked."""

    constraint: str
    n: int
    broken: tuple[str, ...] = ()
    skipped: str = ""


def judge(recipe: AttackRecipe, rows: Sequence[Row], attack: str) -> Iterator[Judged]:
    """What every constraint of a recipe says of the adversarial texts among `rows`.

    The path of edits is not in the rows. Words are lined up anew, in order, which for a search's word-by-word edits
    finds the same words or fewer. A constraint that needs a model is not asked, nor is one that needs the path.
    """
    found = [row for row in rows if row["attack"] == attack and row["adversarial"] is not None]
    pairs = [Pair(*_lined_up(row["original"], row["adversarial"]), row["lang"]) for row in found]
    whole = any(getattr(part, "whole", False) for part in (recipe.attack.transformation.build(),))
    for spec in recipe.attack.constraints:
        try:
            part: Constraint = spec.build()
        except RobustError as error:
            yield Judged(constraint=spec.name, n=len(pairs), skipped=error.message)
            continue
        if reason := _unasked(part, whole=whole):
            yield Judged(constraint=spec.name, n=len(pairs), skipped=reason)
            continue
        keep = _keeps(part, pairs, whole=whole)
        broken = tuple(row["example_id"] for row, kept in zip(found, keep, strict=True) if not kept)
        yield Judged(constraint=spec.name, n=len(pairs), broken=broken)


def allowed(recipe: AttackRecipe, original: str, adversarial: str, lang: Lang) -> tuple[list[str], list[str]]:
    """The constraints that one adversarial text breaks, and those that were not asked."""
    row = {"attack": "", "example_id": "", "original": original, "adversarial": adversarial, "lang": lang}
    judged = list(judge(recipe, [row], ""))
    return [j.constraint for j in judged if j.broken], [j.constraint for j in judged if j.skipped]


def _lined_up(original: str, adversarial: str) -> tuple[Text, Text]:
    """Both texts, the second with the fewest changes of a diff and of words that stand for those in their places."""
    root = Text(original, spans(original))
    found = root.rewrite(adversarial, spans(adversarial))
    in_place = root
    for at, now in enumerate(_in_their_places(root, adversarial)):
        in_place = in_place if root.words[at] == now else in_place.replace(at, now)
    fewer = str(in_place) == adversarial and in_place.words_changed < found.words_changed
    return root, in_place if fewer else found


def _in_their_places(root: Text, string: str) -> list[str]:
    """What stands where each word stood, where as many stretches between spaces do; else the words themselves.

    A word that an edit took apart (trav´ss) is still one. Of several words in a stretch, as many have to be left.
    """
    old, new = [list(re.finditer(r"\S+", text)) for text in (str(root), string)]
    now = list(root.words)
    if len(old) != len(new):
        return now
    at = 0
    for before, after in zip(old, new, strict=True):
        inside = []
        while at < len(root) and root.spans[at][0] < before.end():
            inside.append(at)
            at += 1
        words = [after[0][lo:hi] for lo, hi in spans(after[0])]
        if len(inside) == 1 and len(words) != 1:
            start, end = root.spans[inside[0]]
            words = [after[0][start - before.start() : len(after[0]) - (before.end() - end)]]
        if len(inside) == len(words):
            for index, word in zip(inside, words, strict=True):
                now[index] = word
    return now


def _unasked(part: Constraint, *, whole: bool) -> str:
    if getattr(part, "costly", False):
        return "needs a model"
    if isinstance(part, CandidateConstraint):
        return ""
    if not isinstance(part, PositionConstraint):
        return "needs the gold answers"
    if whole:
        return "means nothing where whole texts are rewritten"
    return ""


def _keeps(part: Constraint, pairs: Sequence[Pair], *, whole: bool) -> list[bool]:
    """One verdict a pair; a text that cannot be judged raises nothing and counts as broken."""
    if not pairs:
        return []
    keep = np.ones(len(pairs), np.bool_)
    if isinstance(part, CandidateConstraint):
        keep &= part(pairs)
    if isinstance(part, PositionConstraint) and not whole:
        keep &= np.array([_free(part, pair) for pair in pairs], np.bool_)
    return [bool(kept) for kept in keep]


def _free(part: PositionConstraint, pair: Pair) -> bool:
    """Whether every word of the original that is changed or gone was free to be edited.

    A word that was not may take another form beside one that was: transformations repair articles and agreement.
    """
    may, before = part.positions(pair.original, pair.lang), pair.original.words
    now = dict.fromkeys(range(len(before)), "")
    now |= {at: word for at, word in zip(pair.candidate.origins, pair.candidate.words, strict=True) if at != INSERTED}
    changed = [at for at, word in now.items() if word != before[at]]
    edited = [at for at in changed if may[at]]
    return all(
        may[at] or (any(abs(at - other) <= REACH for other in edited) and is_repair(before[at], now[at], pair.lang))
        for at in changed
    )

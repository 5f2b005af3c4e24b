"""Signs that a number under attack is not what it seems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from robust.results.calibration import saturated
from robust.results.rows import Row

STRONGER: Mapping[str, tuple[str, ...]] = {
    "random-order": ("textfooler", "pwws", "kuleshov", "beam-synonyms"),
    "textfooler": ("beam-synonyms",),
    "tfadjusted": ("textfooler-embeddings",),
}
"""Attacks that try at least as hard as the one that is named: the same kind of edits, chosen with more care."""

ONE_LABEL = 0.95
"""The share of answers with one label from which on a model has collapsed, where at most `MANY` of the rows have it."""
MANY = 0.8
FEWEST = 20
"""The least number of rows by which a model is told to have collapsed."""

SURE = 0.05

GONE = 0.1
"""The share of texts without a gradient from which on attacks by gradients are not to be believed."""


def of_rows(rows: Sequence[Row], labels: Sequence[str], *, calibrated: bool) -> list[str]:
    """The flags of a classifier by the rows of a run: too sure for attacks that follow scores, or one answer to all.

    One answer is looked for among `FEWEST` rows or more. `labels` are the model's, in its order.
    """
    told = [(row["clean_logits"], row["label"]) for row in rows if row["clean_logits"]]
    logits = [values for values, _ in told]
    pairs = [(labels[values.index(max(values))], labels[gold]) for values, gold in told if gold is not None]
    collapsed = one_answer(*zip(*pairs, strict=True)) if len(pairs) >= FEWEST else None
    sure = saturated(logits) if logits else 0.0
    return flags({}, saturation=sure, calibrated=calibrated, errors={}, collapsed=collapsed)


def one_answer(predicted: Sequence[str], gold: Sequence[str]) -> str | None:
    """What is to be said of a model that gives nearly all rows one label, which far fewer of them have; else None."""
    (label, times), n = Counter(predicted).most_common(1)[0], len(predicted)
    right = gold.count(label)
    if times < ONE_LABEL * n or right > MANY * n:
        return None
    return (
        f"{100 * times / n:.0f} % of the clean answers are {label!r}, the label of {100 * right / n:.0f} % of the rows"
    )


def flags(
    attacks: Mapping[str, Mapping[str, Any]],
    *,
    saturation: float,
    calibrated: bool,
    errors: Mapping[str, int],
    vanishing: float | None = None,
    collapsed: str | None = None,
) -> list[str]:
    """What a reader should look into before believing that a model is robust.

    `attacks` holds, for pairs `weaker` → `stronger`, the paired difference of the accuracies under attack (stronger
    minus weaker). `saturation` is the share of clean answers whose probability is 1 in float32, as attacks see them
    (`calibrated`: at the temperature that fits development data), `vanishing` that of texts whose gradient is
    numerically zero (None: not known), `collapsed` what `one_answer` says. As in the checks of AutoAttack (Croce & Hein
    2020) and of Athalye et al. 2018: a stronger attack that does less harm points to hidden gradients or scores.
    """
    found = []
    for weaker, others in attacks.items():
        for stronger, difference in others.items():
            p, value = difference["p_value"], difference["value"]
            if value is not None and value > 0 and p is not None and p < SURE:
                points = f"{100 * value:+.1f} points, p = {p:.2g}"
                found.append(
                    f"{stronger} does less harm than {weaker}, which knows less ({points}): "
                    "its scores or gradients may be hidden from it"
                )
    if saturation > 0.5:
        fix = "the temperature does not help" if calibrated else "calibrate first"
        found.append(
            f"{100 * saturation:.0f} % of the clean answers have a probability of 1: attacks that follow a score are "
            f"blind; {fix}"
        )
    if collapsed is not None:
        found.append(f"{collapsed}: such a model withstands any attack on the rows that it gets right by that")
    if vanishing is not None and vanishing > GONE:
        found.append(
            f"{100 * vanishing:.0f} % of the texts have a gradient of zero: attacks that follow gradients are blind"
        )
    found += [f"{count} examples of {name} ended in an error and count nowhere" for name, count in errors.items()]
    return found

"""Which words a gradient recommends for each place of a trigger, over many texts at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from robust.core.example import Example
from robust.core.gradient import GradientVictim, TokenGradient
from robust.core.types import Span
from robust.errors import UserError
from robust.transformations.prepend_words import Where, added


def flips(
    victim: GradientVictim,
    gradients: Sequence[TokenGradient],
    examples: Sequence[Example],
    trigger: tuple[str, ...],
    place: Where,
    vocabulary: Sequence[str],
    most: int,
) -> list[tuple[str, ...]]:
    """For each place of the trigger the `most` words that raise the loss most by its first-order estimate.

    The estimate of a word is (its embedding - the old one)·gradient, averaged over the texts (Wallace et al. 2019,
    arXiv:1908.07125, eq. 2). It is linear in the gradient, so the gradients of the trigger's tokens are averaged first,
    put into that of the shortest text, and each word is estimated in that one text.

    Raises `UserError` where every text is cut before the trigger is read.
    """
    read = [_tokens(gradient, *_region(one, trigger, place)) for gradient, one in zip(gradients, examples, strict=True)]
    whole = [at for at, rows in enumerate(read) if rows]
    if not whole:
        raise UserError(
            "the model does not read as far as the trigger: its texts are cut before", fix="use --place front"
        )
    carrier = min(whole, key=lambda at: (len(str(examples[at].text)), at))
    averaged = _averaged(gradients, read, carrier)
    example = examples[carrier]
    found = []
    for at in range(len(trigger)):
        others = [word for word in vocabulary if word != trigger[at]]
        texts = [added(example.text, (*trigger[:at], word, *trigger[at + 1 :]), place) for word in others]
        rises = victim.estimates([(averaged, example.fields(text)) for text in texts])
        best = np.argsort(-np.asarray(rises), kind="stable")[:most]
        found.append(tuple([others[i] for i in best]))
    return found


def _region(example: Example, trigger: tuple[str, ...], place: Where) -> tuple[int, Span]:
    """The field with the trigger, and the characters from its first word to its last."""
    spans = added(example.text, trigger, place).spans
    own = spans[: len(trigger)] if place == "front" else spans[-len(trigger) :]
    return len(example.before), (own[0][0], own[-1][1])


def _tokens(gradient: TokenGradient, field: int, region: Span) -> list[int]:
    """The rows of the trigger's tokens; none where it was not read to its end."""
    start, end = region
    own = [row for row, (at, lo, hi) in enumerate(gradient.places) if at == field and lo < end and hi > start]
    return own if own and gradient.places[own[-1]][2] >= end else []


def _averaged(gradients: Sequence[TokenGradient], read: Sequence[Sequence[int]], carrier: int) -> TokenGradient:
    """The carrier's gradient with the mean over texts in the rows of the trigger; texts that cut it do not count."""
    chosen = gradients[carrier]
    tokens = [chosen.tokens[row] for row in read[carrier]]
    same = [
        gradient.values[list(rows)].astype(np.float64)
        for gradient, rows in zip(gradients, read, strict=True)
        if [gradient.tokens[row] for row in rows] == tokens
    ]
    values = chosen.values.copy()
    values[list(read[carrier])] = np.mean(same, axis=0)
    return TokenGradient(tokens=chosen.tokens, places=chosen.places, values=values, loss=chosen.loss)

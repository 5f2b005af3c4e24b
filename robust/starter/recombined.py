"""Texts put together from sentences of others: more of a kind than there are, for a teacher to speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from robust.core.seeds import derive
from robust.starter.cleaning import Row, sentences


def recombined(rows: Sequence[Row], *, number: int, longest: int = 8, seed: int = 0) -> Iterator[Row]:
    """`number` texts without a label, each of 1 to `longest` sentences of `rows`.

    A text is begun with sentences of one label; half of the texts, drawn at random, take them from all labels. So clear
    and mixed ones both occur. Empty when `rows` has no sentences.
    """
    pools = _pools(rows)
    everything = [sentence for pool in pools.values() for sentence in pool]
    names = sorted(pools)
    for at in range(number if everything else 0):
        draw = derive("recombined", seed, at)
        pool = everything if draw & 1 else pools[names[(draw >> 1) % len(names)]]
        length = 1 + (draw >> 8) % longest
        chosen = [pool[derive(draw, place) % len(pool)] for place in range(length)]
        yield Row(id=f"recombined-{at}", text=" ".join(chosen), label="")


def _pools(rows: Sequence[Row]) -> Mapping[str, Sequence[str]]:
    """The sentences of each label that occurs, in the order of the rows."""
    pools: dict[str, list[str]] = {}
    for row in rows:
        pools.setdefault(row.label, []).extend(sentences(row.text))
    return {label: pool for label, pool in pools.items() if pool}

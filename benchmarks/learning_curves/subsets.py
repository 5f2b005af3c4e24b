"""Seeded subsets of labelled rows: every label keeps its share, and a smaller subset is part of a larger one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from robust.core.seeds import derive
from robust.data.table import Table, fingerprint


def subset(table: Table, size: int | None, *, seed: int) -> Table:
    """`size` rows of `table` (None: all), in its order; the same for the same seed.

    The rows of a label are shuffled by the seed. Then the first row of every label is taken, and after that always a
    row of the label of which the smallest share has been taken: so a subset has a row of every label and keeps their
    shares, and a smaller one is part of a larger one. Raises `ValueError` for more rows than there are, or fewer than
    there are labels.
    """
    if size is None:
        return table
    places: dict[str, list[int]] = {}
    for at, row in enumerate(table.rows):
        places.setdefault(str(row.label), []).append(at)
    if not len(places) <= size <= len(table.rows):
        raise ValueError(f"{table.name} has {len(table.rows)} rows with {len(places)} labels, {size} were asked for")
    ordered: list[tuple[float, str, int]] = []
    for label, found in places.items():
        shuffled = np.random.default_rng(derive("learning curve", seed, label)).permutation(found)
        ordered += [((rank + 0.5) / len(found) if rank else 0.0, label, int(at)) for rank, at in enumerate(shuffled)]
    rows = tuple(table.rows[at] for at in sorted(at for _, _, at in sorted(ordered)[:size]))
    return replace(
        table,
        name=f"{table.name} ({size} rows, seed {seed})",
        rows=rows,
        fingerprint=fingerprint((row.id, row.fields, row.label) for row in rows),
    )

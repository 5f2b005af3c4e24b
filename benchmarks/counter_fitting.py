"""Word similarity before and after counter-fitting: Spearman's correlation with what people say (SimLex-999).

    robust pretrain counter-fit --model VECTORS --lang en --set model.held_out=0.2 --out FITTED   # cosines, AUC
    python -m benchmarks.counter_fitting --simlex SimLex-999.txt VECTORS FITTED

SimLex-999 (Hill, Reichart and Korhonen 2015) is a tab-separated file with a header; words, score in column four.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robust.models.counterfitting import unit
from robust.stages.pretrain import formats


def spearman(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The correlation of ranks; equal values share the mean of their ranks."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: NDArray[np.float64] = ((ends - counts + ends - 1) / 2)[inverse]
    return ranks


def main() -> None:
    """Print the correlation for each set of vectors."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.counter_fitting", description=main.__doc__)
    parser.add_argument("--simlex", type=Path, required=True)
    parser.add_argument("vectors", type=Path, nargs="+")
    asked = parser.parse_args()
    rows = [line.split("\t") for line in asked.simlex.read_text(encoding="utf-8").splitlines()[1:]]
    for folder in asked.vectors:
        found = formats.read(folder)
        table = unit(found.table)
        known = [
            (found.numbers[r[0]], found.numbers[r[1]], float(r[3])) for r in rows if r[0] in found and r[1] in found
        ]
        cosine = np.array([float(table[one] @ table[other]) for one, other, _ in known])
        value = spearman(cosine, np.array([score for _, _, score in known]))
        print(f"{folder.name}: {value:.3f} on {len(known)} of {len(rows)} pairs")


if __name__ == "__main__":
    main()

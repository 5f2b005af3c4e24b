"""What the shipped sentence similarity can tell apart: area under the ROC curve, next to chrF.

    python -m benchmarks.sentence_encoder --data DATA [--limit 1000]

DATA holds `enes/pawsx` (paraphrases against pairs of the same words with another meaning) and `enes/nli` (XNLI). Of the
latter entailed hypotheses are compared with contradicted ones, and with hypotheses of other premises. 0.5 is chance.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robust.core.types import LANGS, Lang
from robust.lang.base import language
from robust.lang.overlap import chrf
from robust.lang.sentences import similarity
from robust.stages.card import markdown

Pairs = list[tuple[str, str]]


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a positive pair scores higher than a negative one; ties count half (Mann and Whitney 1947)."""
    high: NDArray[np.float64] = np.asarray(positive, np.float64)[:, None]
    low: NDArray[np.float64] = np.asarray(negative, np.float64)[None, :]
    return float((high > low).mean() + (high == low).mean() / 2)


def main(words: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.sentence_encoder",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data")
    parser.add_argument("--limit", type=int, default=1000, help="pairs of each set at most")
    asked = parser.parse_args(words)
    rows = []
    for lang in LANGS:
        for name, (positive, negative) in _sets(asked.data, lang, asked.limit).items():
            measures: dict[str, Callable[[str, str], float]] = {"vectors": _by_vectors(lang), "chrf": chrf}
            cells = [
                f"{auc([score(*pair) for pair in positive], [score(*pair) for pair in negative]):.3f}"
                for score in measures.values()
            ]
            rows.append([lang, name, f"{len(positive)} / {len(negative)}", *cells])
    print(markdown(["language", "set", "pairs", "vectors", "chrF"], rows))


def _by_vectors(lang: Lang) -> Callable[[str, str], float]:
    def score(one: str, other: str) -> float:
        return similarity(lang, language(lang).text(one).words, language(lang).text(other).words)

    return score


def _sets(data: Path, lang: Lang, limit: int) -> dict[str, tuple[Pairs, Pairs]]:
    lines = (data / f"enes/pawsx/{lang}_dev.tsv").read_text("utf-8").splitlines()[:limit]
    paws = [line.split("\t")[-3:] for line in lines]
    nli = [json.loads(line) for line in (data / f"enes/nli/xnli_dev.{lang}.jsonl").read_text("utf-8").splitlines()]
    said = {
        label: [(row["premise"], row["hypothesis"]) for row in nli if row["label"] == label][: limit // 2]
        for label in ("entailment", "contradiction")
    }
    entailed = said["entailment"]
    others = [(one, entailed[at - 1][1]) for at, (one, _) in enumerate(entailed)]
    return {
        "PAWS-X: paraphrase or not": tuple([(a, b) for a, b, label in paws if label == kind] for kind in "10"),
        "XNLI: entailed or contradicted": (entailed, said["contradiction"]),
        "XNLI: entailed or of another premise": (entailed, others),
    }


if __name__ == "__main__":
    main()

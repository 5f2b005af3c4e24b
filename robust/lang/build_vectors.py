"""Make the shipped word vectors: counter-fitted vectors of lemmas, in a byte a number.

    python -m robust.lang.build_vectors --lang es --vectors DIR --out robust/lang --source "…, CC BY-SA"

`DIR` holds vectors of word forms, as `robust pretrain cbow` or `skip-gram` writes them. A lemma's vector is the mean of
its forms' vectors, weighed by their counts; forms of several lemmas count for none of them, unless the form is itself a
lemma. The vectors are levelled and counter-fitted (see `robust.models.counterfitting`) to the pairs of
`robust.lang.pairs`. The same input gives the same bytes on the same machine; the order in which floats are
added up may differ between machines.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robust.core.types import Lang
from robust.lang import pairs
from robust.lang.base import language
from robust.lang.embedding import NAME
from robust.lang.lexicon import lexicon
from robust.models import vectors as tables
from robust.models.counterfitting import Table, fit, levelled, unit
from robust.models.vectors import Vectors

MOST = 20_000
"""Lemmas that are kept, the most frequent ones."""

SHARED = 8
"""Directions that are taken out: what words of one field share (all dishes, say) is to count less than meaning."""


def lemmas(lang: Lang, found: Vectors) -> Vectors:
    """A vector for each open-class lemma of the thesaurus that `found` has forms of, the most frequent first."""
    assert found.counts is not None
    rows, known, of = unit(found.table), lexicon(lang), language(lang)
    sums: dict[str, NDArray[np.float64]] = {}
    counts: dict[str, int] = {}
    for word, row, count in zip(found.words, rows, found.counts.tolist(), strict=True):
        if len(word) < 2 or word in of.stopwords:
            continue
        own = [word] if known.entries(word) else sorted({reading.lemma for reading in of.analyse(word, known)})
        if len(own) == 1:
            sums[own[0]] = sums.get(own[0], np.zeros(found.size)) + count * row.astype(np.float64)
            counts[own[0]] = counts.get(own[0], 0) + count
    words = tuple(sorted(counts, key=lambda word: (-counts[word], word))[:MOST])
    table = np.stack([sums[word] / counts[word] for word in words]).astype(np.float32)
    return Vectors(words=words, table=table, counts=np.array([counts[word] for word in words]))


def fitted(lang: Lang, found: Vectors) -> Table:
    """Counter-fitted unit vectors of the words of `found`."""
    agreeing = pairs.synonyms(lang, found.numbers)
    near = pairs.attested(found.table, agreeing)
    opposed = pairs.spread(pairs.opposites(lang, found.numbers), near, agreeing)
    return fit(levelled(found.table, SHARED), synonyms=near, antonyms=opposed)


def offered(lang: Lang, words: Sequence[str]) -> NDArray[np.bool_]:
    """Whether the thesaurus gives each of `words` as a synonym of any other: it keeps most rude words to itself."""
    known = lexicon(lang)
    given = {other for lemma in known.lines for entry in known.entries(lemma) for other in entry.synonyms}
    return np.array([word in given for word in words], np.bool_)


def packed(words: Sequence[str], table: Table, usable: NDArray[np.bool_], source: str) -> bytes:
    """An `.npz` file, the same bytes for the same input.

    `words` and `source` are UTF-8, `words` a line each; `table` `(n, size)` is int8, the largest number of a row 127;
    `offered` `(n,)` is bool.
    """
    scaled = np.round(127 * table / np.abs(table).max(axis=1, keepdims=True)).astype(np.int8)
    arrays = {"words": _bytes("\n".join(words)), "table": scaled, "offered": usable, "source": _bytes(source)}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


def main() -> None:
    """Write `vectors.npz` to the language's folder under `--out`."""
    parser = argparse.ArgumentParser(prog="python -m robust.lang.build_vectors", description=main.__doc__)
    parser.add_argument("--lang", choices=("en", "es"), required=True)
    parser.add_argument("--vectors", type=Path, required=True, help="directory of vectors of word forms, with counts")
    parser.add_argument("--source", required=True, help="what the vectors were learnt from, and its licences")
    parser.add_argument("--out", type=Path, required=True, help="folder that holds en/ and es/")
    asked = parser.parse_args()
    found = lemmas(asked.lang, tables.read(asked.vectors))
    data = packed(found.words, fitted(asked.lang, found), offered(asked.lang, found.words), asked.source)
    (asked.out / asked.lang / NAME).write_bytes(data)


if __name__ == "__main__":
    main()

"""Counts which word comes after which: the tables `word_pairs.txt.xz`, from any text files (of .jsonl their `text`).

    python -m robust.lang.build_word_pairs en FILE … --source "what they are, with licences" --out DIR

Words are those of `robust.lang.build_frequencies` that `frequencies.txt.xz` has; another one parts a pair, and so does
the end of a sentence. Kept are the `--most` commonest pairs that come at least `--least` times. A line has a word, how
many words came after it, of how many kinds, and `word:count` of those that are kept. The same files make the same
bytes.
"""

from __future__ import annotations

import argparse
import lzma
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from robust.core.types import LANGS
from robust.lang.build_frequencies import lines, words
from robust.lang.context import ENDS, NAME, START
from robust.lang.frequency import frequencies

_PARTED = re.compile(f"[{ENDS}]+")
Pairs = Mapping[tuple[str, str], int]


def pairs(texts: Iterable[str], known: Mapping[str, int]) -> Counter[tuple[str, str]]:
    """How often each pair comes; the first of a pair is `START` for first words of sentences."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in texts:
        for sentence in _PARTED.split(unicodedata.normalize("NFC", line)):
            counts.update(pair for pair in pairwise([START, *words(sentence)]) if _known(pair, known))
    return counts


def table(counts: Pairs, *, most: int, least: int) -> Iterator[str]:
    """The lines of the table, in the order of the alphabet."""
    totals: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for (first, _), n in counts.items():
        totals[first] += n
        kinds[first] += 1
    kept = sorted((pair for pair, n in counts.items() if n >= least), key=lambda pair: (-counts[pair], pair))[:most]
    after: dict[str, list[str]] = {first: [] for first in sorted({first for first, _ in kept})}
    for first, second in sorted(kept):
        after[first].append(f"{second}:{counts[first, second]}")
    for first, seconds in after.items():
        yield " ".join([first, str(totals[first]), str(kinds[first]), *seconds])


def _known(pair: tuple[str, str], known: Mapping[str, int]) -> bool:
    return pair[1] in known and (pair[0] in known or pair[0] == START)


def main() -> None:
    """Read the files and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lang", choices=LANGS)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--source", required=True, help="what the files are, and their licences")
    parser.add_argument("--out", required=True, type=Path, help=f"folder of {NAME}")
    parser.add_argument("--most", type=int, default=600_000)
    parser.add_argument("--least", type=int, default=2)
    asked = parser.parse_args()

    counts = pairs(lines(asked.files), frequencies(asked.lang))
    found = list(table(counts, most=asked.most, least=asked.least))
    header = f"# Which word comes after which, and how often. {asked.source}\n"
    header += "# A word, how many words came after it, of how many kinds, and the commonest with their counts.\n"
    text = header + "".join(f"{line}\n" for line in found)
    (asked.out / NAME).write_bytes(lzma.compress(text.encode("utf-8"), preset=9))


if __name__ == "__main__":
    main()

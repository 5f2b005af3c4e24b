"""Counts how often words are written: the tables `frequencies.txt.xz`, from any text files (of .jsonl their `text`).

    python -m robust.lang.build_frequencies en FILE … --source "what they are, with licences" --out DIR

Words are counted in small letters and composed form; numbers, addresses, `@mentions` and `#hashtags` are not. Kept are
the `--most` commonest that come at least `--least` times, the commonest first: the same files give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import lzma
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from robust.core.types import LANGS
from robust.lang.tokenise import spans, usual_words


def words(line: str) -> Iterator[str]:
    """The words of a line that are counted."""
    plain = unicodedata.normalize("NFC", line).lower().replace("’", "'")
    found = usual_words(plain)
    for word in [plain[lo:hi] for lo, hi in spans(plain)] if found is None else found:
        if all(letter.isalpha() or letter in "'-" for letter in word) and len(word) <= 30:
            yield word


def table(texts: Iterable[str], *, most: int, least: int) -> list[tuple[str, int]]:
    """The commonest words with their counts, the commonest first, ties by the alphabet."""
    counts: Counter[str] = Counter()
    for line in texts:
        counts.update(words(line))
    kept = [(word, n) for word, n in counts.items() if n >= least]
    return sorted(kept, key=lambda one: (-one[1], one[0]))[:most]


def lines(names: Iterable[str]) -> Iterator[str]:
    """The lines of text files; of .jsonl their `text`."""
    for name in names:
        opened = lzma.open if name.endswith(".xz") else open
        with opened(name, "rt", encoding="utf-8", errors="replace") as file:
            for line in file:
                yield json.loads(line)["text"] if ".jsonl" in name else line


def main() -> None:
    """Read the files and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lang", choices=LANGS)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--source", required=True, help="what the files are, and their licences")
    parser.add_argument("--out", required=True, type=Path, help="folder of frequencies.txt.xz")
    parser.add_argument("--most", type=int, default=50_000)
    parser.add_argument("--least", type=int, default=4)
    asked = parser.parse_args()

    found = table(lines(asked.files), most=asked.most, least=asked.least)
    header = f"# How often words are written. {asked.source}\n# A word and its count a line, the commonest first.\n"
    text = header + "".join(f"{word} {n}\n" for word, n in found)
    (asked.out / "frequencies.txt.xz").write_bytes(lzma.compress(text.encode("utf-8"), preset=9))


if __name__ == "__main__":
    main()

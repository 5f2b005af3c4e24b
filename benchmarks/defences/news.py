"""Make files of AG News for the table of defences: test texts are those of the TextFooler paper.

    python -m benchmarks.defences.news --data DATA --out WORK/prepared/ag

DATA has `en/agnews/dev.tsv` (text, a tab, the topic; rows of the training set of Zhang et al. 2015) and
`en/textfooler_eval/ag` (the number of the topic, a space, the text; Jin et al. 2020, in small letters and with spaces
around signs). Training texts are written the same way, and those that share eight words in a row with a test text are
left out. A tenth of the rest chooses the checkpoint (`dev.jsonl`).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from robust.leaderboard.ngrams import overlap

TOPICS = ("World", "Sports", "Business", "Sci/Tech")
"""In the order of their numbers."""
Row = dict[str, str]


def spaced(text: str) -> str:
    """The text in small letters, with a space on either side of every sign but the apostrophe."""
    return " ".join(re.sub(r"([^\w\s'])", r" \1 ", text.lower()).split())


def train_rows(path: Path) -> Iterator[Row]:
    """The rows of `dev.tsv`."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        text, _, topic = line.rpartition("\t")
        if topic in TOPICS:
            yield {"id": f"ag-{number}", "text": spaced(text), "label": topic}


def test_rows(path: Path) -> Iterator[Row]:
    """The rows of the test file, without the quotation marks around some texts."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        topic, _, text = line.partition(" ")
        yield {"id": f"ag-test-{number}", "text": text.strip().strip('"').strip(), "label": TOPICS[int(topic)]}


def prepare(data: Path, out: Path) -> dict[str, int]:
    """Write the files; how many rows each has."""
    test = list(test_rows(data / "en" / "textfooler_eval" / "ag"))
    known = list(train_rows(data / "en" / "agnews" / "dev.tsv"))
    seen = set(overlap([(row["id"], row["text"]) for row in known], [row["text"] for row in test]).ids)
    rows = [row for row in known if row["id"] not in seen]
    parts = {
        "train": [row for at, row in enumerate(rows) if at % 10],
        "dev": rows[::10],
        "test": test,
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, own in parts.items():
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in own]
        (out / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return {name: len(own) for name, own in parts.items()}


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; 2 where a file is not there."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.defences.news",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="folder of the files")
    asked = parser.parse_args(words)
    try:
        print(", ".join(f"{n} rows of {name}" for name, n in prepare(asked.data, asked.out).items()))
    except FileNotFoundError as error:
        print(f"error: {error.filename} does not exist; --data names the folder of the data sets", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

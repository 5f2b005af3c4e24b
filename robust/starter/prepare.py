"""Make the training files of the starter models from public data sets.

    python -m robust.starter.prepare --data DATA --out DIR

writes `DIR/starter-en/` and `DIR/starter-es/`, each with `train.jsonl`, `dev.jsonl` and `test-*.jsonl` (one object a
line: `id`, `text`, `label`), `text.jsonl` (texts of the kind without labels, for pre-training) and `sources.json`
(where the rows come from, counts, a hash of every file); for English also `unlabelled*.jsonl`, for what a teacher says
of them. The same data give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from robust.errors import DataError, RobustError
from robust.starter import english, spanish, texts
from robust.starter.cleaning import Row

_SETS: Mapping[str, tuple[Callable[[Path], dict[str, list[Row]]], Mapping[str, str]]] = {
    "starter-en": (lambda data: {**english.prepare(data), "text": texts.english_texts(data)}, english.SOURCES),
    "starter-es": (
        lambda data: {**spanish.prepare(data), "text": texts.spanish_texts(data)},
        {**spanish.SOURCES, **texts.SPANISH_SOURCES},
    ),
}


def prepare(data: Path, out: Path, *, names: Sequence[str] = tuple(_SETS)) -> dict[str, dict[str, int]]:
    """Write the files of each set; returns the rows of each part. Raises `DataError` if a source is absent."""
    counts: dict[str, dict[str, int]] = {}
    for name in names:
        build, sources = _SETS[name]
        absent = [source for source in sources if not (data / source).is_dir()]
        if absent:
            raise DataError(f"no {', '.join(absent)} under {data}", fix="give the folder of the data sets: --data DIR")
        try:
            parts = build(data)
        except FileNotFoundError as error:
            raise DataError(f"{error.filename} does not exist", fix="fetch the data set again") from error
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        files = {part: _write(folder / f"{part}.jsonl", rows) for part, rows in parts.items()}
        record = {"sources": dict(sources), "files": files}
        (folder / "sources.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        counts[name] = {part: len(rows) for part, rows in parts.items()}
    return counts


def _write(path: Path, rows: Sequence[Row]) -> dict[str, object]:
    labelled = path.stem != "text" and not path.stem.startswith("unlabelled")
    found = [{"id": r.id, "text": r.text, **({"label": r.label} if labelled else {})} for r in rows]
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in found]
    content = "".join(lines).encode()
    path.write_bytes(content)
    return {
        "rows": len(rows),
        "labels": dict(sorted(Counter(row.label for row in rows).items())),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m robust.starter.prepare", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets (en/, es/, lexicons/)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the prepared files, outside the repository")
    options = parser.parse_args(arguments)
    try:
        counts = prepare(options.data, options.out)
    except RobustError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps(counts, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

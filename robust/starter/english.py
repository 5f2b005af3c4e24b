"""English training data of `starter-en`: film phrases and sentences, hotel opinions, film reviews without labels."""

from __future__ import annotations

import csv
import json
import lzma
from collections.abc import Iterator
from pathlib import Path

from robust.core.seeds import derive
from robust.starter.cleaning import Overlap, Row, clean, detokenised, distinct, held_out, snippets, words

BEGINNING, WHOLE, SECOND = 1200, 0.25, 0.1
"""Characters of a whole review that are kept among the unlabelled texts, and the shares of reviews of which they are:
in `unlabelled`, and once more in `unlabelled-reviews`.
"""

_BEGUN = "-whole"
LABELS = ("negative", "positive")
SOURCES = {
    "en/sst2": "Stanford Sentiment Treebank, binary sentences (Socher et al. 2013): for research",
    "en/sst2_phrases": "Stanford Sentiment Treebank, binary phrases as in GLUE: for research",
    "en/imdb": "Large Movie Review Dataset, training half (Maas et al. 2011): free for research",
    "en/imdb_cad": "Counterfactually augmented IMDb (Kaushik et al. 2020): Apache-2.0",
    "en/opener": "OpeNER hotel reviews: CC BY",
}


def prepare(data: Path) -> dict[str, list[Row]]:
    """Rows of `train`, `dev` (to choose by) and `test-*` (to report on), from the public data sets under `data`.

    Labels come from the treebank and the hotel opinions alone. Film reviews and their snippets are `unlabelled`;
    `test-imdb` are whole reviews, of which no part is read in training.
    """
    tests = {f"test-sst2-{part}": list(_sst2(data, part)) for part in ("dev", "test")}
    sentences = list(_sst2(data, "train"))
    reviews = list(imdb(data))
    aside = [row for row in reviews if held_out(row.id, share=0.04)]
    tests["test-imdb"] = [row for row in aside if held_out(row.id, share=0.5, seed=1)]
    dev = [row for row in sentences if held_out(row.id, share=0.1)]
    for row in aside:
        if not held_out(row.id, share=0.5, seed=1):
            pieces = snippets(row.text, lengths=(2,), limit=1, seed=0)
            dev += [Row(id=row.id, text=piece, label=row.label) for piece in pieces]
    protected = Overlap([row.text for rows in (*tests.values(), dev) for row in rows])
    train = [*_both_spacings([*sentences, *phrases(data)]), *_opener(data)]
    train = [row for row in distinct(train) if row.text not in protected]
    unlabelled = _unlabelled(data, reviews, protected)
    whole = [row for row in unlabelled if row.id.endswith(_BEGUN)]
    second = [row for row in whole if held_out(row.id.removesuffix(_BEGUN), share=SECOND, seed=2)]
    return {"train": train, "dev": dev, "unlabelled": unlabelled, "unlabelled-reviews": second, **tests}


def _unlabelled(data: Path, reviews: list[Row], protected: Overlap) -> list[Row]:
    """Snippets of film reviews, and the beginnings of whole ones."""
    found: list[Row] = []
    for row in [*(row for row in reviews if not held_out(row.id, share=0.04)), *_counterfactual(data)]:
        found += _review(row)
        if held_out(row.id, share=WHOLE, seed=2):
            found.append(Row(id=row.id + _BEGUN, text=row.text[:BEGINNING], label=row.label))
    return [Row(id=row.id, text=row.text, label="") for row in distinct(found) if row.text not in protected]


def _sst2(data: Path, part: str) -> Iterator[Row]:
    with (data / "en/sst2" / f"{part}.tsv").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            text, _, label = line.rstrip("\n").rpartition("\t")
            yield Row(id=f"sst2-{part}-{number}", text=text.strip(), label=LABELS[int(label)])


def phrases(data: Path) -> Iterator[Row]:
    """Film phrases of the treebank, as GLUE has them: spaced and in lower case."""
    with (data / "en/sst2_phrases/train.tsv").open(encoding="utf-8") as lines:
        next(lines)
        for number, line in enumerate(lines):
            text, _, label = line.rstrip("\n").rpartition("\t")
            yield Row(id=f"phrase-{number}", text=text.strip(), label=LABELS[int(label)])


def _both_spacings(rows: list[Row]) -> Iterator[Row]:
    """Half of the texts as they are printed in the treebank (`it 's good .`), half as people write (`it's good.`)."""
    for row in rows:
        plain = held_out(row.id, share=0.5, seed=1)
        yield Row(id=row.id, text=detokenised(row.text), label=row.label) if plain else row


def imdb(data: Path) -> Iterator[Row]:
    """Film reviews with a clear verdict: up to 3 stars, or from 8 on."""
    with lzma.open(data / "en/imdb/train.jsonl.xz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if row["stars"] <= 3 or row["stars"] >= 8:
                label = LABELS[row["label"] == "pos"]
                yield Row(id=f"imdb-{number}", text=clean(row["text"]), label=label)


def _counterfactual(data: Path) -> Iterator[Row]:
    with (data / "en/imdb_cad/train.tsv").open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t")):
            yield Row(id=f"imdb-cad-{number}", text=clean(row["Text"]), label=row["Sentiment"].lower())


def _opener(data: Path) -> Iterator[Row]:
    for row in json.loads((data / "en/opener/train.json").read_text(encoding="utf-8")):
        polarities = {opinion["Polarity"] for opinion in row["opinions"]}
        if len(polarities) == 1:
            text = detokenised(clean(row["text"])).replace(" ’ ", "’").replace(" ’", "’")
            yield Row(id=f"opener-{row['sent_id']}", text=text, label=polarities.pop().lower())


def _review(row: Row) -> Iterator[Row]:
    pieces = snippets(row.text, lengths=(1, 2), limit=2, seed=derive(row.id))
    for number, piece in enumerate(pieces):
        if len(words(piece)) >= 4:
            yield Row(id=f"{row.id}-{number}", text=piece, label=row.label)

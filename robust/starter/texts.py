"""Unlabelled texts like those the starters are asked about, for pre-training; nothing that measures is among them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from robust.starter import english, spanish
from robust.starter.cleaning import Row, clean, held_out

SPANISH_SOURCES = {"es/humor": "HUMOR corpus of tweets (Castro et al. 2018): research"}


def english_texts(data: Path) -> list[Row]:
    """Film reviews whole, without those that give `dev` a snippet."""
    return [row for row in english.imdb(data) if not held_out(row.id, share=0.04)]


def spanish_texts(data: Path) -> list[Row]:
    """Tourism reviews and tweets outside `dev` and `test-*`, those without a polarity too, and humorous tweets."""
    return [*_reviews(data), *_tass(data, "general_train"), *_tass(data, "inter_train"), *_humor(data)]


def _reviews(data: Path) -> Iterator[Row]:
    for row in spanish.reviews(data, neutral=True):
        if not held_out(row.id, share=0.2) and not held_out(row.id, share=0.1, seed=1):
            yield row


def _tass(data: Path, part: str) -> Iterator[Row]:
    with (data / "es/tass" / f"{part}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            number = f"tass-{part}-{row['id']}"
            if not held_out(number, share=0.1):
                yield Row(id=number, text=clean(row["text"]), label="")


def _humor(data: Path) -> Iterator[Row]:
    with (data / "es/humor/previous_annotations_by_tweet.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Row(id=f"humor-{row['id']}", text=clean(row["text"]), label="")

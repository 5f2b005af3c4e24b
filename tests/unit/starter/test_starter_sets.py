"""The bundled reviews: parallel, balanced, clean, and no two alike."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter

import pytest

from robust.starter import data_path
from robust.starter.cleaning import words


def rows(lang: str) -> list[dict[str, str]]:
    with data_path(f"starter-{lang}").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_languages_are_parallel() -> None:
    shared = ("id", "label", "domain", "register")
    assert [[row[key] for key in shared] for row in rows("en")] == [[row[key] for key in shared] for row in rows("es")]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_labels_and_domains_are_balanced(lang: str) -> None:
    found = rows(lang)
    assert len({row["id"] for row in found}) == len(found) == 240
    assert Counter(row["label"] for row in found) == {"negative": 120, "positive": 120}
    assert set(Counter((row["domain"], row["label"]) for row in found).values()) == {10}
    assert {row["lang"] for row in found} == {lang}
    assert 110 <= sum(row["label"] == "positive" for row in found[:230]) <= 120, "any first part is nearly balanced"


@pytest.mark.parametrize("lang", ["en", "es"])
def test_texts_are_clean_and_share_no_skeleton(lang: str) -> None:
    texts = [row["text"] for row in rows(lang)]
    runs: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        assert text == unicodedata.normalize("NFC", text).strip()
        said = words(text)
        assert 9 <= len(said) <= 47, text
        runs.update({said[at : at + 5] for at in range(len(said) - 4)})
    assert max(runs.values()) <= 2, runs.most_common(3)
    assert len({words(text)[:2] for text in texts}) > 200, "texts begin in many ways"


def test_spanish_marks_come_in_pairs() -> None:
    for row in rows("es"):
        for opening, closing in ("¿?", "¡!", "«»"):
            assert row["text"].count(opening) == row["text"].count(closing), row["text"]

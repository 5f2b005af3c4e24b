"""Spanish training data of `starter-es`: tourism reviews, tweets, hotel opinions and translated polar words."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from robust.core.seeds import derive
from robust.starter import english
from robust.starter.cleaning import Overlap, Row, clean, distinct, held_out, snippets, words
from robust.starter.glosses import forms, glossary, glosses
from robust.starter.recombined import recombined

RECOMBINED = 8000
"""Texts made of sentences of the reviews: more than three for each review that there is."""

SOURCES = {
    "es/reviews": "tourism reviews of the Rest-Mex family (MeIA 2025): academic use and research only",
    "es/tass": "TASS general corpus and InterTASS (SEPLN): research, under licence",
    "es/opener": "OpeNER hotel reviews: CC BY",
    "lexicons/bilingual": "English-Spanish word lists of Barnes et al. 2018 (Bing Liu, Apertium): CC BY",
    **{name: english.SOURCES[name] for name in ("en/sst2_phrases", "en/imdb")},
}


def prepare(data: Path) -> dict[str, list[Row]]:
    """Rows of `train`, `dev` (to choose by) and `test-*` (to report on), from the public data sets under `data`.

    The split of the reviews depends on the row ids alone: a fifth is `test-reviews`, a tenth of the rest `dev`.
    `reviews-*` and `tweets-*` are the whole reviews and the tweets among `train` and `dev`, for measurements of their
    own; `reviews-rows` are the reviews of `train` with their snippets, `unlabelled-reviews` those with three stars and
    texts put together from sentences of `reviews-train`. None of the tweets about politics, `test-politics`, is trained
    on.
    """
    rated = list(reviews(data))
    test = [row for row in rated if held_out(row.id, share=0.2)]
    rest = [row for row in rated if not held_out(row.id, share=0.2)]
    dev = [row for row in rest if held_out(row.id, share=0.1, seed=1)]
    tweets = list(_tass(data, "general_train")) + list(_tass(data, "inter_train"))
    dev += [row for row in tweets if held_out(row.id, share=0.1)]
    tests = {
        "test-reviews": test,
        "test-tass": list(_tass(data, "inter_dev")),
        "test-opener": list(_opener(data, "dev")),
        "test-politics": list(_tass(data, "politics")),
    }
    protected = Overlap([row.text for rows in (*tests.values(), dev) for row in rows])
    train = [row for row in tweets if not held_out(row.id, share=0.1)]
    train += [piece for row in rest if not held_out(row.id, share=0.1, seed=1) for piece in _with_snippets(row)]
    train += [*_opener(data, "train"), *_expressions(data, "train"), *_polar_words(data)]
    train += glosses(english.phrases(data), glossary(data))
    train = [row for row in distinct(train) if row.text not in protected]
    learnt = [row for row in tweets if not held_out(row.id, share=0.1) and row.text not in protected]
    whole = {
        "tweets-train": learnt,
        "tweets-dev": [row for row in tweets if held_out(row.id, share=0.1)],
        "reviews-train": [row for row in rest if not held_out(row.id, share=0.1, seed=1)],
        "reviews-dev": [row for row in rest if held_out(row.id, share=0.1, seed=1)],
        "reviews-rows": [row for row in train if row.id.startswith("reviews-")],
    }
    neutral = [row for row in reviews(data, neutral=True) if not row.label and row.text not in protected]
    mixed = [replace(row, id=f"reviews-{row.id}") for row in recombined(whole["reviews-train"], number=RECOMBINED)]
    candidates = [*neutral, *mixed]
    unlabelled = [row for row in candidates if row.text not in protected]
    return {"train": train, "dev": dev, **tests, **whole, "unlabelled-reviews": unlabelled}


def reviews(data: Path, *, neutral: bool = False) -> Iterator[Row]:
    """Tourism reviews with their polarity; those with three stars (label "") only where `neutral`."""
    with (data / "es/reviews/train.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["stars"] != 3 or neutral:
                label = "" if row["stars"] == 3 else "positive" if row["stars"] > 3 else "negative"
                yield Row(
                    id=f"reviews-{row['id']}", text=clean(row["text"]).removesuffix("...Más").strip(), label=label
                )


def _with_snippets(row: Row) -> Iterator[Row]:
    yield row
    for number, piece in enumerate(snippets(row.text, lengths=(1, 2, 3), limit=3, seed=derive(row.id))):
        if len(words(piece)) >= 4:
            yield Row(id=f"{row.id}-{number}", text=piece, label=row.label)


def _tass(data: Path, part: str) -> Iterator[Row]:
    names = {"N": "negative", "P": "positive"}
    with (data / "es/tass" / f"{part}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["label"] in names:
                yield Row(id=f"tass-{part}-{row['id']}", text=clean(row["text"]), label=names[row["label"]])


def _opener(data: Path, part: str) -> Iterator[Row]:
    for row in json.loads((data / "es/opener" / f"{part}.json").read_text(encoding="utf-8")):
        polarities = {opinion["Polarity"] for opinion in row["opinions"]}
        if len(polarities) == 1:
            yield Row(id=f"opener-{row['sent_id']}", text=clean(row["text"]), label=polarities.pop().lower())


def _expressions(data: Path, part: str) -> Iterator[Row]:
    for row in json.loads((data / "es/opener" / f"{part}.json").read_text(encoding="utf-8")):
        for number, opinion in enumerate(row["opinions"]):
            text = " ".join(opinion["Polar_expression"][0])
            if sum(map(len, words(text))) > 3:
                yield Row(id=f"opener-{row['sent_id']}-{number}", text=clean(text), label=opinion["Polarity"].lower())


def _polar_words(data: Path, *, lists: int = 6000) -> Iterator[Row]:
    """Short lists of words of one polarity (`aburrida, lenta y torpe`).

    A word's polarity is that of its English counterpart in English film reviews; its forms follow from its ending.
    """
    polarity = _english_polarity(english.imdb(data), english.phrases(data))
    found: dict[str, list[str]] = {"negative": [], "positive": []}
    for name in ("bingliu", "apertium"):
        floor = 0.6 if name == "bingliu" else 1.2
        for line in (data / f"lexicons/bilingual/lexicons_{name}_en-es.txt").read_text(encoding="utf-8").splitlines():
            source, _, target = line.partition("\t")
            score = polarity.get(source.casefold(), 0.0)
            if abs(score) >= floor and target.isalpha() and target.islower():
                found["positive" if score > 0 else "negative"] += forms(target)
    shared = set(found["negative"]) & set(found["positive"])
    for label, words_of_it in found.items():
        kept = sorted(set(words_of_it) - shared)
        for number in range(lists // 2):
            seed = derive("polar", label, number)
            chosen = [kept[derive(seed, place) % len(kept)] for place in range(1 + seed % 4)]
            text = chosen[0] if len(chosen) == 1 else f"{', '.join(chosen[:-1])} y {chosen[-1]}"
            yield Row(id=f"words-{label}-{number}", text=text, label=label)


def _english_polarity(*sources: Iterable[Row], minimum: int = 20) -> dict[str, float]:
    counts = {label: Counter[str]() for label in english.LABELS}
    for rows in sources:
        for row in rows:
            counts[row.label].update(set(words(row.text)))
    negative, positive = (counts[label] for label in english.LABELS)
    common = [word for word in negative | positive if negative[word] + positive[word] >= minimum]
    balance = math.log((positive.total() + 1) / (negative.total() + 1))
    return {word: math.log((positive[word] + 1) / (negative[word] + 1)) - balance for word in common}

r"""Make the error models that ship with the languages: English from a list of misspellings, Spanish from raw text.

    python -m robust.lang.build_typos en codespell/dictionary.txt --out robust/lang --source "…"
    python -m robust.lang.build_typos es FILE … --words lemario-general-del-espanol.txt … --out robust/lang --source "…"

The list has `misspelt->right` a line; entries with several right words, or more than one word, are left out.

No list of Spanish misspellings that may be shipped from is known, so there nobody says what was meant. As Kernighan,
Church & Gale 1990 do with the words that a spelling checker rejects: a word of the texts (of .jsonl their `text`, of
.csv their column `text`) in small letters that is in no list is taken for a misspelling of each listed word
that is one edit away and much more frequent, in the shares that frequency and error model give them; from these pairs
the model is counted again, `ROUNDS` times, having begun with all edits alike. Lists are those that ship, the verbs in
all their forms, and `--words` (public-domain headwords and names) with their feminines and plurals.

Only counts of edits and of pairs of letters are written. The same files give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from robust.core.types import LANGS
from robust.lang.error_model import ErrorModel, countable, edit_between, learn, plain
from robust.lang.error_model_file import NAME, encoded
from robust.lang.es.morphology.clitics import split
from robust.lang.es.morphology.nominal import feminine, plural
from robust.lang.es.morphology.readings import readings
from robust.lang.frequency import frequencies
from robust.lang.spelling import known, slips
from robust.lang.tokenise import spans, usual_words

ROUNDS = 5
SHORTEST = 4
"""Letters of a word that is taken for a misspelling, at least: shorter ones are one edit from nearly everything."""
COMMONER = 20
"""How many times as frequent as the misspelling the right word is, at least."""
LEAST = 1.5
"""Edits that were counted less often, in a context, are not written; they are estimated without the context."""

_SPANISH = re.compile(r"[a-zñáéíóúü]+")

Meant = Mapping[str, Mapping[str, float]]
"""Misspelt word → the words that can have been meant, each with its frequency."""


def listed(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The pairs (misspelt, right) of lines `misspelt->right[, right …]`, those with one right word alone."""
    for line in lines:
        wrong, arrow, right = line.strip().partition("->")
        meant = [word.strip() for word in right.split(",") if word.strip()]
        if arrow and len(meant) == 1 and countable(wrong) and countable(meant[0]):
            yield plain(wrong), plain(meant[0])


def unlisted(lines: Iterable[str], listed: Collection[str] = ()) -> Counter[str]:
    """How often each Spanish word is written in small letters that is in no list.

    Words with a letter three times in a row, short ones and words of other than Spanish letters are left out.
    """
    counts: Counter[str] = Counter()
    for line in lines:
        found = usual_words(line)
        counts.update(word for word in ([line[lo:hi] for lo, hi in spans(line)] if found is None else found))
    return Counter(
        {
            word: n
            for word, n in counts.items()
            if len(word) >= SHORTEST and _SPANISH.fullmatch(word) and not _stretched(word)
            if word not in listed and not known(word, "es") and not readings(word) and not split(word)
        }
    )


def inflected(words: Iterable[str]) -> set[str]:
    """The words in small letters, with what can be their feminines and their plurals."""
    found = set[str]()
    for word in map(plain, words):
        for form in (word, feminine(word)):
            found |= {form, plural(form) or form}
    return found


def meant(counts: Mapping[str, int]) -> Meant:
    """What each of the words can have been meant to be."""
    written = frequencies("es")
    found: dict[str, dict[str, float]] = {}
    for word, n in sorted(counts.items()):
        least = COMMONER * max(n, written.get(word, 0))
        near = dict.fromkeys(other for other, _ in slips(word, "es"))
        fitting = {other: float(written[other]) for other in near if written[other] >= least and known(other, "es")}
        fitting = {other: n for other, n in fitting.items() if edit_between(other, word) is not None}
        if fitting:
            found[word] = fitting
    return found


def estimated(words: Meant, *, source: str, rounds: int = ROUNDS) -> ErrorModel:
    """The model that the words and what can have been meant by them agree on, after some rounds."""
    model = None
    for _ in range(rounds):
        model = learn(_shared(words, model), source=source)
    if model is None or not model.pairs:
        raise SystemExit("no misspelling was found")
    return model


def _shared(words: Meant, model: ErrorModel | None) -> Iterator[tuple[str, str, float]]:
    for wrong, rights in words.items():
        weights: dict[str, float] = defaultdict(float)
        for right, often in rights.items():
            edit = edit_between(right, wrong)
            if edit is not None:
                weights[right] = often * (model.probability(right, edit) if model else 1.0)
        total = sum(weights.values())
        yield from ((wrong, right, weight / total) for right, weight in weights.items())


def _stretched(word: str) -> bool:
    return any(word[at] == word[at + 1] == word[at + 2] for at in range(len(word) - 2))


def _texts(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        with (lzma.open if name.endswith(".xz") else open)(name, "rt", encoding="utf-8", newline="") as file:
            if ".csv" in name:
                yield from (unicodedata.normalize("NFC", row["text"]) for row in csv.DictReader(file))
                continue
            for line in file:
                yield unicodedata.normalize("NFC", json.loads(line)["text"] if ".jsonl" in name else line)


def main() -> None:
    """Read the files and write the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lang", choices=LANGS)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--source", required=True, help="what the files are, with licences")
    parser.add_argument("--words", nargs="*", default=[], type=Path, help="further words that are right, one a line")
    parser.add_argument("--held-out", type=float, default=0.0, help="share of the list's words that are not counted")
    parser.add_argument("--out", required=True, type=Path, help="folder of the languages")
    asked = parser.parse_args()
    if asked.lang == "en":
        pairs = sorted({pair for name in asked.files for pair in listed(_texts([name]))})
        model = learn(((*pair, 1.0) for pair in pairs), source=asked.source, held_out=asked.held_out)
    else:
        more = inflected(line for name in asked.words for line in name.read_text("utf-8").splitlines())
        model = estimated(meant(unlisted(_texts(asked.files), more)), source=asked.source)
    data = lzma.compress(encoded(model.pruned(LEAST), asked.lang), preset=9)
    path = asked.out / asked.lang / f"{NAME}.xz"
    path.write_bytes(data)


if __name__ == "__main__":
    main()

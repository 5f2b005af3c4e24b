r"""How often a misspelling that was made is among the first 10 or 50 that a generator proposes for the right word.

    python -m benchmarks.learned_typos --data DATA [--number 1000] [--seed 0]

`--data` holds public lists of misspellings: `lexicons/misspell_en` (codespell's dictionary, Birkbeck's `missp.dat.txt`)
and `lexicons/misspell_es` (the list of the Spanish Wikipedia). Pairs are drawn at random from those whose right word no
row of the table has learnt from. Every pair counts, also those that take more than one edit, which no generator here
can make; `one edit` is the share of the others, so the most that can be reached.

Generators whose candidates have no order (`keyboard typos`, `any edit`) get the share to be expected of 10 or 50 of
them drawn at random without repeats.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from robust.core.transformation import Site
from robust.core.types import Lang
from robust.lang.base import language
from robust.lang.build_typos import listed
from robust.lang.error_model import ErrorModel, countable, edit_between, edited, edits, is_held_out, learn, plain
from robust.lang.error_model_file import shipped
from robust.results.estimates import proportion
from robust.transformations.keyboard_typos import KeyboardTypos
from robust.transformations.learned_typos import LearnedTypos

AMONG = (10, 50)
OUT = 0.2
"""The share of a list's words that measures what the other four fifths taught."""

Pair = tuple[str, str]
Hits = Callable[[str, str], Sequence[float]]
"""Misspelt and right word → the chance that the one is among the first 10, and 50, candidates of the other."""


def birkbeck(lines: Iterable[str]) -> Iterator[Pair]:
    """The pairs of lines `$right`, each followed by its misspellings."""
    right = ""
    for line in lines:
        word = plain(line.strip())
        if word.startswith("$"):
            right = word[1:]
        else:
            yield word, right


def wikipedia(lines: Iterable[str]) -> Iterator[Pair]:
    """The pairs of lines ` misspelt||right (what it is)`, those with one right word in small letters alone."""
    for line in lines:
        cells = re.fullmatch(r" ([^|]+)\|\|([^,]+)", re.sub(r" *\([^)]*\)", "", line.rstrip("\n")))
        if cells and cells[2].strip().islower():
            yield plain(cells[1]), plain(cells[2].strip())


def drawn(pairs: Iterable[Pair], number: int, seed: int) -> list[Pair]:
    """`number` of the pairs of words that are counted, at random."""
    kept = sorted({(a, b) for a, b in pairs if a != b and countable(a) and countable(b)})
    order = np.random.default_rng(seed).permutation(len(kept))[:number]
    return [kept[at] for at in order]


def ranked(forms: Callable[[str], Sequence[str]]) -> Hits:
    """Of a generator whose candidates are in order."""

    def hits(wrong: str, right: str) -> list[float]:
        words = list(forms(right))
        return [float(wrong in words[:most]) for most in AMONG]

    return hits


def unordered(forms: Callable[[str], Sequence[str]]) -> Hits:
    """Of a generator whose candidates are drawn from."""

    def hits(wrong: str, right: str) -> list[float]:
        words = list(forms(right))
        return [min(1.0, most / len(words)) if wrong in words else 0.0 for most in AMONG]

    return hits


def _plugin(plugin: LearnedTypos | KeyboardTypos, lang: Lang) -> Callable[[str], Sequence[str]]:
    return lambda word: plugin.forms(Site(language(lang).text(word), 0, lang))


def _model(model: ErrorModel) -> Callable[[str], Sequence[str]]:
    return lambda word: [made for made, _ in model.ranked(word, max(AMONG))]


def _any_edit(letters: str) -> Callable[[str], Sequence[str]]:
    return lambda word: [edited(word, edit) for edit in edits(word, letters)]


def rows(lang: Lang, own: ErrorModel | None) -> Mapping[str, Hits]:
    """The generators by name; `own` has learnt from other words of the list that is measured on."""
    most = max(AMONG)
    found = {
        "learned_typos": ranked(_plugin(LearnedTypos(k=most), lang)),
        "learned_typos, real words too": ranked(_plugin(LearnedTypos(k=most, real_words=True), lang)),
    }
    if own is not None:
        found["learnt from four fifths of this list"] = ranked(_model(own))
    found["keyboard typos, drawn"] = unordered(_plugin(KeyboardTypos(), lang))
    if lang == "es":
        found["keyboard typos and missing accents, drawn"] = unordered(_plugin(KeyboardTypos(accents=True), lang))
    found["any edit, drawn"] = unordered(_any_edit(shipped(lang).letters))
    return found


def main() -> None:
    """Read, draw, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learned_typos", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    english, spanish = (asked.data / "lexicons" / f"misspell_{lang}" for lang in ("en", "es"))
    lists: list[tuple[str, Lang, list[Pair], bool]] = [
        ("codespell, the fifth that the shipped model has not counted", "en",
         list(listed((english / "codespell_dictionary.txt").read_text("utf-8").splitlines())), False),
        ("Birkbeck", "en", list(birkbeck((english / "missp.dat.txt").read_text("latin-1").splitlines())), True),
        ("Spanish Wikipedia", "es",
         list(wikipedia((spanish / "misspelling-list-es.txt").read_text("utf-8").splitlines())), True),
    ]  # fmt: skip
    print(f"{asked.number} pairs of each list, seed {asked.seed}; 95 % Wilson intervals where nothing is drawn.")
    for name, lang, pairs, teaches in lists:
        own = learn(((*pair, 1.0) for pair in sorted(set(pairs))), held_out=OUT) if teaches else None
        assert shipped(lang).held_out in (0.0, OUT)
        measured = drawn([pair for pair in pairs if is_held_out(pair[1], OUT)], asked.number, asked.seed)
        one = sum(edit_between(right, wrong) is not None for wrong, right in measured) / len(measured)
        print(f"\n{name}: {len(measured)} pairs, {100 * one:.1f} % one edit\n")
        print("| candidates | first 10 | first 50 |\n|---|---|---|")
        for row, hits in rows(lang, own).items():
            found = np.array([hits(wrong, right) for wrong, right in measured])
            print(f"| {row} | " + " | ".join(map(_shown, found.T)) + " |")


def _shown(found: np.ndarray) -> str:
    if set(found.tolist()) <= {0.0, 1.0}:
        rate = proportion(int(found.sum()), len(found))
        return f"{100 * found.mean():.1f} % [{100 * (rate.low or 0):.1f}, {100 * (rate.high or 0):.1f}]"
    return f"{100 * found.mean():.1f} %"


if __name__ == "__main__":
    main()

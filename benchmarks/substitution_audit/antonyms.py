"""Pairs of opposites: the project's own list, WordNet's and PPDB's; in Spanish WordNet's through shared synsets."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from robust.core.types import Lang
from robust.lang.base import language
from robust.lang.lexicon import lexicon, read


def own() -> set[frozenset[str]]:
    """The Spanish list that the shipped table was built with."""
    return {frozenset(line.split()) for line in read("es", "antonyms.txt")}


def listed(data: Path) -> set[frozenset[str]]:
    """English pairs of WordNet and PPDB, in the forms those lists give."""
    folder = data / "lexicons" / "counterfit_constraints"
    names = ("wordnet_antonyms.txt", "ppdb_antonyms.txt")
    lines = (line.split() for name in names for line in (folder / name).read_text("utf-8").splitlines())
    return {frozenset(pair) for pair in lines if len(pair) == 2 and pair[0] != pair[1]}


def through_wordnet(data: Path, wordnet: Path) -> set[frozenset[str]]:
    """Spanish lemmas of synsets that hold opposites in WordNet 3.0 (Multilingual Central Repository)."""
    lemmas: dict[str, set[str]] = defaultdict(set)
    for line in (data / "lexicons" / "mcr_spa" / "wn-data-spa.tab").read_text("utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) == 3 and cells[1] == "lemma":
            lemmas[cells[0].replace("-s", "-a")].add(cells[2].lower())
    found: set[frozenset[str]] = set()
    for name, code in (("noun", "n"), ("verb", "v"), ("adj", "a"), ("adv", "r")):
        for line in (wordnet / f"data.{name}").read_text("latin-1").splitlines():
            if line.startswith("  "):
                continue
            cells = line.partition(" | ")[0].split(" ")
            at = 4 + 2 * int(cells[3], 16)
            for pointer in range(int(cells[at])):
                symbol, offset, pos, _ = cells[at + 1 + 4 * pointer : at + 5 + 4 * pointer]
                if symbol == "!":
                    here, there = lemmas[f"{cells[0]}-{code}"], lemmas[f"{offset}-{pos}"]
                    found |= {frozenset((a, b)) for a in here - there for b in there - here}
    return found


def opposites(pair: tuple[str, str], lang: Lang, known: set[frozenset[str]]) -> bool:
    """Whether the forms, or lemmas they can be of, are a pair of `known`."""
    first, second = (
        {word.lower(), *(a.lemma for a in language(lang).analyse(word.lower(), lexicon(lang)))} for word in pair
    )
    return any(frozenset((a, b)) in known for a in first for b in second if a != b)

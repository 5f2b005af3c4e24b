"""Read the WordNet 3.0 database files (Fellbaum 1998; formats: wndb(5WN), cntlist(5WN)).

Used only to build the shipped tables; the library never needs WordNet itself.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_SENSE_POS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
_UNKIND = ("obscenity", "disparagement", "ethnic_slur", "dirty_word", "vulgarism", "derogation")
_UNKIND_GLOSS = re.compile(r"offensive|disparag|derogat|slur|obscene|vulgar|taboo|contempt", re.IGNORECASE)
_DATED = ("archaism", "slang", "dialect", "rhyming_slang")
_DATED_GLOSS = re.compile(r"\b(archaic|obsolete|slang|dated|dialect\w*|scottish|irish|australian)\b", re.IGNORECASE)

Key = tuple[str, str]
"""A synset: part of speech (n v a r) and offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synset:
    """One sense shared by `words` (as spelt, spaces as underscores)."""

    words: tuple[str, ...]
    pointers: tuple[tuple[str, Key, int, int], ...]
    """(symbol, target, source word, target word); word numbers from 1, 0 for the whole synset."""
    gloss: str
    satellite: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WordNet:
    """The database: synsets, the senses of each lemma in order of frequency, and how often each was tagged."""

    synsets: Mapping[Key, Synset]
    senses: Mapping[tuple[str, str], tuple[Key, ...]]
    counts: Mapping[tuple[str, str, int], int]
    """(lemma, part of speech, sense number from 1) → occurrences in the tagged texts (SemCor)."""
    commonness: Mapping[str, int]
    """Word → occurrences in all glosses and examples: how ordinary a word is, from the same source."""
    unkind: frozenset[Key]
    dated: frozenset[Key]


def read(folder: Path) -> WordNet:
    """Read `data.*`, `index.*` and `cntlist.rev` from `folder`."""
    synsets: dict[Key, Synset] = {}
    senses: dict[tuple[str, str], tuple[Key, ...]] = {}
    for pos, name in FILES.items():
        for line in _records(folder / f"data.{name}"):
            offset, synset = _synset(line)
            synsets[pos, offset] = synset
        for line in _records(folder / f"index.{name}"):
            fields = line.split()
            senses[fields[0], pos] = tuple([(pos, offset) for offset in fields[-int(fields[2]) :]])
    commonness = Counter(word for synset in synsets.values() for word in re.findall(r"[a-z]+", synset.gloss.lower()))
    return WordNet(
        synsets=synsets,
        senses=senses,
        counts=_counts(folder / "cntlist.rev"),
        commonness=commonness,
        unkind=_labelled(synsets, _UNKIND, _UNKIND_GLOSS),
        dated=_labelled(synsets, _DATED, _DATED_GLOSS),
    )


def lost(found: WordNet, names: Collection[Key]) -> str:
    """What is wrong if synsets that another wordnet names are not there; empty if all are.

    Other wordnets point into the files of WordNet 3.0 by byte offset. A database built anew from the same sources
    (Debian's `wordnet-base`) has other offsets for two thirds of the verbs and half of the adjectives.
    """
    missing = sum(key not in found.synsets for key in names)
    return f"{missing} of {len(names)} synsets are not there: take WordNet 3.0 as it was published" if missing else ""


def exceptions(folder: Path) -> dict[str, dict[str, list[str]]]:
    """The irregular forms of `*.exc`: part of speech → inflected form → lemmas."""
    found: dict[str, dict[str, list[str]]] = {}
    for pos, name in FILES.items():
        table: dict[str, list[str]] = defaultdict(list)
        for line in (folder / f"{name}.exc").read_text(encoding="ascii").splitlines():
            form, *lemmas = line.split()
            table[form].extend(lemmas)
        found[pos] = dict(table)
    return found


def _records(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith(" ")]


def _synset(line: str) -> tuple[str, Synset]:
    facts, _, gloss = line.partition("|")
    fields = facts.split()
    count = int(fields[3], 16)
    words = tuple([re.sub(r"\((?:a|p|ip)\)$", "", word) for word in fields[4 : 4 + 2 * count : 2]])
    rest = fields[4 + 2 * count :]
    pointers = []
    for i in range(int(rest[0])):
        symbol, offset, pos, ends = rest[1 + 4 * i : 5 + 4 * i]
        target = ("a" if pos == "s" else pos, offset)
        pointers.append((symbol, target, int(ends[:2], 16), int(ends[2:], 16)))
    return fields[0], Synset(words=words, pointers=tuple(pointers), gloss=gloss.strip(), satellite=fields[2] == "s")


def _counts(path: Path) -> dict[tuple[str, str, int], int]:
    counts: dict[tuple[str, str, int], int] = defaultdict(int)
    for line in path.read_text(encoding="ascii").splitlines():
        key, number, count = line.split()
        lemma, _, rest = key.partition("%")
        counts[lemma, _SENSE_POS[rest[0]], int(number)] += int(count)
    return dict(counts)


def _labelled(synsets: Mapping[Key, Synset], labels: tuple[str, ...], gloss: re.Pattern[str]) -> frozenset[Key]:
    """Synsets whose usage pointer (`;u`) leads to one of `labels`, or whose definition (not its examples) says so."""
    found = set()
    for key, synset in synsets.items():
        usages = [synsets[target] for symbol, target, _, _ in synset.pointers if symbol == ";u"]
        if any(label in usage.words for usage in usages for label in labels) or gloss.search(
            synset.gloss.split('"')[0]
        ):
            found.add(key)
    return frozenset(found)

r"""Make the shipped antonym tables from WordNet and from the Spanish WordNet of the Multilingual Central Repository.

    python -m robust.lang.build_antonyms --out robust/lang --wordnet WORDNET --mcr wn-data-spa.tab

WORDNET holds WordNet 3.0 as it was published (not built anew, as Debian's is). English pairs are WordNet's own.
WordNet links words, not senses, so the Spanish ones are what both ends of a link are called in Spanish: every name of
the one end with every name of the other, where the thesaurus has both as that part of speech. The same input gives
the same bytes.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from robust.lang import wordnet
from robust.lang.lexicon import lexicon, read
from robust.lang.wordnet import Key, WordNet

NAME = "antonyms_wordnet.txt"
_PARTS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_ENGLISH_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_SPANISH_WORD = re.compile(r"[a-záéíóúüñ]+")
_ENGLISH_HEADER = """English opposites, a pair a line: the antonyms of WordNet 3.0, Copyright 2006 by Princeton
University. All rights reserved. WordNet licence: see LICENSE.wordnet beside this file."""
_SPANISH_HEADER = """Spanish opposites, a pair a line: the antonyms of WordNet 3.0, Copyright 2006 by Princeton
University (licence: https://wordnet.princeton.edu/license-and-commercial-use), by their Spanish names in the
Multilingual Central Repository 3.0 (Gonzalez-Agirre, Laparra and Rigau 2012, http://adimen.si.ehu.es/web/MCR/), CC BY
3.0. Changed: words that the thesaurus lacks, and names shared by both ends of a link, are left out."""

Pair = tuple[str, str]


def english(found: WordNet) -> list[Pair]:
    """The pairs of single words that WordNet calls antonyms, each once, sorted."""
    pairs = set()
    for _, (one, other) in _links(found):
        if _ENGLISH_WORD.fullmatch(one) and _ENGLISH_WORD.fullmatch(other) and one != other:
            pairs.add((min(one, other), max(one, other)))
    return sorted(pairs)


def spanish(found: WordNet, names: Mapping[Key, list[str]]) -> list[Pair]:
    """The Spanish names of both ends of each link, each pair once, sorted."""
    known, closed = lexicon("es"), frozenset(read("es", "stopwords.txt"))
    pairs = set()
    for (near, far), _ in _links(found):
        part = _PARTS[near[0]]
        ends = [
            [w for w in names.get(end, ()) if part in known.parts_of_speech(w) and w not in closed]
            for end in (near, far)
        ]
        for one in ends[0]:
            for other in ends[1]:
                if not set(ends[0]) & set(ends[1]):
                    pairs.add((min(one, other), max(one, other)))
    return sorted(pairs)


def read_names(path: Path) -> dict[Key, list[str]]:
    """Synset → its Spanish words, from a file of the Open Multilingual Wordnet."""
    names: dict[Key, list[str]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            synset, kind, word = line.split("\t")
            offset, _, code = synset.partition("-")
            if kind == "lemma" and _SPANISH_WORD.fullmatch(word):
                names["a" if code == "s" else code, offset].append(word)
    return names


def _links(found: WordNet) -> Iterator[tuple[tuple[Key, Key], Pair]]:
    """The senses and the words that each antonym pointer joins."""
    for key, synset in found.synsets.items():
        for symbol, target, source, goal in synset.pointers:
            if symbol == "!":
                yield (key, target), (synset.words[source - 1], found.synsets[target].words[goal - 1])


def _written(pairs: list[Pair], header: str) -> bytes:
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    return (comment + "".join(f"{one} {other}\n" for one, other in pairs)).encode()


def main() -> None:
    """Write `en/antonyms_wordnet.txt` and `es/antonyms_wordnet.txt` under `--out`."""
    parser = argparse.ArgumentParser(prog="python -m robust.lang.build_antonyms", description=main.__doc__)
    parser.add_argument("--wordnet", type=Path, required=True, help="folder of the WordNet 3.0 database files")
    parser.add_argument("--mcr", type=Path, required=True, help="the Spanish WordNet, wn-data-spa.tab")
    parser.add_argument("--out", type=Path, required=True, help="folder that holds en/ and es/")
    asked = parser.parse_args()
    found, names = wordnet.read(asked.wordnet), read_names(asked.mcr)
    if wrong := wordnet.lost(found, names):
        parser.error(f"{asked.wordnet}: {wrong}")
    (asked.out / "en" / NAME).write_bytes(_written(english(found), _ENGLISH_HEADER))
    (asked.out / "es" / NAME).write_bytes(_written(spanish(found, names), _SPANISH_HEADER))


if __name__ == "__main__":
    main()

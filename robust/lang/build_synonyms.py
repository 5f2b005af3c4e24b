r"""Make the shipped synonym tables from Debian's `wordnet-base` and `mythes-es` packages.

    python -m robust.lang.build_synonyms --out robust/lang \
        --wordnet /usr/share/wordnet --mythes /usr/share/mythes/th_es_ES_v2.dat

The same input gives the same bytes. Each table names its source and licence in its first lines and lies beside the
licence text.
"""

from __future__ import annotations

import argparse
import lzma
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from robust.core.types import Lang
from robust.lang import build_crossing, build_english, build_spanish, lexicon, mythes, wordnet

_TABLE = """One line for each lemma; tab-separated parts: the lemma, then for each part of speech (n v a r)
its letter, how often the source has it, and its synonyms, best first."""
_WORDNET = """derived from WordNet 3.0, Copyright 2006 by Princeton University. All rights reserved.
WordNet licence: see LICENSE.wordnet beside this file."""
_ENGLISH_HEADER = f"English synonyms, {_WORDNET}\n{_TABLE}"
_IRREGULAR_HEADER = f"English irregular forms, {_WORDNET}\nOne line for each: part of speech (n v a), form, lemmas."
_SPANISH_HEADER = f"""Spanish synonyms, derived from the thesaurus of the LibreOffice dictionaries,
Copyright Marcelo Garrone, with a few words of our own (synonym_groups.txt).
Licence of this file: GNU Lesser General Public License 2.1, see LICENSE.mythes beside it.
{_TABLE}"""
_CROSSING_HEADER = f"Here: synonyms of a noun that are of the other gender.\n{_SPANISH_HEADER}"
FIRST = 5
"""Synonyms of the thesaurus that go before what our own groups add."""
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def english(folder: Path) -> dict[str, bytes]:
    """The English files, by name, from the WordNet database in `folder`."""
    made = build_english.rows(wordnet.read(folder), closed=_words("en", "stopwords"), unwanted=_words("en", "unwanted"))
    table = lexicon.write(made, _ENGLISH_HEADER)
    return {"synonyms.tsv.xz": table, "irregular.tsv.xz": irregular(folder)}


def irregular(folder: Path) -> bytes:
    """The irregular nouns, verbs and adjectives of WordNet's exception lists, single lower-case words only."""
    lines = []
    for code, forms in sorted(wordnet.exceptions(folder).items()):
        for form, found in sorted(forms.items()):
            lemmas = sorted({lemma for lemma in found if lemma != form and _WORD.fullmatch(lemma)})
            if code != "r" and lemmas and _WORD.fullmatch(form):
                lines.append(" ".join([code, form, *lemmas]))
    comment = "".join(f"# {line}\n" for line in _IRREGULAR_HEADER.splitlines())
    return lzma.compress((comment + "\n".join(lines) + "\n").encode(), format=lzma.FORMAT_XZ, preset=9)


def spanish(path: Path) -> dict[str, bytes]:
    """The Spanish files, by name, from the MyThes data file at `path`."""
    thesaurus = mythes.read(path)
    antonyms = [(one, other) for one, other in map(str.split, lexicon.read("es", "antonyms.txt"))]
    closed, unwanted = _words("es", "stopwords"), _words("es", "unwanted")
    made = build_spanish.rows(thesaurus, closed=closed, unwanted=unwanted, antonyms=antonyms)
    other = build_crossing.rows(thesaurus, closed=closed, unwanted=unwanted, antonyms=antonyms)
    groups = [line.split() for line in lexicon.read("es", "synonym_groups.txt")]
    return {
        "synonyms.tsv.xz": lexicon.write(joined(made, groups), _SPANISH_HEADER),
        "synonyms_crossing.tsv.xz": lexicon.write(other, _CROSSING_HEADER),
    }


def joined(made: Iterable[build_spanish.Row], groups: Iterable[Sequence[str]]) -> list[build_spanish.Row]:
    """The rows with `groups` (a part of speech, then words that can stand for each other) joined to them.

    What is new stands behind the first `FIRST` synonyms of a word; a word without a row gets one.
    """
    known = {(lemma, code): (number, synonyms) for lemma, code, number, synonyms in made}
    for code, *words in groups:
        for word in words:
            number, synonyms = known.get((word, code), (1, []))
            new = [other for other in words if other != word and other not in synonyms]
            known[word, code] = (number, [*synonyms[:FIRST], *new, *synonyms[FIRST:]][: build_spanish.CAP])
    return sorted((lemma, code, number, synonyms) for (lemma, code), (number, synonyms) in known.items())


def _words(lang: Lang, name: str) -> frozenset[str]:
    return frozenset(lexicon.read(lang, f"{name}.txt"))


def main() -> None:
    """Write `en/*.xz` and `es/*.xz` under `--out`."""
    parser = argparse.ArgumentParser(prog="python -m robust.lang.build_synonyms", description=main.__doc__)
    parser.add_argument("--wordnet", type=Path, help="folder of the WordNet 3.0 database files")
    parser.add_argument("--mythes", type=Path, help="the Spanish thesaurus, th_es_ES_v2.dat")
    parser.add_argument("--out", type=Path, required=True, help="folder that holds en/ and es/")
    asked = parser.parse_args()
    made = {"en": english(asked.wordnet) if asked.wordnet else {}, "es": spanish(asked.mythes) if asked.mythes else {}}
    for lang, named in made.items():
        for name, data in named.items():
            (asked.out / lang / name).write_bytes(data)


if __name__ == "__main__":
    main()

"""The synonym tables as they ship: one line for each lemma and part of speech, read when first asked for."""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal, TypeAlias

from robust.core.types import Lang

PartOfSpeech: TypeAlias = Literal["noun", "verb", "adj", "adv"]
_CODES: Mapping[str, PartOfSpeech] = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
OWN_ENTRY = 3.0
"""How much more an entry spelt like the word weighs than one the word is a form of."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """A reading of a surface form: the table entry it belongs to and the form it is in (language by language)."""

    lemma: str
    part_of_speech: PartOfSpeech
    form: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the table says about one lemma as one part of speech."""

    part_of_speech: PartOfSpeech
    frequency: int
    """How often the source saw it: weighs the readings of an ambiguous form against each other."""
    synonyms: tuple[str, ...]
    """Lemmas, best first."""


@dataclass(frozen=True)
class Lexicon:
    """Lemma → entries, from lines `lemma TAB code frequency synonym synonym … TAB code …`, parsed when asked for."""

    lines: Mapping[str, str]
    _entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict, repr=False)

    def entries(self, lemma: str) -> tuple[Entry, ...]:
        """The entries of `lemma`, one for each part of speech; empty when unknown."""
        known = self._entries.get(lemma)
        if known is None:
            line = self.lines.get(lemma)
            known = tuple([_entry(part) for part in line.split("\t")]) if line else ()
            self._entries[lemma] = known
        return known

    def entry(self, analysis: Analysis) -> Entry:
        """The entry an analysis points to; `KeyError` if there is none."""
        for entry in self.entries(analysis.lemma):
            if entry.part_of_speech == analysis.part_of_speech:
                return entry
        raise KeyError(analysis)

    def parts_of_speech(self, lemma: str) -> tuple[PartOfSpeech, ...]:
        """The parts of speech of `lemma`; empty when unknown."""
        return tuple([entry.part_of_speech for entry in self.entries(lemma)])


@lru_cache(maxsize=2)
def lexicon(lang: Lang) -> Lexicon:
    """The shipped table of `lang`, read once."""
    lines = read(lang, "synonyms.tsv.xz")
    return Lexicon(dict([line.split("\t", 1) for line in lines]))


def read(lang: Lang, name: str) -> list[str]:
    """The lines of a data file of `lang`, without its comment lines (`#`)."""
    data = files("robust.lang").joinpath(lang, name).read_bytes()
    text = lzma.decompress(data) if name.endswith(".xz") else data
    return [line for line in text.decode("utf-8").splitlines() if line and not line.startswith("#")]


def write(rows: Iterable[tuple[str, str, int, Sequence[str]]], header: str) -> bytes:
    """The table of `rows` (lemma, code, frequency, synonyms), sorted by lemma; the same rows give the same bytes."""
    parts: dict[str, list[str]] = {}
    for lemma, code, frequency, synonyms in rows:
        parts.setdefault(lemma, []).append(" ".join([code, str(frequency), *synonyms]))
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    body = "".join("\t".join([lemma, *parts[lemma]]) + "\n" for lemma in sorted(parts))
    return lzma.compress((comment + body).encode("utf-8"), format=lzma.FORMAT_XZ, preset=9)


def _entry(part: str) -> Entry:
    code, frequency, *synonyms = part.split(" ")
    return Entry(_CODES[code], int(frequency), tuple(synonyms))

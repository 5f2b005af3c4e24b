"""What word forms are, by treebanks, UniMorph, hunspell, spaCy's rules and counts of determiners in raw text.

In Spanish none of these has a part in the generator. In English the treebank and UniMorph have none; WordNet, which
says what parts of speech a word has, is also what the English table is made from.

A reading is a set of `Feature=Value` pairs with the part of speech among them (`POS=NOUN Gender=Fem Number=Sing`).
"""

from __future__ import annotations

import gzip
import json
import lzma
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

Reading = frozenset[str]
_KEPT = ("Gender", "Number", "Person", "Tense", "Mood", "VerbForm", "Degree")
_EAGLES: Mapping[str, tuple[tuple[int, str, Mapping[str, str]], ...]] = {
    "n": ((2, "Gender", {"m": "Masc", "f": "Fem"}), (3, "Number", {"s": "Sing", "p": "Plur"})),
    "a": ((3, "Gender", {"m": "Masc", "f": "Fem"}), (4, "Number", {"s": "Sing", "p": "Plur"})),
    "v": (
        (2, "Mood", {"i": "Ind", "s": "Sub", "m": "Imp"}),
        (2, "VerbForm", {"i": "Fin", "s": "Fin", "m": "Fin", "n": "Inf", "g": "Ger", "p": "Part"}),
        (3, "Tense", {"p": "Pres", "i": "Imp", "f": "Fut", "s": "Past", "c": "Cnd"}),
        (4, "Person", {"1": "1", "2": "2", "3": "3"}),
        (5, "Number", {"s": "Sing", "p": "Plur"}),
        (6, "Gender", {"m": "Masc", "f": "Fem"}),
    ),
}
_CLASSES = {"n": "NOUN", "a": "ADJ", "v": "VERB", "r": "ADV"}
_BEFORE_NOUNS: Mapping[str, str] = {
    **dict.fromkeys(("el", "un", "del", "al", "nuestro", "cierto"), "Masc Sing"),
    **dict.fromkeys(("unos", "nuestros", "ciertos", "algunos", "muchos"), "Masc Plur"),
    **dict.fromkeys(("una", "nuestra", "cierta", "alguna", "mucha"), "Fem Sing"),
    **dict.fromkeys(("unas", "nuestras", "ciertas", "algunas", "muchas"), "Fem Plur"),
    **{f"{before} la": "Fem Sing" for before in ("de", "en", "con", "por", "para", "sobre")},
    **{f"{before} las": "Fem Plur" for before in ("de", "en", "con", "por", "para", "sobre")},
    **{f"{before} los": "Masc Plur" for before in ("de", "en", "con", "por", "para", "sobre")},
}
"""What stands before nouns, and not before verbs as the pronouns *la*, *los* and *las* do."""


def _reading(pos: str, features: Iterable[str]) -> Reading:
    """A reading in one notation for all sources."""
    kept = {f for f in features if f.partition("=")[0] in _KEPT}
    if "Mood=Cnd" in kept or "Tense=Cnd" in kept:  # a tense to one treebank, a mood to another
        kept = {f for f in kept if not f.startswith(("Mood", "Tense"))} | {"Mood=Ind", "Tense=Cnd"}
    if "VerbForm=Part" in kept:
        pos, kept = "ADJ", {f for f in kept if f.startswith(("Gender", "Number"))}
    if pos == "ADJ" or pos == "NOUN":
        kept = {f for f in kept if f.startswith(("Gender", "Number", "Degree"))}
    return frozenset({f"POS={pos}", *kept})


def treebank(path: Path) -> dict[str, set[Reading]]:
    """Readings of each form of a CoNLL-U file (`.xz` or plain)."""
    data = path.read_bytes()
    text = (lzma.decompress(data) if path.suffix == ".xz" else data).decode("utf-8")
    found: dict[str, set[Reading]] = defaultdict(set)
    for line in text.splitlines():
        cells = line.split("\t")
        if len(cells) > 5 and cells[3] in ("NOUN", "ADJ", "VERB", "AUX", "ADV") and "Typo=" not in cells[5]:
            pos = "VERB" if cells[3] == "AUX" else cells[3]
            found[cells[1].lower()].add(_reading(pos, cells[5].split("|")))
    return found


def cess(path: Path) -> dict[str, set[Reading]]:
    """Readings of each form of CESS-ESP, whose tags are EAGLES'."""
    found: dict[str, set[Reading]] = defaultdict(set)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.endswith(".tbf"):
                continue
            for tag, form in re.findall(r"\(([nvar][a-z0-9]+) (\S+) [^\s()]+\)", archive.read(name).decode("latin-1")):
                if tag.startswith(("np", "rn")) or "_" in form:
                    continue
                table = _EAGLES.get(tag[0], ())
                features = [f"{k}={v[tag[i]]}" for i, k, v in table if i < len(tag) and tag[i] in v]
                found[form.lower()].add(_reading(_CLASSES[tag[0]], features))
    return found


class Spanish:
    """Treebanks first; of forms they lack, verbs by spaCy's rules, adjectives by hunspell, nouns by determiners."""

    def __init__(self, data: Path, hunspell: Path | None, spacy: Path | None, needed: Iterable[str]) -> None:
        self.known: dict[str, set[Reading]] = defaultdict(set)
        banks = [
            treebank(path) for folder in ("ud_ancora", "ud_gsd") for path in sorted((data / "es" / folder).iterdir())
        ]
        for bank in (*banks, cess(data / "es" / "cess_esp" / "cess_esp.zip")):
            for form, readings in bank.items():
                self.known[form] |= readings
        self._hunspell, self._spacy, self._data = hunspell, spacy, data
        self._needed = {word.lower() for word in needed}

    def readings(self, word: str) -> set[Reading]:
        """Every reading of a form; empty if no source knows it."""
        plain = word.lower()
        if plain.endswith("mente"):
            return {frozenset({"POS=ADV"})}
        return self.known.get(plain, set()) | self._verb(plain) | self._adjective(plain) | self._noun(plain)

    @cached_property
    def _lookup(self) -> Mapping[str, str]:
        return _json(self._spacy / "es_lemma_lookup.json.gz") if self._spacy else {}

    @cached_property
    def _infinitives(self) -> frozenset[str]:
        return frozenset(lemma for lemma in self._lookup.values() if lemma.endswith(("ar", "er", "ir", "ír")))

    @cached_property
    def _rules(self) -> list[tuple[str, str, Reading]]:
        if not self._spacy:
            return []
        rules, groups = (
            _json(self._spacy / "es_lemma_rules.json.gz"),
            _json(self._spacy / "es_lemma_rules_groups.json.gz"),
        )
        return [
            (old, new, _reading("VERB", features))
            for name, features in groups["verb"]
            for old, new in rules.get(name, [])
        ]

    def _verb(self, plain: str) -> set[Reading]:
        lemma = self._lookup.get(plain, "")
        if plain in self._infinitives:
            return {_reading("VERB", ["VerbForm=Inf"])}
        if not lemma.endswith(("ar", "er", "ir", "ír")):
            return set()
        return {r for old, new, r in self._rules if plain.endswith(old) and plain.removesuffix(old) + new == lemma}

    @cached_property
    def _adjectives(self) -> Mapping[str, str]:
        """Form → its hunspell entry's flags, of entries that have a feminine (G) and their feminines and plurals."""
        if not self._hunspell:
            return {}
        found = {}
        for line in self._hunspell.read_text("utf-8").splitlines()[1:]:
            stem, _, flags = line.partition("/")
            if "G" in flags:
                base = stem[:-1] if stem.endswith(("o", "e")) else stem
                bare = base.translate(str.maketrans("áéíóú", "aeiou")) if base is stem else base
                for ending, cell in (("a", "Fem Sing"), ("as", "Fem Plur")):
                    found[bare + ending] = cell
                found[stem] = "Masc Sing"
                found[stem + "s" if stem[-1] in "aeiou" else bare + "es"] = "Masc Plur"
        return found

    def _adjective(self, plain: str) -> set[Reading]:
        cell = self._adjectives.get(plain)
        if cell is None:
            return set()
        gender, number = cell.split()
        return {_reading(pos, [f"Gender={gender}", f"Number={number}"]) for pos in ("ADJ", "NOUN")}

    @cached_property
    def _determined(self) -> Mapping[str, Counter[str]]:
        """Needed form → how often a determiner of each gender and number stands before it in raw text."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        # one word back, two for `de la`: matched ahead, so that no match takes another's words
        pattern = re.compile(r"\b(?=(" + "|".join(sorted(_BEFORE_NOUNS, key=len, reverse=True)) + r") (\w+))")
        for name in ("es_novelas_hispanoamericanas_conha19", "es_un_news", "es_activ_es_film_tv"):
            with lzma.open(self._data / "corpora" / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
                for line in file:
                    for before, word in pattern.findall(line.lower()):
                        if word in self._needed:
                            counts[word][_BEFORE_NOUNS[before]] += 1
        return counts

    def _noun(self, plain: str) -> set[Reading]:
        found = self._determined.get(plain, Counter())
        total = sum(found.values())
        cells = [cell for cell, n in found.items() if total >= 5 and n >= 0.1 * total]
        pairs = (cell.split() for cell in cells)
        return {_reading("NOUN", [f"Gender={gender}", f"Number={number}"]) for gender, number in pairs}


class English:
    """UD EWT and UniMorph's verbs; with WordNet, its words too, and a list of lemmas for the number of its nouns."""

    def __init__(self, data: Path, wordnet: Path | None) -> None:
        self.known: dict[str, set[Reading]] = defaultdict(set)
        for path in sorted((data / "en" / "ud_ewt").rglob("*.conllu*")):
            for form, readings in treebank(path).items():
                self.known[form] |= readings
        for line in (data / "lexicons" / "unimorph_eng" / "eng").read_text("utf-8").splitlines():
            cells = line.split("\t")
            if len(cells) == 3 and cells[2].startswith("V"):
                self.known[cells[1].lower()].add(frozenset({"POS=VERB", f"Form={cells[2].removeprefix('V;')}"}))
                if "V.PTCP" in cells[2]:
                    self.known[cells[1].lower()].add(frozenset({"POS=ADJ"}))
        if wordnet is not None:
            self._add_lemmas(data, wordnet)

    def _add_lemmas(self, data: Path, wordnet: Path) -> None:
        kinds = {"noun": ("NOUN", ["Number=Sing"]), "adj": ("ADJ", ["Degree=Pos"]), "adv": ("ADV", [])}
        nouns: set[str] = set()
        for name, (pos, features) in kinds.items():
            for line in (wordnet / f"index.{name}").read_text("utf-8").splitlines():
                lemma = line.partition(" ")[0]
                if lemma and not (name == "noun" and lemma.endswith("s") and lemma[:-1] in nouns):
                    self.known[lemma].add(_reading(pos, features))
                    nouns |= {lemma} if name == "noun" else set()
        path = data / "lexicons" / "lemmas_en" / "lemmatization-en.txt"
        for line in path.read_text("utf-8-sig").splitlines():
            lemma, _, form = line.strip().partition("\t")
            if form.endswith("s") and lemma in nouns:
                self.known[form].add(_reading("NOUN", ["Number=Plur"]))

    def readings(self, word: str) -> set[Reading]:
        """Every reading of a form; empty if no source knows it."""
        found = self.known.get(word.lower(), set())
        verbs = {r for r in found if "POS=VERB" in r and any(f.startswith("Form=") for f in r)}
        return {r for r in found if "POS=VERB" not in r} | (verbs or {r for r in found if "POS=VERB" in r})


def agree(one: Iterable[Reading], other: Iterable[Reading]) -> bool:
    """Whether some reading of each is of the same part of speech and contradicts the other nowhere."""
    return any(_compatible(a, b) for a in one for b in other)


def _compatible(one: Reading, other: Reading) -> bool:
    first, second = (dict(f.split("=", 1) for f in r) for r in (one, other))
    if {first["POS"], second["POS"]} == {"NOUN", "ADJ"}:
        pass  # an adjective that stands for a noun (`los ricos`) shows gender and number all the same
    elif first["POS"] != second["POS"]:
        return False
    return all(second.get(key, value) == value for key, value in first.items() if key != "POS")


def _json(path: Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()))

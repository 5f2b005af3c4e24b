"""Sense sets of a MyThes thesaurus, and the part of speech of each.

The file repeats each set under every one of its words, without the word itself; put back together, a set has a *head*
(its first word) and members that are synonyms of the head first and of each other second.

Few sets are labelled with a part of speech. The rest is inferred: endings say what a word can be (`-mente`, `-ción`,
`-oso`, an infinitive), words of one set share their part of speech, and the two are iterated to agreement.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

ROUNDS = 6
CODES = "nvar"
INFINITIVE = re.compile(r".+[aeií]r(?:se)?")
_WORD = re.compile(r"(?!.*[áéíóú].*[áéíóú])[a-záéíóúüñ]{3,}")
_NOTE = re.compile(r"\(([^)]*)\)")
_UNWANTED = ("vulg", "p. us", "loc", "NoRAE")

# What an ending says about a word, as weights for (noun, verb, adjective, adverb); the first that fits counts.
_ENDINGS: tuple[tuple[tuple[str, ...], tuple[float, float, float, float]], ...] = (
    (("amente", "lmente", "emente", "rmente", "zmente", "nmente", "smente"), (0.02, 0.001, 0.02, 1)),
    (("ción", "sión", "dad", "tad", "tud", "miento", "eza", "ismo", "aje", "anza", "ncia"), (1, 0.001, 0.01, 0.001)),
    (("ería", "ura", "ía", "ez", "ón", "ún", "ista", "dor", "or"), (1, 0.001, 0.15, 0.001)),
    (("oso", "ible", "able", "ivo", "ísimo", "uble", "undo", "esco"), (0.03, 0.001, 1, 0.001)),
    (("ado", "ido", "al", "il", "ico", "ante", "ente", "iente", "ario", "ense", "ino", "ecto"), (0.3, 0.001, 1, 0.02)),
    (("a", "aje", "ción"), (1, 0.001, 0.03, 0.01)),
)  # fmt: skip
_UNKNOWN = (1.0, 0.001, 0.8, 0.05)
_LABELS = {"m": "n", "f": "n", "adj": "a", "tr": "v", "prnl": "v", "intr": "v", "intr.-prnl": "v", "adv": "r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseSet:
    """Words of one sense; `head` is the one the others explain."""

    head: str
    words: frozenset[str]
    code: str
    """Part of speech where the file labels it, else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thesaurus:
    """The distinct sense sets, and pairs the file marks as antonyms."""

    sets: tuple[SenseSet, ...]
    antonyms: frozenset[tuple[str, str]]


def read(path: Path) -> Thesaurus:
    """Read a MyThes version 2 data file."""
    lines = path.read_bytes().decode("latin-1").splitlines()[1:]
    heads: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
    codes: dict[frozenset[str], str] = {}
    antonyms: set[tuple[str, str]] = set()
    entry = ""
    entries: set[str] = set()
    for line in lines:
        label, *words = line.split("|")
        if not label.startswith(("-", "(")):
            entry = label
            entries.add(entry)
            continue
        kept = []
        for word in words:
            notes = " ".join(_NOTE.findall(word))
            plain = _NOTE.sub("", word).strip()
            if "Ant" in notes:
                antonyms.update(((entry, plain), (plain, entry)))
            elif not any(note in notes for note in _UNWANTED):
                kept.append(plain)
        group = frozenset([entry, *kept])
        heads[group][kept[0] if kept else entry] += 1
        code = _LABELS.get(label.strip("()").split(" ")[0].rstrip("."), "")
        if code:
            codes[group] = code
    seen = Counter(word for group in heads for word in group)
    sets = []
    for group in sorted(heads, key=sorted):
        # A word that has no entry and turns up once only is most often a slip of the pen.
        members = frozenset([w for w in group if _WORD.fullmatch(w) and (w in entries or seen[w] > 1)])
        if len(members) > 1:
            head = min(heads[group], key=lambda word: (-heads[group][word], word))
            sets.append(SenseSet(head=head, words=members, code=codes.get(group, "")))
    return Thesaurus(sets=tuple(sets), antonyms=frozenset(antonyms))


def parts_of_speech(thesaurus: Thesaurus) -> list[str]:
    """The part of speech of every set, by alternating between words and sets."""
    words = sorted({word for group in thesaurus.sets for word in group.words})
    prior = {word: _prior(word) for word in words}
    belief = dict(prior)
    posterior: list[tuple[float, ...]] = []
    for _ in range(ROUNDS):
        posterior = [_agreed(group, belief) for group in thesaurus.sets]
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
        for group, probabilities in zip(thesaurus.sets, posterior, strict=True):
            for word in group.words:
                sums[word] = [a + b for a, b in zip(sums[word], probabilities, strict=True)]
        belief = {word: _updated(prior[word], sums[word]) for word in words}
    return [CODES[max(range(4), key=lambda i: probabilities[i])] for probabilities in posterior]


def _updated(prior: Sequence[float], sums: Sequence[float]) -> tuple[float, ...]:
    """What a word is, from its ending and from the sets it is in."""
    return _normal([chance * (0.1 + total / sum(sums)) for chance, total in zip(prior, sums, strict=True)])


def _prior(word: str) -> tuple[float, ...]:
    if INFINITIVE.fullmatch(word):
        return _normal((0.15, 1, 0.1, 0.001))
    for endings, weights in _ENDINGS:
        if word.endswith(endings):
            return _normal(weights)
    return _normal(_UNKNOWN)


def _agreed(group: SenseSet, belief: Mapping[str, tuple[float, ...]]) -> tuple[float, ...]:
    if group.code:
        return tuple([float(code == group.code) for code in CODES])
    logs = [sum(log(belief[word][i] + 1e-4) for word in sorted(group.words)) for i in range(4)]
    return _normal([2.718281828 ** (value - max(logs)) for value in logs])


def _normal(weights: Iterable[float]) -> tuple[float, ...]:
    values = tuple(weights)
    return tuple([value / sum(values) for value in values])

"""Rank the synonyms of every English word by short walks over WordNet.

The score of `c` as a synonym of `x` is the weight of all walks word → sense → (related sense) → word from `x` to `c`:

- a sense of `x` weighs its share of the tagged occurrences of `x` (rank decides where nothing was tagged);
- a related sense (adjective "similar to", verb group, adverb through its adjective) weighs a fixed part of it;
- a word of that sense weighs more the more that sense is its main one;
- a second hop goes on from a word of the sense to the word's other senses, at a discount.

Walks add up, so a word reached in several independent ways comes first. Antonyms are taken out, the direct ones and, as
Gross, Fischer & Miller 1989 describe them, the indirect ones (a satellite is opposed to what its head is opposed to).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log

from robust.lang.wordnet import Key, WordNet

CAP = 60
SECOND_HOP = 0.35
CLUSTER = 0.25
RELATED = {"&": 0.5, "$": 0.5, "@": 0.12, "~": 0.12}
KEEP = 0.015
"""Candidates with less of the whole weight than this are dropped: too far, or only through rare senses."""
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_NEGATIONS = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "anti", "a")
_MIRRORED = (("less", "ful"), ("less", ""), ("less", "ed"))


def opposed_by_form(one: str, other: str) -> bool:
    """Whether one word negates the other by its shape: `perfect`/`imperfect`, `careful`/`careless`."""
    short, long = sorted((one, other), key=len)
    if any(long in (prefix + short, f"{prefix}-{short}") for prefix in _NEGATIONS):
        return True
    pairs = ((one, other), (other, one))
    return any(
        a.endswith(x) and b.endswith(y) and a[: len(a) - len(x)] == b[: len(b) - len(y)] and a != b
        for a, b in pairs
        for x, y in _MIRRORED
    )


@dataclass(frozen=True)
class Ranker:
    """Synonyms from one WordNet database; `closed` words (lower case) are never offered."""

    wordnet: WordNet
    closed: frozenset[str]
    _shares: dict[tuple[str, str], dict[Key, float]] = field(default_factory=dict)

    def frequency(self, lemma: str, pos: str) -> int:
        """Tagged occurrences of `lemma` as `pos`."""
        senses = self.wordnet.senses[lemma, pos]
        return sum(self.wordnet.counts.get((lemma, pos, i + 1), 0) for i in range(len(senses)))

    def shares(self, lemma: str, pos: str) -> dict[Key, float]:
        """The probability of each sense of `lemma`."""
        known = self._shares.get((lemma, pos))
        if known is None:
            senses = self.wordnet.senses.get((lemma, pos), ())
            counts = [self.wordnet.counts.get((lemma, pos, i + 1), 0) + 1 / (i + 1) for i in range(len(senses))]
            known = {sense: count / sum(counts) for sense, count in zip(senses, counts, strict=True)}
            self._shares[lemma, pos] = known
        return known

    def synonyms(self, lemma: str, pos: str) -> list[str]:
        """At most `CAP` single-word synonyms of `lemma`, best first."""
        senses = self._senses(lemma, pos)
        scores: dict[str, float] = defaultdict(float)
        for sense, weight in senses.items():
            for word, share in self._words(sense):
                scores[word] += weight * share**0.5
                for far, far_share in self.shares(word, pos).items():
                    if far not in senses and word != lemma:
                        for other, other_share in self._words(far):
                            scores[other] += weight * SECOND_HOP * share * far_share * other_share**0.5
        direct = {word for sense in self.shares(lemma, pos) for word, _ in self._words(sense)}
        opposed, indirect = self._antonyms(lemma, pos)
        opposed |= indirect - direct
        ranked = sorted(
            (
                (-score * self._ordinary(word), word)
                for word, score in scores.items()
                if score >= KEEP and self._offered(lemma, word, pos) and word not in opposed
            ),
        )
        return [(word,round(-s,3)) for s, word in ranked[:CAP]]

    def _senses(self, lemma: str, pos: str) -> dict[Key, float]:
        """Senses of `lemma` and senses related to them, with their weights."""
        weights: dict[Key, float] = defaultdict(float)
        for sense, share in self.shares(lemma, pos).items():
            weights[sense] += share
            for near, step in self._related(sense):
                weights[near] += share * step
        return weights

    def _related(self, sense: Key) -> Iterator[tuple[Key, float]]:
        synset = self.wordnet.synsets[sense]
        for symbol, target, source, _ in synset.pointers:
            if symbol in RELATED and (symbol not in "@~" or sense[0] == "v"):
                yield target, RELATED[symbol]
                if synset.satellite:
                    cluster = self.wordnet.synsets[target].pointers
                    yield from ((other, CLUSTER) for kind, other, _, _ in cluster if kind == "&" and other != sense)
            elif symbol == "\\" and sense[0] == "r" and source == 1:
                yield from ((adverb, 0.4 * step) for adverb, step in self._adverbs(target) if adverb != sense)

    def _adverbs(self, adjective: Key) -> Iterator[tuple[Key, float]]:
        """Adverbs made from `adjective` and from the adjectives similar to it."""
        for made in self._derived.get(adjective, ()):
            yield made, 1.0
        for near, step in self._related(adjective):
            for made in self._derived.get(near, ()):
                yield made, step

    @property
    def _derived(self) -> dict[Key, list[Key]]:
        return _derived_adverbs(self.wordnet)

    def _words(self, sense: Key) -> Iterator[tuple[str, float]]:
        """The words of a sense that may be offered, each with the share this sense has among its senses."""
        if sense in self.wordnet.unkind:
            return
        dated = 0.3 if sense in self.wordnet.dated else 1.0
        for word in self.wordnet.synsets[sense].words:
            if _WORD.fullmatch(word):
                yield word, dated * self.shares(word, sense[0]).get(sense, 0.0)

    def _offered(self, lemma: str, word: str, pos: str) -> bool:
        if word == lemma or word in self.closed or len(word) < 3 or opposed_by_form(lemma, word):
            return False
        # A word whose own main sense is an insult is kept out even where another sense of it is harmless.
        return not any(sense in self.wordnet.unkind for sense in self.wordnet.senses[word, pos])

    def _ordinary(self, word: str) -> float:
        return 0.35 + min(1.0, log(1 + self.wordnet.commonness.get(word, 0)) / 6)

    def _antonyms(self, lemma: str, pos: str) -> tuple[set[str], set[str]]:
        """Direct and indirect antonyms of all senses of `lemma`."""
        direct: set[str] = set()
        indirect: set[str] = set()
        synsets = self.wordnet.synsets
        for sense in self.shares(lemma, pos):
            heads = [sense, *[t for symbol, t, _, _ in synsets[sense].pointers if symbol == "&"]]
            for head in heads:
                for symbol, target, source, goal in synsets[head].pointers:
                    if symbol != "!":
                        continue
                    own = head == sense and synsets[head].words[source - 1].lower() == lemma
                    (direct if own else indirect).add(synsets[target].words[goal - 1])
                    around = [t for kind, t, _, _ in synsets[target].pointers if kind == "&"]
                    indirect.update(word for t in (target, *around) for word in synsets[t].words)
        if pos == "r":
            for sense in self.shares(lemma, pos):
                for symbol, target, _, _ in synsets[sense].pointers:
                    if symbol == "\\":
                        indirect.update(self._opposed_adverbs(target))
        return direct, indirect

    def _opposed_adverbs(self, adjective: Key) -> Iterator[str]:
        synsets = self.wordnet.synsets
        heads = [adjective, *[t for symbol, t, _, _ in synsets[adjective].pointers if symbol == "&"]]
        for head in heads:
            for symbol, target, _, _ in synsets[head].pointers:
                if symbol == "!":
                    for adverb, _ in self._adverbs(target):
                        yield from synsets[adverb].words


_DERIVED: dict[int, dict[Key, list[Key]]] = {}


def _derived_adverbs(wordnet: WordNet) -> dict[Key, list[Key]]:
    known = _DERIVED.get(id(wordnet))
    if known is None:
        known = defaultdict(list)
        for key, synset in wordnet.synsets.items():
            for symbol, target, _, _ in synset.pointers:
                if symbol == "\\" and key[0] == "r" and key not in known[target]:
                    known[target].append(key)
        _DERIVED[id(wordnet)] = known
    return known


def rows(wordnet: WordNet, closed: frozenset[str]) -> Iterator[tuple[str, str, int, list[str]]]:
    """(lemma, part of speech, tagged occurrences, synonyms) for every single-word lemma, in alphabetical order."""
    ranker = Ranker(wordnet, closed)
    for lemma, pos in sorted(wordnet.senses):
        if not _WORD.fullmatch(lemma) or lemma in closed:
            continue
        spelt = {word for sense in wordnet.senses[lemma, pos] for word in wordnet.synsets[sense].words}
        if lemma in spelt:  # otherwise only a name or an acronym is spelt this way
            yield lemma, pos, ranker.frequency(lemma, pos), ranker.synonyms(lemma, pos)

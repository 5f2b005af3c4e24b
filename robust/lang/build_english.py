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
SECOND_HOP = 0.25
CLUSTER = 0.25
RELATED = {"&": 0.5, "$": 0.5, "@": 0.25, "~": 0.15}
KINDS = frozenset(["ordinal", "cardinal", "chromatic", "achromatic"])
"""Heads whose satellites are kinds of one thing, not near in meaning: `fifth` and `sixth`, `pink` and `brown`."""
NARROW = 0.3
"""What is left of a related sense that is about one kind of thing only, "(of wine) tainted in flavor by a cork"."""
PIVOT_SENSES = 4
"""A second hop goes only through words with at most this many senses: the others lead anywhere."""
KEEP = 0.02
"""Candidates that score less are dropped: too far, or only through rare senses."""
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
    """Synonyms from one WordNet database; `unwanted` words (lower case) are never offered."""

    wordnet: WordNet
    unwanted: frozenset[str]
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
                if word != lemma:
                    for other, step in self._second_hop(word, sense):
                        scores[other] += weight * step
        direct = {word for sense in self.shares(lemma, pos) for word, _ in self._words(sense)}
        opposed, indirect = self._antonyms(lemma, pos)
        opposed |= indirect - direct
        ranked = sorted(
            (-score * self._ordinary(word, pos), word)
            for word, score in scores.items()
            if score >= KEEP and self._offered(lemma, word, pos) and word not in opposed
        )
        return [word for _, word in ranked[:CAP]]

    def _senses(self, lemma: str, pos: str) -> dict[Key, float]:
        """Senses of `lemma` and senses related to them, with their weights."""
        weights: dict[Key, float] = defaultdict(float)
        for sense, share in self.shares(lemma, pos).items():
            weights[sense] += share
            for near, step in self._related(sense):
                narrow = self.wordnet.synsets[near].gloss.startswith("(of ")
                weights[near] += share * step * (NARROW if narrow else 1.0)
        return weights

    def _second_hop(self, word: str, sense: Key) -> Iterator[tuple[str, float]]:
        """Words that share another sense with `word`, if that sense is their main one."""
        shares = self.shares(word, sense[0])
        if len(shares) <= PIVOT_SENSES:
            for far, far_share in shares.items():
                if far != sense:
                    for other, other_share in self._words(far):
                        if other_share >= 0.5:
                            yield other, SECOND_HOP * (shares[sense] * far_share) ** 0.5 * other_share

    def _related(self, sense: Key) -> Iterator[tuple[Key, float]]:
        synsets = self.wordnet.synsets
        synset = synsets[sense]
        for symbol, target, source, _ in synset.pointers:
            if symbol in "&$":
                if KINDS.intersection((*synset.words, *synsets[target].words)):
                    continue
                yield target, RELATED[symbol]
                if synset.satellite and symbol == "&":
                    cluster = synsets[target].pointers
                    yield from ((other, CLUSTER) for kind, other, _, _ in cluster if kind == "&" and other != sense)
            elif (symbol == "@" and sense[0] in "nv") or (symbol == "~" and sense[0] == "v"):
                # The more kinds of it there are, the less a word says about any one of them.
                kinds = sum(kind == "~" for kind, _, _, _ in synsets[target if symbol == "@" else sense].pointers)
                yield target, RELATED[symbol] / (1 + kinds / 10)
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
        if word in self.unwanted or (pos in "ar" and self._compared(word, pos)):
            return False
        if word == lemma or len(word) < 3 or opposed_by_form(lemma, word):
            return False
        # A word whose own main sense is an insult is kept out even where another sense of it is harmless.
        return not any(sense in self.wordnet.unkind for sense in self.wordnet.senses[word, pos])

    def _compared(self, word: str, pos: str) -> bool:
        """Whether `word` is a comparative or superlative that has its own entry, as `larger` has."""
        stem = re.sub(r"(?:er|est)$", "", word)
        bases = (stem, stem + "e", stem[:-1], re.sub(r"i$", "y", stem))
        return stem != word and any((base, pos) in self.wordnet.senses for base in bases if len(base) > 2)

    def _ordinary(self, word: str, pos: str) -> float:
        """Between 0.2 for a word nobody uses and 1 for an everyday one, from the tagged texts and the glosses."""
        evidence = log(1 + 10 * self.frequency(word, pos)) + log(1 + self.wordnet.commonness.get(word, 0))
        return 0.2 + 0.8 * min(1.0, evidence / 10)

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


def rows(
    wordnet: WordNet, *, closed: frozenset[str], unwanted: frozenset[str]
) -> Iterator[tuple[str, str, int, list[str]]]:
    """(lemma, part of speech, tagged occurrences, synonyms) for every single-word lemma, in alphabetical order.

    `closed` words have no row and are never offered; `unwanted` ones are only never offered.
    """
    ranker = Ranker(wordnet, closed | unwanted)
    for lemma, pos in sorted(wordnet.senses):
        if not _WORD.fullmatch(lemma) or lemma in closed:
            continue
        spelt = {word for sense in wordnet.senses[lemma, pos] for word in wordnet.synsets[sense].words}
        if lemma in spelt:  # otherwise only a name or an acronym is spelt this way
            yield lemma, pos, ranker.frequency(lemma, pos), ranker.synonyms(lemma, pos)

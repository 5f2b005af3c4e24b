"""Rank the synonyms of every Spanish word by the sense sets of the MyThes thesaurus.

Two words are the closer the more sets they share, the smaller those sets are and the fewer other sets they are in;
synonyms of a set's head are closer to it than to each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import log, log2

from robust.lang.es.gender import gender, listed
from robust.lang.es.morphology.nominal import feminine
from robust.lang.mythes import INFINITIVE, SenseSet, Thesaurus, parts_of_speech

CAP = 40
MEMBER = 0.55
"""Weight of two words that share a set but are not its head."""
KEEP = 0.035
MINOR = 0.2
TURN = 0.85
"""What is left of a sense's weight each time one of its words has been taken."""
NEAR = 0.4
"""A set lies near a word if this part of it are words that share a set with the word."""
COMMON = 3
"""Sets an adjective must be in before an adverb in `-mente` is made from it."""
_NEGATIONS = ("in", "im", "i", "ir", "des", "dis", "anti", "a", "mal", "no")

_CUT_SHORT = ("bien", "buen", "gran", "mal")
"""They stand elsewhere than their synonyms (`un mal día`, `un día malo`), or as other parts of speech."""


_ADJECTIVES_IN_A_OR_S = ("ista", "ícola", "crata", "idiota", "hipócrita", "cortés", "francés", "inglés", "gris", "és")
_ONLY_NOUNS = ("ción", "sión", "zón", "dad", "tad", "tud", "miento", "ismo", "aje", "sis", "triz", "umbre", "anza")
_ALSO_ADJECTIVES = (
    *("joven", "ideal", "pobre", "general", "capital", "central", "final", "moral", "rival", "menor", "mayor", "rosa"),
    *("titular", "auxiliar", "criminal", "profesional", "intelectual", "idiota", "hipócrita", "inicial", "ambiente"),
    *("bien", "cobre", "uniforme", "corriente", "pendiente", "violeta", "naranja", "delincuente", "presidente"),
)

Row = tuple[str, str, int, list[str]]


def rows(
    thesaurus: Thesaurus,
    *,
    closed: frozenset[str],
    unwanted: frozenset[str],
    antonyms: Iterable[tuple[str, str]],
) -> list[Row]:
    """(lemma, part of speech, number of sets, synonyms) for every word, in alphabetical order.

    `closed` words have no row and are never offered; `unwanted` ones are only never offered. `antonyms` adds to the
    pairs that the file marks.
    """
    made = list(ranked(thesaurus, closed, unwanted, opposites_of(thesaurus, antonyms), _offered))
    attested = {lemma for lemma, code, _, _ in made if code == "r"}
    common = {lemma for lemma, code, number, _ in made if code == "a" and number >= COMMON}
    adverbs = {lemma: (number, synonyms) for lemma, code, number, synonyms in made if code == "r"}
    for lemma, code, number, synonyms in made:
        adverb = feminine(lemma) + "mente"
        if code == "a" and (adverb in attested or lemma in common) and adverb not in closed:
            # What adjectives share, the adverbs made from them share (RAE 2009, section 7.14).
            own = adverbs.get(adverb, (number, []))
            made_too = [feminine(s) + "mente" for s in synonyms if s in common and not s.endswith(("ado", "ido"))]
            adverbs[adverb] = (own[0], list(dict.fromkeys([*own[1], *made_too]))[:CAP])
    others = [row for row in made if row[1] != "r"]
    return sorted([*others, *((lemma, "r", number, synonyms) for lemma, (number, synonyms) in adverbs.items())])


def opposites_of(thesaurus: Thesaurus, antonyms: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    """Word → its opposites, by the file and by `antonyms`."""
    opposites: dict[str, set[str]] = defaultdict(set)
    for one, other in (*thesaurus.antonyms, *antonyms):
        opposites[one].add(other)
        opposites[other].add(one)
    return opposites


def ranked(
    thesaurus: Thesaurus,
    closed: frozenset[str],
    unwanted: frozenset[str],
    opposites: Mapping[str, set[str]],
    offered: Callable[[str, str, str], bool],
) -> Iterator[Row]:
    """The rows of all words but adverbs made from adjectives; `offered` says of two words of a part of speech whether
    the second can stand for the first.
    """
    codes = parts_of_speech(thesaurus)
    sets: dict[tuple[str, str], list[SenseSet]] = defaultdict(list)
    for group, code in zip(thesaurus.sets, codes, strict=True):
        for word in sorted(group.words):
            if word not in closed and _fits(word, code):
                sets[word, code].append(group)
    total = Counter(word for group in thesaurus.sets for word in group.words)
    for word, code in [key for key, groups in sets.items() if len(groups) < MINOR * total[key[0]]]:
        del sets[word, code]  # one stray set among many: more likely a wrong inference than a rare use
    degree = {key: sum(_weight(group) for group in groups) for key, groups in sets.items()}

    def closeness(word: str, code: str) -> dict[str, dict[SenseSet, float]]:
        """Each word that shares a set with `word`: how close every shared set brings it."""
        near: dict[str, dict[SenseSet, float]] = defaultdict(dict)
        for group in sets.get((word, code), ()):
            for other in group.words:
                if (other, code) in sets:
                    step = _weight(group) * (1.0 if group.head in (word, other) else MEMBER)
                    norm = degree[word, code] ** 0.5 * degree[other, code] ** 0.2
                    near[other][group] = step * _ordinary(len(sets[other, code])) / norm
        return near

    for word, code in sorted(sets):
        near = closeness(word, code)
        against: dict[str, float] = dict.fromkeys(opposites.get(word, ()), 1e9)
        for opposite in sorted(opposites.get(word, ())):
            for other, shared in closeness(opposite, code).items():
                against[other] = max(sum(shared.values()), against.get(other, 0.0))
        around = frozenset(near)
        for other, shared in near.items():
            fit = _fit(sets[other, code], word, around)
            near[other] = {group: step * fit for group, step in shared.items()}
        kept = {
            other: shared
            for other, shared in near.items()
            if max(KEEP, against.get(other, 0.0)) < sum(shared.values())
            and other not in unwanted
            and offered(word, other, code)
        }
        yield word, code, len(sets[word, code]), _spread(kept)


def _fit(groups: Sequence[SenseSet], word: str, around: frozenset[str]) -> float:
    """How much of what a candidate means lies near `word`: 1 if all its sets do, towards 0.3 if few do."""
    near = sum(word in group.words or len(group.words & around) >= NEAR * len(group.words) for group in groups)
    return 0.3 + 0.7 * near / len(groups)


def _spread(candidates: Mapping[str, Mapping[SenseSet, float]]) -> list[str]:
    """At most `CAP` candidates, best first, taking turns between senses: nothing says which sense is the usual one."""
    left = {word: dict(shared) for word, shared in sorted(candidates.items())}
    ranked: list[str] = []
    while left and len(ranked) < CAP:
        best = max(left, key=lambda word: sum(left[word].values()))
        ranked.append(best)
        for group in left.pop(best):
            for shared in left.values():
                if group in shared:
                    shared[group] *= TURN
    return ranked


def _ordinary(sets: int) -> float:
    """A word of a single set is seldom an everyday word; from a dozen sets on it says nothing more."""
    return min(1.0, log(1 + sets) / log(12))


def _weight(group: SenseSet) -> float:
    return 1 / log2(1 + len(group.words))


def _fits(word: str, code: str) -> bool:
    """Whether `word` can be a lemma of this part of speech: the sets also hold feminines, plurals and finite verbs."""
    if word in _CUT_SHORT or word.endswith("ísimo"):
        return False
    if code == "v":
        return INFINITIVE.fullmatch(word) is not None
    if code == "a":
        noun = (word in listed() and word not in _ALSO_ADJECTIVES) or word.endswith(_ONLY_NOUNS)
        return not noun and (not word.endswith(("a", "s", "mente")) or word.endswith(_ADJECTIVES_IN_A_OR_S))
    if code == "r":
        return True
    return gender(word) != "" and not word.endswith("mente")


def negates(word: str, other: str) -> bool:
    """Whether one word is the other with a prefix that negates it."""
    short, long = sorted((word, other), key=len)
    return any(long == prefix + short for prefix in _NEGATIONS)


def _offered(word: str, other: str, code: str) -> bool:
    if word == other or negates(word, other):
        return False
    if code != "n":
        return word.endswith("se") == other.endswith("se") if code == "v" else True
    own, its = gender(word), gender(other)
    return own == its or (its == "c" and own in "mf")

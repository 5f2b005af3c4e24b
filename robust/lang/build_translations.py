r"""Make the shipped tables of translations between English and Spanish: the usual word for a noun or an adjective.

    python -m robust.lang.build_translations --out robust/lang --wordnet WORDNET \
        --spanish wn-data-spa.tab wn-wikt-spa.tab

WORDNET holds WordNet 3.0 as it was published (not built anew, as Debian's is), with `cntlist.rev` (Debian's will do).
The words of both languages meet in the synsets of WordNet. A word has many; what decides is how often each is meant
and by which word. Of English, both are known: the tagged occurrences of a word divide its frequency among its senses.
Of Spanish they are not: a sense is taken to be meant the oftener, the oftener English names it, and the more so where
two sources give the word for it. The translation of a word is then the likeliest word of the other language, times
the root of the chance that it is translated back, times a factor for words spelt alike (*instante*, *instant*, and
not *while*).

`translations_own.txt` comes first: the words that the rule gets wrong, and everyday ones that it lacks. The same input
gives the same bytes.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TypeAlias, TypeVar

from robust.core.types import LANGS, Lang
from robust.lang import wordnet
from robust.lang.frequency import bare, frequencies
from robust.lang.lexicon import lexicon, read, write
from robust.lang.wordnet import Key, WordNet

NAME = "translations.tsv.xz"
OWN = "translations_own.txt"
NONE = "-"
CODES = "na"
LEAST: Mapping[str, float] = {"n": 0.35, "a": 0.7}
"""The least score of a translation; senses of adjectives are finer, and which is meant says less."""
MAIN = 0.4
"""The least share of a word's occurrences that are of this part of speech."""
ALIKE = 0.6
"""From this share of common letters on, two words are spelt alike."""
MOST: Mapping[Lang, int] = {"en": 20_000, "es": 20_000}
"""Only words among so many of the commonest are translated, or put."""
_ENGLISH_WORD = re.compile(r"[a-z]{3,}")
_SPANISH_WORD = re.compile(r"[a-záéíóúüñ]{3,}")
_HEADER = """Usual translations of {what}. Joined by synset from WordNet 3.0, Copyright 2006 by Princeton University
(licence: see en/LICENSE.wordnet), the Multilingual Central Repository 3.0 (Gonzalez-Agirre, Laparra and Rigau 2012,
http://adimen.si.ehu.es/web/MCR/), CC BY 3.0, and Wiktionary by way of the Extended Open Multilingual Wordnet (Bond and
Foster 2013), CC BY-SA. Licence of this file: CC BY-SA 3.0. Changed: one word chosen for each, by frequency; corrected
and added to by translations_own.txt.
One line for each lemma; tab-separated parts: the lemma, then its part of speech (n a), a zero, and the translation."""

T = TypeVar("T")
Word: TypeAlias = tuple[str, str]
"""A lemma and its part of speech (`n` or `a`)."""
Chances: TypeAlias = Mapping[Word, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """How likely each word is translated by each of the other language."""

    to_english: Chances
    to_spanish: Chances


def read_names(paths: Iterable[Path]) -> dict[Key, Counter[str]]:
    """Synset → its Spanish words, with the number of files that give each (of the Open Multilingual Wordnet)."""
    names: dict[Key, Counter[str]] = defaultdict(Counter)
    for path in paths:
        found = set()
        for line in path.read_text(encoding="utf-8").splitlines():
            synset, kind, word = [*line.split("\t"), "", ""][:3]
            offset, _, code = synset.partition("-")
            if not line.startswith("#") and kind.endswith("lemma") and _SPANISH_WORD.fullmatch(word):
                found.add((("a" if code == "s" else code, offset), word))
        for key, word in found:
            names[key][word] += 1
    return names


def joined(found: WordNet, names: Mapping[Key, Mapping[str, int]]) -> Joined:
    """The chances of all words that share a synset, as the module says."""
    english = {key: _meant(found, key) for key in sorted(names) if key[0] in CODES and key in found.synsets}
    senses: dict[Word, dict[Key, float]] = defaultdict(dict)
    for key, words in english.items():
        for word, sources in names[key].items():
            if words:
                senses[word, key[0]][key] = sum(words.values()) * sources**2
    spanish: dict[Key, dict[str, float]] = defaultdict(dict)
    for (word, _), shares in senses.items():
        for key, share in _normal(shares).items():
            spanish[key][word] = share * (frequencies("es").get(word, 0) + 1) * names[key][word]
    to_english: dict[Word, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    to_spanish: dict[Word, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (word, code), shares in senses.items():
        for key, share in _normal(shares).items():
            for other, chance in _normal(english[key]).items():
                to_english[word, code][other] += share * chance
    for key, words in english.items():
        for word in words:
            share = _shares(found, word, key[0]).get(key, 0.0)
            for other, chance in _normal(spanish[key]).items():
                to_spanish[word, key[0]][other] += share * chance
    return Joined(to_english=to_english, to_spanish=to_spanish)


def _meant(found: WordNet, key: Key) -> dict[str, float]:
    """The English words of a synset, each with how often it is written in this sense."""
    if key in found.unkind or key in found.dated:
        return {}
    words = [word for word in found.synsets[key].words if _ENGLISH_WORD.fullmatch(word)]
    return {
        word: (frequencies("en").get(word, 0) + 1) * _part(found, word)[key[0]] * share
        for word in words
        if (share := _shares(found, word, key[0]).get(key, 0.0))
    }


def _shares(found: WordNet, lemma: str, code: str) -> dict[Key, float]:
    """The probability of each sense of an English word."""
    senses = found.senses.get((lemma, code), ())
    return _normal({key: found.counts.get((lemma, code, i), 0) + 1 / i for i, key in enumerate(senses, 1)})


def _part(found: WordNet, lemma: str) -> dict[str, float]:
    """The probability of each part of speech of an English word."""
    tagged = {
        code: 0.5 + sum(found.counts.get((lemma, code, i + 1), 0) for i in range(len(found.senses[lemma, code])))
        for code in "nvar"
        if (lemma, code) in found.senses
    }
    return _normal(tagged)


def _normal(weights: Mapping[T, float]) -> dict[T, float]:
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()}


def best(word: Word, there: Chances, back: Chances) -> tuple[str, float] | None:
    """The best translation of `word` and its score; None where there is none."""
    scores = {
        other: chance * back.get((other, word[1]), {}).get(word[0], 0.0) ** 0.5 * (1 + _alike(word[0], other))
        for other, chance in there.get(word, {}).items()
    }
    return min(scores.items(), key=lambda pair: (-pair[1], pair[0])) if scores else None


def _alike(one: str, other: str) -> float:
    """The share of letters that two words have in common in the same order, if it is large, else 0."""
    same = SequenceMatcher(None, bare(one), bare(other), autojunk=False).ratio()
    return same if same >= ALIKE else 0.0


def table(lang: Lang, found: WordNet, chances: Joined) -> dict[Word, str]:
    """The translations of the words of `lang`."""
    way = (chances.to_english, chances.to_spanish)
    there, back = way if lang == "es" else way[::-1]
    common = {one: frozenset(list(frequencies(one))[: MOST[one]]) for one in LANGS}
    closed = {one: frozenset([*read(one, "stopwords.txt"), *read(one, "unwanted.txt")]) for one in LANGS}
    other: Lang = "en" if lang == "es" else "es"
    made = {}
    for word in sorted(there):
        if word[0] not in common[lang] or word[0] in closed[lang] or not _mainly(lang, word, found):
            continue
        chosen = best(word, there, back)
        if chosen is None or chosen[1] < LEAST[word[1]]:
            continue
        its = (chosen[0], word[1])
        if chosen[0] in common[other] and chosen[0] not in closed[other] and _mainly(other, its, found):
            made[word] = chosen[0]
    merged = {**made, **own(lang)}
    return {word: other for word, other in merged.items() if other != NONE}


def _mainly(lang: Lang, word: Word, found: WordNet) -> bool:
    """Whether `word` is usually of its part of speech."""
    if lang == "en":
        return _part(found, word[0]).get(word[1], 0.0) >= MAIN
    counts = {entry.part_of_speech[0]: entry.frequency for entry in lexicon("es").entries(word[0])}
    return counts.get(word[1], 0) >= MAIN * sum(counts.values()) and word[1] in counts


def own(lang: Lang) -> dict[Word, str]:
    """What `translations_own.txt` says of the words of `lang`: a translation, or `NONE` for a word that gets none."""
    made: dict[Word, str] = {}
    for line in read("es", OWN):
        code, spanish, *english = line.split(" ")
        if lang == "es" and spanish != NONE:
            made[spanish, code] = english[0]
        elif lang == "en":
            for word in english:
                if word != NONE:
                    made[word, code] = spanish if spanish == NONE else made.get((word, code), spanish)
    return made


def _rows(made: Mapping[Word, str]) -> Iterator[tuple[str, str, int, Sequence[str]]]:
    for (lemma, code), other in sorted(made.items()):
        if lemma != other:
            yield lemma, code, 0, [other]


def main() -> None:
    """Write `en/translations.tsv.xz` and `es/translations.tsv.xz` under `--out`."""
    parser = argparse.ArgumentParser(prog="python -m robust.lang.build_translations", description=main.__doc__)
    parser.add_argument("--wordnet", type=Path, required=True, help="folder of the WordNet 3.0 database files")
    parser.add_argument("--spanish", type=Path, nargs="+", required=True, help="Spanish WordNets, wn-data-spa.tab …")
    parser.add_argument("--out", type=Path, required=True, help="folder that holds en/ and es/")
    asked = parser.parse_args()
    found, names = wordnet.read(asked.wordnet), read_names(asked.spanish)
    if wrong := wordnet.lost(found, names):
        parser.error(f"{asked.wordnet}: {wrong}")
    chances = joined(found, names)
    about: Mapping[Lang, str] = {"en": "English words into Spanish", "es": "Spanish words into English"}
    for lang, what in about.items():
        data = write(_rows(table(lang, found, chances)), _HEADER.format(what=what))
        (asked.out / lang / NAME).write_bytes(data)


if __name__ == "__main__":
    main()

"""Which words of an English text can be Spanish, and the form they take: `the movies are boring` → `the películas …`.

A lone Spanish noun keeps the English determiner and the number of the noun it replaces; *a* and *an* follow its sound.
An adjective is Spanish after a verb of being, where both languages put it (Torres Cacoullos et al. 2022,
doi.org/10.1075/lab.22038.tor), and agrees with its subject: with the Spanish word for it, whether it is put or not
(`the movie is aburrida`). Where the subject does not tell the gender, only adjectives of one form are put (`it was
increíble`). Verbs stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from robust.lang.en.inflection import analyses
from robust.lang.es import inflection as spanish
from robust.lang.es.agreement import noun as spanish_noun
from robust.lang.es.gender import gender
from robust.lang.es.morphology.nominal import feminine
from robust.lang.forms import word_set
from robust.lang.lexicon import Analysis, lexicon, read
from robust.lang.set_phrases import in_set_phrase
from robust.lang.translations import only, translations

_SINGULAR = word_set("a an this every each another one")
_PLURAL = word_set("these those many few several both two three four five six seven eight nine ten")
_PRONOUNS_TOO = word_set("some any both many few several two three four five six seven eight nine ten")
"""Determiners that can also be a subject on their own."""
_ANY = word_set("the my your his its our their some any no")
_COPULAS: Mapping[str, str] = {
    **dict.fromkeys(("is", "was", "seems", "looks", "feels", "seemed", "isn't", "wasn't"), "s"),
    **dict.fromkeys(("are", "were", "aren't", "weren't"), "p"),
}
"""Verbs of being → the number they show."""
_CONTRACTED = word_set("it's he's she's that's everything's")
_DEGREE = word_set("very so too quite rather really pretty not just extremely incredibly truly always still absolutely")
_SUBJECTS: Mapping[str, str] = {
    **dict.fromkeys(("this", "that", "everything", "nothing", "something", "anything", "all", "he"), "ms"),
    "she": "fs",
}
"""Pronouns → gender and number of an adjective that is said of them; of a neuter it is masculine (*esto es bueno*)."""
_OPENING = word_set("and but because although though so if when while since as that think thought whether")
"""What a subject may follow."""
_OBJECTS = word_set("me you him her it us them the a an my your his its our their this that")
"""After these, a word in *-ing* is a verb (`it is boring me`)."""
_AMBIGUOUS_SOUND = ("h", "y", "io", "ie", "iu", "ia", "ui", "ue", "ua", "uo", "ll")


def switched(
    words: Sequence[str], joined: Sequence[bool], at: int, *, parts: Sequence[str]
) -> Mapping[int, str] | None:
    """Index → the new words of a text whose English word `at` becomes Spanish; None where it cannot be.

    `words` in lower case; `joined[i]` says whether only white space stands between word `i` and the word before it.
    Nouns and adjectives are replaced as far as `parts` names them.
    """
    if in_set_phrase(words, joined, at, "en"):
        return None
    if "noun" in parts and (word := _noun(words, joined, at)) is not None:
        return _with_article(words, joined, at, word)
    if "adj" in parts and (word := _adjective(words, joined, at)) is not None:
        return {at: word}
    return None


def _noun(words: Sequence[str], joined: Sequence[bool], at: int) -> str | None:
    """The Spanish noun for word `at` in its number, if it is the noun of a phrase with a determiner."""
    found = only(analyses(words[at], translations("en")), "noun", "en")
    if found is None or not _in_phrase(words, joined, at, found[0].form) or not _ends(words, joined, at):
        return None
    number = "s" if found[0].form == "base" else "p"
    return spanish.inflect(found[1], Analysis(found[1], "noun", number))


def _in_phrase(words: Sequence[str], joined: Sequence[bool], at: int, form: str) -> bool:
    """Whether a determiner that suits the number, with adjectives after it at most, stands before word `at`."""
    start = at
    while start and joined[start] and at - start < 3 and _modifies(words[start - 1]):
        start -= 1
    if not (start and joined[start]):
        return False
    if start < at and _inflected_verb(words[at]) and "noun" in _kinds(words[at - 1]):
        return False  # `the sound needs`: an adjective and a noun, or a noun and its verb?
    if words[start - 1] in _PRONOUNS_TOO and "verb" in _kinds(words[at]):
        return False  # `some thought there was more`
    return words[start - 1] in _ANY | (_SINGULAR if form == "base" else _PLURAL)


def _modifies(word: str) -> bool:
    """Whether `word` is an adjective, or the adverb of one."""
    if word in _closed():
        return word in _DEGREE or word in ("own", "same", "first", "second", "third", "other", "most")
    return bool({"adj", "adv"} & _kinds(word))


@lru_cache(maxsize=1 << 14)
def _kinds(word: str) -> frozenset[str]:
    return frozenset([one.part_of_speech for one in analyses(word, lexicon("en"))])


def _inflected_verb(word: str) -> bool:
    return any(one.part_of_speech == "verb" and one.form != "base" for one in analyses(word, lexicon("en")))


def _ends(words: Sequence[str], joined: Sequence[bool], at: int) -> bool:
    """Whether no part of the noun phrase follows word `at`: a word of the closed class, or a mark, or nothing."""
    if at + 1 == len(words) or not joined[at + 1]:
        return True
    return words[at + 1] in _closed() and not words[at + 1].startswith(("'", "’"))


def _with_article(words: Sequence[str], joined: Sequence[bool], at: int, word: str) -> Mapping[int, str] | None:
    """The Spanish `word`, and *a* or *an* before it by its Spanish sound; None where that is not certain."""
    if not joined[at] or words[at - 1] not in ("a", "an"):
        return {at: word}
    if word.startswith(_AMBIGUOUS_SOUND):
        return None
    wanted = "an" if word[0] in "aeiouáéíóú" else "a"
    return {at: word} if wanted == words[at - 1] else {at: word, at - 1: wanted}


def _adjective(words: Sequence[str], joined: Sequence[bool], at: int) -> str | None:
    """The Spanish adjective for word `at` in the form its subject asks for, if it stands after a verb of being."""
    found = only(analyses(words[at], translations("en")), "adj", "en")
    if found is None or found[0].form != "base" or not _ends(words, joined, at):
        return None
    following = words[at + 1] if at + 1 < len(words) and joined[at + 1] else ""
    if words[at].endswith("ing") and following in _OBJECTS:
        return None
    verb = at - 1
    while verb > 0 and joined[verb + 1] and words[verb] in _DEGREE:
        verb -= 1
    if verb < 0 or not all(joined[verb + 1 : at + 1]):
        return None
    cell = _cell(words, joined, verb)
    lemma = found[1]
    if cell is None or (cell[0] == "?" and feminine(lemma) != lemma):
        return None
    invariable = feminine(lemma) == lemma
    return spanish.inflect(lemma, Analysis(lemma, "adj", ("c" if invariable else cell[0]) + cell[1]))


def _cell(words: Sequence[str], joined: Sequence[bool], verb: int) -> str | None:
    """Gender and number of the subject of `words[verb]`, `?` for an uncertain gender; None if it is no verb."""
    if words[verb] in _CONTRACTED:
        return _SUBJECTS.get(words[verb].removesuffix("'s"), "?s")
    number = _COPULAS.get(words[verb])
    if number is None or not (verb and joined[verb]):
        return None
    subject = words[verb - 1]
    if subject in ("i", "you", "there", "here", "what", "where", "how", "who"):
        return None
    known = _SUBJECTS.get(subject)
    if known is not None:
        return known if known[1] == number else "?" + number
    return _of_noun(words, joined, verb - 1, number) or "?" + number


def _of_noun(words: Sequence[str], joined: Sequence[bool], at: int, number: str) -> str | None:
    """Gender and number of the noun `words[at]`, English or Spanish, whose phrase begins a clause."""
    start = at
    while start and joined[start] and _modifies(words[start - 1]):
        start -= 1
    start -= 1
    if start < 0 or not joined[start + 1] or words[start] not in _ANY | _SINGULAR | _PLURAL:
        return None
    if start and joined[start] and words[start - 1] not in _OPENING:
        return None
    found = only(analyses(words[at], translations("en")), "noun", "en")
    if found is None:
        already = spanish_noun(words[at])
        return already.cell if already is not None and already.cell[1] == number else None
    letter = gender(found[1]).lower()
    same = (found[0].form == "base") == (number == "s")
    return letter + number if letter in ("m", "f") and same else None


@lru_cache(maxsize=1)
def _closed() -> frozenset[str]:
    return frozenset(read("en", "stopwords.txt"))

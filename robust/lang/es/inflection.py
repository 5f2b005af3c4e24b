"""Gender and number of Spanish nouns and adjectives, and which entry of the table a form belongs to.

Rules: Real Academia Española, *Nueva gramática de la lengua española* (2009), chapters 2 (gender) and 3 (number).
A first cut that never guesses: of the verbs only the infinitive is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from robust.lang.lexicon import Analysis, Lexicon, PartOfSpeech

_ACUTE = dict(zip("aeiou", "áéíóú", strict=True))
_PLAIN = {acute: plain for plain, acute in _ACUTE.items()}
_STRONG = "aeoáéó"

_NO_FEMININE = ("marrón", "cortés", "montés", "afín", "peor", "mejor", "mayor", "menor")
_COMPARATIVE = ("erior",)
_PEOPLE = ("español", "andaluz", "catalán", "alemán", "mongol")
_PLURALS = {
    "régimen": "regímenes", "espécimen": "especímenes", "carácter": "caracteres", "cualquiera": "cualesquiera",
}  # fmt: skip


def plural(word: str) -> str:
    """The plural of a noun or adjective."""
    if word in _PLURALS:
        return _PLURALS[word]
    last = word[-1]
    if last in "aeiouáéó":
        return word + "s"
    if last in "íú":
        return word + "es"
    if last == "z":
        return _unaccented(word[:-1]) + "ces" if word[-2] in _PLAIN and not _hiatus(word) else word[:-1] + "ces"
    if last in "sx" and word[-2] not in _PLAIN and _syllables(word) > 1:
        return word  # la crisis, las crisis
    if last in "ns" and word[-2] in _PLAIN and not _hiatus(word):
        return _unaccented(word) + "es"  # canción, canciones
    if last == "n" and _syllables(word) > 1 and not any(letter in _PLAIN for letter in word):
        return _accented(word) + "es"  # joven, jóvenes
    return word + "es"


def feminine(adjective: str) -> str:
    """The feminine singular of a masculine adjective (itself when it has one form for both)."""
    if adjective in _NO_FEMININE or adjective.endswith(_COMPARATIVE):
        return adjective
    if adjective.endswith("o"):
        return adjective[:-1] + "a"
    if adjective.endswith("or"):
        return adjective + "a"
    if adjective in _PEOPLE or adjective.endswith(("ón", "és", "án", "ín")):
        return (_unaccented(adjective) if adjective[-1] in "ns" else adjective) + "a"
    if adjective.endswith(("ete", "ote")):
        return adjective[:-1] + "a"
    return adjective


def inflect(lemma: str, analysis: Analysis) -> str | None:
    """`lemma` in the gender and number of `analysis`; None when it has no such form.

    Forms of adjectives: `ms fs mp fp`, and `cs cp` for one that does not show its gender (`feliz`): only another of its
    kind can stand for it, because the gender of what it describes is not known. Of nouns: `s p`, and `sp` for one that
    does not show its number (`crisis`).
    """
    if analysis.part_of_speech in ("verb", "adv"):
        return lemma
    word = lemma
    if analysis.part_of_speech == "adj" and analysis.form[0] in "fc":
        word = feminine(lemma)
        if analysis.form[0] == "c" and word != lemma:
            return None
    if analysis.form == "sp":
        return word if plural(word) == word else None
    return plural(word) if analysis.form.endswith("p") else word


def analyses(word: str, lexicon: Lexicon) -> Iterator[Analysis]:
    """All entries of `lexicon` that `word` (lower case) can be a form of."""
    for lemma in _possible_lemmas(word):
        for part_of_speech in lexicon.parts_of_speech(lemma):
            for form in forms(lemma, part_of_speech):
                analysis = Analysis(lemma, part_of_speech, form)
                if inflect(lemma, analysis) == word:
                    yield analysis
                    break


def forms(lemma: str, part_of_speech: PartOfSpeech) -> tuple[str, ...]:
    """The names of the forms that `lemma` has."""
    if part_of_speech == "adj":
        return ("cs", "cp") if feminine(lemma) == lemma else ("ms", "fs", "mp", "fp")
    if part_of_speech == "noun":
        return ("sp",) if plural(lemma) == lemma else ("s", "p")
    return ("",)


@lru_cache(maxsize=4096)
def _possible_lemmas(word: str) -> tuple[str, ...]:
    """`word` and what is left of it without the endings of number and gender, with and without an accent."""
    found = [word, *[singular for singular, many in _PLURALS.items() if many == word]]
    if word.endswith("s"):
        singulars = [word[:-1]]
        if word.endswith("es"):
            singulars.append(word[:-2])
        if word.endswith("ces"):
            singulars.append(word[:-3] + "z")
        found += singulars
    found += [base for one in tuple(found) if one.endswith("a") for base in (one[:-1] + "o", one[:-1] + "e", one[:-1])]
    for one in tuple(found):
        if one[-1:] in "nsz" and len(one) > 2:
            found += [_accent_last(one), _unaccented(one)]
    return tuple(dict.fromkeys(one for one in found if one))


def _unaccented(word: str) -> str:
    return "".join(_PLAIN.get(letter, letter) for letter in word)


def _hiatus(word: str) -> bool:
    """Whether the accent of the last syllable parts two vowels (`país`, `raíz`) and so stays in the plural."""
    return word[-2] in "íú" and word[-3:-2] in tuple(_STRONG)


def _nuclei(word: str) -> list[int]:
    """Positions of the vowels that carry a syllable."""
    vowels = [i for i, letter in enumerate(word) if letter in "aeiouáéíóúü"]
    nuclei: list[int] = []
    for i in vowels:
        silent = word[i] in "uü" and word[i - 1 : i] in ("q", "g") and word[i + 1 : i + 2] in tuple("eiéí")
        glide = word[i] in "iuü" and (word[i + 1 : i + 2] in tuple("aeoáéó") or word[i - 1 : i] in tuple("aeoáéó"))
        if not silent and not glide:
            nuclei.append(i)
    return nuclei


def _syllables(word: str) -> int:
    return len(_nuclei(word))


def _accented(word: str) -> str:
    """`word` (stressed on the syllable before the last) with that stress written: `joven` → `jóven`."""
    at = _nuclei(word)[-2]
    return word[:at] + _ACUTE.get(word[at], word[at]) + word[at + 1 :]


def _accent_last(word: str) -> str:
    nuclei = _nuclei(word)
    if not nuclei:
        return word
    at = nuclei[-1]
    return word[:at] + _ACUTE.get(word[at], word[at]) + word[at + 1 :]

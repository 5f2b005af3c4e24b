"""Make the words around a replaced Spanish word agree with it again, or say that this cannot be done with certainty.

Determiners and neighbouring adjectives follow the gender and number of a noun (RAE and ASALE, *Nueva gramática de la
lengua española* 2009, chapters 13, 14 and 33); *y*, *o*, *el* and *un* follow its sound. There is no parser here: where
another word of the text may belong to the noun (`la casa … es bonita`, `la compró`), nothing is repaired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from robust.lang.case import like
from robust.lang.es.gender import gender
from robust.lang.es.inflection import analyses, inflect
from robust.lang.es.morphology.clitics import split
from robust.lang.es.morphology.euphony import conjunction, takes_el
from robust.lang.es.morphology.forms import VerbForm
from robust.lang.es.morphology.nominal import lengthened, shortened
from robust.lang.es.morphology.readings import readings
from robust.lang.lexicon import Analysis, lexicon

_CELLS = ("ms", "fs", "mp", "fp")
_DETERMINERS = (
    *("el la los las", "un una unos unas", "este esta estos estas", "ese esa esos esas"),
    *("aquel aquella aquellos aquellas", "algún alguna algunos algunas", "ningún ninguna ningunos ningunas"),
    *("nuestro nuestra nuestros nuestras", "vuestro vuestra vuestros vuestras", "cuyo cuya cuyos cuyas"),
    *("otro otra otros otras", "mucho mucha muchos muchas", "poco poca pocos pocas", "tanto tanta tantos tantas"),
    *("cuánto cuánta cuántos cuántas", "demasiado demasiada demasiados demasiadas", "todo toda todos todas"),
    *("mi mi mis mis", "tu tu tus tus", "su su sus sus", "cualquier cualquier - -", "cada cada - -"),
    *("- - varios varias", "- - ambos ambas", "- - dos dos", "- - tres tres"),
)
_LIKE_EL = {"la": "el", "una": "un", "alguna": "algún", "ninguna": "ningún"}
"""Feminine determiners, and what stands for them directly before a stressed *a*."""
_CONTRACTIONS = {"al": "a", "del": "de"}
_PRONOUNS = {"m": ("lo", "él", "los", "ellos"), "f": ("la", "ella", "las", "ellas")}
_CONJUNCTIONS = ("y", "e", "o", "u")
SHIFTING = frozenset([*_CONJUNCTIONS, *_LIKE_EL, *_LIKE_EL.values(), *_CONTRACTIONS])
"""Words whose form depends on the sound of the next one: those that `fits` looks at."""


@dataclass(frozen=True, slots=True)
class Noun:
    """What a noun asks of the words around it; `cell` is one of `ms fs mp fp`."""

    word: str
    cell: str


def repaired(words: Sequence[str], index: int, old: str) -> tuple[str, ...] | None:
    """`words`, in which `words[index]` has taken the place of `old`, with the words around it made to agree.

    The result is as long as `words`: a contraction that is undone is one item (`a la`), and one that is made leaves an
    empty item behind (`del`, ``). None where the repair is not certain: a noun whose gender or number is not, a word
    elsewhere that may belong to the noun. Words keep their case. Of a word that is no noun only the sound matters here;
    that it is in the form of the old one is taken for granted.
    """
    found = list(words)
    if not (_no_noun(old) and _no_noun(words[index])):
        before, after = noun(old), noun(words[index])
        if before is None or after is None or before.cell[1] != after.cell[1]:
            return None
        if before.cell != after.cell and not _follow(found, index, before, after):
            return None
        if not determined(found, index, before, after):
            return None
    return tuple(found) if _sounded(found, index) else None


def governed(words: Sequence[str], index: int, before: Noun, after: Noun) -> tuple[str, ...] | None:
    """`words`, in which `words[index]` is `after` in the place of `before`, with determiner and adjectives repaired.

    As `repaired`, for a noun that is not in the table, such as an English one; conjunctions before it stay.
    """
    found = list(words)
    follow = before.cell == after.cell or _follow(found, index, before, after)
    return tuple(found) if follow and determined(found, index, before, after) else None


def is_determiner(word: str) -> bool:
    """Whether `word` (lower case) is a determiner whose form is known, or one that is part of a contraction."""
    return word in _CONTRACTIONS or _row(word) is not None


def stands_with(determiner: str, word: str, number: str) -> bool:
    """Whether `determiner` suits the noun `word` in number (`s`, `p`) and, where it is certain, in gender."""
    cells = _cells_of("el" if determiner in _CONTRACTIONS else determiner)
    known = noun(word)
    if known is None:
        return any(cell[1] == number for cell in cells)
    return known.cell in cells or (known.cell == "fs" and determiner in (*_LIKE_EL.values(), *_CONTRACTIONS))


def moved(determiner: str, old: str, new: str) -> str | None:
    """The `determiner` of the cell `old` in the cell `new` (`todas`, `fp`, `mp`: `todos`); None where it has none."""
    forms = _row(determiner)
    if forms is None or forms[_CELLS.index(old)] != determiner or forms[_CELLS.index(new)] == "-":
        return None
    return forms[_CELLS.index(new)]


def fits(before: str, old: str, new: str) -> bool:
    """Whether `new` can stand after the word `before` in place of `old`, of the same gender and number, as it is.

    *Y* and *o* have to suit its sound, and so has the article of a feminine noun (`la bebida`, but `el agua`).
    """
    plain = _plain(before)
    if plain in _CONJUNCTIONS:
        return conjunction(plain, new) == plain
    if plain in _LIKE_EL:
        return _no_noun(new) or takes_el(new) is False
    known = noun(old) if plain in (*_LIKE_EL.values(), *_CONTRACTIONS) else None
    return known is None or known.cell != "fs" or takes_el(new) is True


@lru_cache(maxsize=1 << 14)
def _no_noun(word: str) -> bool:
    """Whether `word` is known as other parts of speech only."""
    found = {analysis.part_of_speech for analysis in analyses(_plain(word), lexicon("es"))}
    return bool(found) and "noun" not in found


@lru_cache(maxsize=1 << 14)
def noun(word: str) -> Noun | None:
    """The noun that `word` is; None where it is unknown, or its gender or number is not certain."""
    plain = _plain(word)
    cells = set()
    for analysis in analyses(plain, lexicon("es")):
        if analysis.part_of_speech == "noun":
            letter = gender(analysis.lemma).lower()
            if letter not in ("m", "f") or analysis.form == "sp":
                return None
            cells.add(letter + analysis.form)
    return Noun(plain, cells.pop()) if len(cells) == 1 else None


def _follow(words: list[str], index: int, before: Noun, after: Noun) -> bool:
    """Put the adjectives beside the noun into its new gender; False where other words may belong to it too."""
    beside = {index}
    for step in (-1, 1):
        at = index + step
        while 0 <= at < len(words) and (changed := adjective(words[at], before.cell, after.cell, step)) is not None:
            words[at] = changed
            beside.add(at)
            at += step
    start = min(beside) - 1
    return not any(may_agree(words, at, before.cell) for at in range(len(words)) if at not in beside and at != start)


def adjective(word: str, old: str, new: str, step: int, *, no_verb: bool = False) -> str | None:
    """An adjective that stands before (`step` -1) or after the noun in its new form; None if it is none for certain.

    `old` and `new` are cells. With `no_verb`, the place shows that a word spelt like a verb (`larga`) is none.
    """
    plain = _plain(word)
    base = lengthened(plain) if step < 0 else plain
    found = [a for a in analyses(base, lexicon("es")) if a.part_of_speech == "adj" and a.form in (old, "c" + old[1])]
    if len({a.lemma for a in found}) != 1 or (not no_verb and is_finite(plain)):
        return None
    lemma, form = found[0].lemma, found[0].form
    changed = inflect(lemma, Analysis(lemma, "adj", form if form[0] == "c" else new))
    if changed is None:
        return None
    keeps_long = step > 0 or new[1] != "s" or (new[0] == "f" and changed != "grande")
    return like(word, changed if keeps_long else shortened(changed))


def is_finite(plain: str) -> bool:
    """Whether a word (lower case) can be a finite verb."""
    return any(reading.form.finite for reading in readings(plain))


def may_agree(words: Sequence[str], at: int, cell: str) -> bool:
    """Whether the word at `at` shows the gender and number of `cell`, so that it may belong to the noun."""
    plain = _plain(words[at])
    following = noun(words[at + 1]) if at + 1 < len(words) and len(words[at + 1]) > 2 else None  # not the letter *de*
    if plain in _PRONOUNS[cell[0]] or _row(plain) is not None:
        cells = _cells_of(plain) or (cell,)
        return cell in cells and (following is None or following.cell not in cells)
    if _participle_of_haber(words, at):
        return False
    return cell in _shown(plain) or _has_pronoun(plain, cell)


def _has_pronoun(plain: str, cell: str) -> bool:
    """Whether a pronoun of this gender and number is written to a verb (`verla`)."""
    pronoun = _PRONOUNS[cell[0]][0 if cell[1] == "s" else 2]
    attached = plain.endswith(pronoun) and any(pronoun in found.clitics for found in split(plain))
    return attached and not any(found.part_of_speech in ("noun", "adj") for found in analyses(plain, lexicon("es")))


def _shown(plain: str) -> Iterator[str]:
    for analysis in analyses(plain, lexicon("es")):
        if analysis.part_of_speech == "adj":
            yield analysis.form
    for reading in readings(plain):
        if reading.form.agreement:
            yield reading.form.agreement


def _participle_of_haber(words: Sequence[str], at: int) -> bool:
    """Whether the word is the participle of a compound tense (`ha comprado`), which agrees with nothing."""
    form = VerbForm("participle", agreement="ms")
    compound = at > 0 and any(reading.lemma == "haber" for reading in readings(_plain(words[at - 1])))
    return compound and any(reading.form == form for reading in readings(_plain(words[at])))


def determined(words: list[str], index: int, before: Noun, after: Noun) -> bool:
    """In `words`, put the determiner of the noun (and *a*, *de* before it) into its new form; False if not certain."""
    at = index - 1
    while at >= 0 and adjective(words[at], after.cell, after.cell, -1) is not None and _row(_plain(words[at])) is None:
        at -= 1
    if at < 0:
        return True
    plain = _plain(words[at])
    preposition = _CONTRACTIONS.get(plain, "")
    row = _row("el" if preposition else plain)
    if row is None:
        return True
    direct = at == index - 1
    expected, wanted = _cell(row, before, direct), _cell(row, after, direct)
    if expected is None or wanted is None or wanted == "-":
        return False
    if expected != ("el" if preposition else plain):
        return before.cell == after.cell and expected == wanted  # it belongs to another word
    if preposition:
        words[at] = words[at] if wanted == "el" else like(words[at], f"{preposition} {wanted}")
    elif wanted == "el" and at and words[at - 1].lower() in ("a", "de") and plain != "el":
        words[at - 1] = like(words[at - 1], {"a": "al", "de": "del"}[words[at - 1].lower()])
        words[at] = ""
    else:
        words[at] = words[at] if wanted == plain else like(words[at], wanted)
    return True


def _cell(row: Sequence[str], known: Noun, direct: bool) -> str | None:
    """The determiner of `row` for a noun, `direct` where nothing stands between them; None where usage differs."""
    form = row[_CELLS.index(known.cell)]
    if known.cell != "fs" or not direct or form not in _LIKE_EL:
        return form
    sound = takes_el(known.word)
    return None if sound is None else _LIKE_EL[form] if sound else form


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, tuple[str, ...]]:
    return {form: tuple(row.split()) for row in _DETERMINERS for form in row.split() if form != "-"}


def _row(plain: str) -> tuple[str, ...] | None:
    return _rows().get(plain)


def _cells_of(plain: str) -> tuple[str, ...]:
    """The cells that a determiner stands in."""
    row = _row(plain)
    return tuple([cell for cell, form in zip(_CELLS, row, strict=True) if form == plain]) if row else ()


def _sounded(words: list[str], index: int) -> bool:
    """Put a conjunction before the word into the form that its sound asks for; False where both are in use."""
    at = index - 1
    while at >= 0 and not words[at]:
        at -= 1
    if at < 0 or words[at].lower() not in _CONJUNCTIONS:
        return True
    form = conjunction(words[at].lower(), words[index])
    if form is None or (at == 0 and form != words[at].lower()):
        return False
    words[at] = words[at] if form == words[at].lower() else like(words[at], form)
    return True


def _plain(word: str) -> str:
    return word.lower()


@lru_cache(maxsize=1)
def _families() -> tuple[frozenset[str], ...]:
    rows = [frozenset(row.split()) - {"-"} for row in _DETERMINERS]
    pronouns = [frozenset(pair) for pair in zip(*_PRONOUNS.values(), strict=True)]
    sounds = [frozenset("ye"), frozenset("ou")]
    contracted = [frozenset((one, *two.split(), "el", "la")) for one, two in _CONTRACTIONS.items()]
    return (*rows, *pronouns, *sounds, *contracted)


def one_function_word(old: str, new: str) -> bool:
    """Whether two words are forms of one determiner, pronoun or conjunction, as a repair puts one for the other.

    `al` and `del` go with `a` and `de` and with the articles in them; an empty `new` is a word that a contraction took.
    """
    before, after = _plain(old), _plain(new)
    if not after:
        return before in {"a", "de", "el", "la"}
    return any(before in family and after in family for family in _families())

"""English inflection: from a surface form to the entry of the table it belongs to, and from a lemma to the same form.

Irregular forms come from WordNet's exception lists, regular ones from the detachment rules of morphy(7WN) run both
ways. A first cut: a lemma whose form is not certain (`two past forms`, `is it gradable?`) is not inflected at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from robust.lang.lexicon import Analysis, Lexicon, PartOfSpeech, read

_VOWELS = "aeiou"
_PARTICIPLE_IS_LEMMA = ("come", "become", "overcome", "run", "rerun", "outrun", "overrun")
_UNCHANGED = (
    "bet",
    "burst",
    "cast",
    "broadcast",
    "forecast",
    "cost",
    "cut",
    "hit",
    "hurt",
    "let",
    "put",
    "quit",
    "read",
    "rid",
    "set",
    "reset",
    "upset",
    "shed",
    "shut",
    "slit",
    "split",
    "spread",
    "thrust",
    "wed",
    "bid",
    "outbid",
)
_PLURAL_OES = (
    "go",
    "do",
    "undergo",
    "forgo",
    "echo",
    "veto",
    "torpedo",
    "embargo",
    "hero",
    "potato",
    "tomato",
    "mosquito",
    "volcano",
    "tornado",
    "domino",
    "buffalo",
    "cargo",
)
_HARD_CH = ("stomach", "epoch", "monarch", "patriarch", "matriarch", "eunuch", "loch", "tech")
_COUNTABLE_NESS = (
    "business",
    "weakness",
    "illness",
    "witness",
    "harness",
    "likeness",
    "sickness",
    "wilderness",
    "governess",
)
_PREFIXES = (
    "over",
    "under",
    "out",
    "re",
    "un",
    "mis",
    "fore",
    "hand",
    "type",
    "ghost",
    "up",
    "by",
    "with",
    "pre",
    "co",
)
_NOT_MEN = ("human", "german", "roman", "ottoman", "shaman", "talisman", "caiman")


@dataclass(frozen=True, slots=True)
class _Irregular:
    lemmas: dict[tuple[str, str], tuple[str, ...]]
    """(code, form) → lemmas."""
    forms: dict[tuple[str, str], tuple[str, ...]]
    """(code, lemma) → forms."""


@lru_cache(maxsize=1)
def _irregular() -> _Irregular:
    lemmas: dict[tuple[str, str], tuple[str, ...]] = {}
    forms: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in read("en", "irregular.tsv.xz"):
        code, form, *found = line.split()
        lemmas[code, form] = tuple(found)
        for lemma in found:
            forms[code, lemma] = (*forms.get((code, lemma), ()), form)
    return _Irregular(lemmas, forms)


@lru_cache(maxsize=1)
def _gradable() -> frozenset[str]:
    return frozenset(read("en", "gradable.txt"))


def analyses(word: str, lexicon: Lexicon) -> Iterator[Analysis]:
    """All entries of `lexicon` that `word` (lower case) can be a form of."""
    for part_of_speech in lexicon.parts_of_speech(word):
        yield Analysis(word, part_of_speech, "base")
    for lemma, part_of_speech, forms in _reduced(word):
        if lemma != word and part_of_speech in lexicon.parts_of_speech(lemma):
            matching = [form for form in forms if word in _all_forms(lemma, part_of_speech, form)]
            if matching == ["past", "participle"]:
                yield Analysis(lemma, part_of_speech, "past or participle")
            elif matching:
                yield Analysis(lemma, part_of_speech, matching[0])


def inflect(lemma: str, analysis: Analysis) -> str | None:
    """`lemma` in the form of `analysis`; None when the form is not certain."""
    part_of_speech = analysis.part_of_speech
    if analysis.form == "base":
        return lemma
    if "-" in lemma and part_of_speech != "noun":
        return None
    if analysis.form == "past or participle":
        past, participle = _verb(lemma, "past")[:1], _verb(lemma, "participle")[:1]
        return past[0] if past and past == participle else None
    forms = _all_forms(lemma, part_of_speech, analysis.form)
    return forms[0] if forms else None


def _reduced(word: str) -> Iterator[tuple[str, PartOfSpeech, tuple[str, ...]]]:
    """Lemmas `word` may come from, with the forms it may then be in."""
    irregular = _irregular().lemmas
    verb = ("third person", "past", "participle", "gerund")
    for code, part_of_speech, forms in (("n", "noun", ("plural",)), ("v", "verb", verb), ("a", "adj", _DEGREES)):
        for lemma in irregular.get((code, word), ()):
            yield lemma, _NAMES[part_of_speech], forms
    if word.endswith("s") and not word.endswith("ss"):
        stems = [word[:-1]]
        if word.endswith("es"):
            stems.append(word[:-2])
        if word.endswith("ies"):
            stems.append(word[:-3] + "y")
        for stem in stems:
            yield stem, "noun", ("plural",)
            yield stem, "verb", ("third person",)
    if word.endswith("ed"):
        for stem in (word[:-1], word[:-2], *([word[:-3] + "y"] if word.endswith("ied") else [])):
            yield stem, "verb", ("past", "participle")
    if word.endswith("ing"):
        for stem in (word[:-3], word[:-3] + "e"):
            yield stem, "verb", ("gerund",)
    for ending, form in (("er", "comparative"), ("est", "superlative")):
        if word.endswith(ending):
            cut = word[: -len(ending)]
            doubled = [cut[:-1]] if len(cut) > 2 and cut[-1] == cut[-2] else []
            for stem in (cut, cut + "e", *([cut[:-1] + "y"] if cut.endswith("i") else []), *doubled):
                yield stem, "adj", (form,)


_DEGREES = ("comparative", "superlative")
_NAMES: dict[str, PartOfSpeech] = {"noun": "noun", "verb": "verb", "adj": "adj"}


def _all_forms(lemma: str, part_of_speech: PartOfSpeech, form: str) -> tuple[str, ...]:
    """The spellings of `lemma` in `form`, the preferred one first; empty when none is certain."""
    if part_of_speech == "noun":
        return (*_irregular().forms.get(("n", lemma), ()), *_plural(lemma))
    if part_of_speech == "verb":
        return _verb(lemma, form)
    return _degree(lemma, form) if part_of_speech == "adj" else ()


def _plural(lemma: str) -> tuple[str, ...]:
    single_s = lemma.endswith("s") and not lemma.endswith("ss")
    mass = lemma.endswith(("ism", "ics")) or (lemma.endswith("ness") and lemma not in _COUNTABLE_NESS)
    if lemma.endswith("man") and not lemma.endswith(_NOT_MEN):
        return (lemma[:-2] + "en",)
    return () if single_s or mass else (_with_s(lemma),)


def _with_s(lemma: str) -> str:
    if lemma.endswith("y") and lemma[-2:-1] not in tuple(_VOWELS):
        return lemma[:-1] + "ies"
    hissing = lemma.endswith(("s", "x", "z", "ch", "sh")) and not lemma.endswith(_HARD_CH)
    return lemma + ("es" if hissing or lemma in _PLURAL_OES else "s")


def _verb(lemma: str, form: str) -> tuple[str, ...]:
    listed = _irregular().forms.get(("v", lemma), ())
    gerunds = tuple([one for one in listed if one.endswith("ing") and one != lemma])
    if form == "third person":
        return tuple([one for one in listed if one.endswith("s") and one[:-1] != lemma]) or (_with_s(lemma),)
    if form == "gerund":
        return (*gerunds, *(() if _doubles_always(lemma, gerunds) else (_regular(lemma, "ing"),)))
    if lemma in _UNCHANGED or (lemma == "beat" and form == "past"):
        return (lemma,)
    others = tuple([one for one in listed if not one.endswith(("ing", "s"))])
    regular = _regular(lemma, "ed")
    if not others:
        # A doubled gerund without a past: one of the unchanged verbs; `handwrite` is irregular like `write`.
        return () if gerunds or _compound(lemma) else (regular,)
    if len(others) == 1:
        only = others[0]
        if form == "participle" and lemma in _PARTICIPLE_IS_LEMMA:
            return (lemma,)
        if only in (lemma + "n", lemma + "en") and lemma != "beat":
            return (regular,) if form == "past" else (only,)  # showed, shown
        if only.endswith("t") and lemma.endswith(("n", "m", "l", "p", "ll")) and only[0] == lemma[0]:
            two_ways = only in (lemma + "t", lemma[:-1] + "t") and not lemma.endswith(("nd", "ild", "eel", "eep"))
            return (regular, only) if two_ways else (only,)  # learned or learnt, but only `kept`
        if only.endswith("lled") and _syllables(lemma) > 1:
            return (only, regular)  # travelled, traveled
        return (only,)
    participles = _participles(others)
    if not participles or len(participles) == len(others):
        return ()
    return participles[:1] if form == "participle" else tuple([one for one in others if one not in participles])


def _compound(lemma: str) -> bool:
    bases = [lemma.removeprefix(prefix) for prefix in _PREFIXES if lemma.startswith(prefix)]
    irregular = _irregular().forms
    return any(
        base in _UNCHANGED or any(form[-2:] != "ed" and form[-3:] != "ing" for form in irregular.get(("v", base), ()))
        for base in bases
    )


def _doubles_always(lemma: str, gerunds: tuple[str, ...]) -> bool:
    """Whether the listed gerund leaves no room for the regular one (`stopping`, not `stoping`)."""
    return bool(gerunds) and not (lemma.endswith("l") and _syllables(lemma) > 1)


def _participles(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a verb's irregular forms that are participles: `sung` beside `sang`; else `written`, `gone`, `borne`."""
    rounded = tuple([form for form in forms if "u" in form and form.replace("u", "a") in forms])
    return rounded or tuple([form for form in forms if form.endswith(("n", "ne"))])


def _regular(lemma: str, ending: str) -> str:
    if ending == "ing":
        if lemma.endswith("ie"):
            return lemma[:-2] + "ying"
        silent = lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye"))
        return (lemma[:-1] if silent else lemma) + "ing"
    if lemma.endswith("e"):
        return lemma + "d"
    if lemma.endswith("y") and lemma[-2:-1] not in tuple(_VOWELS):
        return lemma[:-1] + "ied"
    return lemma + "ed"


def _degree(lemma: str, form: str) -> tuple[str, ...]:
    ending = "er" if form == "comparative" else "est"
    irregular = _irregular().forms.get(("a", lemma), ())
    listed = tuple([one for one in irregular if one.endswith("st") == (ending == "est")])
    if listed:
        return listed
    if lemma not in _gradable():
        return ()
    if lemma.endswith("y") and lemma[-2:-1] not in tuple(_VOWELS):
        return (lemma[:-1] + "i" + ending,)
    if lemma.endswith("e"):
        return (lemma + ending[1:],)
    closed = len(lemma) > 2 and lemma[-1] not in _VOWELS + "wxy" and lemma[-2] in _VOWELS and lemma[-3] not in _VOWELS
    return (lemma + (lemma[-1] if closed and _syllables(lemma) == 1 else "") + ending,)


def _syllables(word: str) -> int:
    groups = sum(letter in "aeiouy" and word[i - 1 : i] not in tuple("aeiouy") for i, letter in enumerate(word))
    return groups - (1 if word.endswith("e") and not word.endswith("le") and groups > 1 else 0)

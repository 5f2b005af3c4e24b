"""Which stems a Spanish verb has: its irregular forms, its pattern, and whether that is certain.

Classes after RAE and ASALE, *Nueva gramática de la lengua española* (2009), chapter 4, and the conjugation models of
the *Diccionario de la lengua española*. Three files beside this package hold them: `irregular_verbs.txt`,
`verb_patterns.txt` (the vowel that changes under stress) and `verbs.txt.xz` (infinitives). A verb of no list is regular
only where its shape leaves no other way, or where it is a known infinitive: the lists are meant to cover those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from robust.lang.es.morphology.spelling import ACUTE, nuclei, unaccented
from robust.lang.lexicon import read

PREFIXES = (
    *("a", "ante", "auto", "bien", "co", "con", "contra", "de", "des", "dis", "em", "en", "entre", "ex", "hiper", "im"),
    *(
        "in",
        "inter",
        "mal",
        "o",
        "ob",
        "per",
        "pos",
        "pre",
        "pro",
        "re",
        "retro",
        "sobre",
        "son",
        "sub",
        "super",
        "tras",
    ),
    *("trans", "ultra"),
)
PARTICIPLES = (
    *(("scribir", "scrito"), ("cubrir", "cubierto"), ("abrir", "abierto"), ("volver", "vuelto"), ("solver", "suelto")),
    *(("morir", "muerto"), ("imprimir", "impreso"), ("imprimir", "imprimido")),
)
_WHOLE = ("first", "tú", "participle", "gerund")
_ROWS = ("present", "imperfect", "preterite", "subjunctive", "imperative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stems:
    """What the forms of one verb are built on; in every tuple the usual variant is first and empty means not certain.

    A stem with an acute says where its forms are stressed; without one, its last syllable is.
    """

    infinitive: str
    prefix: str = ""
    """What is put before complete forms: `man` for *mantener*, whose other fields are those of *tener*."""
    theme: str
    plain: str
    """Infinitive without ending: `sent`."""
    stressed: tuple[str, ...]
    """Where the stem is stressed: `sient`."""
    raised: str
    """Before *ió* and *ie*: `sint`."""
    weak: tuple[str, ...]
    """Present subjunctive of *nosotros* and *vosotros*: `sint`."""
    yo: tuple[str, ...] = ()
    """Yo form and all of the present subjunctive, to be left as spelt: `teng`; empty where the stems above serve."""
    strong: str = ""
    future: tuple[str, ...]
    rows: Mapping[str, tuple[tuple[str, ...], ...]]
    """Whole forms, tense by tense (`present` → one tuple of variants a person)."""
    words: Mapping[str, tuple[str, ...]]
    """Whole forms by name: `first`, `tú`, `participle`, `gerund`."""


@lru_cache(maxsize=1)
def infinitives() -> frozenset[str]:
    """The known infinitives, without *se*."""
    return frozenset([*read("es", "verbs.txt.xz"), *_irregular(), *_patterns()])


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, str]:
    """Infinitive → the name of its pattern in `verb_patterns.txt`."""
    found: dict[str, str] = {}
    for line in read("es", "verb_patterns.txt"):
        name, verbs = line.split(":")
        found.update(dict.fromkeys(verbs.split(), name))
    return found


@lru_cache(maxsize=1)
def _irregular() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Infinitive → (prefix, fields of the verb it is made of) from `irregular_verbs.txt`."""
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for line in read("es", "irregular_verbs.txt"):
        name, *rest = line.split()
        if name != "like:":
            found[name] = ("", {"base": name, **dict([part.split("=", 1) for part in rest])})
            continue
        bases = [known for known, (prefix, _) in found.items() if not prefix]
        for verb in rest:
            base = next(known for known in sorted(bases, key=len, reverse=True) if verb.endswith(known))
            found[verb] = (verb.removesuffix(base), found[base][1])
    return found


def irregular_bases() -> tuple[str, ...]:
    """The irregular verbs that are not made of a prefix and another."""
    return tuple([verb for verb, (prefix, _) in _irregular().items() if not prefix])


@lru_cache(maxsize=4096)
def stems(infinitive: str) -> Stems | None:
    """The stems of `infinitive` (lower case, without *se*); None where nothing about its forms is certain."""
    if infinitive in _irregular():
        prefix, fields = _irregular()[infinitive]
        return _with(_regular(fields["base"]), fields, infinitive, prefix)
    if len(infinitive) < 3 or infinitive[-2:] not in ("ar", "er", "ir"):
        return None
    pattern = _patterns().get(infinitive, "")
    if not pattern and infinitive[-2:] != "ar" and infinitive not in infinitives():
        return None  # `-er` and `-ir` are closed classes with many surprises
    made = _regular(infinitive)
    if infinitive.endswith("ducir"):
        return replace(made, yo=(made.plain[:-1] + "zc",), strong=made.plain[:-1] + "j")
    if pattern == "?":
        return None
    if pattern:
        return _patterned(made, pattern)
    return _by_shape(made)


def _regular(infinitive: str) -> Stems:
    plain, theme = infinitive[:-2], unaccented(infinitive[-2])
    participles = [infinitive.removesuffix(end) + own for end, own in PARTICIPLES if infinitive.endswith(end)]
    return Stems(
        infinitive=infinitive,
        theme=theme,
        plain=plain,
        stressed=(plain,),
        raised=plain,
        weak=(plain,),
        future=(unaccented(infinitive),),
        rows={},
        words={"participle": tuple(participles)} if participles else {},
    )


def _with(made: Stems, fields: Mapping[str, str], infinitive: str, prefix: str) -> Stems:
    """`made` with the fields of a line of `irregular_verbs.txt`."""
    several = {name: tuple(value.split("/")) for name, value in fields.items()}
    rows = {
        name: tuple([() if cell == "-" else tuple(cell.split("/")) for cell in fields[name].split(",")])
        for name in _ROWS
        if name in fields
    }
    whole = {name: forms for name, forms in several.items() if name in _WHOLE}
    return replace(
        made,
        infinitive=infinitive,
        prefix=prefix,
        stressed=several.get("stressed", made.stressed),
        raised=fields.get("raised", made.raised),
        weak=several.get("weak", made.weak),
        yo=several.get("yo", ()),
        strong=fields.get("strong", ""),
        future=several.get("future", made.future),
        rows=rows,
        words={**made.words, **whole},
    )


def _patterned(made: Stems, pattern: str) -> Stems:
    plain = made.plain
    if pattern == "regular":
        return made
    if pattern in ("í", "í|i", "i|í"):
        closed = max(plain.rfind("i"), plain.rfind("u"))
        accented = plain[:closed] + ACUTE[plain[closed]] + plain[closed + 1 :]
        ways = {"í": (accented,), "í|i": (accented, plain), "i|í": (plain, accented)}
        return replace(made, stressed=ways[pattern])
    at = nuclei(plain + "e")[-2]
    raised = plain[:at] + {"e": "i", "o": "u"}.get(plain[at], plain[at]) + plain[at + 1 :]
    if pattern == "i":
        return replace(made, stressed=(plain[:at] + "í" + plain[at + 1 :],), raised=raised, weak=(raised,))
    broken = _diphthong(plain, at)
    if pattern in ("ie-i", "ue-u"):
        return replace(made, stressed=(broken,), raised=raised, weak=(raised,))
    if "|" in pattern:
        return replace(made, stressed=(broken, plain) if len(pattern.split("|")[0]) == 2 else (plain, broken))
    return replace(made, stressed=(broken,))


def _diphthong(stem: str, at: int) -> str:
    """`stem` with its vowel at `at` broken under stress: `acert` → `aciért`, `degoll` → `degüéll`, `ol` → `huél`."""
    before, vowel, after = stem[:at], stem[at], stem[at + 1 :]
    if vowel in "ei":
        return f"{before}{'ié' if before else 'yé'}{after}"
    if before.endswith("g"):
        return f"{before}üé{after}"
    return f"{before}{'ué' if before else 'hué'}{after}"


def _by_shape(made: Stems) -> Stems | None:
    """A verb of no list: what its shape says."""
    plain, known = made.plain, made.infinitive in infinitives()
    if made.theme != "a":
        if _compound(made.infinitive) or plain[-1:] == "a" or plain.endswith("o"):
            return None
        if plain.endswith("ü") or (plain.endswith("u") and not plain.endswith(("gu", "qu"))):
            glide = plain[:-1] + "uy"
            return replace(made, stressed=(glide,), weak=(glide,))
        if made.theme == "i" and "e" in plain and plain[nuclei(plain + "e")[-2]] == "e":
            return None
        if plain.endswith(("ac", "ec", "oc", "uc")) and plain not in ("mec", "remec"):
            return replace(made, yo=(plain[:-1] + "zc",))
        return made
    if plain.endswith("grafi"):
        return replace(made, stressed=(plain[:-1] + "í",))
    if plain.endswith("u") and not plain.endswith(("gu", "cu")):
        return replace(made, stressed=(plain[:-1] + "ú",))
    return made if _certain(plain, known) and not _compound(made.infinitive) else replace(made, stressed=())


def _certain(plain: str, known: bool) -> bool:
    """Whether nothing can happen to the stem of an *-ar* verb of no list under stress."""
    found = nuclei(plain + "a")
    if len(found) < 2:
        return False
    group = plain[found[-2] :]
    parted_by_h = len(group) > 1 and group[1] == "h" and group[2:3] in ("i", "u")
    if parted_by_h or plain.endswith(("aiz", "eiz", "oiz")):
        return False
    alone = len([letter for letter in plain[found[-2] - 1 :] if letter in "aeiouü"]) == 1
    settled = plain[-1] == "e" or (plain[found[-2]] in "aiu" and alone)
    return known or settled


def _compound(infinitive: str) -> bool:
    """Whether the verb looks made of a prefix and a verb that is not regular."""
    for prefix in PREFIXES:
        rest = infinitive.removeprefix(prefix)
        if rest != infinitive and (rest in _irregular() or _patterns().get(rest, "regular") not in ("regular", "í")):
            return True
    return False

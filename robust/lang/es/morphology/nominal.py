"""Number and gender of Spanish nouns and adjectives, and the short forms before a noun.

Rules: RAE and ASALE, *Nueva gramática de la lengua española* (2009), chapters 2 (gender), 3 (number) and 13
(adjectives); *Diccionario panhispánico de dudas*, "plural". What the rules leave open is None.
"""

from __future__ import annotations

from robust.lang.es.morphology.spelling import marked, nuclei, spelled, stress, unaccented

PLURALS = {
    "régimen": "regímenes", "espécimen": "especímenes", "carácter": "caracteres", "cualquiera": "cualesquiera",
    "quienquiera": "quienesquiera", "hipérbaton": "hipérbatos", "álbum": "álbumes", "club": "clubes", "lord": "lores",
    "milord": "milores", "jersey": "jerséis", "espray": "espráis", "gay": "gais", "frac": "fraques",
    "sándwich": "sándwiches", "ciempiés": "ciempiés", "buscapiés": "buscapiés", "reposapiés": "reposapiés",
    "hijodalgo": "hijosdalgo", "gentilhombre": "gentileshombres", "cárdigan": "cárdigan", "demás": "demás",
}  # fmt: skip
_WITH_S = (
    *("menú", "champú", "vermú", "tutú", "cucú", "canesú", "interviú", "esquí", "bisturí", "pirulí", "popurrí"),
    *("pedigrí", "gachí", "benjuí"),
)
"""Words in a stressed closed vowel whose plural is in *-s* (the others take *-es*: `israelíes`)."""
_IN_Y = (
    "rey",
    "virrey",
    "ley",
    "buey",
    "grey",
    "convoy",
    "carey",
    "mamey",
    "maguey",
    "siboney",
    "ay",
    "estay",
    "bocoy",
)
_NATIVE = frozenset("lrndzjsxy")
"""Final consonants of native words: after any other, and after two, *-s* is added."""
_UNSETTLED = ("ch", "sh", "st", "zt", "ss", "sc", "sk", "th", "tz", "eur", "our")
"""Endings of foreign words whose plural is not settled."""

_NO_FEMININE = (
    *("marrón", "cortés", "descortés", "montés", "afín", "peor", "mejor", "mayor", "menor", "macho", "bicolor"),
    *("tricolor", "multicolor", "unicolor"),
)
_COMPARATIVE = ("erior",)
_PEOPLE = ("español", "andaluz", "mongol")

_SHORT = {
    "bueno": "buen", "malo": "mal", "primero": "primer", "tercero": "tercer", "postrero": "postrer", "uno": "un",
    "alguno": "algún", "ninguno": "ningún", "veintiuno": "veintiún", "grande": "gran", "cualquiera": "cualquier",
}  # fmt: skip
_LONG = {short: long for long, short in _SHORT.items()}


def plural(word: str) -> str | None:
    """The plural of a noun or adjective in lower case; None where usage does not settle it."""
    if word in PLURALS:
        return PLURALS[word]
    found = nuclei(word)
    if not found or not word.isalpha():
        return None
    last = word[-1]
    if last in "aeiouáéó" or word in _WITH_S:
        return word + "s"
    if last in "íú":
        return word + "es"
    if last == "y":
        return word + "es" if word in _IN_Y else None
    if word.endswith(_UNSETTLED):
        return None
    if last not in _NATIVE or (last in "lrndj" and unaccented(word[-2]) not in "aeiou"):
        return word + "s"  # robots, cómics, récords
    oxytone = stress(word) == found[-1]
    if last in "sx" and not oxytone:
        return word  # la crisis, las crisis
    if last == "x" and len(found) > 1:
        return None
    if len(found) - found.index(stress(word)) > 2:
        return None  # the stress would have to move: régimen, regímenes
    stem = marked(word)
    return spelled((stem[:-1] + "c" if last == "z" else stem) + "es")


def feminine(adjective: str) -> str:
    """The feminine singular of a masculine adjective (itself when it has one form for both)."""
    if adjective in _NO_FEMININE or adjective.endswith(_COMPARATIVE):
        return adjective
    if adjective.endswith("o"):
        return adjective[:-1] + "a"
    if adjective.endswith("or"):
        return adjective + "a"
    if adjective in _PEOPLE or adjective.endswith(("ón", "és", "án", "ín")):
        return unaccented(adjective) + "a"
    if adjective.endswith(("ete", "ote")):
        return adjective[:-1] + "a"
    return adjective


def shortened(word: str, following: str = "") -> str:
    """The form a singular word (`bueno`, `grande`, `alguno`, `santo`) takes before a noun; `following` is that noun.

    All but `grande` and `cualquiera` are shortened before masculine nouns only. *Santo* is before a name (`san Juan`),
    but not before one in *To-* or *Do-* (`santo Tomás`).
    """
    if word == "santo" and following[:1].isupper():
        return word if following.startswith(("To", "Do")) else "san"
    return _SHORT.get(word, word)


def lengthened(word: str) -> str:
    """The full form of a short one (`buen` → `bueno`, `gran` → `grande`); any other word as it is."""
    return _LONG.get(word, word)

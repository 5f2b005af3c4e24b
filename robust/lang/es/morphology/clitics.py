"""Pronouns written together with a verb: `da` + `me` + `lo` = `dámelo`, and back.

They follow infinitives, gerunds and affirmative imperatives, in the order *se, te/os, me/nos, lo/la/le …*; the accent
follows the whole word; *-mos* loses its *s* before *nos* and *se*, *-d* is lost before *os* (RAE and ASALE, *Nueva
gramática de la lengua española* 2009, sections 16.4-16.7 and 4.13; *Ortografía* 2010, section II.3.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from robust.lang.es.morphology.forms import VerbForm
from robust.lang.es.morphology.readings import Reading, readings
from robust.lang.es.morphology.spelling import marked, nuclei, spelled, stress

CLITICS = ("se", "te", "os", "me", "nos", "lo", "la", "los", "las", "le", "les")
_SLOTS = (("", "se"), ("", "te", "os"), ("", "me", "nos"), ("", "lo", "la", "los", "las", "le", "les"))
_ADDRESSED: dict[str, tuple[str, ...]] = {"te": ("tú", "vos"), "os": ("vosotros",), "se": ("él", "nosotros", "ellos")}
"""Whom an imperative speaks to when the pronoun follows it."""
_DIACRITIC = {"de": "dé", "se": "sé"}


@dataclass(frozen=True, slots=True)
class Enclisis:
    """A verb form and the pronouns that follow it; `readings` says what the form can be."""

    host: str
    clitics: tuple[str, ...]
    readings: tuple[Reading, ...]


def joined(host: str, clitics: Sequence[str]) -> str | None:
    """`host` (an infinitive, gerund or imperative in lower case) with `clitics` written to it.

    None where the pronouns do not stand in this order or the word has no vowel.
    """
    if tuple(clitics) not in _sequences() or stress(host) < 0:
        return None
    whole = marked(host)
    loses_s = host.endswith("mos") and clitics[0] in ("nos", "se")
    loses_d = host.endswith("d") and clitics[0] == "os" and host != "id"
    if loses_s or loses_d:
        whole = whole[:-1]
    return spelled(whole + "".join(clitics))


@lru_cache(maxsize=1 << 13)
def split(word: str) -> tuple[Enclisis, ...]:
    """The ways to read `word` (lower case) as a form of a known verb with pronouns; empty where there is none."""
    found: dict[tuple[str, tuple[str, ...]], Enclisis] = {}
    for clitics in _sequences():
        ending = "".join(clitics)
        if word.endswith(ending) and len(word) > len(ending) + 1:
            for host in _hosts(word, clitics):
                verbs = tuple([one for one in readings(host) if _takes(one.form, clitics)])
                if verbs and joined(host, clitics) == word:
                    found[host, clitics] = Enclisis(host, clitics, verbs)
    return tuple(found.values())


def _takes(form: VerbForm, clitics: Sequence[str]) -> bool:
    """Whether pronouns can follow `form`; *se* before *lo* is a *le* and goes with every imperative (`díselo`)."""
    if form.mood != "imperative":
        return form.mood in ("infinitive", "gerund")
    dative = clitics[0] == "se" and clitics[-1][0] == "l"
    return all(form.person in _ADDRESSED[one] for one in clitics if one in _ADDRESSED and not (one == "se" and dative))


def _hosts(word: str, clitics: Sequence[str]) -> Iterator[str]:
    """What `word` can be without its pronouns, with the accent it then has."""
    cut = marked(word)[: -len("".join(clitics))]
    if cut == word[: len(cut)] and not nuclei(cut):
        return
    for whole in (cut, cut + "s" if cut.endswith("mo") else "", cut + "d" if clitics[0] == "os" else ""):
        if whole:
            host = spelled(whole)
            yield host
            if host in _DIACRITIC:
                yield _DIACRITIC[host]


@lru_cache(maxsize=1)
def _sequences() -> tuple[tuple[str, ...], ...]:
    """Every legal sequence of one to three pronouns, *se* never alone with more than two."""
    found = [tuple([one for one in chosen if one]) for chosen in product(*_SLOTS)]
    return tuple([chosen for chosen in found if 0 < len(chosen) <= 3])

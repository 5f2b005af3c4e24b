"""Move Spanish pronouns from one end of a periphrasis to the other."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.lang.es.climbing import periphrasis
from robust.lang.es.morphology import joined
from robust.registry import register


@register("transformations", "clitic_placement")
@dataclass(frozen=True, kw_only=True)
class CliticPlacement:
    """The pronouns of a periphrasis at its other end: `lo quiero ver` ↔ `quiero verlo`, `voy a decírselo` ↔ `se lo voy
    a decir`, `lo está haciendo` ↔ `está haciéndolo`.

    The last verb of the periphrasis has at most one candidate, and the way back from there is the text as it was. The
    verbs are those of a closed list (*poder, querer, deber, soler, saber, ir a, volver a, empezar a, comenzar a, acabar
    de, terminar de, haber de, tener que, estar, seguir, continuar*), also in compound tenses (`lo he podido ver`). Both
    places mean the same (RAE and ASALE, *Nueva gramática de la lengua española* 2009, chapters 16 and 28).

    Left alone: *se* without another pronoun (`se puede comer`), a reflexive with *ir a* and *volver a* (`me voy a
    comer`), imperatives and what is spelt like them, verbs that are joined (`lo puedo ver y tocar`), longer chains (`lo
    voy a poder ver`). One word counts as changed for each pronoun, one for the verb that it is or was written to, and
    one where a capital has to move on.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})
    preserves_meaning: ClassVar[bool] = True

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """At most one candidate a site."""
        return [_candidates(site.text, site.index) for site in sites]


def _candidates(text: Text, index: int) -> list[Text]:
    words, string = list(text.words), str(text)
    ends = (0, *[end for _, end in text.spans])
    gaps = [string[end:start] for end, (start, _) in zip(ends, text.spans, strict=False)]
    found = periphrasis([word.lower() for word in words], gaps, index)
    if found is None:
        return []
    first = found.start if found.enclitic else found.start - len(found.clitics)
    style = _style(words[first : index + 1])
    if style is None:
        return []
    verbs = [word.lower() for word in words[found.start : index]]
    if found.enclitic:
        new = [*found.clitics, *verbs, found.host]
    else:
        new = [*verbs, joined(found.host, found.clitics) or found.host]
    words[first : index + 1] = _STYLES[style](" ".join(new)).split(" ")
    gaps[first + 1 : index + 1] = [" "] * (len(new) - 1)
    return [_rewritten(text, words, gaps)]


def _rewritten(text: Text, words: Sequence[str], gaps: Sequence[str]) -> Text:
    """`text` with these words, `gaps[i]` before word `i`, and what stands after the last."""
    string = ""
    spans: list[tuple[int, int]] = []
    for gap, word in zip(gaps, words, strict=True):
        string += gap + word
        spans.append((len(string) - len(word), len(string)))
    return text.rewrite(string + str(text)[text.spans[-1][1] :], spans)


_STYLES: Mapping[str, Callable[[str], str]] = {"lower": str.lower, "title": str.capitalize, "upper": str.upper}


def _style(words: Sequence[str]) -> str | None:
    """How words are written: small, with one capital that begins them, or in capitals; None for any other mixture.

    None for decomposed letters too, whose spelling the way back would not restore.
    """
    joint = " ".join(words)
    if not unicodedata.is_normalized("NFC", joint):
        return None
    return next((name for name, styled in _STYLES.items() if styled(joint) == joint), None)

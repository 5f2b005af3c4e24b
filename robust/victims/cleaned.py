"""A classifier that reads what is made of a text, and the gradients that an attack may take from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from robust.core.gradient import NOWHERE, GradientVictim, Place, TokenGradient
from robust.core.types import Fields, Floats, Lang, Span
from robust.core.victim import CanonicalVictim, Victim, VictimMeta
from robust.lang.base import language


@dataclass(frozen=True, kw_only=True, eq=False)
class CleanedVictim:
    """A classifier that reads what `clean` makes of each field; `lang` is the language of the texts."""

    victim: Victim
    meta: VictimMeta
    clean: Callable[[str], str]
    lang: Lang

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logits `(n, n_labels)` of the cleaned inputs."""
        return each_once(self.victim.logits, [tuple(map(self.clean, fields)) for fields in batch])

    def canonical(self, item: Fields, /) -> Floats:
        """Logits `(n_labels,)` of one cleaned input, alone in its batch, in float32 where the classifier can."""
        return canonical(self.victim, tuple(map(self.clean, item)))


@dataclass(frozen=True, kw_only=True, eq=False)
class StraightThroughVictim(CleanedVictim):
    """One whose classifier has gradients: those of the cleaned input, as if cleaning were doing nothing.

    Athalye, Carlini & Wagner 2018 (arXiv:1802.00420), section 4.1.1: a defence that cannot be differentiated is passed
    backward as the identity, so that it hides no gradient. Tokens stand where the words do that they were made of; they
    stand nowhere where cleaning changed the number of words.
    """

    def gradients(self, batch: Sequence[tuple[Fields, int]], /) -> Sequence[TokenGradient]:
        """See `GradientVictim.gradients`."""
        cleaned = [tuple(map(self.clean, fields)) for fields, _ in batch]
        asked = [(fields, label) for fields, (_, label) in zip(cleaned, batch, strict=True)]
        found = cast(GradientVictim, self.victim).gradients(asked)
        texts = zip(batch, cleaned, found, strict=True)
        return [replace(one, places=self._places(one.places, old, new)) for (old, _), new, one in texts]

    def estimates(self, batch: Sequence[tuple[TokenGradient, Fields]], /) -> Floats:
        """See `GradientVictim.estimates`."""
        asked = [(gradient, tuple(map(self.clean, fields))) for gradient, fields in batch]
        return cast(GradientVictim, self.victim).estimates(asked)

    def _places(self, places: Sequence[Place], old: Fields, new: Fields) -> tuple[Place, ...]:
        words = [_words(before, after, self.lang) for before, after in zip(old, new, strict=True)]
        return tuple([_place(place, words) for place in places])


def behind(victim: Victim, meta: VictimMeta, clean: Callable[[str], str], lang: Lang) -> CleanedVictim:
    """The victim behind `clean`, with gradients where it has any."""
    kind = StraightThroughVictim if isinstance(victim, GradientVictim) else CleanedVictim
    return kind(victim=victim, meta=meta, clean=clean, lang=lang)


def each_once(ask: Callable[[Sequence[Fields]], Floats], batch: Sequence[Fields]) -> Floats:
    """The answers to a batch in which many are the same: an attack's slips are mostly put right to one text."""
    places = {fields: at for at, fields in enumerate(dict.fromkeys(batch))}
    return np.asarray(ask(list(places)))[[places[fields] for fields in batch]]


def canonical(victim: Victim, item: Fields) -> Floats:
    """The logits of one input alone in its batch, in float32 where the classifier can."""
    if isinstance(victim, CanonicalVictim):
        return victim.canonical(item)
    answer: Floats = victim.logits([item])[0]
    return answer


def _words(old: str, new: str, lang: Lang) -> list[tuple[Span, Span]]:
    """The words of the cleaned text, each with that of the text itself; none where there are more or fewer."""
    before, after = language(lang).spans(old), language(lang).spans(new)
    return list(zip(after, before, strict=True)) if len(before) == len(after) else []


def _place(place: Place, words: Sequence[Sequence[tuple[Span, Span]]]) -> Place:
    field, lo, hi = place
    if place == NOWHERE:
        return NOWHERE
    for (start, end), (first, last) in words[field]:
        if lo < end and hi > start:
            return (field, first, last)
    return NOWHERE

"""Misspellings that people make, by a model learnt from pairs of misspelt and right words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.case import like
from robust.lang.error_model import ErrorModel, countable, plain
from robust.lang.error_model_file import fingerprint, load, shipped
from robust.lang.spelling import known
from robust.registry import register
from robust.transformations._words import CACHED, replaced

SHIPPED = "shipped"


@register("transformations", "learned_typos")
@dataclass(frozen=True, kw_only=True)
class LearnedTypos:
    """The `k` likeliest misspellings of the word, by an error model learnt from misspellings that were made.

    `tomorrow` → `tommorow`, `también` → `tambien`. `model` is `shipped`, or the directory (or `typos.json`) that
    `robust pretrain typos` writes from pairs of your own. One edit is made, with a letter of context on either side
    (`robust.lang.error_model`, after Kernighan, Church & Gale 1990; Brill & Moore 2000).

    Words of the shipped lists are left out (`form` → `from`, `está` → `esta`) unless `real_words` lets them in. Numbers
    and words in mixed case have no candidates.

    *Differs from the papers*: they look for the word that was meant; here the channel is run forwards, and the
    likeliest of what it makes of the word are offered, without drawing.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    model: str = SHIPPED
    k: int = 20
    real_words: bool = False

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"learned_typos: k is {self.k}", fix="use 1 or more")

    @property
    def preserves_meaning(self) -> bool:
        """A misspelling that is a word of its own is read as that: `form` → `from`."""
        return not self.real_words

    def fingerprint(self) -> str:
        """Pins the model's file; empty for what ships with the package."""
        return "" if self.model == SHIPPED else fingerprint(self.model)

    def ready(self, langs: Collection[Lang], /) -> None:
        """Read the model. Raises `DataError` where there is none, `PluginError` where it is of another language."""
        for lang in langs:
            self._model(lang)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates for each site, likeliest first."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The words of the candidates."""
        word, small = site.word, plain(site.word)
        if not countable(small) or like(word, small).replace("'", "’" if "’" in word else "'") != word:
            return []
        found = _likeliest(self._model(site.lang), small, site.lang, self.k, self.real_words)
        made = (like(word, other) for other in found)
        return [other.replace("'", "’") if "’" in word else other for other in made]

    def _model(self, lang: Lang) -> ErrorModel:
        if self.model == SHIPPED:
            return shipped(lang)
        model, of = load(self.model)
        if of != lang:
            raise PluginError(
                f"learned_typos: the model {self.model} is of the language {of}, the text of {lang}",
                fix=f"use model: {SHIPPED}, or make one with robust pretrain typos --lang {lang}",
            )
        return model


@lru_cache(maxsize=CACHED)
def _likeliest(model: ErrorModel, word: str, lang: Lang, k: int, real_words: bool) -> tuple[str, ...]:
    if real_words:
        return tuple([other for other, _ in model.ranked(word, k)])
    most, found = 2 * k, list[str]()
    while True:  # few misspellings are words: the first try mostly is enough
        ranked = model.ranked(word, most)
        found = [other for other, _ in ranked if not _is_word(other, word, lang)][:k]
        if len(found) == k or len(ranked) < most:
            return tuple(found)
        most *= 2


def _is_word(other: str, word: str, lang: Lang) -> bool:
    """Whether the misspelling is in the lists; `dont` for `don't` is, among the stop words, and a misspelling."""
    return known(other, lang) and not (word.endswith("n't") and other == word.replace("'", ""))

"""Into another language and back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.registry import register
from robust.transformations import _seq2seq, _translators

AUTO: dict[Lang, tuple[str, str]] = {
    "en": ("Helsinki-NLP/opus-mt-en-es", "Helsinki-NLP/opus-mt-es-en"),
    "es": ("Helsinki-NLP/opus-mt-es-en", "Helsinki-NLP/opus-mt-en-es"),
}


@register("transformations", "back_translation")
@dataclass(frozen=True, kw_only=True)
class BackTranslation:
    """The best translation of the text, translated back: its `k` best translations.

    For paraphrases as in Ribeiro et al. 2018 (aclanthology P18-1079), who weigh several pivot languages. `there` and
    `back` are each one of

    - a directory or hub id of an encoder-decoder; `auto` are the OPUS-MT models between English and Spanish (Tiedemann
      & Thottingal 2020, aclanthology 2020.eamt-1.61). Beam search without sampling; texts beyond a model's length are
      cut, so give it sentences.
    - `apertium:MODE`, the rule-based translator Apertium (Forcada et al. 2011, Machine Translation 25:127-144), which
      needs no model and no network: for English `there: apertium:eng-spa`, `back: apertium:spa-eng`, for Spanish the
      other way round (Debian and Ubuntu: `apt-get install apertium-eng-spa`). It has one translation of a text, so one
      candidate whatever `k` where it leads back; texts of any length.

    Add `sentence_similarity` to hold the result to the text's meaning.

    *Differs from the paper*: one pivot, and candidates are not scored by how likely they are as paraphrases.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    costly: ClassVar[bool] = True
    whole: ClassVar[bool] = True

    there: str = "auto"
    back: str = "auto"
    k: int = 5

    def __post_init__(self) -> None:
        if self.k < 1 or not self.there or not self.back:
            raise PluginError(
                f"back_translation: k is {self.k}, there {self.there!r} and back {self.back!r}",
                fix="use k of 1 or more and two translators",
            )
        for name in (self.there, self.back):
            _translators.languages(name)

    def _models(self, lang: Lang) -> tuple[str, str]:
        there, back = AUTO[lang]
        return (there if self.there == "auto" else self.there), (back if self.back == "auto" else self.back)

    def fingerprint(self) -> dict[str, str]:
        """What pins the translators."""
        return _translators.fingerprint(sorted({model for lang in LANGS for model in self._models(lang)}))

    def ready(self, langs: Collection[Lang], /) -> None:
        """Load the translators of each language.

        Raises `ModelError`, and `PluginError` where they are known to be of another language.
        """
        for lang in sorted(langs):
            _translators.fitting(*self._models(lang), lang)
            for model in self._models(lang):
                _translators.load(model)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates at the first word of a text, best first. Raises `ModelError` and `OutOfMemory`."""
        found: dict[tuple[Lang, str], list[str]] = {}
        for lang in LANGS:
            asked = list(dict.fromkeys(str(s.text) for s in sites if s.lang == lang and s.index == 0))
            if not asked:
                continue
            there, back = map(_translators.load, self._models(lang))
            pivots = [(lines or [""])[0] for lines in there.write(asked, 1)]
            for text, lines in zip(asked, back.write(pivots, self.k), strict=True):
                found[lang, text] = lines
        return [_seq2seq.rewritten(s.text, found[s.lang, str(s.text)], s.lang) if s.index == 0 else [] for s in sites]

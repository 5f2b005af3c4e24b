"""Words that a masked language model expects in the place of a word."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang, Span
from robust.errors import PluginError
from robust.lang.case import like
from robust.registry import register
from robust.transformations import _masked_lm
from robust.transformations._masked_lm import MaskedLanguageModel, Piece

AUTO: dict[Lang, str] = {"en": "google-bert/bert-base-uncased", "es": "dccuchile/bert-base-spanish-wwm-cased"}
PER_PIECE, COMBINATIONS = 4, 24


@register("transformations", "masked_lm")
@dataclass(frozen=True, kw_only=True)
class MaskedLM:
    """The `k` likeliest words at the place of the word, as in BERT-Attack (Li et al. 2020, arXiv:2004.09984, §3.2).

    The model reads the sentence as it is, with the word in it, so that its candidates stay near the word's meaning;
    `mask: true` hides the word instead. Tokens that are special, pieces of words, no words or the word itself are
    dropped, so fewer than `k` may be left. A word of several pieces gets the best 24 combinations of the best 4 tokens
    for each piece. Antonyms are not filtered, as in the paper.

    `model`: a directory or a hub id; `auto` is BERT base for English and BETO for Spanish. Words beyond the model's
    length have no candidates.

    *Differs from the paper*: combinations of pieces are ranked by their log-probability in the sentence and always make
    one word; the authors feed each combination to the model once more, alone, and rank by its perplexity. Their code
    also drops candidates with a score below 0.3 or on their list of stopwords.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    costly: ClassVar[bool] = True

    model: str = "auto"
    k: int = 48
    mask: bool = False

    def __post_init__(self) -> None:
        if self.k < 1 or not self.model:
            raise PluginError(
                f"masked_lm: k is {self.k} and model {self.model!r}", fix="use k of 1 or more and a model"
            )

    def fingerprint(self) -> dict[str, str]:
        """What pins the weights."""
        return _masked_lm.fingerprint(AUTO.values() if self.model == "auto" else [self.model])

    def ready(self, langs: Collection[Lang], /) -> None:
        """Load the model of each language. Raises `ModelError`."""
        for lang in sorted(langs):
            self._load(lang)

    def _load(self, lang: Lang) -> MaskedLanguageModel:
        return _masked_lm.load(AUTO[lang] if self.model == "auto" else self.model)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates for each site, likeliest first. Raises `ModelError` and `OutOfMemory`."""
        found: list[list[Text]] = [[] for _ in sites]
        for lang in LANGS:
            rows = [row for row, site in enumerate(sites) if site.lang == lang]
            if rows:
                lm = self._load(lang)
                for row, texts in zip(rows, self._proposed(lm, [sites[row] for row in rows]), strict=True):
                    found[row] = texts
        return found

    def _proposed(self, lm: MaskedLanguageModel, sites: Sequence[Site]) -> list[list[Text]]:
        asked = [self._question(lm, site) for site in sites]
        answers = _masked_lm.answered(lm, asked, self.k)
        return [self._texts(lm, site, pieces) for site, pieces in zip(sites, answers, strict=True)]

    def _question(self, lm: MaskedLanguageModel, site: Site) -> tuple[str, Span]:
        text, (start, end) = str(site.text), site.text.spans[site.index]
        if not self.mask:
            return text, (start, end)
        token = str(lm.tokenizer.mask_token)
        return text[:start] + token + text[end:], (start, start + len(token))

    def _texts(self, lm: MaskedLanguageModel, site: Site, pieces: Sequence[Piece]) -> list[Text]:
        written = dict.fromkeys(like(site.word, word) for word in self._words(lm, pieces))
        same = site.word.casefold()
        return [site.text.replace(site.index, word) for word in written if word.casefold() != same]

    def _words(self, lm: MaskedLanguageModel, pieces: Sequence[Piece]) -> list[str]:
        # What stands in for a piece must begin a word, or go on with one, as the piece does.
        fitting = []
        for piece in pieces:
            marked = lm.marks_begin if self.mask else lm.marked[piece.token]
            fitting.append([(p, lm.surface[t]) for p, t in piece.ranked if lm.surface[t] and lm.marked[t] == marked])
        if len(fitting) == 1:
            return [word for _, word in fitting[0]]
        found = [(0.0, "")] if fitting else []
        for choices in fitting:
            longer = [(p + q, word + more) for p, word in found for q, more in choices[:PER_PIECE]]
            # Scores add up, so the best 24 beginnings are all that the best 24 words can come from.
            found = sorted(longer, key=lambda pair: (-pair[0], pair[1]))[:COMBINATIONS]
        return [word for _, word in found]

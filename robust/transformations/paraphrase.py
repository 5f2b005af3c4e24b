"""The text in other words, says a sequence-to-sequence model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.registry import register
from robust.transformations import _seq2seq


@register("transformations", "paraphrase")
@dataclass(frozen=True, kw_only=True)
class Paraphrase:
    """The `k` best rewrites of the whole text by a paraphraser, as in attacks since Iyyer et al. 2018.

    `model`: a directory or hub id of any encoder-decoder (`AutoModelForSeq2SeqLM`) that was trained to paraphrase the
    language of the texts; `prefix` is what it expects before a text (`paraphrase: ` for many T5). Beam search without
    sampling. That a rewrite says the same is the model's promise alone: add `sentence_similarity` to hold it to that.
    Texts beyond the model's length are cut.

    *Differs from the paper* (SCPN, aclanthology N18-1170): no syntactic template is chosen.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    costly: ClassVar[bool] = True
    whole: ClassVar[bool] = True

    model: str
    k: int = 5
    prefix: str = ""

    def __post_init__(self) -> None:
        if self.k < 1 or not self.model:
            raise PluginError(f"paraphrase: k is {self.k} and model {self.model!r}", fix="use k of 1 or more, a model")

    def fingerprint(self) -> dict[str, str]:
        """What pins the weights."""
        return _seq2seq.fingerprint([self.model])

    def ready(self, langs: Collection[Lang], /) -> None:
        """Load the model. Raises `ModelError`."""
        _seq2seq.load(self.model)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates at the first word of a text, best first. Raises `ModelError` and `OutOfMemory`."""
        asked = list(dict.fromkeys(str(site.text) for site in sites if site.index == 0))
        if not asked:
            return [[] for _ in sites]
        lines = _seq2seq.load(self.model).write([self.prefix + text for text in asked], self.k)
        found = dict(zip(asked, lines, strict=True))
        return [
            _seq2seq.rewritten(site.text, found[str(site.text)], site.lang) if site.index == 0 else [] for site in sites
        ]

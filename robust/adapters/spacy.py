"""spaCy (Honnibal et al. 2020, doi:10.5281/zenodo.1212303) as tokeniser and as tagger.

Needs `pip install 'robust[spacy]'`, and a pipeline: `python -m spacy download es_core_news_sm`, or one of your own. A
pipeline with a text classifier is a victim: `--model spacy:NAME_OR_PATH` (`robust.victims.spacy`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np

from robust.checkpoints.spacy import pinned, pipeline
from robust.core.constraint import Pair
from robust.core.text import INSERTED, Text
from robust.core.types import Bools, Lang
from robust.errors import ModelError, PluginError
from robust.registry import register

Attribute = Literal["pos", "tag", "morph"]
"""Universal part of speech, the pipeline's own tag, or the part of speech with all its features."""

_SAMPLES: dict[Lang, str] = {"en": "The old house is empty.", "es": "La casa vieja está vacía."}


def text(string: str, model: str) -> Text:
    """`string` with the tokens of the spaCy pipeline `model` as its words; white space and punctuation are none.

    Edits, constraints and the counts of changed words go by them: an `Example` with such a text is attacked token by
    token (`vámonos` is one word of ours, and what the pipeline says here). Raises `ModelError`.
    """
    doc = pipeline(model).make_doc(string)
    return Text(string, [(t.idx, t.idx + len(t)) for t in doc if not t.is_space and not t.is_punct])


@register("constraints", "spacy")
@dataclass(frozen=True, kw_only=True)
class SpacyTags:
    """Each changed word is tagged as the word of the original that it stands for, in its sentence.

    `model` is a spaCy pipeline with a tagger: an installed package (`es_core_news_sm`) or a directory. `attribute`:
    `pos` compares universal parts of speech, `tag` the pipeline's own tags, `morph` the part of speech with its
    features (gender, number, tense), which is agreement in Spanish. A word of several tokens has all their tags.
    `noun_for_verb` lets nouns stand for verbs and verbs for nouns, as Jin et al. 2020 do (arXiv:1907.11932, whose
    tagger was spaCy's, too); with `pos` only. Added words are let through.
    """

    costly: ClassVar[bool] = True

    model: str
    attribute: Attribute = "pos"
    noun_for_verb: bool = False

    def __post_init__(self) -> None:
        if self.attribute not in get_args(Attribute):
            raise PluginError(f"spacy: there is no attribute {self.attribute!r}", fix="use pos, tag or morph")
        if self.noun_for_verb and self.attribute != "pos":
            raise PluginError("spacy: noun_for_verb is about parts of speech", fix="use it with attribute: pos")

    def fingerprint(self) -> str:
        """What pins the pipeline ("absent" where it is not there)."""
        try:
            return pinned(self.model)
        except ModelError:
            return "absent"

    def ready(self, langs: Collection[Lang], /) -> None:
        """Load the pipeline. Raises `ModelError` for one that is missing, of another language or tags nothing."""
        nlp = pipeline(self.model)
        for lang in sorted(langs):
            if nlp.lang not in (lang, "xx"):
                raise ModelError(
                    f"the spaCy pipeline {self.model} is for {nlp.lang}, and the texts are {lang}",
                    fix=f"name one for {lang} (`model:` of the constraint spacy), or leave the constraint out",
                )
            if not any(self._said(token) for token in nlp(_SAMPLES[lang])):
                raise ModelError(
                    f"the spaCy pipeline {self.model} has nothing that sets `{self.attribute}` of a word",
                    fix="use one with a tagger or a morphologizer, such as en_core_web_sm or es_core_news_sm",
                )

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = every changed word is tagged as before."""
        texts = list({id(one): one for pair in pairs for one in (pair.original, pair.candidate)}.values())
        strings = list(dict.fromkeys(map(str, texts)))
        docs = dict(zip(strings, pipeline(self.model).pipe(strings), strict=True)) if strings else {}
        return np.array([self._keeps(pair, docs) for pair in pairs], np.bool_)

    def _keeps(self, pair: Pair, docs: dict[str, Any]) -> bool:
        old, new = docs[str(pair.original)], docs[str(pair.candidate)]
        spans, now, origins = pair.original.spans, pair.candidate.spans, pair.candidate.origins
        return all(
            self._alike(self._of(old, *spans[origins[at]]), self._of(new, *now[at]))
            for at in pair.candidate.edited
            if origins[at] != INSERTED
        )

    def _of(self, doc: Any, start: int, end: int) -> tuple[str, ...]:
        return tuple([self._said(t) for t in doc if t.idx < end and start < t.idx + len(t) and not t.is_space])

    def _said(self, token: Any) -> str:
        if self.attribute == "morph":
            return f"{token.pos_}|{token.morph}".strip("|")
        return str(token.pos_ if self.attribute == "pos" else token.tag_)

    def _alike(self, old: tuple[str, ...], new: tuple[str, ...]) -> bool:
        return old == new or (self.noun_for_verb and {*old, *new} == {"NOUN", "VERB"} and len(old) == len(new) == 1)


__all__ = ["SpacyTags", "text"]

"""`Language`: everything the framework knows about one language, behind one small object."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from robust.core.text import Text
from robust.core.types import LANGS, Lang, Span
from robust.errors import UserError, did_you_mean
from robust.lang import keyboard, lookalikes, tokenise
from robust.lang.case import like
from robust.lang.en import inflection as en_inflection
from robust.lang.es import agreement as es_agreement
from robust.lang.es import inflection as es_inflection
from robust.lang.lexicon import OWN_ENTRY, Analysis, Lexicon, PartOfSpeech, lexicon, read


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language: where its words are, what can stand for them, how they are mistyped; made by `language(code)`.

    `analyse` gives the readings of a lower-case surface form, `inflect` puts a lemma into the form of a reading (None
    when that is not certain). Data files are read when first asked for.
    """

    code: Lang
    name: str
    keyboard: Mapping[str, str]
    """Letter → letters whose keys touch it, nearest first."""
    analyse: Callable[[str, Lexicon], Iterable[Analysis]] = field(repr=False)
    inflect: Callable[[str, Analysis], str | None] = field(repr=False)
    homoglyphs: Mapping[str, str] = field(default_factory=lambda: lookalikes.HOMOGLYPHS, repr=False)
    """Letter → letters of other scripts that look the same."""
    shifting: frozenset[str] = field(default=frozenset(), repr=False)
    """Words (lower case) whose form depends on the sound of the next word (`y hermanos`, but `e hijos`)."""
    fits: Callable[[str, str, str], bool] = field(default=lambda before, old, new: True, repr=False)
    """Whether `new` can replace `old`, of the same gender and number, after the word `before` of `shifting`."""

    def __reduce__(self) -> tuple[Callable[[Lang], Language], tuple[Lang]]:
        return language, (self.code,)  # tables are not worth sending to another process

    def spans(self, string: str) -> tuple[Span, ...]:
        """The words of `string` as sorted, disjoint character ranges."""
        return tokenise.spans(string)

    def text(self, string: str) -> Text:
        """`string` with its words marked."""
        words = tokenise.usual_words(string)
        return Text(string, tokenise.spans(string)) if words is None else Text.of_words(string, words)

    @cached_property
    def stopwords(self) -> frozenset[str]:
        """Closed-class words, negations included (so that none is ever swapped), in lower case."""
        return frozenset(read(self.code, "stopwords.txt"))

    def is_stopword(self, word: str) -> bool:
        """Whether `word`, in any case and with either kind of apostrophe, is closed-class."""
        return _plain(word) in self.stopwords

    def synonyms(self, word: str) -> tuple[str, ...]:
        """Words that can stand for `word`, best first, in its form and case; empty when it is unknown.

        Stop words and single letters have none. An ambiguous form gets the candidates of all its readings, each weighed
        by how frequent the reading is.
        """
        return _synonyms(self.code, word)

    def parts_of_speech(self, word: str) -> frozenset[PartOfSpeech]:
        """What `word` can be according to the table; empty when it is unknown."""
        return _parts_of_speech(self.code, word)

    @property
    def _lexicon(self) -> Lexicon:
        return lexicon(self.code)

    def _candidates(self, word: str) -> list[str]:
        scores: dict[str, float] = {}
        readings = {analysis: self._lexicon.entry(analysis) for analysis in self.analyse(word, self._lexicon)}
        for analysis, entry in readings.items():
            # `boring` has an entry of its own: that reading is likelier than the verb `bore`.
            weight = (entry.frequency + 1) * (OWN_ENTRY if analysis.lemma == word else 1.0)
            for rank, form in enumerate(self._inflected(entry.synonyms, analysis)):
                if form != word and form not in self.stopwords:
                    scores[form] = scores.get(form, 0.0) + weight / (rank + 2)
        return sorted(scores, key=lambda form: -scores[form])

    def _inflected(self, lemmas: Iterable[str], analysis: Analysis) -> Iterator[str]:
        for lemma in lemmas:
            form = self.inflect(lemma, analysis)
            if form is not None:
                yield form


@lru_cache(maxsize=1 << 16)  # a search asks for the same words again and again
def _synonyms(code: Lang, word: str) -> tuple[str, ...]:
    lang, plain = _known(code), _plain(word)
    if len(plain) < 2 or plain in lang.stopwords:
        return ()
    return tuple([like(word, candidate) for candidate in lang._candidates(plain)])


@lru_cache(maxsize=1 << 16)
def _parts_of_speech(code: Lang, word: str) -> frozenset[PartOfSpeech]:
    known = _known(code)
    return frozenset([analysis.part_of_speech for analysis in known.analyse(_plain(word), known._lexicon)])


@lru_cache(maxsize=len(LANGS))
def _known(code: Lang) -> Language:
    if code == "en":
        return Language(
            code="en",
            name="English",
            keyboard=keyboard.US,
            analyse=en_inflection.analyses,
            inflect=en_inflection.inflect,
        )
    return Language(
        code="es",
        name="Spanish",
        keyboard=keyboard.SPAIN,
        analyse=es_inflection.analyses,
        inflect=es_inflection.inflect,
        shifting=es_agreement.SHIFTING,
        fits=es_agreement.fits,
    )


@lru_cache(maxsize=len(LANGS))  # asked for at every word
def language(code: str) -> Language:
    """The language with this code, always the same object; `UserError` for a code that is not known."""
    for known in LANGS:
        if code == known:
            return _known(known)
    hint = did_you_mean(code, LANGS)
    raise UserError(f"unknown language {code!r}", fix=f"use one of {', '.join(LANGS)}" + (f"; {hint}" if hint else ""))


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).lower().replace("’", "'")

"""Where candidates come from: one word of one text in, edited texts out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from robust.core.draws import Draws
from robust.core.text import Text
from robust.core.types import Fields, Lang


@dataclass(frozen=True, slots=True)
class Site:
    """Word `index` of `text`, with the fields around the text and a seed that makes a random proposal reproducible."""

    text: Text
    index: int
    lang: Lang
    seed: int = 0
    before: Fields = ()
    after: Fields = ()

    @property
    def word(self) -> str:
        return self.text.words[self.index]

    def candidate(self, made: Text | str) -> Text:
        """A candidate that is written as nothing but the word in the place of the site's, as a text."""
        return self.text.replace(self.index, made) if isinstance(made, str) else made


class Transformation(Protocol):
    """A pure batch function. Each candidate is the site's text with edits (`text.replace(...)`, never a new `Text`).

    A transformation that runs a model sets `costly = True`: its answers are kept on disk. One that draws at random sets
    `random = True` and draws from `site.seed`, which depends on the run, the example, the text and the word alone.

    One that rewrites the text as a whole sets `whole = True`: it is asked at the first word of a text alone, whatever
    position constraints say, and its candidates may have edits anywhere.

    It may say `preserves_meaning` (a class attribute or a property): True where a reader takes the edited word for the
    same word with a slip or a disguise in it, False where it becomes another word of the language in ways that can be
    foreseen (`año` → `ano`), so that labels are at risk. That a slip hits another word by chance (`cat` → `car`) does
    not count.
    """

    langs: ClassVar[frozenset[Lang]]

    def __call__(self, sites: Sequence[Site], /) -> Sequence[Sequence[Text]]: ...


@runtime_checkable
class WordTransformation(Protocol):
    """Optional: a transformation whose candidates mostly are nothing but other words in the place of the word.

    Who wants one candidate of many does not have to build the others.
    """

    def forms(self, site: Site, /) -> Sequence[str] | None:
        """The words, none of them empty or the site's own, in the order of the candidates.

        None where a candidate changes more than the word.
        """
        ...


@runtime_checkable
class DrawnTransformation(Protocol):
    """Optional: a transformation that can draw one of its candidates without making all of them."""

    def drawn(self, site: Site, draws: Draws, /) -> Iterator[Text | str]:
        """The candidates in random order, every order equally likely, each made when it is asked for.

        A candidate that changes nothing but the word is given as the new word. One that is `random` draws from `draws`
        in the place of `site.seed`: its candidates have the same distribution, and are not the same.
        """
        ...

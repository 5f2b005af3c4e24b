"""Typing errors: swap, substitute, delete or insert one letter of a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np

from robust.core.draws import Draws
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.lang.letters import composed, split_letters
from robust.registry import register
from robust.transformations._words import replaced

Operation = Literal["swap", "substitute", "delete", "insert"]
Neighbours = Literal["random", "keyboard"]
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
_LATIN = "abcdefghijklmnopqrstuvwxyz"
ALPHABETS: dict[Lang, str] = {"en": _LATIN, "es": _LATIN + "ñáéíóúü"}


@register("transformations", "character_edits")
@dataclass(frozen=True, kw_only=True)
class CharacterEdits:
    """One random candidate for each operation, as DeepWordBug makes them (Gao et al. 2018, arXiv:1801.04354).

    - `swap` two adjacent letters; `delete` a letter (a word of one letter is left alone);
    - `substitute` a letter, or `insert` one: any letter of the language (`ñ` and accented vowels are letters of
      Spanish), or, with `neighbours: keyboard`, a key next to the letter on the language's keyboard.

    `keep_ends` leaves the first and the last letter where they are, which keeps words readable (Pruthi et al. 2019,
    arXiv:1905.11268). A letter is a character with its combining marks; new letters take the case of the old one.

    *Differs from the paper*: all operations are offered and the search takes the best; the paper's main results use
    `substitute` alone.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    random: ClassVar[bool] = True

    operations: tuple[Operation, ...] = OPERATIONS
    neighbours: Neighbours = "random"
    keep_ends: bool = False

    def __post_init__(self) -> None:
        unknown = [name for name in self.operations if name not in OPERATIONS]
        if unknown or not self.operations:
            raise PluginError(
                f"character_edits: operations are {list(self.operations)}", fix=f"use some of {', '.join(OPERATIONS)}"
            )
        if self.neighbours not in get_args(Neighbours):
            raise PluginError(f"character_edits: neighbours is {self.neighbours!r}", fix="use random or keyboard")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to one candidate for each operation, in the order of `operations`; drawn from `site.seed`."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The words of the candidates."""
        # Two numbers for each operation there is: what one draws does not depend on which others are in use.
        numbers = np.random.default_rng(site.seed).random((len(OPERATIONS), 2)).tolist()
        return self._words(site, [numbers[OPERATIONS.index(name)] for name in self.operations])

    def drawn(self, site: Site, draws: Draws, /) -> Iterator[str]:
        """The candidates in random order; the numbers are `draws`', which begin at a tenth of a generator's price."""
        return draws.shuffled(self._words(site, [draws.two() for _ in self.operations]))

    def _words(self, site: Site, numbers: Sequence[Sequence[float]]) -> list[str]:
        """What the operations make of the word, with two numbers in [0, 1) for each."""
        word, lang = site.word, site.lang
        letters = split_letters(word)
        found = [
            self._edited(letters, name, lang, where, which)
            for name, (where, which) in zip(self.operations, numbers, strict=True)
        ]
        return [other for other in dict.fromkeys(found) if other and other != word]

    def _edited(self, letters: list[str], operation: Operation, lang: Lang, where: float, which: float) -> str:
        """The word after the operation, empty where it cannot be done; `where` and `which` are in [0, 1)."""
        kept, n = int(self.keep_ends), len(letters)
        places = n - 2 * kept + (operation == "insert") - (operation == "swap")
        if places <= 0 or (operation == "delete" and n == 1):
            return ""
        at = kept + int(where * places)
        if operation == "swap":
            return "".join([*letters[:at], letters[at + 1], letters[at], *letters[at + 2 :]])
        if operation == "delete":
            return "".join([*letters[:at], *letters[at + 1 :]])
        beside = letters[min(at, n - 1)]
        small = composed(beside)
        near = ALPHABETS[lang] if self.neighbours == "random" else language(lang).keyboard.get(small, "")
        choices = near if operation == "insert" else near.replace(small, "")
        if not choices:
            return ""
        new = choices[int(which * len(choices))]
        new = new.upper() if beside.isupper() else new
        return "".join([*letters[:at], new, *letters[at + (operation == "substitute") :]])

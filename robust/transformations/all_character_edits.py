"""Every swap, substitution, deletion and insertion of one letter of a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.lang.letters import composed, put, split_letters, written_like
from robust.registry import register
from robust.transformations.character_edits import ALPHABETS, OPERATIONS, Operation


@register("transformations", "all_character_edits")
@dataclass(frozen=True, kw_only=True)
class AllCharacterEdits:
    """All words one letter away: what a worst-case misspelling is chosen from (Pruthi et al. 2019, arXiv:1905.11268).

    `swap` two adjacent letters, `delete` one, `substitute` one by a key next to it on the language's keyboard, `insert`
    any letter of the language. `keep_ends` leaves the first and the last letter as they are, as the paper does. A word
    of n letters has about 30·n candidates; `character_edits` draws one of each kind instead.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = True

    operations: tuple[Operation, ...] = OPERATIONS
    keep_ends: bool = True

    def __post_init__(self) -> None:
        unknown = [name for name in self.operations if name not in OPERATIONS]
        if unknown or not self.operations:
            raise PluginError(
                f"all_character_edits: operations are {list(self.operations)}",
                fix=f"use some of {', '.join(OPERATIONS)}",
            )

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Every edit, in the order of `operations` and from left to right."""
        return [
            [site.text.replace(site.index, word) for word in dict.fromkeys(self._variants(site)) if word != site.word]
            for site in sites
        ]

    def _variants(self, site: Site) -> Iterator[str]:
        letters, kept = split_letters(site.word), int(self.keep_ends)
        last = len(letters) - kept
        for name in self.operations:
            if name == "swap":
                yield from (put(letters, at, letters[at + 1] + letters[at], 2) for at in range(kept, last - 1))
            elif name == "delete":
                yield from (put(letters, at, "") for at in range(kept, last) if len(letters) > 1)
            elif name == "substitute":
                for at in range(kept, last):
                    near = language(site.lang).keyboard.get(composed(letters[at]), "")
                    yield from (put(letters, at, written_like(letters[at], key)) for key in near)
            else:
                for at in range(kept, last + 1):
                    beside = letters[min(at, len(letters) - 1)]
                    new = ALPHABETS[site.lang]
                    yield from (put(letters, at, c.upper() if beside.isupper() else c, 0) for c in new)

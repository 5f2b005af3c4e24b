"""The union of transformations: order, repeats, seeds, languages, nested in a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pytest

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.transformations.any_of import AnyOf
from robust.transformations.character_edits import CharacterEdits
from robust.transformations.synonyms import Synonyms


@dataclass(frozen=True)
class Fixed:
    words: tuple[str, ...]
    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        return [[s.text.replace(s.index, word) for word in self.words] for s in sites]


@dataclass(frozen=True)
class English:
    langs: ClassVar[frozenset[Lang]] = frozenset({"en"})
    costly: ClassVar[bool] = True

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        return [[] for _ in sites]


@dataclass(frozen=True)
class Spanish:
    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        return [[] for _ in sites]


SITES = [Site(language("en").text("one two"), i, "en", 7) for i in range(2)]


def test_union_in_order_without_repeats() -> None:
    both = AnyOf(transformations=(Fixed(("a", "b")), Fixed(("b", "c"))))
    assert [[str(t) for t in found] for found in both(SITES)] == [
        ["a two", "b two", "c two"],
        ["one a", "one b", "one c"],
    ]


def test_equal_random_parts_draw_differently() -> None:
    part = CharacterEdits(operations=("substitute",))
    text = language("en").text("kitchen")
    found = AnyOf(transformations=(part, part))([Site(text, 0, "en", seed) for seed in range(50)])
    assert sum(len(texts) == 2 for texts in found) > 40
    assert [texts[0] for texts in found] == [texts[0] for texts in part([Site(text, 0, "en", s) for s in range(50)])]


def test_says_of_itself_what_its_parts_say() -> None:
    assert AnyOf(transformations=(CharacterEdits(), Synonyms())).random
    assert not AnyOf(transformations=(Synonyms(),)).random
    assert AnyOf(transformations=(Synonyms(), English())).costly
    assert AnyOf(transformations=(Synonyms(), English())).langs == {"en"}


def test_parts_must_share_a_language() -> None:
    with pytest.raises(PluginError, match="no language"):
        AnyOf(transformations=(English(), Spanish()))
    with pytest.raises(PluginError, match="no transformations"):
        AnyOf(transformations=())


def test_can_be_written_in_a_recipe(tmp_path) -> None:
    from robust.recipe.load import load_attack

    path = tmp_path / "mixed.yaml"
    path.write_text(
        "schema_version: 1\nname: mixed\nlanguages: [en]\ndeviations: []\nattack:\n"
        "  search: greedy\n  goal: untargeted\n"
        "  transformation: {any_of: {transformations: [{synonyms: {k: 5}}, character_edits]}}\n"
    )
    built = load_attack(path).build().transformation
    assert built == AnyOf(transformations=(Synonyms(k=5), CharacterEdits()))

"""Spaces inside words and none between them."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.base import language
from robust.transformations.spacing import Spacing
from tests.unit.transformations.helpers import proposed

SPLIT, JOIN = Spacing(operations=("split",)), Spacing(operations=("join",))


def test_a_space_at_every_place() -> None:
    assert proposed(SPLIT, "Cold, soup", lang="en") == ["C old, soup", "Co ld, soup", "Col d, soup"]
    assert proposed(SPLIT, "an\u0303o", lang="es") == ["a n\u0303o", "an\u0303 o"]
    assert proposed(SPLIT, "y", lang="es") == []


def test_a_split_word_is_one_changed_word_and_stays_split() -> None:
    text = language("es").text("El niño ríe")
    split = Spacing(operations=("split",))([Site(text, 1, "es")])[0][0]
    assert (str(split), split.words, split.words_changed) == ("El n iño ríe", ("El", "n iño", "ríe"), 1)
    assert SPLIT([Site(split, 1, "es")]) == [[]]


def test_words_run_together() -> None:
    assert proposed(JOIN, "de la casa", lang="es") == ["dela casa"]
    assert proposed(JOIN, "de la casa", 1, lang="es") == ["de lacasa"]
    assert proposed(JOIN, "de la casa", 2, lang="es") == []
    assert proposed(JOIN, "so  good 🙂", lang="en") == ["sogood 🙂"]
    assert proposed(JOIN, "a b🙂", lang="en") == ["ab🙂"]


def test_nothing_but_spaces_is_swallowed() -> None:
    for string in ("no, never", "no\nnever", "¿no? ¡sí", "no-never"):
        assert proposed(JOIN, string, lang="es") == []


def test_joined_words_know_where_they_came_from() -> None:
    text = language("en").text("not so good at all")
    (joined,) = JOIN([Site(text, 1, "en")])[0]
    assert joined.words == ("not", "sogood", "at", "all")
    assert joined.origins == (0, 1, 3, 4)
    assert joined.words_changed == 2
    assert [str(t) for t in JOIN([Site(joined, 1, "en")])[0]] == ["not sogoodat all"]


@pytest.mark.parametrize("wrong", [(), ("glue",)])
def test_wrong_parameters_are_refused(wrong: tuple[str, ...]) -> None:
    with pytest.raises(PluginError, match="split, join"):
        Spacing(operations=wrong)

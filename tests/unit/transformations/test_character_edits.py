"""Character edits: one candidate for each operation, from the seed, in the letters of the language."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.lang.letters import split_letters
from robust.transformations.character_edits import ALPHABETS, CharacterEdits


def edits(word: str, *, lang: Lang = "en", seeds: int = 200, **options) -> list[list[str]]:
    text = language(lang).text(f"a {word} b")
    sites = [Site(text, 1, lang, seed) for seed in range(seeds)]
    return [[str(t)[2:-2] for t in found] for found in CharacterEdits(**options)(sites)]


def only(operation: str, word: str, **options) -> set[str]:
    return {w for found in edits(word, operations=(operation,), **options) for w in found}


def test_swap_exchanges_neighbours() -> None:
    assert only("swap", "abcd") == {"bacd", "acbd", "abdc"}


def test_delete_takes_one_letter_and_never_the_only_one() -> None:
    assert only("delete", "abc") == {"bc", "ac", "ab"}
    assert only("delete", "a") == set()


def test_insert_adds_one_letter_anywhere() -> None:
    expected = {w for c in ALPHABETS["en"] for w in (c + "xy", "x" + c + "y", "xy" + c)}
    assert only("insert", "xy", seeds=2000) == expected


def test_substitute_changes_one_letter_for_another() -> None:
    expected = {c + "n" for c in ALPHABETS["es"] if c != "a"} | {"a" + c for c in ALPHABETS["es"] if c != "n"}
    assert only("substitute", "an", lang="es", seeds=2000) == expected
    assert {"añ", "án"} <= expected


def test_letters_are_drawn_evenly() -> None:
    found = [w for row in edits("a", lang="en", operations=("substitute",), seeds=5000) for w in row]
    counts = [found.count(c) for c in ALPHABETS["en"][1:]]
    assert min(counts) > 130  # 200 expected each
    assert max(counts) < 270


def test_one_candidate_for_each_operation_in_order() -> None:
    for found in edits("kitchen"):
        assert 2 <= len(found) <= 4  # swapping or drawing like letters may leave the word as it is
    swap, substitute, delete, insert = edits("kitchen")[3]
    assert (len(swap), len(substitute), len(delete), len(insert)) == (7, 7, 6, 8)


def test_an_operation_draws_the_same_whatever_the_others_are() -> None:
    assert [found[:1] for found in edits("kitchen", operations=("delete",))] == [
        found[-1:] for found in edits("kitchen", operations=("insert", "delete"))
    ]


def test_seed_alone_decides() -> None:
    assert edits("kitchen") == edits("kitchen")
    assert len({tuple(found) for found in edits("kitchen")}) > 50


def test_keep_ends_leaves_first_and_last_letter() -> None:
    for found in edits("kitchen", keep_ends=True):
        assert all(w.startswith("k") and w.endswith("n") for w in found)
    for word in ("", "a", "ab"):
        assert all(
            w.startswith(word[:1]) and w.endswith(word[-1:]) for row in edits(word or "a", keep_ends=True) for w in row
        )
    assert only("swap", "abc", keep_ends=True) == set()
    assert only("swap", "abcd", keep_ends=True) == {"acbd"}
    assert only("insert", "a", keep_ends=True) == set()


def test_keyboard_neighbours_are_those_of_the_language() -> None:
    near_l = language("es").keyboard["l"]
    assert "ñ" in near_l
    assert only("substitute", "l", lang="es", neighbours="keyboard") == set(near_l)
    assert only("substitute", "l", lang="en", neighbours="keyboard") == set(language("en").keyboard["l"])


def test_new_letters_take_the_case_of_the_old_one() -> None:
    assert all(w.isupper() for w in only("substitute", "ÑU", lang="es"))
    assert all(w.islower() for w in only("substitute", "ñu", lang="es"))


def test_combining_marks_stay_with_their_letter() -> None:
    assert split_letters("man\u0303ana") == ["m", "a", "n\u0303", "a", "n", "a"]
    assert only("swap", "n\u0303a", lang="es") == {"an\u0303"}
    assert only("delete", "n\u0303a", lang="es") == {"a", "n\u0303"}


@pytest.mark.parametrize("wrong", [{"operations": ()}, {"operations": ("flip",)}, {"neighbours": "qwerty"}])
def test_wrong_parameters_are_refused(wrong: dict) -> None:
    with pytest.raises(PluginError):
        CharacterEdits(**wrong)

"""Antonyms and negations: what a changed word must not do to the meaning."""

from __future__ import annotations

import pytest

from robust.constraints.no_antonyms import NoAntonyms
from robust.constraints.same_negation import SameNegation
from robust.core.constraint import Pair
from robust.core.text import Text
from robust.core.types import Lang
from robust.lang.base import language


def kept(constraint: NoAntonyms | SameNegation, lang: Lang, candidate: Text) -> bool:
    return bool(constraint([Pair(candidate.root, candidate, lang)])[0])


@pytest.mark.parametrize(
    ("lang", "old", "new", "keeps"),
    [
        ("en", "good", "bad", False),
        ("en", "Better", "Worse", False),
        ("en", "happy", "unhappy", False),
        ("en", "careful", "careless", False),
        ("en", "good", "fine", True),
        ("en", "xqzzt", "bad", True),
        ("es", "buenas", "malas", False),
        ("es", "útiles", "inútiles", False),
        ("es", "abrieron", "cerraron", False),
        ("es", "buenas", "estupendas", True),
    ],
)
def test_antonyms_by_all_their_forms(lang: Lang, old: str, new: str, keeps: bool) -> None:
    text = language(lang).text(f"{old} x")
    assert kept(NoAntonyms(), lang, text.replace(0, new)) is keeps


def test_words_that_were_added_or_left_out_are_no_antonyms() -> None:
    text = language("en").text("a good film")
    assert kept(NoAntonyms(), "en", text.insert(1, "bad").delete(3))


@pytest.mark.parametrize(
    ("lang", "string", "edits", "keeps"),
    [
        ("en", "It was not good", [("replace", 3, "fine")], True),
        ("en", "It was not good", [("delete", 2, "")], False),
        ("en", "It was not good", [("replace", 2, "nto")], False),
        ("en", "It was not good", [("delete", 1, "")], True),
        ("en", "It was not good", [("replace", 2, "good"), ("replace", 3, "not")], False),
        ("en", "It was good", [("insert", 2, "not")], False),
        ("en", "Nobody liked it", [("replace", 0, "Nothing")], False),
        ("en", "They don't like it", [("replace", 1, "dont")], True),
        ("en", "They don't like it", [("replace", 1, "do")], False),
        ("en", "They don’t like it", [("replace", 3, "that")], True),
        ("es", "No me gustó nada", [("replace", 2, "agradó")], True),
        ("es", "No me gustó nada", [("replace", 3, "mucho")], False),
        ("es", "Ni fu ni fa", [("insert", 2, "tampoco")], False),
        ("es", "Lo vi sin ganas", [("replace", 2, "con")], False),
    ],
)
def test_negations_stay(lang: Lang, string: str, edits: list[tuple[str, int, str]], keeps: bool) -> None:
    text = language(lang).text(string)
    for kind, at, word in edits:
        text = text.delete(at) if kind == "delete" else getattr(text, kind)(at, word)
    assert kept(SameNegation(), lang, text) is keeps

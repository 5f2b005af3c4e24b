"""English contractions, written out and made."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.lang.base import language
from robust.transformations.contractions import Contractions


def made(string: str) -> list[str]:
    text = language("en").text(string)
    found = Contractions()([Site(text, at, "en") for at in range(len(text))])
    return [str(candidate) for of_word in found for candidate in of_word]


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("I don't know", "I do not know"),
        ("I DON'T KNOW", "I DO NOT KNOW"),
        ("Don't go", "Do not go"),
        ("It won't work.", "It will not work."),
        ("the film isn't bad", "the film is not bad"),
        ("It's a mess", "It is a mess"),
        ("it's boring me", "it is boring me"),
        ("that's terrible", "that is terrible"),
        ("I'm happy", "I am happy"),
        ("I'M HAPPY", "I AM HAPPY"),
        ("I really can't go", "I really cannot go"),
        ("we've been there", "we have been there"),
        ("You'll love it", "You will love it"),
        ("I'd recommend it", "I would recommend it"),
        ("it’s a “mess”", "it is a “mess”"),
    ],
)
def test_there_and_back(short: str, full: str) -> None:
    assert made(short) == [full]
    assert made(full) == [short if "’" not in short else "it's a “mess”"]


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("I can not go", "I can't go"),
        ("It really isn't!", "It really is not!"),
        ("it's been good", "it has been good"),
        ("they're here", "they are here"),
    ],
)
def test_one_way(string: str, expected: str) -> None:
    assert made(string) == [expected]


@pytest.mark.parametrize(
    "string",
    [
        "it's set in Rome",
        "I'd left",
        "Don't you think?",
        "Isn't life good?",
        "why can't people see",
        "Yes, it is.",
        "I know where it is hidden",
        "as good as they are now",
        "I have a car",
        "the one who is here",
        "ain't it",
        "the film's end",
        "do n't",
        "I do NOT care",
        "let us go, let's go",
        "do, not",
        "",
    ],
)
def test_what_stays(string: str) -> None:
    assert made(string) == []

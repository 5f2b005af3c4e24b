"""Letters as people see them: a character with its combining marks, in either normal form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence


def split_letters(word: str) -> list[str]:
    """The characters of a word, each with the combining marks that follow it."""
    if word.isascii():
        return list(word)
    letters: list[str] = []
    for character in word:
        if letters and unicodedata.combining(character):
            letters[-1] += character
        else:
            letters.append(character)
    return letters


def composed(letter: str) -> str:
    """A letter in lower case and one code point where there is one (NFC): the form that tables are written in."""
    return unicodedata.normalize("NFC", letter).lower()


def written_like(model: str, letters: str) -> str:
    """`letters` (lower case) in the case of the letter `model`, and decomposed (NFD) if that is."""
    new = letters.upper() if model.isupper() else letters
    return new if unicodedata.is_normalized("NFC", model) else unicodedata.normalize("NFD", new)


def put(letters: Sequence[str], at: int, new: str, length: int = 1) -> str:
    """The word with `new` in the place of `length` letters from `at` on."""
    return "".join([*letters[:at], new, *letters[at + length :]])


def shapes(letters: Sequence[str]) -> str:
    """A character for each letter: its composed form, U+0000 where that is more than one."""
    forms = [unicodedata.normalize("NFC", letter) for letter in letters]
    return "".join([form if len(form) == 1 else "\0" for form in forms])


def occurrences(shape: str, pattern: str) -> Iterator[int]:
    """Where the letters of `pattern` (composed, in this case) stand in a word, of which `shapes` tells."""
    at = shape.find(pattern)
    while at >= 0:
        yield at
        at = shape.find(pattern, at + 1)

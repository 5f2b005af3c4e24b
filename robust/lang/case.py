"""Copy the way a word is written on to another word."""

from __future__ import annotations

import unicodedata


def like(model: str, word: str) -> str:
    """`word` (lower case) cased like `model`, and decomposed (NFD) if `model` is.

    `MODEL` → `WORD`, `Model` and a single capital → `Word`, anything else stays as it is.
    """
    if model.isascii() and model.islower():
        return word
    if model.isupper() and sum(letter.isalpha() for letter in model) > 1:
        word = word.upper()
    elif model[:1].isupper():
        word = word[:1].upper() + word[1:]
    if not unicodedata.is_normalized("NFC", model):
        word = unicodedata.normalize("NFD", word)
    return word

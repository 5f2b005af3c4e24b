"""The other forms of a word, and what sets each apart from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Category: TypeAlias = Literal["number", "gender", "comparison", "person", "tense"]
"""Grammatical categories that inflection marks. `person` includes the number of a finite verb, `tense` mood and the
forms without person (infinitive, gerund, participle)."""
CATEGORIES: tuple[Category, ...] = get_args(Category)


@dataclass(frozen=True, slots=True)
class Inflection:
    """A form (lower case) of the same lemma that differs from the word in one category."""

    word: str
    category: Category

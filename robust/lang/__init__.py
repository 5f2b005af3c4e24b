"""English and Spanish: where the words are, what can stand for them, how they are mistyped."""

from robust.lang.base import Language, language

__all__ = ["Language", "language"]

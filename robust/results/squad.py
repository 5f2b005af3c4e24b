"""Exact match and F1 of answers: see `robust.lang.squad`."""

from robust.lang.squad import exact_match, f1, normalise

__all__ = ["exact_match", "f1", "normalise"]

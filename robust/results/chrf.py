"""chrF, where results look for it; see `robust.lang.overlap`."""

from robust.lang.overlap import chrf

__all__ = ["chrf"]

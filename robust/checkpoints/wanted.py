"""What a caller needs a model for, and what messages say when one will not do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A kind of model. `{name}` in the remedies stands for the model as the user wrote it.

    `auto`: the class of transformers that opens it. `noun`: what messages call it, such as `sentence encoder`.
    `kind`: what a model of another kind is not. `incomplete`: what is said before the names of missing weights.
    `option`: how a user names a local one.

    `heads`: a model that declares architectures must have one that ends on one of them (any will do where there are
    none). `optional`: weights that begin with one of them may be missing. `extras`: patterns of further files to fetch.

    `fit`: the remedy for a model of another kind or without all weights; `untrusted`: for one that needs code of its
    own; `smaller`: for one that does not fit in memory. Where one is left out, the remedy is to name another model.
    """

    auto: str
    noun: str
    kind: str
    incomplete: str
    option: str
    heads: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    fit: str = ""
    untrusted: str = ""
    smaller: str = ""

    @property
    def instead(self) -> str:
        """The remedy for a model that cannot be had from the hub."""
        return f"use a local model directory instead ({self.option})"

    def remedy(self, said: str, name: str) -> str:
        """One of the remedies, for the model `name`; the general one where it is empty."""
        return said.replace("{name}", name) if said else f"name another {self.noun} ({self.option})"

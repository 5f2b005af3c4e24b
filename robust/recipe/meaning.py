"""Which parts of a recipe can be foreseen to change what a text means."""

from __future__ import annotations

from robust.recipe.augment import AnyStep, Change, OneOf, Sometimes
from robust.recipe.plugins import PluginSpec


def at_risk(transformation: PluginSpec) -> list[str]:
    """The names of the transformations in it that say `preserves_meaning = False`."""
    inner = [part for value in transformation.params.values() for part in _plugins(value)]
    if inner:
        return list(dict.fromkeys(name for part in inner for name in at_risk(part)))
    said = getattr(transformation.build(), "preserves_meaning", None)
    return [transformation.name] if said is False else []


def _plugins(value: object) -> list[PluginSpec]:
    several = value if isinstance(value, (list, tuple)) else [value]
    return [part for part in several if isinstance(part, PluginSpec)]


def risks(step: AnyStep) -> list[str]:
    """`at_risk` of every transformation of an augmentation recipe."""
    if isinstance(step, Change):
        return at_risk(step.transformation)
    if isinstance(step, Sometimes):
        return risks(step.sometimes)
    inner = step.one_of if isinstance(step, OneOf) else step.sequence
    return list(dict.fromkeys(name for part in inner for name in risks(part)))

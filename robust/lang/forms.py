"""Lists of words that stand for one another: one group a line, `_` for a space inside a form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from robust.core.types import Lang
from robust.lang.lexicon import read

Table: TypeAlias = Mapping[str, tuple[str, ...]]
"""Form (lower case, with spaces) → what can stand for it."""


def word_set(*lines: str) -> frozenset[str]:
    """The words of `lines`, which are parted by spaces."""
    return frozenset(" ".join(lines).split())


@lru_cache(maxsize=16)
def alternatives(lang: Lang, *names: str) -> Table:
    """Each form of the files `names` → the other forms of its groups, in the order of the files."""
    table: dict[str, dict[str, None]] = {}
    for name in names:
        for line in read(lang, name):
            forms = [form.replace("_", " ") for form in line.split(" ")]
            for form in forms:
                table.setdefault(form, {}).update(dict.fromkeys(other for other in forms if other != form))
    return MappingProxyType({form: tuple(others) for form, others in table.items()})


@lru_cache(maxsize=4)
def short_forms(lang: Lang) -> Table:
    """Word → how it is shortened in chats."""
    lines = [line.split(" ") for line in read(lang, "texting.txt")]
    return MappingProxyType({long.replace("_", " "): tuple(short) for long, *short in lines})

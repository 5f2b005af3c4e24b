"""Words that change only because a word beside them did: articles, agreement, contractions."""

from __future__ import annotations

from robust.core.types import Lang
from robust.lang.es.agreement import one_function_word


def is_repair(old: str, new: str, lang: Lang) -> bool:
    """Whether `new` is what agreement or sound can make of the function word `old`; empty for one that is gone."""
    if lang == "en":
        return {old.casefold(), new.casefold()} == {"a", "an"}
    return one_function_word(old, new)

"""What an attacker of a recipe may see and do, read off the recipe itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from robust import registry
from robust.core.attack import needs_gradients
from robust.errors import PluginError
from robust.leaderboard.canonical import digest
from robust.leaderboard.schema import Access, Granularity, ThreatModel
from robust.recipe.attack import AttackRecipe

_KINDS: Mapping[Granularity, str] = {
    "character": """
        all_character_edits casing character_edits diacritics homoglyphs homophones inverted_marks keyboard_typos
        learned_typos leet ocr phonetic_spelling spacing texting""",
    "word": """
        address clitic_placement code_switching contractions delete_word diminutives embedding_neighbours
        gender_inclusive inflections insert_synonym masked_lm masked_lm_edits regional_words subject_pronouns
        swap_names swap_numbers swap_places swap_words synonyms""",
    "sentence": "append_irrelevance back_translation distractor paraphrase prepend_words",
}
GRANULARITY: Mapping[str, Granularity] = {name: kind for kind, listed in _KINDS.items() for name in listed.split()}
"""What each transformation changes; those of other frameworks, and of packages of someone's own, are `other`."""

_DECISIONS = frozenset({"hard_label"})
_ACCESS: tuple[Access, ...] = ("decision", "score", "gradient")
_GRANULARITIES: tuple[Granularity, ...] = ("character", "word", "sentence", "other")


def perturbation(recipe: Mapping[str, Any]) -> str:
    """16 hex digits that name the texts an attack may reach: transformation, constraints and goal, not the search."""
    attack = recipe["attack"]
    return digest([attack["transformation"], attack["constraints"], attack["goal"]])[:16]


def transformations(recipe: Mapping[str, Any]) -> list[str]:
    """The names of all transformations in a resolved recipe, nested ones too."""
    return list(_named(recipe["attack"]["transformation"]))


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in registry.names("transformations") or key in GRANULARITY:
                yield key
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


def access(recipe: AttackRecipe) -> Access:
    """What the search looks at."""
    spec = recipe.attack.search
    if spec.name in _DECISIONS:
        return "decision"
    try:
        return "gradient" if needs_gradients(spec.build()) else "score"
    except PluginError:
        return "score"


def threat_model(recipes: Sequence[AttackRecipe], written: Sequence[Mapping[str, Any]] | None = None) -> ThreatModel:
    """The threat model of a suite: everything that any of its attacks may do.

    `written` are the resolved recipes as an entry has them: a later release may know more parameters.
    """
    resolved = written or [recipe.resolved() for recipe in recipes]
    kinds = {GRANULARITY.get(name, "other") for one in resolved for name in transformations(one) if name != "any_of"}
    budgets = [recipe.attack.query_budget for recipe in recipes]
    shares = [_share(one) for one in resolved]
    said: dict[str, Any] = {
        "access": max((access(recipe) for recipe in recipes), key=_ACCESS.index),
        "granularity": [kind for kind in _GRANULARITIES if kind in kinds] or ["other"],
        "max_queries": None if None in budgets else max(b for b in budgets if b is not None),
        "max_words_changed": None if None in shares else max(s for s in shares if s is not None),
        "perturbations": sorted({perturbation(one) for one in resolved}),
    }
    return ThreatModel.model_validate({"id": digest(said)[:16], **said})


def _share(recipe: Mapping[str, Any]) -> float | None:
    """The largest share of words that the constraints let change, or None where they set none."""
    bounds = [c["max_words_changed"]["fraction"] for c in recipe["attack"]["constraints"] if "max_words_changed" in c]
    return min(bounds) if bounds else None

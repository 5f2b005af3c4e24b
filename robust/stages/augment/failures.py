"""What finished attacks say breaks a model: transformations, words and classes, and the recipe that draws on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robust.core.constraint import TargetConstraint
from robust.core.text import INSERTED, Text
from robust.core.transformation import Site, Transformation
from robust.core.types import Lang
from robust.errors import DataError, UserError
from robust.lang.base import language
from robust.recipe.attack import AttackRecipe
from robust.recipe.plugins import PluginSpec
from robust.results.directory import open_attack
from robust.stages.augment.weights import Count, Weights, rate, smoothed, weigh


@dataclass(slots=True)
class Failures:
    """Counts by transformation (as recipes write it), by word in small letters, and by class.

    `shares` are the shares of words that the successes changed; `constraints` those of each transformation's attack
    that copies can be held to.
    """

    operators: dict[str, Count] = field(default_factory=dict)
    words: dict[str, Count] = field(default_factory=dict)
    classes: dict[str, Count] = field(default_factory=dict)
    constraints: dict[str, list[Any]] = field(default_factory=dict)
    shares: list[float] = field(default_factory=list)
    languages: set[Lang] = field(default_factory=set)

    @property
    def weights(self) -> Weights:
        """The weights of words and classes."""
        return weigh(self.words, self.classes)

    def recipe(self) -> dict[str, Any]:
        """An augmentation recipe as its file would have it: one of the transformations, drawn by its smoothed success.

        Each changes the share of words that successful attacks changed, on average.
        """
        mean = rate(self.operators.values())
        share = round(sum(self.shares) / len(self.shares), 4) if self.shares else 0.0
        steps = [
            {"transformation": json.loads(name), "constraints": self.constraints[name], "share": share}
            for name in self.operators
        ]
        weights = [smoothed(count, mean) for count in self.operators.values()]
        return {
            "schema_version": 1,
            "name": "from-run",
            "languages": sorted(self.languages),
            "augment": {"flow": {"one_of": steps, "weights": weights}},
        }


def failures(runs: Sequence[Path]) -> Failures:
    """Read finished attack runs. Raises `UserError` for other directories, and for runs without an attacked text."""
    found = Failures()
    for path in runs:
        manifest, rows = open_attack(path)
        recipe = AttackRecipe.model_validate_json(json.dumps(manifest["recipe"]["resolved"]), strict=True)
        parts = _operators(recipe, found)
        for row in rows:
            if row["status"] in ("success", "failure"):
                _count(found, row, manifest["model"]["labels"], parts)
    if not found.languages:
        raise UserError(f"{', '.join(map(str, runs))}: no text was attacked", fix="name a run with attacked texts")
    return found


@dataclass(frozen=True, slots=True)
class _Operator:
    name: str
    transformation: Transformation


def _operators(recipe: AttackRecipe, found: Failures) -> list[_Operator]:
    """The transformations that an attack mixes, each with the constraints that hold without a model's target."""
    whole = recipe.attack.transformation
    specs = list(whole.params["transformations"]) if whole.name == "any_of" else [whole]
    kept = [
        part.resolved()
        for part in recipe.attack.constraints
        if not isinstance(built := part.build(), TargetConstraint) and not getattr(built, "costly", False)
    ]
    made = [_Operator(_name(spec), spec.build()) for spec in specs]
    for part in made:
        found.operators.setdefault(part.name, Count())
        found.constraints.setdefault(part.name, kept)
    return made


def _name(spec: PluginSpec) -> str:
    return json.dumps(spec.resolved(), ensure_ascii=False, sort_keys=True)


def _count(found: Failures, row: Mapping[str, Any], labels: Sequence[str], parts: Sequence[_Operator]) -> None:
    lang: Lang = row["lang"]
    found.languages.add(lang)
    success, text = row["status"] == "success", language(lang).text(row["original"])
    changed = list(_changed(text, row["adversarial"], lang)) if success else []
    broken = {text.words[at].lower() for at, _ in changed}
    for word in {word.lower() for word in text.words}:
        count = found.words.setdefault(word, Count())
        count.tried += 1
        count.broke += word in broken
    if row["label"] is not None:
        count = found.classes.setdefault(_label(labels, row["label"]), Count())
        count.tried += 1
        count.broke += success
    for part in parts:
        found.operators[part.name].tried += 1
    if success:
        found.shares.append(row["words_changed"] / max(row["words"], 1))
        for name, share in _credit(text, changed, parts, lang).items():
            found.operators[name].broke += share


def _label(labels: Sequence[str], at: int) -> str:
    if not 0 <= at < len(labels):
        raise DataError(f"a row of the run has the class {at}, the model has {len(labels)}", fix="run the attack again")
    return labels[at]


def _changed(text: Text, adversarial: str, lang: Lang) -> Iterator[tuple[int, str | None]]:
    """The words of a text that an attack changed, and what stands in their places (None: nothing)."""
    after = text.rewrite(adversarial, language(lang).spans(adversarial))
    now = {origin: word for origin, word in zip(after.origins, after.words, strict=True) if origin != INSERTED}
    for at, word in enumerate(text.words):
        if now.get(at) != word:
            yield at, now.get(at)


def _credit(
    text: Text, changed: Sequence[tuple[int, str | None]], parts: Sequence[_Operator], lang: Lang
) -> dict[str, float]:
    """Who made a success: each changed word is shared by the transformations that offer what stands there now.

    What none offers was drawn at random, or followed from an earlier change: it is shared by those that draw, else by
    all.
    """
    drawing = [part.name for part in parts if getattr(part.transformation, "random", False)]
    credit: dict[str, float] = {}
    for at, word in changed:
        able = [part.name for part in parts if len(parts) == 1 or _offers(part.transformation, text, at, word, lang)]
        sharing = able or drawing or [part.name for part in parts]
        for name in sharing:
            credit[name] = credit.get(name, 0.0) + 1 / (len(sharing) * len(changed))
    if not changed:  # a text that only grew
        credit = {part.name: 1 / len(parts) for part in parts}
    return credit


def _offers(part: Transformation, text: Text, at: int, word: str | None, lang: Lang) -> bool:
    if getattr(part, "costly", False) or getattr(part, "random", False):
        return False
    for candidate in part([Site(text, at, lang)])[0]:
        if at in candidate.origins:
            if candidate.words[candidate.origins.index(at)] == word:
                return True
        elif word is None:
            return True
    return False

"""TextAttack's goals, of a recipe or by their class."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from robust.adapters.textattack.load import library, made, recipe
from robust.core.example import Target
from robust.core.goal import Goal
from robust.core.text import Text
from robust.core.types import Bools, Floats, Lang
from robust.errors import DataError, PluginError
from robust.registry import register


@register("goals", "textattack")
@dataclass(frozen=True, kw_only=True)
class TextAttackGoal:
    """A goal function of TextAttack's for classifiers: that of a `recipe`, or a class by its `name`.

    `parameters` are those of the recipe's `build`, or of the class (`{target_max_score: 0.2}`). Score and success are
    TextAttack's. A goal that is only maximised (`maximizable`, as in `InputReductionFeng2018`) has no success of its
    own; TextAttack counts every example then, and so does this goal: any edited text with a score above 0.
    """

    recipe: str | None = None
    name: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if (self.recipe is None) == (self.name is None):
            raise PluginError("textattack: a goal is that of a recipe, or a class", fix="give either recipe or name")

    def ready(self, langs: Collection[Lang], /) -> None:
        """Make the goal. Raises `PluginError` where TextAttack, or what it needs, is missing, or has no such goal."""
        _ = self._function

    def given(self, texts: Sequence[Text], /) -> Goal:
        """The goal for these texts; raises `PluginError` where TextAttack has no such goal for classifiers."""
        return _Given(self._function, tuple(texts))

    @property
    def _function(self) -> Any:
        library()
        if self.recipe is not None:
            function = recipe(self.recipe, self.parameters).goal_function
        else:
            function = made("goal_functions", self.name or "", self.parameters)
        from textattack.goal_functions import ClassificationGoalFunction

        if not isinstance(function, ClassificationGoalFunction):
            raise PluginError(
                f"TextAttack's goal {type(function).__name__} is not for classifiers",
                fix="use UntargetedClassification, TargetedClassification or InputReduction",
            )
        return function


@dataclass(frozen=True, eq=False)
class _Given:
    """A goal function with the texts that logits belong to."""

    function: Any
    texts: tuple[Text, ...]

    def score(self, logits: Floats, target: Target, /) -> Floats:
        """`(n, n_labels)` → `(n,)`: TextAttack's score."""
        return np.array([score for score, _ in self._judged(logits, target)], np.float32)

    def done(self, logits: Floats, target: Target, /) -> Bools:
        """`(n, n_labels)` → `(n,)`."""
        return np.array([met for _, met in self._judged(logits, target)], np.bool_)

    def _judged(self, logits: Floats, target: Target) -> list[tuple[float, bool]]:
        from textattack.shared import AttackedText

        from robust.adapters.textattack.clone import clone
        from robust.adapters.textattack.wrapper import rounded

        if not isinstance(target, (int, np.integer)):
            raise DataError("textattack: the goal is for classes", fix="attack a classification data set")
        found: list[tuple[float, bool]] = []
        function = clone(self.function)
        function.ground_truth_output = int(target)
        for row, text in zip(logits, self.texts, strict=True):
            attacked = AttackedText(str(text))
            function.initial_attacked_text = AttackedText(str(text.root))
            (output,) = function._process_model_outputs([attacked], rounded(row[None]))
            score = float(function._get_score(output, attacked))
            met = bool(function._is_goal_complete(output, attacked))
            found.append((score, met or (function.maximizable and text != text.root and score > 0)))
        return found

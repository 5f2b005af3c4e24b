"""An attack of ours where TextAttack expects one of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import textattack
from textattack.goal_functions import UntargetedClassification
from textattack.search_methods import SearchMethod
from textattack.shared import AttackedText
from textattack.transformations import Transformation

from robust.core.attack import Attack, needs_gradients
from robust.core.example import Example
from robust.core.text import Text
from robust.core.types import Fields, Floats, Lang
from robust.core.victim import VictimMeta
from robust.engine.run import run_attack
from robust.errors import DataError, PluginError
from robust.goals.untargeted import Untargeted
from robust.lang.tokenise import spans
from robust.recipe.load import load_attack


def build(recipe: str | Attack, wrapper: Any, *, lang: Lang, seed: int, goal: Mapping[str, Any]) -> Any:
    """See `robust.adapters.textattack.robust_attack`."""
    attack = recipe if isinstance(recipe, Attack) else load_attack(recipe).build()
    if not isinstance(attack.goal, Untargeted):
        raise PluginError(
            f"{attack.name} has the goal {type(attack.goal).__name__}, and in TextAttack's code only untargeted runs",
            fix="use a recipe with the goal untargeted, or robust attack",
        )
    if needs_gradients(attack.search):
        raise PluginError(
            f"{attack.name} needs gradients, which TextAttack's goals do not pass on", fix="use robust attack"
        )
    attack.ready({lang})
    function = UntargetedClassification(wrapper, **goal)
    return textattack.Attack(function, [], _Ours(), RobustSearch(attack, lang=lang, seed=seed))


class _Ours(Transformation):  # type: ignore[misc]
    """Says that candidates are made elsewhere; TextAttack wants a transformation in every attack."""

    def _get_transformations(self, current_text: Any, indices_to_modify: Any) -> list[Any]:
        return []


class RobustSearch(SearchMethod):  # type: ignore[misc]
    """A search of ours with its candidates and constraints, as a `textattack.search_methods.SearchMethod`.

    What it asks, it asks through the goal function of the attack that it is in, which judges and counts. Examples are
    told apart by their text: equal texts get equal draws. TextAttack runs one example at a time, so batches are as
    large as one search makes them. Once TextAttack's query budget does not reach for a batch, the search is over.
    """

    def __init__(self, attack: Attack, *, lang: Lang = "en", seed: int = 0) -> None:
        self.attack, self.lang, self.seed = attack, lang, seed

    def perform_search(self, initial_result: Any) -> Any:
        """The result of the adversarial text, or `initial_result` where none was found."""
        texts = initial_result.attacked_text.tokenizer_input
        if not isinstance(texts, str):
            raise DataError("a pair of texts: which one is to be edited?", fix="use robust attack --attack-field")
        victim = _Through(self, initial_result)
        text = Text(texts, spans(texts))
        example = Example(id=texts, text=text, target=int(initial_result.ground_truth_output), lang=self.lang)
        (outcome,) = run_attack(self.attack, victim, [example], seed=self.seed)
        if outcome.error is not None and not victim.spent:
            raise RuntimeError(f"{self.attack.name}: {outcome.error}")
        return initial_result if outcome.adversarial is None else victim.results[(outcome.adversarial,)]

    @property
    def is_black_box(self) -> bool:
        """Always true: it asks for scores alone."""
        return True

    def extra_repr_keys(self) -> list[str]:
        """What TextAttack prints of it."""
        return ["attack", "lang", "seed"]


class _Spent(Exception):
    """TextAttack's query budget is used up."""


@dataclass(eq=False)
class _Through:
    """A victim that asks through TextAttack's goal function, each text once."""

    search: Any
    initial: Any
    results: dict[Fields, Any] = field(default_factory=dict)
    spent: bool = False

    def __post_init__(self) -> None:
        self.results[(self.initial.attacked_text.text,)] = self.initial
        labels = tuple(map(str, range(len(self.initial.raw_output))))
        self.meta = VictimMeta(name="textattack", revision="unpinned", labels=labels)

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logarithms of the probabilities, `(n, n_labels)`."""
        new = [fields for fields in dict.fromkeys(batch) if fields not in self.results]
        if new:
            if self.spent:
                raise _Spent
            found, self.spent = self.search.get_goal_results([AttackedText(fields[0]) for fields in new])
            self.results.update(zip(new, found, strict=False))
            if len(found) < len(new):
                self.spent = True
                raise _Spent
        rows = np.array([self.results[fields].raw_output for fields in batch], np.float64)
        return np.log(np.maximum(rows, math.ulp(0.0))).astype(np.float32)

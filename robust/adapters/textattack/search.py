"""One of TextAttack's attacks, whole, as a search of ours."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from robust.adapters.textattack.load import explained, library, recipe
from robust.adapters.textattack.switch import beside
from robust.core.example import Example
from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Fields, Floats, Lang
from robust.errors import DataError, PluginError
from robust.lang.tokenise import spans
from robust.registry import register

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE = "The actors in this beautiful film gave a truly good performance."
"""What a recipe is tried on before a run begins: parts that load their files late say then that they are missing."""


@register("searches", "textattack")
@dataclass(frozen=True, kw_only=True)
class TextAttackSearch:
    """An attack recipe of TextAttack's, run unmodified: its search, transformation, constraints and goal.

    `recipe` is the name of its class (`DeepWordBugGao2018`), `parameters` are those of its `build`. Each example gets a
    copy of the attack and global random generators of its own, seeded from the example, so that hundreds run at once
    and none depends on another. What the recipe asks its victim is asked through the engine, which batches it with what
    all others ask.

    Queries: TextAttack counts every text that it wants a score for, also one that its own cache knows, and the clean
    prediction first. Here its cache is left out, so each of these reaches the engine and `queries` is TextAttack's
    number; the engine remembers answers itself, and `unique_queries` is what the victim was really asked. A query
    budget is handed to TextAttack, whose searches end on it by themselves.

    Of a pair of texts the one under attack is edited, and the other is a column that TextAttack may not touch. A recipe
    that needs gradients is refused. Logits are rounded to 1e-5.

    *Differs from TextAttack*: a success is judged again by the engine, in float32; a misclassified example is skipped
    also where the recipe's goal is to reach a label.
    """

    recipe: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def ready(self, langs: Collection[Lang], /) -> None:
        """Build the recipe and try it on a sentence. Raises `PluginError` where something that it needs is missing."""
        attack = recipe(self.recipe, self.parameters)  # says what is missing, before anything else is imported
        from robust.adapters.textattack.clone import clone
        from robust.adapters.textattack.load import explaining
        from robust.adapters.textattack.random_state import RandomState

        if not attack.is_black_box:
            raise PluginError(
                f"TextAttack's recipe {self.recipe} needs gradients, which are not passed on",
                fix="use one of ours that does, a2t or hotflip",
            )
        with explaining(f"TextAttack's recipe {self.recipe}"), RandomState(0).inside():
            text = _attacked((SAMPLE,), 0)
            clone(attack).get_transformations(text, original_text=text)

    async def __call__(self, scope: Scope, /) -> Text:
        """Returns the text that TextAttack ends on."""
        library()
        from robust.adapters.textattack.clone import clone
        from robust.adapters.textattack.random_state import RandomState
        from robust.adapters.textattack.wrapper import Asking

        example = scope.example
        label, fields, own = _label(example), example.fields(example.text), len(example.before)
        left = scope.queries_left
        budget = None if left is None else left + 1  # the clean prediction is TextAttack's first query, too
        opened = [False]

        async def answer(batch: Sequence[Fields]) -> Sequence[Floats]:
            if not opened[0]:  # the engine has asked for, and counted, the unedited text
                opened[0] = True
                clean = scope.logits(example.text)
                if clean is not None and list(batch) == [fields]:
                    return [clean]
            return await scope.ask([_bare(example, row) for row in batch])

        def work(ask: Callable[[Sequence[Fields]], Sequence[Floats]]) -> str:
            attack = clone(recipe(self.recipe, self.parameters))
            _take_over(attack.goal_function, Asking(ask), budget)
            _freeze(attack, len(fields), own)
            result = attack.attack(_attacked(fields, own), label)
            return _ended(result, own)

        seed = int(scope.rng.integers(2**32))
        with explained(f"TextAttack's recipe {self.recipe}"):
            ended = await beside(work, answer, inside=RandomState(seed).inside)
        return example.text if ended == str(example.text) else example.text.rewrite(ended, spans(ended))


def _label(example: Example) -> int:
    if not isinstance(example.target, (int, np.integer)):
        raise DataError("TextAttack's recipes are for classifiers here", fix="attack a classification data set")
    return int(example.target)


def _bare(example: Example, fields: Fields) -> Text:
    """One of TextAttack's texts, to be asked: no more than its string matters."""
    own = len(example.before)
    if (*fields[:own], *fields[own + 1 :]) != (*example.before, *example.after):
        raise ValueError("a TextAttack recipe changed a text that is frozen")
    return Text(fields[own], ())


def _attacked(fields: Fields, own: int) -> Any:
    """The input as TextAttack has it: the text alone, or columns of which the one under attack is called `text`."""
    from textattack.shared import AttackedText

    if len(fields) == 1:
        return AttackedText(fields[0])
    return AttackedText(OrderedDict(zip(_columns(len(fields), own), fields, strict=True)))


def _columns(n: int, own: int) -> list[str]:
    return ["text" if at == own else f"frozen{at}" for at in range(n)]


def _freeze(attack: Any, n: int, own: int) -> None:
    if n > 1:
        from textattack.constraints.pre_transformation import InputColumnModification

        columns = _columns(n, own)
        frozen = InputColumnModification(columns, {name for name in columns if name != "text"})
        attack.pre_transformation_constraints.append(frozen)


def _take_over(goal: Any, wrapper: Any, budget: int | None) -> None:
    """Let a goal ask through `wrapper`, everything at once, and again what it asked before: the engine remembers."""
    goal.model = wrapper
    goal.use_cache, goal._call_model_cache = False, None
    goal.batch_size = sys.maxsize
    if budget is not None:
        goal.query_budget = min(goal.query_budget, budget)


def _ended(result: Any, own: int) -> str:
    """The text that an attack ends on; the unedited one where a goal that is only maximised was not brought nearer."""
    from textattack.attack_results import MaximizedAttackResult

    before, after = result.original_result, result.perturbed_result
    idle = isinstance(result, MaximizedAttackResult) and not after.score > before.score
    return str(tuple((before if idle else after).attacked_text._text_input.values())[own])

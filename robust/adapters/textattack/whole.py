"""One of TextAttack's attacks, whole, on one example of ours."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
from textattack.attack_results import MaximizedAttackResult
from textattack.constraints.pre_transformation import InputColumnModification
from textattack.shared import AttackedText

from robust.adapters.textattack.budget import after_a_gradient, limited
from robust.adapters.textattack.clone import clone
from robust.adapters.textattack.wrapper import Asking
from robust.core.example import Example
from robust.core.gradient import TokenGradient
from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Fields, Floats
from robust.errors import DataError
from robust.lang.tokenise import spans

Wait = Callable[[Awaitable[Any]], Any]
"""Lets everybody else go on until the answer is there."""


def attacking(built: Any, scope: Scope) -> Callable[[Wait], Text]:
    """What is to be run beside a coroutine: a copy of `built`, a `textattack.Attack`, on the scope's example.

    Raises `DataError` for an example whose target is no class.
    """
    example = scope.example
    label, fields, own = _label(example), example.fields(example.text), len(example.before)

    def work(wait: Wait) -> Text:
        opened = False

        def ask(batch: Sequence[Fields]) -> Sequence[Floats]:
            nonlocal opened
            first, opened = not opened, True
            clean = scope.logits(example.text)
            if first and clean is not None and list(batch) == [fields]:
                return [clean]  # the engine has asked for, and counted, the unedited text
            answers: Sequence[Floats] = wait(scope.ask([_bare(example, row) for row in batch]))
            return answers

        def slope(row: Fields) -> TokenGradient:
            after_a_gradient(attack.goal_function)
            (found,) = wait(scope.gradients([_bare(example, row)]))
            gradient: TokenGradient = found
            return gradient

        attack = clone(built, Asking(ask, slope, scope.vocabulary))
        _take_over(attack.goal_function)
        limited(attack.goal_function, scope.queries_left)
        _freeze(attack, len(fields), own)
        ended = _ended(attack.attack(attacked(fields, own), label), own)
        return example.text if ended == str(example.text) else example.text.rewrite(ended, spans(ended))

    return work


def attacked(fields: Fields, own: int) -> Any:
    """The input as TextAttack has it: the text alone, or columns of which the one under attack is called `text`."""
    if len(fields) == 1:
        return AttackedText(fields[0])
    return AttackedText(OrderedDict(zip(_columns(len(fields), own), fields, strict=True)))


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


def _columns(n: int, own: int) -> list[str]:
    return ["text" if at == own else f"frozen{at}" for at in range(n)]


def _freeze(attack: Any, n: int, own: int) -> None:
    if n > 1:
        columns = _columns(n, own)
        frozen = InputColumnModification(columns, {name for name in columns if name != "text"})
        attack.pre_transformation_constraints.append(frozen)


def _take_over(goal: Any) -> None:
    """Let a goal ask everything at once, and again what it asked before: the engine remembers."""
    goal.use_cache, goal._call_model_cache = False, None
    goal.batch_size = sys.maxsize


def _ended(result: Any, own: int) -> str:
    """The text that an attack ends on; the unedited one where a goal that is only maximised was not brought nearer."""
    before, after = result.original_result, result.perturbed_result
    idle = isinstance(result, MaximizedAttackResult) and not after.score > before.score
    return str(tuple((before if idle else after).attacked_text._text_input.values())[own])

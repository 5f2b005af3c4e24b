"""A copy of a TextAttack attack for one example, cheap enough to make hundreds."""

from __future__ import annotations

import types
from collections import OrderedDict
from typing import Any

import lru
from textattack import Attack
from textattack.constraints import Constraint, PreTransformationConstraint
from textattack.goal_functions import GoalFunction
from textattack.search_methods import SearchMethod
from textattack.transformations import Transformation

_PARTS = (Attack, GoalFunction, SearchMethod, Constraint, PreTransformationConstraint, Transformation)


def clone(attack: Any, wrapper: Any = None) -> Any:
    """An attack (or a part of one) whose own state is its own; models, vectors and tables are shared.

    Attack, goal, search, constraints and transformations keep what they know of the present example in their
    attributes, and hand each other bound methods: all these are copied and bound anew. Caches start empty. With a
    `wrapper`, an attack asks it, wherever it asked the model wrapper that it was built with.
    """
    done: dict[int, Any] = {}
    if wrapper is not None:
        built = attack.goal_function.model
        done = {id(built): wrapper, id(built.model): wrapper.model, id(built.tokenizer): wrapper.tokenizer}
    return _copy(attack, done)


def _copy(value: Any, done: dict[int, Any]) -> Any:
    if id(value) in done:
        return done[id(value)]
    if isinstance(value, _PARTS):
        fresh = object.__new__(type(value))
        done[id(value)] = fresh
        vars(fresh).update({name: _copy(inner, done) for name, inner in vars(value).items()})
        return fresh
    if isinstance(value, lru.LRU):
        return lru.LRU(value.get_size())
    if isinstance(value, types.MethodType) and isinstance(value.__self__, _PARTS):
        return types.MethodType(value.__func__, _copy(value.__self__, done))
    if type(value) in (list, tuple, set):
        return type(value)([_copy(inner, done) for inner in value])
    if type(value) in (dict, OrderedDict):
        return type(value)((key, _copy(inner, done)) for key, inner in value.items())
    return value

"""A query budget of ours as TextAttack's goals keep one."""

from __future__ import annotations

from typing import Any

from robust.core.search import BudgetExceeded


def limited(goal: Any, left: int | None) -> None:
    """Let a goal ask `left` queries more than the clean prediction, which is TextAttack's first."""
    if left is not None:
        goal.query_budget = min(goal.query_budget, left + 1)


def after_a_gradient(goal: Any) -> None:
    """Take a gradient off a goal's budget. Raises `BudgetExceeded` where no query would be left to use it."""
    if goal.query_budget - goal.num_queries < 2:
        raise BudgetExceeded
    goal.query_budget -= 1

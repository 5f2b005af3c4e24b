"""For authors of plugins: stand-ins for models and the engine, and the contracts that every plugin keeps.

A plugin's test needs no model and no engine:

    from robust.testing import FakeScope, check_search, run_search, toy_example
from robust.testing.network import ToyNetwork

    def test_my_search():
        check_search(MySearch())
        scope = FakeScope(example=toy_example("We loved the little bakery.", lang="en"))
        assert str(run_search(MySearch(), scope)) == ...
"""

from robust.testing.contract import (
    ContractError,
    check_constraint,
    check_defence,
    check_goal,
    check_search,
    check_transformation,
)
from robust.testing.fakes import FakeScope, LetterSwaps, ToyVictim, run_search, toy_example
from robust.testing.network import ToyNetwork

__all__ = [
    "ContractError",
    "FakeScope",
    "LetterSwaps",
    "ToyNetwork",
    "ToyVictim",
    "check_constraint",
    "check_defence",
    "check_goal",
    "check_search",
    "check_transformation",
    "run_search",
    "toy_example",
]

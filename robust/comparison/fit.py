"""Whether the parts of a training against attacks fit each other, found out before anything is trained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from robust.core.attack import Attack
from robust.core.goal import TextGoal, for_victim
from robust.core.types import Lang
from robust.core.victim import Victim
from robust.data.labels import align
from robust.data.table import Table
from robust.errors import UserError
from robust.recipe.attack import AttackRecipe


def check_labels(victim: Victim, tables: Sequence[Table]) -> None:
    """Raise `DataError` where labels of a table are not the model's classes, as `robust attack` would."""
    for table in tables:
        align(Counter(str(row.label) for row in table.rows), victim.meta.labels, table)


def check_learnt(recipe: AttackRecipe, attack: Attack, victim: Victim, langs: Collection[Lang]) -> None:
    """Raise the `RobustError` family for an attack whose texts cannot be learnt from with the labels of their rows."""
    if lacking := set(langs) - set(recipe.languages):
        known, found = ", ".join(recipe.languages), ", ".join(sorted(lacking))
        raise UserError(
            f"attack {recipe.name!r} is for {known}, the training data are {found}",
            fix="leave it out of adversarial.recipes",
        )
    for_victim(attack.goal, victim.meta)
    if isinstance(attack.goal, TextGoal):
        raise UserError(
            f"attack {recipe.name!r} does not change the answer: its texts are nothing to learn a label from",
            fix="leave it out of adversarial.recipes",
        )
    attack.check(victim)


def notes(victim: Victim, train: Table, dev: Table, test: Table, langs: Collection[Lang]) -> Iterator[str]:
    """What a reader must know of the rows: which were learnt from or chosen by, and in what language they are."""
    if foreign := set(langs) - set(victim.meta.langs) if victim.meta.langs else set():
        known = ", ".join(sorted(victim.meta.langs))
        yield f"{victim.meta.name} is for {known}; the data are {', '.join(sorted(foreign))}."
    tested = [row.fields for row in test.rows]
    for table, what in ((train, "in the training data"), (dev, "dev rows, which chose the temperature")):
        own = {row.fields for row in table.rows}
        if table is not test and (n := sum(fields in own for fields in tested)):
            yield f"{n} of {len(tested)} rows that are attacked are also {what}."

"""An attack as an augmenter: the texts that fool a model, with the labels, tags or answers they had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from robust.core.attack import Attack
from robust.core.example import Example, TokenLabels
from robust.core.goal import for_victim
from robust.core.text import Text
from robust.core.types import Span
from robust.core.victim import AnyVictim
from robust.data.labels import align
from robust.data.table import Table
from robust.engine.run import run_attack
from robust.errors import DataError, UserError
from robust.lang.base import language
from robust.recipe.attack import AttackRecipe
from robust.recipe.meaning import at_risk
from robust.stages.augment.items import Copy, Item

_NO_TABLE = Table(name="the data", rows=(), fingerprint="", source_fingerprint="", columns={}, left_out={}, total=0)


@dataclass(frozen=True, kw_only=True)
class Adversary:
    """One copy of each item on which the attack succeeds: its adversarial text; none of what `victim` gets wrong.

    An attack that fails with an error counts in `errors`, and has no copy.
    """

    recipe: AttackRecipe
    victim: AnyVictim
    seed: int = 0
    errors: list[str] = field(default_factory=list)
    runs_a_model: bool = True

    def __call__(self, items: Sequence[Item]) -> list[list[Copy]]:
        """Attack the items. Raises the `RobustError` family, `DataError` for labels that the victim lacks."""
        examples = self._examples(items)
        for lang in sorted({item.lang for item in items} - set(self.recipe.languages)):
            raise UserError(
                f"recipe {self.recipe.name!r} is for {', '.join(self.recipe.languages)}, the data are {lang}",
                fix="choose another recipe; `robust recipes ls --family attack` shows the languages of each",
            )
        self._attack.ready({item.lang for item in items})
        made: dict[str, Copy] = {}
        by_id = {example.id: item for example, item in zip(examples, items, strict=True)}
        for outcome in run_attack(self._attack, self.victim, examples, seed=self.seed):
            if outcome.error is not None:
                self.errors.append(outcome.error)
            if outcome.adversarial is None:
                continue
            item = by_id[outcome.example_id]
            text = retold(item, outcome.adversarial)
            if item.keeps(text):
                made[outcome.example_id] = Copy(item=item, number=1, text=text, operators=(self.recipe.name,))
        return [[made[example.id]] if example.id in made else [] for example in examples]

    @cached_property
    def _attack(self) -> Attack:
        plan = self.recipe.build()
        for_victim(plan.goal, self.victim.meta)
        return plan

    def _examples(self, items: Sequence[Item]) -> list[Example]:
        task, labels = self.victim.meta.task, self.victim.meta.labels
        counts = Counter(item.label for item in items if item.label is not None and item.target is None)
        classes: dict[str, int] = {}
        if task == "classification":
            if not items or counts.total() < len(items):
                raise DataError("an attack needs the label of every text", fix="name the column with --label")
            classes = align(counts, labels, _NO_TABLE)[0]
        elif any(item.target is None for item in items):
            raise UserError(f"the model is for the task {task}, the data are texts with a label", fix="say --task")
        times = Counter(item.id for item in items)  # ids need not be unique in a stream
        return [
            Example(
                id=item.id if times[item.id] == 1 else f"{item.id}/{at}",
                text=item.text,
                target=classes[item.label or ""] if item.target is None else item.target,
                lang=item.lang,
                before=item.before,
                after=item.after,
            )
            for at, item in enumerate(items)
        ]


def allow(recipe: AttackRecipe, *, changed_meaning: bool) -> None:
    """Raise `UserError` for an attack whose edits can be foreseen to change the meaning, unless that is asked for."""
    if not changed_meaning and (found := at_risk(recipe.attack.transformation)):
        raise UserError(
            f"recipe {recipe.name!r}: {', '.join(found)} can make other words of the language, so labels are at risk",
            fix="--allow-changed-meaning if you want that; `robust plugins ls transformations` says which do not",
        )


def retold(item: Item, adversarial: str) -> Text:
    """The item's text, edited into an adversarial one: word by word where only words were replaced, else as a whole."""
    spans = _split(adversarial) if isinstance(item.target, TokenLabels) else language(item.lang).spans(adversarial)
    old, text = item.text, item.text
    if len(spans) == len(old):
        for index, (start, end) in enumerate(spans):
            if old.words[index] != adversarial[start:end]:
                text = text.replace(index, adversarial[start:end])
        if str(text) == adversarial:
            return text
    return old.rewrite(adversarial, spans)


def _split(joined: str) -> list[Span]:
    spans, at = list[Span](), 0
    for word in joined.split(" "):
        if word:
            spans.append((at, at + len(word)))
        at += len(word) + 1
    return spans

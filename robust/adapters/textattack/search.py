"""TextAttack's searches as searches of ours: a recipe as a whole, or one search over our parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from robust.adapters.switch import beside
from robust.adapters.textattack.load import explained, explaining, library, made, recipe
from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Lang
from robust.errors import PluginError
from robust.registry import register

SAMPLE = "The actors in this beautiful film gave a truly good performance."
"""What a recipe is tried on before a run begins: parts that load their files late say then that they are missing."""


@register("searches", "textattack")
@dataclass(frozen=True, kw_only=True)
class TextAttackSearch:
    """An attack recipe of TextAttack's, run unmodified, or one of its searches over our parts.

    `recipe` is the name of its class (`DeepWordBugGao2018`): its search, transformation, constraints and goal, whatever
    stands beside it. `name` is that of a search alone (`BeamSearch`), which walks the candidates of the transformation,
    the constraints and the goal beside it. `parameters` are those of the recipe's `build`, or of the class
    (`{beam_width: 4}`). Each example gets a copy of its own and global random generators of its own, seeded from the
    example, so that hundreds run at once and none depends on another.

    Queries: TextAttack counts every text that it wants a score for, also one that its own cache knows, and the clean
    prediction first. Here its cache is left out, so each of these reaches the engine and `queries` is TextAttack's
    number; the engine remembers answers itself, and `unique_queries` is what the victim was really asked. A query
    budget is handed to TextAttack, whose searches end on it by themselves.

    Gradients (`A2TYoo2021`, `HotFlipEbrahimi2017`, `GreedyWordSwapWIR` with `wir_method: gradient`) are asked word by
    word, see `robust.adapters.textattack.gradient.word_rows`, without dropout; each is a query, which TextAttack does
    not count.

    Of a pair of texts the one under attack is edited; a recipe has the other as a column that it may not touch, a
    search alone does not see it. Logits are rounded to 1e-5 for a recipe.

    *Differs from TextAttack*: a success is judged again by the engine, in float32; a misclassified example is skipped
    also where the recipe's goal is to reach a label; gradients are those of the loss of the example's class, which is
    the class that the victim predicts until an untargeted attack is done; those that rank words cover all of them
    (`truncate_words_to` is 1024), where those that the victim cuts off come last.
    """

    recipe: str | None = None
    name: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if (self.recipe is None) == (self.name is None):
            raise PluginError(
                "textattack: a search is a whole recipe, or a search class", fix="give either recipe or name"
            )

    @property
    def needs_gradients(self) -> bool:
        """Whether it asks for gradients. Raises `PluginError` as `ready` does."""
        if self.recipe is not None:
            return not recipe(self.recipe, self.parameters).is_black_box
        return not made("search_methods", self.name or "", self.parameters).is_black_box

    @property
    def _what(self) -> str:
        return f"TextAttack's {'search' if self.recipe is None else 'recipe'} {self.name or self.recipe}"

    def ready(self, langs: Collection[Lang], /) -> None:
        """Build it, and try it on a sentence. Raises `PluginError` where something that it needs is missing."""
        if self.recipe is None:
            made("search_methods", self.name or "", self.parameters)  # says what is missing, before anything else
            from robust.adapters.random_state import RandomState
            from robust.adapters.textattack.by_name import over_ours, rehearse

            built = over_ours(self.name or "", self.parameters)
            if not self.needs_gradients:
                with explaining(self._what), RandomState(0).inside():
                    rehearse(built, SAMPLE)
            return
        attack = recipe(self.recipe, self.parameters)
        if not getattr(attack.transformation, "is_black_box", True):
            return  # its candidates are the victim's
        from robust.adapters.random_state import RandomState
        from robust.adapters.textattack.clone import clone
        from robust.adapters.textattack.whole import attacked

        with explaining(self._what), RandomState(0).inside():
            text = attacked((SAMPLE,), 0)
            clone(attack).get_transformations(text, original_text=text)

    async def __call__(self, scope: Scope, /) -> Text:
        """Returns the text that TextAttack ends on."""
        library()
        from robust.adapters.random_state import RandomState
        from robust.adapters.textattack import by_name, whole

        work: Callable[[Callable[[Awaitable[Any]], Any]], Text]
        if self.recipe is not None:
            work = whole.attacking(recipe(self.recipe, self.parameters), scope)
        else:
            work = by_name.searching(by_name.over_ours(self.name or "", self.parameters), scope)

        async def answer(question: Awaitable[Any]) -> Any:
            return await question

        seed = int(scope.rng.integers(2**32))
        with explained(self._what):
            return await beside(work, answer, inside=RandomState(seed).inside)

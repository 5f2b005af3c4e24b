"""TextAttack (Morris et al. 2020, arXiv:2005.05909): its recipes and parts under our engine, and ours in its code.

Needs `pip install 'robust[textattack]'`. In recipes, `attack: {textattack: {recipe: DeepWordBugGao2018}}` is one of its
attacks as a whole, and `textattack` is the name of a search (`{textattack: {name: BeamSearch}}` walks our candidates),
a transformation, a constraint and a goal. In TextAttack code:

    from robust.adapters.textattack import robust_attack, victim_wrapper

    wrapper = victim_wrapper(load_victim("starter-en"))        # a textattack ModelWrapper
    attack = robust_attack("textfooler", wrapper, lang="en")   # a textattack Attack
    textattack.Attacker(attack, dataset).attack_dataset()

Nothing of TextAttack is imported before one of these is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from robust.core.types import Lang
from robust.core.victim import Victim

if TYPE_CHECKING:
    from robust.core.attack import Attack


def victim_wrapper(victim: Victim) -> Any:
    """A victim of ours as a `textattack.models.wrappers.ModelWrapper`: texts, or tuples of texts, in, logits out.

    Logits `(n, n_labels)` are float32 and rounded to 1e-5, so that what a text was batched with does not reorder ties.
    Batches are cut as the engine cuts them: by length, without padding beyond the longest. `get_grad` answers with a
    row for each of TextAttack's words, where the victim gives gradients (`ModelError` where not). Raises `PluginError`
    where TextAttack is not there.
    """
    from robust.adapters.textattack.load import library

    library()
    from robust.adapters.textattack.wrapper import VictimWrapper

    return VictimWrapper(victim)


def robust_attack(recipe: str | Attack, wrapper: Any, *, lang: Lang = "en", seed: int = 0, **goal: Any) -> Any:
    """An attack of ours as a `textattack.Attack` on a TextAttack model wrapper.

    `recipe`: the name or file of an attack recipe, or an `Attack`. Search, candidates and constraints are ours; the
    goal is TextAttack's `UntargetedClassification`, which takes `goal` (`query_budget=500`, say) and counts the
    queries. Ours asks no text twice, so TextAttack's count is of distinct texts. Raises `PluginError` for a recipe with
    another goal, or one that needs gradients, and the `RobustError` of a recipe that does not load.
    """
    from robust.adapters.textattack.load import library

    library()
    from robust.adapters.textattack.ours import build

    return build(recipe, wrapper, lang=lang, seed=seed, goal=goal)


__all__ = ["robust_attack", "victim_wrapper"]

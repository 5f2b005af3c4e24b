"""One of TextAttack's searches over our candidates, constraints and goal."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

import textattack
from textattack.constraints import Constraint, PreTransformationConstraint
from textattack.goal_function_results import ClassificationGoalFunctionResult
from textattack.goal_functions import GoalFunction
from textattack.shared import AttackedText
from textattack.transformations import WordSwap

from robust.adapters.textattack.budget import after_a_gradient, limited
from robust.adapters.textattack.clone import clone
from robust.adapters.textattack.load import explaining, made
from robust.adapters.textattack.words import from_theirs, inside, stepped
from robust.adapters.textattack.wrapper import Asking, unasked
from robust.core.gradient import TokenGradient
from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Fields, Floats
from robust.errors import PluginError

Wait = Callable[[Awaitable[Any]], Any]
REHEARSED = 200
"""Texts that are scored when a search is tried before a run."""


def over_ours(name: str, parameters: Mapping[str, Any]) -> Any:
    """A `textattack.Attack` of that search, whose other parts ask an example's scope; built once, to be cloned.

    Raises `PluginError` where there is no such search, or it takes other transformations than word swaps.
    """
    return _over_ours(name, json.dumps(dict(parameters), sort_keys=True))


@cache
def _over_ours(name: str, parameters: str) -> Any:
    search = made("search_methods", name, json.loads(parameters))
    if not search.check_transformation_compatibility(_Candidates()):
        raise PluginError(
            f"TextAttack's search {name} walks transformations of TextAttack's alone",
            fix="use it in a recipe of TextAttack's, or another search",
        )
    with explaining(f"TextAttack's search {name}"):
        return textattack.Attack(_Goal(unasked(), use_cache=False), [_Free(), _Allowed(True)], _Candidates(), search)


def searching(built: Any, scope: Scope) -> Callable[[Wait], Text]:
    """What is to be run beside a coroutine: a copy of `built` (see `over_ours`) on the scope's example."""

    def work(wait: Wait) -> Text:
        link = _Link(scope, wait)
        attack = clone(built, Asking(link.logits, link.slope, scope.vocabulary, first=len(scope.example.before)))
        link.goal = attack.goal_function
        _join(attack, link)
        limited(attack.goal_function, scope.queries_left)
        result = attack.attack(AttackedText(str(scope.example.text)), 0)
        return link.text(result.perturbed_result.attacked_text)

    return work


def rehearse(built: Any, sample: str) -> None:
    """Let a copy of `built` (see `over_ours`) attack a sentence by invented scores: wrong parameters break it now."""
    attack = clone(built, unasked())
    _join(attack, _Invented())
    limited(attack.goal_function, REHEARSED)
    attack.attack(AttackedText(sample), 0)


def _join(attack: Any, link: _Link | _Invented) -> None:
    """Let all parts of an attack ask `link`."""
    limits = (*attack.constraints, *attack.pre_transformation_constraints)
    for part in (attack.goal_function, attack.transformation, *limits):
        part.link = link


class _Invented:
    """Stands for a `_Link`: words may all be doubled, and the more the text differs in length, the better."""

    def judged(self, texts: Sequence[Any]) -> list[tuple[float, bool]]:
        return [(len(text.text) / 1000, False) for text in texts]

    def free(self, attacked: Any) -> set[int]:
        return set(range(len(attacked.words)))

    def candidates(self, attacked: Any, indices: Collection[int]) -> list[Any]:
        words = attacked.words
        return [attacked.replace_word_at_index(at, word) for at in indices for word in (2 * words[at], words[at] + "s")]

    def allowed(self, texts: Sequence[Any]) -> list[Any]:
        return list(texts)


class _Link:
    """What the parts of one example's attack have in common: its scope, and which of our texts TextAttack's are."""

    goal: Any

    def __init__(self, scope: Scope, wait: Wait) -> None:
        self._scope, self._wait = scope, wait
        self._texts = {str(scope.example.text): scope.example.text}
        self._allowed: dict[str, bool] = {}
        self._opened = False

    def text(self, attacked: Any) -> Text:
        """Our text of that string; what TextAttack made by itself is an edit of the original."""
        string = attacked.text
        if string not in self._texts:
            self._texts[string] = from_theirs(self._scope.example.text, string)
        return self._texts[string]

    def judged(self, texts: Sequence[Any]) -> list[tuple[float, bool]]:
        """Our goal's score for each text, and whether it is reached."""
        if not self._opened:  # the engine has asked for, and counted, the unedited text
            self._opened = True
            return [(float(self._scope.start), False)]
        if not texts:
            return []
        scores = self._wait(self._scope.score([self.text(text) for text in texts]))
        return list(zip(map(float, scores.goal), map(bool, scores.done), strict=True))

    def free(self, attacked: Any) -> set[int]:
        """TextAttack's words that overlap one of ours that may be edited."""
        text = self.text(attacked)
        parts = inside(text, attacked)
        return {at for index in self._wait(self._scope.positions(text)) for at in parts[index]}

    def candidates(self, attacked: Any, indices: Collection[int]) -> list[Any]:
        """The allowed candidates at some of TextAttack's words."""
        text = self.text(attacked)
        asked = [at for at, parts in enumerate(inside(text, attacked)) if not set(parts).isdisjoint(indices)]
        groups = self._wait(self._scope.neighbourhood(text, asked))
        found = []
        for index, group in zip(asked, groups, strict=True):
            for candidate in group:
                self._texts.setdefault(str(candidate), candidate)
                self._allowed[str(candidate)] = True
                found.append(stepped(text, attacked, candidate, index))
        return found

    def allowed(self, texts: Sequence[Any]) -> list[Any]:
        """Those that our constraints allow; candidates were judged when they were made."""
        new = [text for text in {one.text: one for one in texts}.values() if text.text not in self._allowed]
        if new:
            kept = self._wait(self._scope.allowed([self.text(text) for text in new]))
            self._allowed.update((text.text, bool(ok)) for text, ok in zip(new, kept, strict=True))
        return [text for text in texts if self._allowed[text.text]]

    def logits(self, batch: Sequence[Fields]) -> Sequence[Floats]:
        """The victim's answers, for a search that asks the model wrapper itself."""
        answers: Sequence[Floats] = self._wait(self._scope.ask([Text(row[0], ()) for row in batch]))
        return answers

    def slope(self, fields: Fields) -> TokenGradient:
        """The gradient of one text."""
        after_a_gradient(self.goal)
        gradient: TokenGradient = self._wait(self._scope.gradients([Text(fields[0], ())]))[0]
        return gradient


class _Goal(GoalFunction):  # type: ignore[misc]
    link: _Link

    def _call_model(self, attacked_text_list: Sequence[Any]) -> list[tuple[float, bool]]:
        return self.link.judged(attacked_text_list)

    def _get_score(self, model_output: tuple[float, bool], attacked_text: Any) -> float:
        return model_output[0]

    def _is_goal_complete(self, model_output: tuple[float, bool], attacked_text: Any) -> bool:
        return model_output[1]

    def _goal_function_result_type(self) -> type:
        return ClassificationGoalFunctionResult  # type: ignore[no-any-return]

    def _process_model_outputs(self, inputs: Any, outputs: Any) -> Any:
        return outputs


class _Candidates(WordSwap):  # type: ignore[misc]
    """Passes for a word swap: TextAttack's searches take nothing else for granted, and most of ours are."""

    link: _Link

    def _get_transformations(self, current_text: Any, indices_to_modify: Collection[int]) -> list[Any]:
        return self.link.candidates(current_text, indices_to_modify)


class _Free(PreTransformationConstraint):  # type: ignore[misc]
    link: _Link

    def _get_modifiable_indices(self, current_text: Any) -> set[int]:
        return self.link.free(current_text)


class _Allowed(Constraint):  # type: ignore[misc]
    link: _Link

    def call_many(self, transformed_texts: Sequence[Any], reference_text: Any) -> list[Any]:
        return self.link.allowed(transformed_texts)

    def _check_constraint(self, transformed_text: Any, reference_text: Any) -> bool:
        return bool(self.link.allowed([transformed_text]))

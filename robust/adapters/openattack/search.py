"""One of OpenAttack's attackers, whole, as a search of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from inspect import isabstract, isclass, signature
from typing import Any, ClassVar

import numpy as np

from robust.adapters.switch import beside
from robust.core.search import Scope
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Floats, Lang
from robust.errors import DataError, PluginError, did_you_mean
from robust.lang.base import language
from robust.registry import register

_NEEDS_NOTHING = (
    "GeneticAttacker, HotFlipAttacker, PSOAttacker, PWWSAttacker, TextBuggerAttacker, VIPERAttacker and, in English, "
    "DeepWordBugAttacker"
)


SAMPLES: dict[Lang, str] = {
    "en": "The actors in this beautiful film gave a truly good performance.",
    "es": "Los actores de esta hermosa película dieron una actuación muy buena.",
}
REHEARSED = 200
"""Sentences that an attacker is tried on before a run, and after how many questions that is enough."""


class _Enough(Exception):
    """A rehearsal has asked its questions."""


@register("searches", "openattack")
@dataclass(frozen=True, kw_only=True)
class OpenAttackSearch:
    """An attacker of OpenAttack's, run unmodified: its search, candidates and goal (any class but the predicted one).

    `attacker` is the name of its class (`PWWSAttacker`), `parameters` are those of its constructor. Tokeniser, synonyms
    and stop words are ours unless they are named there. Each example gets an attacker of its own and global random
    generators of its own, seeded from the example, so that hundreds run at once and none depends on another. `queries`
    is OpenAttack's number (each text of `get_pred` and `get_prob`), the clean prediction first; a budget ends the
    attack, which then has failed, as there. Probabilities are rounded to 1e-6.

    Many of them write the whole text in small letters, which counts as changed words where there were capitals.

    *Differs from OpenAttack*: a success is judged again by the engine, in float32; a misclassified example is skipped.
    Attackers that ask for gradients are refused.
    """

    attacker: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def ready(self, langs: Collection[Lang], /) -> None:
        """Make the attacker and try it on a sentence. Raises `PluginError` where something is missing, or breaks it."""
        for lang in sorted(langs):
            made = self._made(lang)
            if any(tag.type == "victim" and tag.name == "get_grad" for tag in made.TAGS):
                raise PluginError(
                    f"OpenAttack's {self.attacker} asks for gradients, which are not passed on",
                    fix="use one of ours that does (hotflip, a2t), or one of its attackers that asks for none",
                )
            self._rehearse(made, lang)

    def _rehearse(self, made: Any, lang: Lang) -> None:
        from robust.adapters.openattack.parts import Asking
        from robust.adapters.random_state import RandomState

        asked = 0

        def ask(batch: list[str]) -> Sequence[Floats]:
            nonlocal asked
            asked += len(batch)
            if asked > REHEARSED:
                raise _Enough
            return [np.array([2.0 + len(text) / 1000, 0.0]) for text in batch]

        try:
            with RandomState(0).inside():
                made(Asking(ask), {"x": SAMPLES[lang]})
        except _Enough:
            return
        except Exception as error:
            said = str(error).strip().splitlines()
            raise PluginError(
                f"OpenAttack's {self.attacker} fails on a sentence: "
                f"{type(error).__name__}{': ' + said[0][:200] if said else ''}",
                fix="look at its parameters",
            ) from error

    def _made(self, lang: Lang) -> Any:
        cls = _class(self.attacker)
        from robust.adapters.openattack.parts import given

        accepted = signature(cls).parameters
        for key in self.parameters:
            if key not in accepted:
                hint = did_you_mean(key, accepted) or f"known: {', '.join(accepted)}"
                raise PluginError(f"OpenAttack's {self.attacker} takes no {key!r}", fix=hint)
        for key in ("tokenizer", "substitute"):
            if isinstance(self.parameters.get(key), (str, int, float, list, dict)):
                raise PluginError(
                    f"OpenAttack's {self.attacker}: {key} is {self.parameters[key]!r}, not an object of OpenAttack's",
                    fix="leave it out for ours; a recipe cannot name one",
                )
        ours = {key: value for key, value in given(lang).items() if key in accepted}
        try:
            return cls(**{**ours, **self.parameters})
        except Exception as error:
            said = str(error).strip().splitlines()
            raise PluginError(
                f"OpenAttack's {self.attacker} cannot be made for {language(lang).name}: "
                f"{type(error).__name__}{': ' + said[0][:200] if said else ''}",
                fix=f"if it is a download: these need none: {_NEEDS_NOTHING}",
            ) from error

    async def __call__(self, scope: Scope, /) -> Text:
        """Returns the attacker's text, or the unedited one where it found none."""
        _class(self.attacker)
        from robust.adapters.openattack.parts import Asking
        from robust.adapters.random_state import RandomState

        example = scope.example
        if not isinstance(example.target, (int, np.integer)):
            raise DataError("OpenAttack's attackers are for classifiers", fix="attack a classification data set")
        start, opened = str(example.text), False

        def work(wait: Callable[[Awaitable[Any]], Any]) -> Text:
            def ask(batch: list[str]) -> Sequence[Floats]:
                nonlocal opened
                first, opened = not opened, True
                clean = scope.logits(example.text)
                if first and clean is not None and batch == [start]:
                    return [clean]  # the engine has asked for, and counted, the unedited text
                answers: Sequence[Floats] = wait(scope.ask([Text(string, ()) for string in batch]))
                return answers

            ended = self._made(example.lang)(Asking(ask), {"x": start})
            return example.text if ended is None else _rewritten(example.text, ended, example.lang)

        async def answer(question: Awaitable[Any]) -> Any:
            return await question

        seed = int(scope.rng.integers(2**32))
        return await beside(work, answer, inside=RandomState(seed).inside)


@register("transformations", "openattack")
@dataclass(frozen=True, kw_only=True)
class OpenAttackCandidates:
    """Stands for the candidates of an attacker of OpenAttack's, which makes them itself; on its own it has none."""

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    attacker: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """An empty list for each site."""
        return [[] for _ in sites]


def _rewritten(text: Text, string: str, lang: Lang) -> Text:
    return text if string == str(text) else text.rewrite(string, language(lang).spans(string))


def _class(name: str) -> Any:
    """An attacker by the name of its class. Raises `PluginError` with the closest name, or without the package."""
    if find_spec("OpenAttack") is None:
        raise PluginError(
            "OpenAttack is not installed", fix="pip install 'robust[openattack]' (a wheel; no download is needed)"
        )
    try:
        module = import_module("OpenAttack.attackers")
    except ImportError as error:
        raise PluginError(
            f"OpenAttack is installed, but cannot be imported: {error}", fix="pip install 'robust[openattack]'"
        ) from error
    known = {
        key: value
        for key, value in vars(module).items()
        if isclass(value) and key.endswith("Attacker") and key not in ("Attacker", "ClassificationAttacker")
    }
    if name not in known or isabstract(known[name]):
        raise PluginError(
            f"OpenAttack has no attacker {name!r}",
            fix=did_you_mean(name, known) or f"known: {', '.join(sorted(known))}",
        )
    return known[name]

"""What gradients are good for in the white-box attacks: their order of edits against chance, and against the reverse.

    python -m benchmarks.gradient_controls [--limit 100] [--budget 30] [--only hotflip-en]

`a2t`, `hotflip` and `hotflip-chars` attack the bundled models three times under one small budget of queries: as they
are, with what they read from gradients replaced by random numbers (three seeds), and with its sign turned. Nothing else
differs; gradients are asked for, and paid, every time. Results that are in `--out` already are kept.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias, cast

import numpy as np

from robust.core.example import Example
from robust.core.gradient import TokenGradient
from robust.core.search import Scope, Scores, Search
from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.types import LANGS, Bools, Floats, Span
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.engine.run import run_attack
from robust.recipe.load import load_attack
from robust.results.estimates import proportion
from robust.stages.card import markdown
from robust.victims.load import load_victim

Order: TypeAlias = Literal["gradient", "random", "reversed"]
RECIPES = ("a2t", "hotflip", "hotflip-chars")
RUNS: tuple[tuple[Order, int], ...] = (("gradient", 0), ("random", 0), ("random", 1), ("random", 2), ("reversed", 0))
HEAD = ["recipe", "model", "n", "by the gradient", "random, seed 0", "seed 1", "seed 2", "reversed"]


@dataclass(frozen=True)
class Controlled:
    """A search that reads its gradients in another order."""

    search: Search
    order: Order
    seed: int

    needs_gradients: ClassVar[bool] = True

    async def __call__(self, scope: Scope, /) -> Text:
        rng = np.random.default_rng(derive(self.seed, "control", scope.example.id))
        return await self.search(cast(Scope, _Reader(scope, self.order, rng)))


@dataclass(frozen=True)
class _Gradient:
    """A gradient whose ranks of words are those of the control."""

    inner: TokenGradient
    order: Order
    rng: np.random.Generator

    @property
    def loss(self) -> float:
        return self.inner.loss

    def word_norms(self, field: int, spans: Sequence[Span]) -> Floats:
        return controlled(self.inner.word_norms(field, spans), self.order, self.rng)


@dataclass(frozen=True)
class _Reader:
    """A scope whose gradients and estimates are those of the control; everything else is the scope's own."""

    scope: Scope
    order: Order
    rng: np.random.Generator

    @property
    def example(self) -> Example:
        return self.scope.example

    @property
    def start(self) -> float:
        return self.scope.start

    async def score(self, texts: Sequence[Text], /) -> Scores:
        return await self.scope.score(texts)

    async def positions(self, text: Text, /) -> list[int]:
        return await self.scope.positions(text)

    async def neighbours(self, text: Text, index: int, /) -> list[Text]:
        return await self.scope.neighbours(text, index)

    async def neighbourhood(self, text: Text, indices: Sequence[int], /) -> list[list[Text]]:
        return await self.scope.neighbourhood(text, indices)

    async def allowed(self, texts: Sequence[Text], /) -> Bools:
        return await self.scope.allowed(texts)

    async def gradients(self, texts: Sequence[Text], /) -> list[_Gradient]:
        return [_Gradient(found, self.order, self.rng) for found in await self.scope.gradients(texts)]

    async def estimates(self, gradient: _Gradient, texts: Sequence[Text], /) -> Floats:
        return controlled(await self.scope.estimates(gradient.inner, texts), self.order, self.rng)


def controlled(values: Floats, order: Order, rng: np.random.Generator) -> Floats:
    """The values, or random ones from 0 to 1 in their place, or the values with their sign turned."""
    if order == "random":
        return np.asarray(rng.random(len(values)), np.float32)
    return -values if order == "reversed" else values


def main(words: Sequence[str] | None = None) -> None:
    """Run what is missing, and write numbers and table after each cell."""
    asked = _parser().parse_args(words)
    asked.out.mkdir(parents=True, exist_ok=True)
    place = asked.out / "controls.json"
    kept: dict[str, dict[str, Any]] = json.loads(place.read_text("utf-8")) if place.exists() else {}
    for lang in LANGS:
        model = f"starter-{lang}"
        victim, table = load_victim(model), read(DataSpec(source=model, limit=asked.limit))
        examples = to_examples(table, victim.meta.labels).examples
        for recipe in RECIPES:
            if asked.only not in (None, f"{recipe}-{lang}"):
                continue
            attack = replace(load_attack(recipe).build(), query_budget=asked.budget)
            for order, seed in RUNS:
                name = f"{recipe}/{model}/{order}/{seed}/limit {asked.limit}/budget {asked.budget}"
                if name in kept:
                    continue
                control = replace(attack, search=Controlled(attack.search, order, seed))
                statuses = [outcome.status for outcome in run_attack(control, victim, examples)]
                broken = statuses.count("success")
                counts = {"success": broken, "attacked": broken + statuses.count("failure")}
                kept[name] = counts | {"errors": statuses.count("error")}
                place.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
                (asked.out / "table.md").write_text(page(kept, asked.limit, asked.budget), "utf-8")
                print(name, kept[name], flush=True)
    print(page(kept, asked.limit, asked.budget))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gradient_controls",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--limit", type=int, default=100, help="sentences of each starter")
    parser.add_argument("--budget", type=int, default=30, help="queries an example at most")
    parser.add_argument("--only", help="one cell, such as hotflip-en")
    parser.add_argument("--out", type=Path, default=Path("results/gradient-controls"), help="folder of the numbers")
    return parser


def page(kept: dict[str, dict[str, Any]], limit: int, budget: int) -> str:
    """Success rates of one limit and budget as a Markdown table."""
    rows = []
    for lang in LANGS:
        for recipe in RECIPES:
            names = [f"{recipe}/starter-{lang}/{order}/{seed}/limit {limit}/budget {budget}" for order, seed in RUNS]
            cells = [kept.get(name) for name in names]
            if any(cells):
                n = next(cell["attacked"] for cell in cells if cell)
                shown = [_rate(cell) for cell in cells]
                rows.append([recipe, f"starter-{lang}", str(n), *shown])
    about = (
        f"Made by `python -m benchmarks.gradient_controls --limit {limit} --budget {budget}`. Attack success rate, %, "
        f"with 95 % Wilson intervals, {budget} queries an example at most, a gradient being one."
    )
    return f"# Gradients against chance\n\n{about}\n\n{markdown(HEAD, rows)}\n"


def _rate(cell: dict[str, Any] | None) -> str:
    return proportion(cell["success"], cell["attacked"]).percent().replace(" %", "") if cell else "–"


if __name__ == "__main__":
    main()

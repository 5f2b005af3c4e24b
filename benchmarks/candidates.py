"""Print candidates of an attack recipe, drawn at random from texts, for someone to read.

    python -m benchmarks.candidates --recipe code-switching --data starter-es --lang es --number 60 --seed 1

Of all words that the recipe's rules leave free and that have a candidate, `--number` are drawn alike, and one
candidate of each (constraints on candidates are not asked); `--skip` leaves out the first so many of the draw, so
that a second reading is of other words. A line shows some words on either side; changed words stand as `old→NEW`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice

import numpy as np

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.data.source import DataSpec, read
from robust.lang.base import language
from robust.recipe.load import load_attack
from robust.stages.augment.places import rules

WIDTH = 9
"""Words shown on either side."""


def shown(before: Text, after: Text, at: int) -> str:
    """The words around word `at`, with what changed."""
    made = {origin: after.words[new] for new, origin in enumerate(after.origins)}
    string, spans, parts = str(before), before.spans, list[str]()
    first, last = max(0, at - WIDTH), min(len(spans), at + WIDTH + 1)
    for index in range(first, last):
        old, new = before.words[index], made.get(index, "")
        parts.append(old if new == old else f"{old}→{new.upper()}")
        end = spans[index + 1][0] if index + 1 < last else min(len(string), spans[index][1] + 1)
        parts.append(string[spans[index][1] : end])
    return " ".join("".join(parts).split())


def drawn(recipe: str, data: str, lang: Lang, seed: int) -> Iterator[tuple[Text, int, Text]]:
    """Text, word and candidate of every word that has one, in the order of the draw."""
    attack, rng = load_attack(recipe).build(), np.random.default_rng(seed)
    free = rules(attack.constraints, ())
    texts = [language(lang).text(row.fields[0]) for row in read(DataSpec(source=data, lang=lang)).rows]
    words = [(text, at) for text in texts for at in range(len(text))]
    for place in rng.permutation(len(words)):
        text, at = words[place]
        if all(rule.allows(text, at, lang) for rule in free.words) and all(
            rule.positions(text, lang)[at] for rule in free.positions
        ):
            made = attack.transformation([Site(text, at, lang)])[0]
            if made:
                yield text, at, made[int(rng.integers(len(made)))]


def main() -> None:
    """Draw and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--lang", choices=LANGS, required=True)
    for name, default in (("number", 60), ("skip", 0), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    found = drawn(asked.recipe, asked.data, asked.lang, asked.seed)
    for number, (text, at, made) in enumerate(islice(found, asked.skip, asked.skip + asked.number), asked.skip + 1):
        print(f"{number:3d} {shown(text, made, at)}")


if __name__ == "__main__":
    main()

"""What constraints cost: processor time a candidate, of candidates that are new and of the same ones again.

    python -m benchmarks.constraint_cost [--texts 60] [--encoder DIR] [--nli DIR] [--language-model DIR]

The candidates are those of `synonyms` for the bundled sentences, 64 at a time. `words`: what it costs to say which
words of a sentence may be edited, a word. Tables of the language are read before the clock starts. A directory adds the
constraint that needs it: a sentence encoder, a model of entailment, or a masked or causal language model.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from typing import Any

from robust import registry
from robust.core.constraint import CandidateConstraint, Pair, PositionConstraint
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.data.source import DataSpec, read
from robust.lang.base import language
from robust.stages.card import markdown
from robust.transformations.synonyms import Synonyms

BATCH = 64
MODELS = {"encoder": "sentence_similarity", "nli": "entailment", "language_model": "fluency"}
"""The options that name a model, and the constraints that ask it."""
OF_TASKS = ("no_entities", "keep_answers")
"""Constraints that read what a model should say; sentences with a class have nothing for them."""


def candidates(lang: Lang, texts: int) -> list[Pair]:
    """All synonyms of every word of the first sentences, next to these."""
    several = [language(lang).text(row.fields[0]) for row in read(DataSpec(source=f"starter-{lang}", limit=texts)).rows]
    sites = [Site(text, index, lang) for text in several for index in range(len(text))]
    found = Synonyms(k=10)(sites)
    return [Pair(site.text, one, lang) for site, own in zip(sites, found, strict=True) for one in own]


def microseconds(constraint: CandidateConstraint, pairs: Sequence[Pair]) -> float:
    """Processor time a candidate, in microseconds."""
    began = time.process_time()
    for at in range(0, len(pairs), BATCH):
        constraint(pairs[at : at + BATCH])
    return 1e6 * (time.process_time() - began) / len(pairs)


def a_word(constraint: PositionConstraint, texts: Iterable[Text], lang: Lang) -> float:
    """Processor time a word of texts that are asked once each, in microseconds."""
    several = list(texts)
    began = time.process_time()
    for text in several:
        constraint.positions(text, lang)
    return 1e6 * (time.process_time() - began) / sum(map(len, several))


def main(words: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.constraint_cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--texts", type=int, default=60, help="sentences of each language (default 60)")
    for name, constraint in MODELS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=f"directory of a model, for {constraint}")
    asked = parser.parse_args(words)
    given: dict[str, dict[str, Any]] = {
        name: {}
        for name in registry.names("constraints")
        if name not in (*MODELS.values(), *OF_TASKS) and name in registry._modules("constraints")
    }
    given |= {name: {"model": place} for option, name in MODELS.items() if (place := getattr(asked, option))}
    rows = []
    for lang in LANGS:
        pairs = candidates(lang, asked.texts)
        warm, rest = pairs[:BATCH], pairs[BATCH:]
        for name, parameters in sorted(given.items()):
            constraint = registry.get("constraints", name)(**parameters)
            cells = ["", "", ""]
            if isinstance(constraint, CandidateConstraint):
                constraint(warm)
                cells[:2] = [f"{microseconds(constraint, rest):.1f}" for _ in range(2)]
            if isinstance(constraint, PositionConstraint):
                texts = dict.fromkeys(pair.original for pair in rest)
                constraint.positions(warm[0].original, lang)
                cells[2] = f"{a_word(constraint, texts, lang):.1f}"
            rows.append([name, lang, str(len(rest)), *cells])
    print(markdown(["constraint", "language", "candidates", "µs, new", "µs, again", "µs, words"], rows))


if __name__ == "__main__":
    main()

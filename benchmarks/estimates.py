"""First-order estimates of one-letter edits: processor time with word pieces reused, and with texts tokenised whole.

    python -m benchmarks.estimates [--texts 20] [--join 1]

The candidates of `hotflip-chars` for sentences of the bundled models, against one gradient each; `--join` makes long
texts of so many sentences, because what is gained grows with the text. Both ways run in turn
in one process and have to give the same numbers; compare their ratio, not the seconds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from robust.core.transformation import Site
from robust.core.types import LANGS
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.lang.base import language
from robust.stages.card import markdown
from robust.transformations.all_character_edits import AllCharacterEdits
from robust.victims import _gradients, _pieces
from robust.victims.load import load_victim
from robust.victims.transformers import TransformersVictim

WAYS = {"whole": _pieces._whole, "reused": _pieces.token_rows}


def main(words: Sequence[str] | None = None) -> None:
    """Print seconds and ratios."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.estimates", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=20, help="sentences of each model")
    parser.add_argument("--join", type=int, default=1, help="sentences that make one text")
    asked = parser.parse_args(words)
    rows = []
    for lang in LANGS:
        model = f"starter-{lang}"
        victim = load_victim(model)
        assert isinstance(victim, TransformersVictim)
        table = read(DataSpec(source=model, limit=asked.texts))
        edits = AllCharacterEdits(operations=("swap", "substitute", "delete"), keep_ends=False)
        spent = {way: [0.0, 0.0] for way in WAYS}
        n = 0
        several = to_examples(table, victim.meta.labels).examples
        for at in range(0, len(several), asked.join):
            joined = language(lang).text(" ".join([str(each.text) for each in several[at : at + asked.join]]))
            one = replace(several[at], text=joined)
            sites = [Site(joined, index, lang) for index in range(len(joined))]
            inputs = [one.fields(text) for found in edits(sites) for text in found]
            (gradient,) = victim.gradients([(one.fields(one.text), int(one.target))])
            n += len(inputs)
            answers = []
            for way, rows_of in WAYS.items():
                began = time.process_time()
                tokens = rows_of(victim.tokenizer, victim.max_length, inputs)
                spent[way][0] += time.process_time() - began
                _gradients.token_rows = rows_of
                began = time.process_time()
                answers.append((tokens, victim.estimates([(gradient, fields) for fields in inputs])))
                spent[way][1] += time.process_time() - began
            assert answers[0][0] == answers[1][0]
            assert np.array_equal(answers[0][1], answers[1][1])
        for at, what in enumerate(("tokens", "estimates")):
            before, after = (1e6 * spent[way][at] / n for way in WAYS)
            rows.append([model, what, str(n), f"{before:.0f}", f"{after:.0f}", f"{before / after:.1f}"])
    print(markdown(["model", "what", "candidates", "whole, µs each", "reused, µs each", "times faster"], rows))


if __name__ == "__main__":
    main()

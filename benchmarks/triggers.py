"""Universal triggers on the bundled models: what they do to texts they were not found on, next to random words.

    python -m benchmarks.triggers [--to-en MODEL --to-es MODEL] [--steps 4] [--only en] [--towards negative]

The sentences of each starter are split in two by turns. A trigger is found on one half and measured on the other, on
the texts that the model gets right and does not give the label already; so are random triggers of the same length and
vocabulary (mean over the triggers of the share of texts they change, and the best of them, which was chosen on these
texts). `--to-LANG` names a second model that the triggers are tried on. Shares in %, with 95 % Wilson intervals; of
random triggers the range of all. Cases that are in `--out` already are kept.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from robust.core.example import Example
from robust.core.types import LANGS, Lang
from robust.core.victim import Victim
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.lang.vocabulary import Kind, vocabulary
from robust.results.estimates import proportion
from robust.stages.card import markdown
from robust.stages.trigger import TriggerPlan, find_trigger
from robust.transformations.prepend_words import added
from robust.victims.load import load_victim

CASES: tuple[tuple[Kind, int], ...] = (("neutral", 3), ("neutral", 1), ("function", 3))
MOST = 5000
HEAD = ["language", "towards", "words", "trigger", "found on", "other half", "random", "another model", "random"]


def main(words: Sequence[str] | None = None) -> None:
    """Measure every case, and write table and numbers to `--out` after each."""
    asked = _parser().parse_args(words)
    asked.out.mkdir(parents=True, exist_ok=True)
    kept = asked.out / "triggers.json"
    rows: list[dict[str, Any]] = json.loads(kept.read_text("utf-8")) if kept.exists() else []
    for lang in LANGS if asked.only is None else (asked.only,):
        other = getattr(asked, f"to_{lang}")
        for row in _measured(lang, load_victim(other) if other else None, asked, [_key(row) for row in rows]):
            rows.append(row)
            kept.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
            (asked.out / "table.md").write_text(page(rows), "utf-8")
            print(markdown(HEAD, [_row(row)]), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.triggers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for lang in LANGS:
        parser.add_argument(f"--to-{lang}", help="a second model for texts of that language")
    parser.add_argument("--only", choices=LANGS, help="one language alone")
    parser.add_argument("--towards", help="one label alone")
    parser.add_argument("--steps", type=int, default=4, help="steps of each search at most")
    parser.add_argument("--random", type=int, default=20, help="random triggers of each case")
    parser.add_argument("--out", type=Path, default=Path("results/triggers"), help="folder of the numbers")
    return parser


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["lang"], row["towards"], row["vocabulary"], len(row["words"])


def _measured(
    lang: Lang, other: Victim | None, asked: argparse.Namespace, there: Sequence[tuple[Any, ...]]
) -> Iterator[dict[str, Any]]:
    name = f"starter-{lang}"
    victim, table = load_victim(name), read(DataSpec(source=name))
    examples = to_examples(table, victim.meta.labels).examples
    seen, unseen = examples[::2], examples[1::2]
    for aim, label in enumerate(victim.meta.labels):
        for kind, n in CASES if asked.towards in (None, label) else ():
            if (lang, label, kind, n) in there:
                continue
            words, plan = vocabulary(lang, kind, MOST), TriggerPlan(words=n, aim=aim, steps=asked.steps)
            found = find_trigger(victim, seen, words, plan)
            rng = np.random.default_rng(0)
            drawn = [tuple([str(word) for word in rng.choice(np.array(words), n)]) for _ in range(asked.random)]
            row = {
                "lang": lang,
                "towards": label,
                "vocabulary": kind,
                "words": list(found.words),
                "queries": found.queries,
                "found_on": [found.changed, found.n],
            }
            for place, model in (("other_half", victim), ("another_model", other)):
                if model is not None:
                    target = model.meta.labels.index(label)
                    counts, texts = changed(model, unseen, [found.words, *drawn], target)
                    row |= {place: [counts[0], texts], f"{place}_random": [[n, texts] for n in counts[1:]]}
            yield row


def changed(
    model: Victim, examples: Sequence[Example], triggers: Sequence[Sequence[str]], aim: int
) -> tuple[list[int], int]:
    """How many texts each trigger turns to the class `aim`, of how many that the model gets right and calls another."""
    clean = model.logits([one.fields(one.text) for one in examples]).argmax(axis=1)
    able = [one for one, got in zip(examples, clean, strict=True) if got == one.target != aim]
    counts = []
    for trigger in triggers:
        fields = [one.fields(added(one.text, trigger, "front")) for one in able]
        counts.append(int((model.logits(fields).argmax(axis=1) == aim).sum()))
    return counts, len(able)


def page(rows: Sequence[dict[str, Any]]) -> str:
    """All cases as one Markdown table."""
    about = (
        "Made by `python -m benchmarks.triggers`. Share of texts, %, that get the label, with 95 % Wilson intervals; "
        "of random triggers of the same length and vocabulary the mean, and the lowest and highest."
    )
    return f"# Universal triggers\n\n{about}\n\n{markdown(HEAD, [_row(row) for row in rows])}\n"


def _row(row: dict[str, Any]) -> list[str]:
    cells = [row["lang"], row["towards"], row["vocabulary"], " ".join(row["words"]), _share(row["found_on"])]
    for place in ("other_half", "another_model"):
        cells += [_share(row[place]), _range(row[f"{place}_random"])] if place in row else ["–", "–"]
    return cells


def _share(counts: Sequence[int]) -> str:
    return proportion(*counts).percent().replace(" %", "")


def _range(counts: Sequence[Sequence[int]]) -> str:
    shares = [100 * k / n for k, n in counts if n]
    return f"{np.mean(shares):.1f} ({min(shares):.1f} to {max(shares):.1f})" if shares else "–"


if __name__ == "__main__":
    main()

"""What defences of the inputs close of the gap, alone and one behind the other, without any training.

    python -m benchmarks.defences.inputs --work WORK [--also en=MODEL --also es=MODEL]

Attacks on the first `--limit` bundled reviews in each language, on the starter, and on each model of `--also`, as it is
and behind each of `SETS`; what is in WORK already is read. Writes `results/defences/inputs.md`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from robust.data.source import DataSpec
from robust.results.estimates import Estimate
from robust.runner import AttackRequest, attack
from robust.stages.card import markdown

SETS: tuple[tuple[str, ...], ...] = ((), ("context",), ("context", "fgws"))
ATTACKS = {
    "en": ("deepwordbug", "textfooler", "pwws", "a2t", "keyboard-typos"),
    "es": ("deepwordbug", "textfooler", "diacritics-es", "spelling-es", "a2t", "keyboard-typos", "variety-es"),
}
MADE_AGAINST = frozenset({"deepwordbug", "textfooler", "diacritics-es", "spelling-es"})
"""Slips of letters, and accents, for the corrector; synonyms for the detector of rare words."""


def main(words: Sequence[str] | None = None) -> None:
    """Run what is missing, and write and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder of the runs")
    parser.add_argument("--limit", type=int, default=100, help="reviews in each language")
    parser.add_argument("--also", action="append", default=[], help="LANG=MODEL, one more model; repeatable")
    parser.add_argument("--out", type=Path, default=Path("results/defences"), help="folder of inputs.md")
    asked = parser.parse_args(words)
    models = [(lang, f"starter-{lang}") for lang in ATTACKS]
    for told in asked.also:
        lang, _, model = told.partition("=")
        if lang not in ATTACKS or not model:
            parser.error(f"--also {told}: give a language of {', '.join(ATTACKS)} and a model, as in en=DIRECTORY")
        models.append((lang, model))
    parts = [
        "# Defences of the inputs, without training",
        "Made by `python -m benchmarks.defences.inputs --work WORK [--also LANG=MODEL]`. Accuracy, %, of the first "
        f"{asked.limit} reviews as they are (clean) and under attacks that know of the defence, with 95 % Wilson "
        "intervals; *gap closed* is the part of what the attack took from the model alone that it no longer takes.",
    ]
    for lang, model in models:
        parts += [f"## {Path(model).name}", _table(lang, model, asked.work, asked.limit)]
    text = "\n\n".join(parts) + "\n"
    (asked.out / "inputs.md").write_text(text, encoding="utf-8")
    print(text)


def _table(lang: str, model: str, work: Path, limit: int) -> str:
    recipes = ATTACKS[lang]
    names = [" + ".join(one) for one in SETS[1:]]
    clean = dict.fromkeys(SETS, "–")
    closed: dict[tuple[str, ...], dict[str, float]] = {one: {} for one in SETS[1:]}
    rows = []
    for recipe in recipes:
        whole, bare = _attacked(recipe, lang, model, (), work, limit)
        clean[()], cells, taken = _percent(whole), [_percent(bare)], list[str]()
        for one in SETS[1:]:
            own, under = _attacked(recipe, lang, model, one, work, limit)
            clean[one] = _percent(own)
            cells.append(_percent(under))
            if (gap := _value(whole) - _value(bare)) > 0:
                closed[one][recipe] = (_value(under) - _value(bare)) / gap
            taken.append(_mean([closed[one][recipe]] if recipe in closed[one] else []))
        rows.append([recipe, *cells, *taken])
    head = ["attack", "none", *names, *(f"gap closed by {name}" for name in names)]
    none = [""] * len(names)
    for name, own in (("made against", MADE_AGAINST), ("others", frozenset(recipes) - MADE_AGAINST)):
        means = [_mean([share for recipe, share in shares.items() if recipe in own]) for shares in closed.values()]
        rows.append([f"*mean, {name}*", "", *none, *means])
    return markdown(head, [["*clean*", *clean.values(), *none], *rows])


def _mean(shares: Sequence[float]) -> str:
    return f"{100 * sum(shares) / len(shares):.0f} %" if shares else "–"


def _value(estimate: Estimate) -> float:
    return estimate.value or 0.0


def _percent(estimate: Estimate) -> str:
    return estimate.percent().replace(" %", "")


def _attacked(
    recipe: str, lang: str, model: str, names: Sequence[str], work: Path, limit: int
) -> tuple[Estimate, Estimate]:
    """Accuracy of the reviews as they are, and under the attack."""
    starter = f"starter-{lang}"
    before = lang if model == starter else Path(model).name
    request = AttackRequest(
        recipe=recipe,
        model=model,
        data=DataSpec(source=starter, limit=limit),
        defences=tuple(f"{name}:{lang}" for name in names),
        out=work / f"{before}-{'-'.join(names) or 'none'}-{recipe}",
    )
    found = attack(request).summary
    told = f"{Path(model).name} {' + '.join(names) or 'none'} {recipe}"
    print(f"{told}: {found.accuracy_under_attack.percent()}", flush=True)
    return found.clean_accuracy, found.accuracy_under_attack


if __name__ == "__main__":
    main()

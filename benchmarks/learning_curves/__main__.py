"""The command: fits that are not there yet, or the figures and tables of those that are."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when torch is loaded
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 2 a mistake of the user."""
    from robust.errors import RobustError

    asked = _parser().parse_args(words)
    try:
        if asked.plot:
            return _plot(asked)
        return _fit(asked)
    except RobustError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    from benchmarks.learning_curves.methods import MAIN, METHODS

    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning_curves", description=__doc__)
    parser.add_argument("--language", choices=("en", "es"))
    for part in ("train", "dev", "test"):
        parser.add_argument(f"--{part}", help="a data file")
    parser.add_argument("--text", help="column of the text")
    parser.add_argument("--label", help="column of the label")
    parser.add_argument("--label-map", default="", help="old=new,old=new; labels not named are left out")
    parser.add_argument("--dev-limit", type=int, default=500, help="dev rows at most, drawn by label")
    parser.add_argument("--sizes", default="100,500,2000,all", help="numbers of labels")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--methods", default=",".join(MAIN), help=f"of {', '.join(METHODS)}")
    parser.add_argument(
        "--resources", action="append", default=[], metavar="METHOD=DIR", help="what a method starts from"
    )
    parser.add_argument("--max-length", type=int, default=128, help="tokens of a text, for all methods alike")
    parser.add_argument("--device", choices=("auto", "cpu"), default="cpu")
    parser.add_argument("--out", type=Path, default=Path("results/learning-curves"))
    parser.add_argument("--plot", action="store_true", help="make figures and tables of the fits in --out")
    parser.add_argument("--steps-size", default="500", help="labels of the figure of score against updates")
    return parser


def _fit(asked: argparse.Namespace) -> int:
    from benchmarks.learning_curves import fits
    from benchmarks.learning_curves.methods import METHODS
    from benchmarks.learning_curves.subsets import subset
    from robust.data.labels import parse_label_map
    from robust.data.source import DataSpec, read
    from robust.errors import UserError

    for name in ("language", "train", "dev", "test"):
        if getattr(asked, name) is None:
            raise UserError(f"--{name} is missing")
    methods = _named(asked.methods, METHODS)
    resources = dict(pair.split("=", 1) for pair in asked.resources if "=" in pair)
    if wrong := [pair for pair in asked.resources if pair.partition("=")[0] not in METHODS or "=" not in pair]:
        raise UserError(f"--resources {wrong[0]} is not METHOD=DIR")
    if missing := [name for name in methods if METHODS[name].starts and name not in resources]:
        raise UserError(f"what do they start from? --resources {missing[0]}=DIR, or leave {', '.join(missing)} out")
    mapping = parse_label_map(asked.label_map) if asked.label_map else {}
    train, dev, test = (
        read(DataSpec(source=source, text=asked.text, label=asked.label, label_map=mapping, lang=asked.language))
        for source in (asked.train, asked.dev, asked.test)
    )
    dev = subset(dev, min(asked.dev_limit, len(dev.rows)), seed=0)
    data = fits.Data(language=asked.language, train=train, dev=dev, test=test)
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    path = asked.out / "fits.jsonl"
    planned = list(
        fits.plan(
            data,
            methods=methods,
            sizes=asked.sizes.split(","),
            seeds=seeds,
            resources=resources,
            max_length=asked.max_length,
        )
    )
    done = {fit.identity for fit in fits.read(path)}
    for at, each in enumerate(planned, start=1):
        name = f"{at}/{len(planned)} {asked.language} {each.method} {each.size} seed {each.seed}"
        if each.identity in done:
            print(f"{name}: there already", flush=True)
            continue
        began = time.perf_counter()
        fit = fits.run(each, data, work=asked.out / f".work-{each.identity}", device=asked.device)
        fits.append(path, fit)
        print(
            f"{name}: accuracy {100 * fit.accuracy:.1f} %, macro-F1 {100 * fit.macro_f1:.1f} %, {fit.updates} updates, "
            f"{time.perf_counter() - began:.0f} s",
            flush=True,
        )
    return 0


def _named(text: str, known: Collection[str]) -> list[str]:
    from robust.errors import UserError, did_you_mean

    names = text.split(",")
    for name in names:
        if name not in known:
            raise UserError(f"no method {name!r}; {did_you_mean(name, known) or 'there are ' + ', '.join(known)}")
    return names


def _plot(asked: argparse.Namespace) -> int:
    from benchmarks.learning_curves import curves, figures, fits, tables
    from robust.errors import UserError

    found = fits.read(asked.out / "fits.jsonl")
    if not found:
        raise UserError(f"there are no fits in {asked.out}")
    figures.labels_figure(found, asked.out / "labels.png")
    size = asked.steps_size if asked.steps_size in curves.sizes(found) else curves.sizes(found)[0]
    figures.updates_figure(found, size, asked.out / "updates.png")
    (asked.out / "table.md").write_text(tables.page(found), encoding="utf-8")
    print(f"{len(found)} fits: {asked.out}/labels.png, updates.png, table.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())

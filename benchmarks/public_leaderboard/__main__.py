"""Twelve models a language on a thousand rows of a public test set, under the small standard suite, as entries.

    python -m robust.starter.prepare --data DATA --out WORK/prepared
    python -m benchmarks.public_leaderboard --work WORK --vectors-en DIR --recurrent-en DIR --minilm DIR
    robust leaderboard build results/leaderboard/entries --out build/leaderboard

A model that needs a place which nobody gives is left out, and named. Models are made in WORK/board, runs in
WORK/board/runs; what is there is not made again. The commands are given in WORK, so that entries name no other folder.
The texts of the test sets are not published.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.entries import enter
from benchmarks.public_leaderboard.models import BAG_OF_WORDS, ROWS, TEST, TRAIN, Model, models
from robust.data.source import DataSpec, read
from robust.errors import RobustError
from robust.leaderboard import history
from robust.leaderboard.store import Folder
from robust.leaderboard.submit import Declaration

SUITE = "standard-small"


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 1 something failed, 2 a mistake of the user."""
    asked = _parser().parse_args(words)
    known = {model.name: model for model in models()}
    chosen = asked.only.split(",") if asked.only else list(known)
    if unknown := [name for name in chosen if name not in known]:
        print(f"error: no model {unknown[0]!r}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    if asked.dry_run:
        print(f"cd {shlex.quote(asked.work)}")
    elif not (Path(asked.work) / "prepared").is_dir():
        print(f"error: {asked.work}/prepared is not there; --help says how to make it", file=sys.stderr)
        return 2
    for name in chosen:
        model = known[name]
        places = _places(asked, model.lang)
        if missing := [place for place in model.needs if not places[place]]:
            print(f"{name}: left out, needs a place for {missing[0]} (see --help)", flush=True)
        elif not _made(model, places, Path(asked.work), asked.dry_run) or not _run(model, places, asked):
            print(f"error: {name} failed", file=sys.stderr)
            return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.public_leaderboard",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--work", required=True, help="folder of the prepared data (WORK/prepared) and of the models")
    for lang in ("en", "es"):
        parser.add_argument(f"--vectors-{lang}", default="", help="word vectors made by `robust pretrain`")
        parser.add_argument(
            f"--recurrent-{lang}", default="", help="a language model made by `robust pretrain awd-lstm`"
        )
    parser.add_argument("--bert", default="", help="an encoder made by `robust pretrain bert-mini-es`")
    parser.add_argument("--minilm", default="", help="local directory of the all-MiniLM-L6-v2 encoder")
    parser.add_argument("--only", help="names of models, with commas")
    parser.add_argument("--limit", type=int, default=1000, help="rows that are attacked (default 1000)")
    parser.add_argument("--entries", default="results/leaderboard/entries")
    parser.add_argument("--by", default="robust")
    parser.add_argument("--dry-run", action="store_true", help="print the commands")
    return parser


def _places(asked: argparse.Namespace, lang: str) -> dict[str, str]:
    return {
        "work": "board",
        "prepared": f"prepared/starter-{lang}",
        "vectors": _whole(getattr(asked, f"vectors_{lang}")),
        "recurrent": _whole(getattr(asked, f"recurrent_{lang}")),
        "bert": _whole(asked.bert),
        "minilm": _whole(asked.minilm),
    }


def _whole(place: str) -> str:
    return str(Path(place).resolve()) if place else ""


def _made(model: Model, places: dict[str, str], work: Path, dry: bool) -> bool:
    """Give the commands that make a model, unless what they make is there."""
    if model.name.startswith(BAG_OF_WORDS):
        train = work / TRAIN[model.lang].format(**places)
        if dry:
            print(f"# {_at(model, places)} is fitted here: no command makes it")
        return dry or _bag_of_words(work / _at(model, places), train, ROWS[model.lang])
    for command in model.filled(places):
        if (work / command[-1]).exists() and not dry:
            continue
        if not _robust(command, work, dry):
            return False
    return True


def _bag_of_words(path: Path, train: Path, rows: int) -> bool:
    """Fit `robust.stages.baseline` and save it in a form that `--model` takes."""
    import skops.io
    from sklearn.pipeline import make_pipeline

    from robust.stages.baseline import fit

    if not path.exists():
        fitted = fit(read(DataSpec(source=str(train), limit=rows)))
        path.parent.mkdir(parents=True, exist_ok=True)
        skops.io.dump(make_pipeline(fitted.features, fitted.model), path)
    return True


def _at(model: Model, places: dict[str, str]) -> str:
    if model.shipped:
        return model.name
    return f"{places['work']}/{model.name}" + (".skops" if model.name.startswith(BAG_OF_WORDS) else "")


def _run(model: Model, places: dict[str, str], asked: argparse.Namespace) -> bool:
    """Put the model to the suite and make an entry of the run."""
    test = TEST[model.lang].format(**places)
    out, work = f"{places['work']}/runs/{model.name}", Path(asked.work)
    words = ["evaluate", "--suite", SUITE, "--each", "--model", _at(model, places), "--data", test]
    words += ["--lang", model.lang, "--limit", str(asked.limit), "--out", out]
    if not _robust(words, work, asked.dry_run):
        return False
    if not asked.dry_run:
        declared = Declaration(
            by=asked.by,
            at=history.now(),
            datasets=model.trained_on,
            preprocessing=(),
            on_benchmark_train=model.lang == "en",  # no tweets on politics are in any training data here
            on_benchmark_test=False,
            adversarial_data_from=model.adversarial_from,
            withhold=True,
        )
        texts = {row.id: row.fields for row in read(DataSpec(source=str(work / test))).rows}
        enter(work / out, declared, Folder.at(asked.entries), texts)
    return True


def _robust(words: Sequence[str], work: Path, dry: bool) -> bool:
    print(shlex.join(["robust", *words]), flush=True)
    environment = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", **os.environ}
    command = [sys.executable, "-m", "robust", *words]
    return dry or subprocess.run(command, env=environment, cwd=work, check=False).returncode == 0


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except RobustError as error:
        raise SystemExit(f"error: {error}") from None

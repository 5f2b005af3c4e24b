"""One fit: a subset, a method and a seed in; what came of it as one line of JSON out."""

from __future__ import annotations

import gc
import hashlib
import json
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any, Literal

from benchmarks.learning_curves.methods import METHODS, recipe_for
from benchmarks.learning_curves.subsets import subset
from robust import __version__
from robust.checkpoints.locate import locate
from robust.data.table import Table
from robust.evaluation.answers import Answer, answer
from robust.evaluation.sets import labelled
from robust.models import vectors
from robust.recipe.finetune import FinetuneRecipe
from robust.results import metrics
from robust.results.environment import environment
from robust.stages.finetune import finetune
from robust.stages.models import ENCODER
from robust.victims.load import load_victim


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A finished fit.

    `size` is the number of labels asked for (`all` for every row), `n_train` how many there were. `identity` pins what
    the numbers depend on: data, recipe, starting point. `dev_curve` has the dev accuracy after so many updates; the
    kept checkpoint is its best. `right` has a 1 for every test row that was classified rightly, in the order of the
    data, else a 0. `seconds` are those of the whole fit, the scoring of the test set apart.
    """

    language: str
    method: str
    size: str
    seed: int
    identity: str
    n_train: int
    updates: int
    batch_size: int
    parameters: int
    seconds: float
    accuracy: float
    macro_f1: float
    dev_curve: tuple[tuple[int, float], ...]
    right: str
    environment: Mapping[str, Any]

    @property
    def place(self) -> tuple[str, str, str, int]:
        """Where the fit stands among the others."""
        return self.language, self.method, self.size, self.seed


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The rows of one language: what is learnt from, what chooses checkpoints, what is scored."""

    language: str
    train: Table
    dev: Table
    test: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A fit to be made, with its own training rows."""

    method: str
    size: str
    seed: int
    recipe: FinetuneRecipe
    train: Table
    identity: str


def _revision(path: str) -> str:
    """What pins the bytes of a resource: a checkpoint, or a directory of word vectors."""
    folder = Path(path).expanduser()
    if not vectors.is_vectors(folder):
        return locate(path, wanted=ENCODER).revision
    parts = [(folder / name).read_bytes() for name in (vectors.TABLE, vectors.WORDS)]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]


def plan(
    data: Data,
    *,
    methods: Iterable[str],
    sizes: Iterable[str],
    seeds: Sequence[int],
    resources: Mapping[str, str],
    max_length: int | None = None,
) -> Iterator[Planned]:
    """The fits of one language, small ones first; all methods of a size and seed learn from the same rows.

    Sizes beyond the number of rows are left out, as are the subsets of `all` but for the seeds of training.
    Raises the `RobustError` family for resources that are no models.
    """
    revisions = {path: _revision(path) for path in resources.values()}
    for size, method, seed in product(sizes, methods, seeds):
        n = None if size == "all" else int(size)
        if n is not None and n > len(data.train.rows):
            continue
        rows = subset(data.train, n, seed=seed)
        resource = resources.get(method)
        recipe = recipe_for(
            METHODS[method],
            resource=resource,
            n_train=len(rows.rows),
            language=data.language,
            seed=seed,
            max_length=max_length,
        )
        parts = {
            "recipe": {**recipe.model_dump(mode="json"), "model": recipe.model.model_dump(mode="json")["config"]},
            "start": revisions.get(resource or ""),
            "data": [rows.fingerprint, data.dev.fingerprint, data.test.fingerprint],
        }
        identity = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
        yield Planned(method=method, size=size, seed=seed, recipe=recipe, train=rows, identity=identity)


def run(planned: Planned, data: Data, *, work: Path, device: Literal["auto", "cpu"] = "cpu") -> Fit:
    """Train, score the test rows, and leave nothing in `work`; what an interrupted fit left there is thrown away."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    curve: dict[int, float] = {}
    last = 0

    def listen(step: int, steps: int, numbers: Mapping[str, float]) -> None:
        nonlocal last
        last = max(last, step)
        if "eval_accuracy" in numbers:
            curve[step] = float(numbers["eval_accuracy"])

    began = time.perf_counter()
    made = finetune(
        planned.recipe, train=planned.train, dev=data.dev, out=work / "model", device=device, progress=listen
    )
    seconds = time.perf_counter() - began
    gold, said = _classes(work / "model", data.test, planned.recipe.train.max_length, device)
    scores = metrics.values(gold, said)
    shutil.rmtree(work)
    gc.collect()  # a trainer and its model point at each other
    return Fit(
        language=data.language,
        method=planned.method,
        size=planned.size,
        seed=planned.seed,
        identity=planned.identity,
        n_train=len(planned.train.rows),
        updates=last,
        batch_size=planned.recipe.train.batch_size,
        parameters=made.parameters,
        seconds=round(seconds, 2),
        accuracy=scores["accuracy"],
        macro_f1=scores["macro_f1"],
        dev_curve=tuple(sorted(curve.items())),
        right="".join("01"[g == s] for g, s in zip(gold, said, strict=True)),
        environment={"robust": __version__, **environment()},
    )


def _classes(model: Path, table: Table, max_length: int, device: str) -> tuple[list[int], list[int]]:
    """Class indices of the rows, and those that the model gives them."""
    victim = load_victim(str(model), device=device, dtype="float32", max_length=max_length)
    (test,) = labelled([table], victim)
    found: dict[int, Answer] = {}
    answer(victim, [item.fields for item in test.items], found.update)
    if failed := next((given.error for given in found.values() if given.error), None):
        raise RuntimeError(f"a test row was not answered: {failed}")
    logits = [found[at].logits for at in range(len(test.items))]
    return [item.label for item in test.items], [max(range(len(r)), key=r.__getitem__) for r in logits]


def read(path: Path) -> list[Fit]:
    """The fits of a file, the last one of each place; a line that a kill cut short is passed over."""
    if not path.exists():
        return []
    names = {field.name for field in fields(Fit)}
    found: dict[tuple[str, str, str, int], Fit] = {}
    for line in path.read_bytes().split(b"\n"):
        try:
            stored = json.loads(line)
        except ValueError:
            continue
        stored["dev_curve"] = tuple((step, accuracy) for step, accuracy in stored["dev_curve"])
        fit = Fit(**{name: value for name, value in stored.items() if name in names})
        found[fit.place] = fit
    return list(found.values())


def append(path: Path, fit: Fit) -> None:
    """Keep a fit: one line, on a line of its own even where a kill cut the last one short."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cut = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as handle:
        handle.write(("\n" if cut else "") + json.dumps(asdict(fit), ensure_ascii=False) + "\n")

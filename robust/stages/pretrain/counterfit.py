"""Counter-fitting as a stage: vectors and pairs of words in, vectors and what has changed out."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from robust.core.types import Lang
from robust.errors import DataError, UserError, did_you_mean
from robust.lang import pairs as listed
from robust.models.counterfitting import Pairs, Settings, Table, cosines, fit, separation, unit
from robust.models.vectors import Vectors
from robust.recipe.pretrain import PretrainRecipe
from robust.recipe.pretrain_models import CounterFit
from robust.stages.finite import check_loss, check_weights
from robust.stages.pretrain import formats
from robust.stages.pretrain.outcome import Outcome
from robust.stages.pretrain.vocabulary import Texts
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace


def train(
    recipe: PretrainRecipe, corpus: Texts, place: Workspace, *, device: str, progress: Progress | None
) -> Outcome:
    """Counter-fit the recipe's vectors and write them to `place.result` (see `formats.save`); they have length 1.

    Beside them are `curve.jsonl`, the objective after each epoch, and `pairs.json`, which says where vectors and pairs
    came from. Of the shipped synonyms only those are used whose vectors agree (see `robust.lang.pairs.attested`). A
    file has a pair of words a line, parted by white space, in the vectors' case; pairs with a word that has no vector
    are left out.

    `numbers` holds the mean cosine of synonyms and of antonyms, and `auc`, how often a synonym pair has a higher cosine
    than an antonym pair, each `_before` and `_after`; with `held_out` those of the pairs that were not fitted as well,
    as `held_out_…`. No text is read and no `device` used. Raises `UserError`, `DataError`, and `ModelError`
    where the fitting diverges.
    """
    import torch

    made = recipe.model
    assert isinstance(made, CounterFit)  # what `run.py` calls this for
    if made.vectors is None:
        raise UserError("counter-fit needs word vectors to start from", fix="name their directory or file with --model")
    if len(recipe.languages) != 1:
        raise UserError("counter-fit works on one language", fix="say which: --lang en, or --lang es")
    begun, path = time.monotonic(), Path(made.vectors).expanduser()
    found = formats.read(path)
    first = unit(found.table)
    parts = _parts(made, recipe.languages[0], found)
    curve: list[dict[str, float]] = []

    def report(epoch: int, told: Mapping[str, float]) -> None:
        for name, value in told.items():
            check_loss(value, rate=made.learning_rate, setting="model.learning_rate", what=name)
        curve.append({"epoch": epoch, **told})
        if progress is not None:
            progress(epoch, made.epochs, told)

    settings = Settings(
        antonym_margin=made.antonym_margin,
        synonym_margin=made.synonym_margin,
        radius=made.radius,
        epochs=made.epochs,
        learning_rate=made.learning_rate,
    )
    try:
        table = fit(first, synonyms=parts["synonyms"], antonyms=parts["antonyms"], made=settings, report=report)
    except ValueError as error:
        raise DataError(f"{made.vectors}: {error}", fix="lower the radius: --set model.radius=0.1") from None
    check_weights([torch.from_numpy(table)], rate=made.learning_rate, setting="model.learning_rate")
    formats.save(Vectors(words=found.words, table=table, counts=found.counts, lowercase=found.lowercase), place.result)
    with (place.result / "curve.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(point) + "\n" for point in curve)
    _tell(made, path, parts, place.result / "pairs.json")
    return Outcome(
        parameters=int(table.size),
        tokens=0,
        seconds=time.monotonic() - begun,
        numbers={"epochs": float(made.epochs), "vocabulary": float(len(found)), **_numbers(parts, first, table)},
    )


def _parts(made: CounterFit, lang: Lang, found: Vectors) -> dict[str, Pairs]:
    """Rows of the pairs, `(m, 2)`: `synonyms` and `antonyms`, and those of them that are held out."""
    given = {name: None if path is None else _read(path, found) for name, path in _files(made).items()}
    synonyms, antonyms = given["synonyms"], given["antonyms"]
    if synonyms is None:
        synonyms = listed.attested(found.table, listed.synonyms(lang, found.numbers))
    if antonyms is None:
        antonyms = listed.opposites(lang, found.numbers)
    parts: dict[str, Pairs] = {}
    rng = np.random.default_rng(made.seed)
    for name, pairs in (("synonyms", synonyms), ("antonyms", antonyms)):
        held = rng.random(len(pairs)) < made.held_out
        parts[name], parts[f"held_out_{name}"] = pairs[~held], pairs[held]
    if not len(parts["synonyms"]) and not len(parts["antonyms"]):
        raise DataError("no pair has vectors for both of its words", fix="check the language (--lang) and the vectors")
    return parts


def _files(made: CounterFit) -> dict[str, str | None]:
    return {"synonyms": made.synonyms, "antonyms": made.antonyms}


def _read(name: str, found: Vectors) -> Pairs:
    path = Path(name).expanduser()
    if not path.is_file():
        near = [child.name for child in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError(f"{name}: no such file", fix=did_you_mean(path.name, near) or "name a file of pairs of words")
    pairs = set()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not UTF-8: {error}", fix="save it as UTF-8") from None
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) != 2:
            raise DataError(f"{name}:{number}: {len(words)} words", fix="write two words on each line")
        if words[0] != words[1] and words[0] in found and words[1] in found:
            one, other = sorted((found.numbers[words[0]], found.numbers[words[1]]))
            pairs.add((one, other))
    return listed.numbered(pairs)


def _numbers(parts: Mapping[str, Pairs], before: Table, after: Table) -> dict[str, float | None]:
    numbers: dict[str, float | None] = {name: float(len(pairs)) for name, pairs in parts.items()}
    for kind in ("", "held_out_"):
        near, far = parts[f"{kind}synonyms"], parts[f"{kind}antonyms"]
        for when, table in (("before", before), ("after", after)):
            cosine = {"synonym": cosines(table, near), "antonym": cosines(table, far)}
            for name, values in cosine.items():
                numbers[f"{kind}{name}_cosine_{when}"] = float(values.mean()) if len(values) else None
            both = len(near) and len(far)
            numbers[f"{kind}auc_{when}"] = separation(*cosine.values()) if both else None
    return numbers


def _tell(made: CounterFit, path: Path, parts: Mapping[str, Pairs], out: Path) -> None:
    """Write where everything came from; files by name and content."""
    sources = {name: "shipped with the language" if given is None else given for name, given in _files(made).items()}
    pinned = [path / "vectors.safetensors" if path.is_dir() else path, *(Path(g) for g in _files(made).values() if g)]
    hashes = {one.name: hashlib.sha256(one.expanduser().read_bytes()).hexdigest()[:16] for one in pinned}
    told = {"vectors": path.name, **sources, "sha256": hashes, "pairs": {name: len(p) for name, p in parts.items()}}
    out.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

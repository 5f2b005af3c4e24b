"""Fine-tune a sequence classifier: recipe and tables in, a checkpoint directory with a model card out."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from robust.checkpoints import threads
from robust.data.table import Table
from robust.recipe.finetune import FinetuneRecipe, WordPiece
from robust.results.estimates import Estimate, proportion
from robust.stages import card, examples, models, trainers
from robust.stages.baseline import baseline as fit_baseline
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace, workspace

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Finetuned:
    """A finished fine-tuning. `dev` and `tests` are accuracies; `baseline` those of a bag of words, where asked for."""

    out: Path
    labels: tuple[str, ...]
    parameters: int
    n_train: int
    dev: Estimate
    tests: Mapping[str, Estimate]
    baseline: Mapping[str, Estimate]
    epochs: float
    seconds: float
    resumed: bool
    notes: tuple[str, ...]


def finetune(
    recipe: FinetuneRecipe,
    *,
    train: Table,
    dev: Table | None,
    out: Path,
    tests: Mapping[str, Table] | None = None,
    baseline: bool = False,
    device: Literal["auto", "cpu"] = "auto",
    force: bool = False,
    progress: Progress | None = None,
) -> Finetuned:
    """Train on `train`, keep the checkpoint that is best on `dev` (earliest of equals), write it to `out`.

    Without `dev` a tenth of every label of `train` is held out, drawn by the recipe's seed. `tests` (by name) are
    scored once, by the finished model, for the model card; `baseline` adds what a bag of words reaches. An interrupted
    run goes on from its last checkpoint when it is called again; `out` appears only complete. `force` replaces a model
    at `out`.

    Raises `DataError` for tables that do not fit, `ModelError` for a checkpoint that does not load, `UserError` when
    `out` is taken.
    """
    threads.set_threads()
    notes: list[str] = []
    examples.check(train)
    labels = examples.label_names(train)
    if dev is None:
        train, dev = examples.hold_out(train, seed=recipe.train.seed)
        notes.append(f"No dev set was given: {len(dev.rows)} training rows (a tenth of every label) were held out.")
    tests = dict(tests or {})
    for name, table in (("dev", dev), *tests.items()):
        examples.check(table, labels=labels)
        if repeats := examples.shared_texts(train, table):
            notes.append(f"{repeats} of {len(table.rows)} rows of {name} are also in the training data.")
    purpose = {
        "recipe": recipe.model_dump(mode="json"),
        "train": train.fingerprint,
        "dev": dev.fingerprint,
        "tests": {name: table.fingerprint for name, table in tests.items()},
    }
    with _quiet(), workspace(out, purpose=purpose, marker="config.json", force=force) as place:
        model, tokenizer = _start(recipe, train, labels, place)
        names: dict[Any, str] = {**(model.config.id2label or {})}
        labels = tuple(names[at] for at in range(len(labels)))
        trainer = trainers.make(recipe, model, tokenizer, train, dev, labels, place, device, progress)
        before = trainers.seconds(place)
        started = time.monotonic()
        trainer.train(resume_from_checkpoint=_last_checkpoint(place))
        seconds = before + time.monotonic() - started

        def score(table: Table) -> Estimate:
            encoded = examples.encode(table, tokenizer, labels=labels, max_length=recipe.train.max_length)
            answers = trainer.predict(encoded)  # type: ignore[arg-type]
            return proportion(round(trainers.accuracy(answers)["accuracy"] * len(table.rows)), len(table.rows))

        parts = {"dev": dev, **tests}
        scores = {name: score(table) for name, table in parts.items()}
        simple = fit_baseline(train, parts) if baseline else {}
        result = Finetuned(
            out=out,
            labels=labels,
            parameters=sum(int(p.numel()) for p in model.parameters()),
            n_train=len(train.rows),
            dev=scores.pop("dev"),
            tests=scores,
            baseline={name: proportion(k, len(parts[name].rows)) for name, k in simple.items()},
            epochs=float(trainer.state.epoch or 0),
            seconds=seconds,
            resumed=place.resumed,
            notes=tuple(notes),
        )
        model.save_pretrained(place.result)
        tokenizer.save_pretrained(place.result)
        _keep_portable(place)
        tables = {"train": train, **parts}
        text = card.write(recipe, result, tables)
        (place.result / "README.md").write_text(text, encoding="utf-8")
    return result


def _start(
    recipe: FinetuneRecipe, train: Table, labels: tuple[str, ...], place: Workspace
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.train.seed)
        if recipe.model.config is None:
            return models.from_checkpoint(str(recipe.model.checkpoint), labels, max_length=recipe.train.max_length)
        texts = (text for row in train.rows for text in row.fields)
        return models.from_scratch(
            recipe.model.config,
            recipe.tokenizer or WordPiece(),
            texts,
            labels,
            folder=place.checkpoints.parent / "tokenizer",
            max_length=recipe.train.max_length,
        )


def _last_checkpoint(place: Workspace) -> str | None:
    """The newest checkpoint that was written to its end; others are removed."""
    found = {}
    for folder in place.checkpoints.glob("checkpoint-*"):
        if (folder / trainers.COMPLETE).exists():
            found[int(folder.name.rpartition("-")[2])] = str(folder)
        else:
            shutil.rmtree(folder)
    return found[max(found)] if found else None


def _keep_portable(place: Workspace) -> None:
    """Undo what one version of transformers writes and another cannot read: keep our own tokeniser settings."""
    for name in ("tokenizer.json", "tokenizer_config.json"):
        ours = place.checkpoints.parent / "tokenizer" / name
        if ours.exists():
            shutil.copyfile(ours, place.result / name)


@contextmanager
def _quiet() -> Iterator[None]:
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(40)  # errors
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]

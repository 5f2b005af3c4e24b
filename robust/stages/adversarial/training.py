"""A training against attacks, from its recipe and tables to a model directory that says what was done."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from robust.core.attack import Attack
from robust.core.seeds import derive
from robust.core.smoothing import SMOOTHING
from robust.core.types import Lang
from robust.core.victim import Victim
from robust.data.labels import to_examples
from robust.data.table import Row, Table, fingerprint
from robust.recipe.augment import AugmentRecipe
from robust.recipe.train import Adversarial, TrainRecipe
from robust.stages import processes
from robust.stages.adversarial.draws import Drawn
from robust.stages.adversarial.generate import Generated, generate
from robust.stages.adversarial.hook import Hardening, plain
from robust.stages.adversarial.inputs import Inputs
from robust.stages.adversarial.loop import FOLDER, in_the_loop, kept
from robust.stages.adversarial.noise import Noised, beside, hardest
from robust.stages.adversarial.twins import Twinned, together
from robust.stages.finetune import Finetuned, finetune
from robust.stages.tasks import Items
from robust.stages.trainers import Progress
from robust.stages.workspace import partial_path

RECORD = "training.json"
"""What a training against attacks writes beside its model."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A training: its recipe, the model to start from (and the same as a victim), attacks to train on, tables.

    `noise` are the augmentation recipes that the recipe names; `lang` is the language of rows that do not say theirs.
    """

    recipe: TrainRecipe
    model: str
    victim: Victim
    attacks: Sequence[Attack]
    train: Table
    dev: Table
    noise: Sequence[AugmentRecipe] = ()
    lang: Lang | None = None

    @property
    def purpose(self) -> dict[str, Any]:
        """What makes two trainings the same, as JSON values."""
        return {
            "recipe": self.recipe.finetuning("model").model_dump(mode="json", exclude={"name", "description", "card"}),
            "hardening": self.recipe.hardening(),
            "noise": [each.augment.model_dump(mode="json") for each in self.noise],
            "model": self.victim.meta.revision,
            "train": self.train.fingerprint,
            "dev": self.dev.fingerprint,
        }


def harden(
    plan: Plan,
    *,
    out: Path,
    device: Literal["auto", "cpu"] = "auto",
    force: bool = False,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Finetuned:
    """Train as the plan says and write the model to `out`, with `training.json`; raises as `finetune` does.

    An interrupted training goes on from its last checkpoint, with the adversarial texts that it had.
    """
    recipe, langs = plan.recipe, _languages(plan)
    say = tell or (lambda line: None)
    inputs = Inputs.of(recipe.input_defences, langs)
    table, notes, once = plan.train, list[str](), None
    if recipe.votes:
        notes.append(
            "The scores are of the model alone. It predicts by a vote over random draws, which robust takes wherever "
            "it is loaded (`robust evaluate` scores that), and transformers by itself does not."
        )
    how = recipe.adversarial
    if how is not None and how.when == "once":
        once = processes.from_first(lambda: _once(plan, how, out))
        table = _added(table, once)
        notes.append(
            f"{len(once.texts)} adversarial texts were added to the training rows: of {once.seen} rows, "
            f"{once.attacked} were attacked ({', '.join(how.recipes)}) before training, in {once.seconds:.0f} seconds."
        )
        say(notes[-1])
    hardening = Hardening(
        purpose=plan.purpose,
        languages=langs,
        seed=recipe.train.seed,
        defence=recipe.defence.build() if recipe.defence is not None else plain,
        gamma=recipe.awp.gamma if recipe.awp else 0.0,
        awp_start=recipe.awp.start if recipe.awp else 0.0,
        flooding=recipe.flooding,
        swa_start=recipe.swa,
        keep=recipe.keep,
        notes=notes,
    )
    folder = partial_path(out.absolute()) / FOLDER
    if how is not None and how.when == "each_epoch":
        hardening.reading = lambda items, tokenizer: Twinned(items=items)
        hardening.collator = together
        hardening.regenerate = in_the_loop(
            how,
            plan.attacks,
            table,
            lang=plan.lang,
            max_length=recipe.train.max_length,
            seed=recipe.train.seed,
            tell=lambda epoch, found: say(_epoch(epoch, found)),
        )
    if plan.noise and recipe.noise is not None:
        draws = recipe.noise.draws
        hardening.reading = lambda items, tokenizer: Noised(
            items=items,
            train=table,
            recipes=plan.noise,
            draws=draws,
            tokenizer=tokenizer,
            inputs=inputs,
            lang=plan.lang,
            max_length=recipe.train.max_length,
            seed=recipe.train.seed,
        )
        hardening.collator, hardening.choose = beside, hardest
    read = inputs.table(table) if inputs else table
    if recipe.smoothing is not None:
        hardening.reading = _drawing(plan, read, langs)

    def record(result: Path, trained: Finetuned) -> None:
        if recipe.smoothing is not None:
            kernel = recipe.smoothing.kernel.resolved()
            told = {"kernel": kernel, "draws": recipe.smoothing.draws, "languages": sorted(langs)}
            (result / SMOOTHING).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        elif recipe.votes and recipe.defence is not None:
            voting = {"defence": recipe.defence.resolved()}
            (result / SMOOTHING).write_text(json.dumps(voting, indent=2) + "\n", encoding="utf-8")
        if inputs is not None:
            inputs.write(result)
        rounds = [(0, once)] if once is not None else kept(folder)
        (result / RECORD).write_text(
            json.dumps(_record(plan, trained, rounds), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )

    hardening.record = record
    trained = finetune(
        recipe.finetuning(plan.model).model_copy(update={"languages": tuple(langs)}),
        train=read,
        dev=inputs.table(plan.dev) if inputs else plan.dev,
        out=out,
        device=device,
        force=force,
        progress=progress,
        hardening=hardening,
    )
    if processes.first():
        _kept_once(plan, out).unlink(missing_ok=True)
    return trained


def recorded(out: Path) -> dict[str, Any] | None:
    """What a finished training wrote into `out`, or None where there is none."""
    path = out / RECORD
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _record(plan: Plan, trained: Finetuned, rounds: Sequence[tuple[int, Generated]]) -> dict[str, Any]:
    once = bool(plan.recipe.adversarial and plan.recipe.adversarial.when == "once")
    attacking = sum(found.seconds for _, found in rounds)
    whole = trained.seconds + (attacking if once else 0.0)
    energy = trained.energy
    if energy is not None and once:
        energy = replace(energy, joules=energy.joules + sum(found.joules for _, found in rounds))
    return {
        "purpose": plan.purpose,
        "recipe": plan.recipe.model_dump(mode="json"),
        "model": {"name": plan.model, "revision": plan.victim.meta.revision},
        "seed": plan.recipe.train.seed,
        "rows": trained.n_train,
        "epochs": trained.epochs,
        "steps": trained.steps,
        "seconds": round(whole, 2),
        "seconds_attacking": round(attacking, 2),
        "share_attacking": round(attacking / whole, 4) if whole else 0.0,
        "energy": energy and energy.as_dict(),
        "resumed": trained.resumed,
        "rounds": [
            {
                "epoch": epoch,
                "seen": found.seen,
                "attacked": found.attacked,
                "succeeded": len(found.texts),
                "queries": found.queries,
                "seconds": round(found.seconds, 2),
            }
            for epoch, found in rounds
        ],
        "dev": {kind: score.as_dict() for kind, score in trained.scores["dev"].items()},
        "notes": list(trained.notes),
    }


def _drawing(plan: Plan, train: Table, langs: Collection[Lang]) -> Callable[[Items, Any], Items]:
    """Items that are drawn anew in every epoch."""
    smoothing, how = plan.recipe.smoothing, plan.recipe.train
    if smoothing is None:
        raise ValueError("no smoothing is asked for")
    kernel = smoothing.kernel.build()

    def reading(items: Items, tokenizer: Any) -> Items:
        return Drawn(
            items=items,
            train=train,
            kernel=kernel,
            tokenizer=tokenizer,
            langs=langs,
            max_length=how.max_length,
            seed=how.seed,
        )

    return reading


def _once(plan: Plan, how: Adversarial, out: Path) -> Generated:
    """The texts that are added before training; an interrupted training finds those that it had."""
    path = _kept_once(plan, out)
    if path.is_file():
        return Generated.read(path)
    rows = to_examples(plan.train, plan.victim.meta.labels, lang=plan.lang).examples
    found = generate(
        plan.attacks,
        plan.victim,
        rows,
        seed=derive(plan.recipe.train.seed, "adversarial", "once"),
        wanted=max(1, round(how.share * len(rows))),
        most=max(1, round(how.most * len(rows))),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    found.write(path)
    return found


def _kept_once(plan: Plan, out: Path) -> Path:
    """Where the texts lie until the training is done."""
    key = f"{derive(json.dumps(plan.purpose, sort_keys=True)):016x}"
    return out.absolute().parent / f".{out.name}.adversarial-{key}.json"


def _added(table: Table, found: Generated) -> Table:
    by_id: Mapping[str, Row] = {row.id: row for row in table.rows}
    more = [replace(by_id[key], id=f"adversarial/{key}", fields=fields) for key, fields in found.texts.items()]
    rows = (*table.rows, *more)
    return replace(table, rows=rows, fingerprint=fingerprint((row.id, row.fields, row.label) for row in rows))


def _languages(plan: Plan) -> Collection[Lang]:
    """Those of the training rows, where they say so; else those of the recipe."""
    found = {plan.lang or row.lang or plan.train.lang for row in plan.train.rows}
    return plan.recipe.languages if None in found else sorted(lang for lang in found if lang is not None)


def _epoch(epoch: int, found: Generated) -> str:
    return (
        f"epoch {epoch + 1}: {len(found.texts)} adversarial texts, {found.attacked} of {found.seen} rows attacked, "
        f"{found.seconds:.0f} s"
    )

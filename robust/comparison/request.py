"""What `robust train` is asked for, and the tables and attacks that this comes to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from robust.comparison.fit import check_labels, check_learnt
from robust.comparison.fit import notes as fit_notes
from robust.core.attack import Attack, needs_gradients
from robust.core.types import Lang
from robust.core.victim import Victim
from robust.data.source import DataSpec, Table, read
from robust.errors import DataError, UserError
from robust.recipe.attack import AttackRecipe
from robust.recipe.augment import AugmentRecipe
from robust.recipe.load import load, load_attack
from robust.recipe.train import TrainRecipe, needs_bounds
from robust.results.directory import DIAGNOSES
from robust.results.flags import STRONGER
from robust.stages import examples
from robust.stages.adversarial.training import Plan
from robust.stages.augment import Augmenter
from robust.starter import NAMES
from robust.victims.bounded import BoundedVictim
from robust.victims.defended import saved
from robust.victims.load import load_victim, task_of


@dataclass(frozen=True, kw_only=True)
class TrainRequest:
    """A training against attacks and its measurement.

    `recipe`: name or file; `model`: a classifier, as `--model` takes it; `out`: the model's directory. `dev` chooses
    the temperature, and the checkpoint where the recipe keeps the best (default: a tenth of `data`); `test` is what is
    attacked (default: the starter reviews for a starter that was not trained on them, else the dev rows). `attacks`
    take the place of the recipe's, `limit` of its number of examples; `measure` False trains only. `runs` is where
    attack runs lie (default: `robustness` in `out`): trainings that share it attack the same model once. `command` is
    recorded.
    """

    recipe: str
    model: str
    data: tuple[DataSpec, ...]
    out: Path
    dev: tuple[DataSpec, ...] = ()
    test: tuple[DataSpec, ...] = ()
    lang: Lang | None = None
    overrides: tuple[str, ...] = ()
    attacks: tuple[str, ...] | None = None
    limit: int | None = None
    device: str = "auto"
    force: bool = False
    measure: bool = True
    runs: Path | None = None
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A request whose recipe, model, tables and attacks are there and fit.

    `attacks` are the recipes to measure by, those trained on first and those that are only `controls` last; `notes` say
    what a reader must know of the data.
    """

    request: TrainRequest
    plan: Plan
    test: Table
    attacks: tuple[AttackRecipe, ...]
    trained_on: frozenset[str]
    controls: frozenset[str]
    notes: tuple[str, ...]


def prepare(request: TrainRequest) -> Prepared:
    """Read and check everything that the request names; nothing is written. Raises the `RobustError` family."""
    recipe = load(request.recipe, family="train", schema=TrainRecipe, overrides=request.overrides)
    if (task := task_of(request.model)) != "classification":
        raise UserError(f"{request.model} is for {task}", fix="robust train is for classifiers of texts")
    if (before := saved(Path(request.model))) and not recipe.input_defences:
        names = ", ".join(written.partition(":")[0] for written in before)
        raise UserError(
            f"{request.model} reads through {', '.join(before)}, and the recipe would train it without",
            fix=f"--set 'input_defences=[{names}]'",
        )
    learnt_from = [_attack(name) for name in recipe.adversarial.recipes] if recipe.adversarial else []
    victim = load_victim(request.model, device=request.device, dtype="float32")
    if recipe.defence is not None and needs_bounds(recipe.defence):
        BoundedVictim.of(victim)
    train = examples.join([read(spec) for spec in request.data])
    lang = request.lang or _only(victim)
    notes = []
    examples.check(train, labels=())
    if request.dev:
        dev = examples.join([read(spec) for spec in request.dev])
    else:
        train, dev = examples.hold_out(train, seed=recipe.train.seed)
        notes.append(f"{len(dev.rows)} training rows (a tenth of every label) were held out as dev rows.")
    examples.check(dev, labels=examples.label_names(train))
    test, more = _test(request, dev)
    notes += more
    check_labels(victim, (train, dev, test))
    langs = _languages(test, lang)
    if lacking := {*_languages(train, lang), *langs} - set(recipe.languages):
        raise UserError(
            f"recipe {recipe.name!r} is for {', '.join(recipe.languages)}, the data are {', '.join(sorted(lacking))}",
            fix="choose another recipe, or change `languages` in a copy of it",
        )
    chosen, left_out = _measured(request, recipe, langs)
    notes += left_out
    controls = _controls(request, recipe, {each.name for each in chosen})
    chosen += [control for control in map(_attack, controls) if set(langs) <= set(control.languages)]
    learnt = _languages(train, lang)
    attacks = [_built(each, recipe, learnt) for each in learnt_from]
    for told, attack in zip(learnt_from, attacks, strict=True):
        check_learnt(told, attack, victim, learnt)
    notes += fit_notes(victim, train, dev, test, {*learnt, *langs})
    plan = Plan(
        recipe=recipe,
        model=request.model,
        victim=victim,
        attacks=attacks,
        train=train,
        dev=dev,
        noise=_noise(recipe, learnt),
        lang=lang,
    )
    return Prepared(
        request=request,
        plan=plan,
        test=test,
        attacks=tuple(chosen),
        trained_on=frozenset(recipe.trained_on()),
        controls=frozenset(controls),
        notes=tuple(notes),
    )


def _noise(recipe: TrainRecipe, langs: Sequence[Lang]) -> list[AugmentRecipe]:
    """The augmentation recipes that a training names, loaded for its languages."""
    names = recipe.noise.recipes if recipe.noise is not None else ()
    found = [load(name, family="augment", schema=AugmentRecipe) for name in names]
    for each in found:
        Augmenter(recipe=each).load(langs)
    return found


def _attack(name: str) -> AttackRecipe:
    return load_attack(name)


def _built(recipe: AttackRecipe, training: TrainRecipe, langs: Sequence[Lang]) -> Attack:
    attack = recipe.build()
    if training.adversarial is not None and training.adversarial.query_budget is not None:
        attack = replace(attack, query_budget=training.adversarial.query_budget)
    attack.ready(set(langs))
    return attack


def _measured(
    request: TrainRequest, recipe: TrainRecipe, langs: Sequence[Lang]
) -> tuple[list[AttackRecipe], list[str]]:
    """The attacks to measure by, those trained on first; what is not for the languages of the test is noted."""
    held_out = [name for lang in langs for name in getattr(recipe.measure.held_out, lang)]
    asked = request.attacks if request.attacks is not None else (*recipe.trained_on(), *held_out)
    own = {name for name in asked if name in recipe.trained_on()}
    found, notes = [], []
    for name in sorted(dict.fromkeys(asked), key=lambda name: name not in own):
        attack = _attack(name)
        if name not in own and attack.attack.goal.name in DIAGNOSES:
            raise UserError(f"{name} is a diagnosis: its successes are no wrong answers", fix="name another attack")
        if lacking := set(langs) - set(attack.languages):
            if request.attacks is not None:
                known, found_in = ", ".join(attack.languages), ", ".join(sorted(lacking))
                raise UserError(f"attack {name!r} is for {known}, the test data are {found_in}", fix="leave it out")
            notes.append(f"{name} was left out: it is not for {', '.join(sorted(lacking))}.")
        else:
            if recipe.votes and needs_gradients(attack.build().search):
                raise UserError(f"{name} needs gradients, and a vote over draws has none", fix="leave it out")
            found.append(attack)
    return found, notes


def _controls(request: TrainRequest, recipe: TrainRecipe, measured: Collection[str]) -> list[str]:
    """The recipe's controls of what is measured; attacks that the user names are all that is run."""
    if request.attacks is not None:
        return []
    return [
        name for name in recipe.measure.controls if name not in measured and set(STRONGER.get(name, ())) & set(measured)
    ]


def _test(request: TrainRequest, dev: Table) -> tuple[Table, list[str]]:
    if request.test:
        return examples.join([read(spec) for spec in request.test]), []
    trained = {spec.source for spec in request.data}
    if request.model in NAMES and request.model not in trained:
        return read(DataSpec(source=request.model)), []
    note = (
        "No test data were given: the dev rows were attacked, which also chose the temperature (--test names others)."
    )
    return dev, [note]


def _languages(table: Table, lang: Lang | None) -> list[Lang]:
    found = {lang if lang is not None and row.lang is None else row.lang or table.lang for row in table.rows}
    if None in found:
        raise DataError(f"{table.name}: the language of its rows is not known", fix="say --lang en or --lang es")
    return sorted(code for code in found if code is not None)


def _only(victim: Victim) -> Lang | None:
    return next(iter(victim.meta.langs)) if len(victim.meta.langs) == 1 else None

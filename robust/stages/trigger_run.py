"""From a model and data to a universal trigger, written as an attack recipe."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

from robust.core.example import Example
from robust.core.types import Lang
from robust.core.victim import Victim
from robust.data.labels import to_examples
from robust.data.source import DataSpec, Table, read
from robust.engine.run import EngineOptions
from robust.errors import RecipeError, UserError, did_you_mean
from robust.lang.vocabulary import Kind, vocabulary
from robust.recipe.attack import plain_name
from robust.recipe.load import load_attack
from robust.stages.trigger import Trigger, TriggerPlan, find_trigger, one_of
from robust.victims.load import load_victim, task_of

CITES = "Wallace et al. 2019, Universal Adversarial Triggers for Attacking and Analyzing NLP, arXiv:1908.07125"


@dataclass(frozen=True, kw_only=True)
class TriggerRequest:
    """What `robust trigger` is asked for.

    `towards`: the label that every text is to get, spelt as the model spells it; None: any wrong one. `plan.aim` is set
    from it. `words_from` and `most` say what vocabulary there is, `leave_out` is a file with words that are not used,
    one a line.
    """

    model: str
    data: DataSpec
    out: Path
    towards: str | None = None
    plan: TriggerPlan = field(default_factory=TriggerPlan)
    words_from: Kind = "neutral"
    most: int = 5000
    leave_out: Path | None = None
    seed: int = 0
    device: str = "auto"
    dtype: str = "auto"
    revision: str | None = None
    trust_remote_code: bool = False
    force: bool = False
    command: str = ""

    def __post_init__(self) -> None:
        one_of("vocabulary", self.words_from, get_args(Kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTrigger:
    """A trigger, the language of its texts, and how many words it was chosen from."""

    trigger: Trigger
    lang: Lang
    vocabulary: int


def trigger(request: TriggerRequest, tell: Callable[[int], None] | None = None) -> FoundTrigger:
    """Find a trigger and write its recipe to `request.out`.

    What the user can get wrong is checked before the search begins. Raises the `RobustError` family.
    """
    _writable(request.out, force=request.force)
    if (task := task_of(request.model, revision=request.revision)) != "classification":
        raise UserError(f"{request.model} is a model of the task {task}", fix="triggers are for classifiers")
    left_out = _words(request.leave_out)
    table = read(request.data)
    victim = load_victim(
        request.model,
        device=request.device,
        dtype=request.dtype,
        revision=request.revision,
        trust_remote_code=request.trust_remote_code,
    )
    plan = replace(request.plan, aim=_aim(request.towards, victim))
    lang = request.data.lang or (next(iter(victim.meta.langs)) if _untold(table, victim) else None)
    aligned = to_examples(table, victim.meta.labels, lang=lang, attack_field=request.data.attack_field)
    one = _language(aligned.examples, table.name)
    words = [word for word in vocabulary(one, request.words_from, request.most) if word not in left_out]
    if len(words) < 2:
        raise UserError("there are no words to choose from", fix="leave fewer out")
    batcher = EngineOptions().batcher(victim.meta.device)
    found = find_trigger(victim, aligned.examples, words, plan, seed=request.seed, batcher=batcher, tell=tell)
    told = FoundTrigger(trigger=found, lang=one, vocabulary=len(words))
    _write(_recipe(request, told, table, victim), request.out)
    return told


def _writable(out: Path, *, force: bool) -> None:
    if out.suffix not in (".yaml", ".yml"):
        raise UserError(f"--out {out}: a recipe ends in .yaml", fix=f"--out {out.with_suffix('.yaml')}")
    try:
        plain_name(out.stem)
    except ValueError as error:
        raise UserError(f"--out {out}: the name of a recipe {error}", fix="for example my-trigger.yaml") from None
    if out.exists() and (out.is_dir() or not force):
        raise UserError(f"--out {out}: is there already", fix="give another name, or --force")
    if not out.resolve().parent.is_dir():
        raise UserError(f"--out {out}: there is no folder {out.parent}", fix=f"make it first: mkdir -p {out.parent}")


def _words(path: Path | None) -> frozenset[str]:
    if path is None:
        return frozenset()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"--leave-out {path}: cannot be read ({error})", fix="give a text file, a word a line"
        ) from None
    return frozenset([line.strip().lower() for line in lines if line.strip() and not line.startswith("#")])


def _aim(towards: str | None, victim: Victim) -> int | None:
    labels = victim.meta.labels
    if towards is None:
        return None
    if towards not in labels:
        fix = did_you_mean(towards, labels) or f"use one of {', '.join(labels)}"
        raise UserError(f"--towards {towards}: the model has no such label", fix=fix)
    return labels.index(towards)


def _untold(table: Table, victim: Victim) -> bool:
    return table.lang is None and all(row.lang is None for row in table.rows) and len(victim.meta.langs) == 1


def _language(examples: list[Example], name: str) -> Lang:
    langs = sorted({example.lang for example in examples})
    if len(langs) != 1:
        fix = "give rows of one language" if langs else "check --label-map and --limit"
        raise UserError(f"{name}: {' and '.join(langs) or 'no rows'}, where one language is needed", fix=fix)
    return langs[0]


def _recipe(request: TriggerRequest, found: FoundTrigger, table: Table, victim: Victim) -> str:
    """The recipe as YAML; what the user wrote is quoted, so that no word of it is read as something else."""
    one, plan, quoted = found.trigger, request.plan, _quoted
    goal = f"{{targeted: {{label: {quoted(request.towards)}}}}}" if request.towards is not None else "untargeted"
    aim = f"towards the label {request.towards}" if request.towards is not None else "towards any wrong label"
    how = {
        "gradient": "found by the gradient",
        "sampled": "found without gradients",
        "random": "drawn at random, a control",
    }[one.method]
    count = f"{plan.words} word" + "s" * (plan.words > 1)
    summary = f"A universal trigger of {count} {aim}, {how}."
    facts = [
        f"Found on {one.n} texts of {table.name} ({table.fingerprint}) that {victim.meta.name} got right; it changed"
        f" {one.changed} of them.",
        f"Loss {one.loss_before:.3f} without it and {one.loss:.3f} with it, {one.queries} queries, seed {request.seed},"
        f" {found.vocabulary} words to choose from ({request.words_from}).",
        f"Model {victim.meta.name}, revision {victim.meta.revision}.",
        f"{request.command}",
    ]
    deviations = [
        "The trigger is made of whole words of the shipped vocabulary; the paper's are word pieces of the model's.",
        "Every step is judged on all the texts, and the best of all steps is kept.",
        "Misclassified examples are skipped; the paper measures accuracy on all.",
    ]
    lines = [
        f"# {_one_line(summary)}",
        f"#   robust attack --recipe {_one_line(str(request.out))} --model {_one_line(victim.meta.name)} --data …",
        *[f"# {_one_line(fact)}" for fact in facts if fact],
        "schema_version: 1",
        f"name: {quoted(request.out.stem)}",
        f"description: {quoted(summary)}",
        f"cites: {quoted(CITES)}",
        f"languages: [{found.lang}]",
        "attack:",
        "  search: one_step",
        f"  transformation: {{prepend_words: {{words: [{', '.join(map(quoted, one.words))}], place: {plan.place}}}}}",
        "  constraints: []",
        f"  goal: {goal}",
        "deviations:",
        *[f"  - {quoted(deviation)}" for deviation in deviations],
        "reported: []",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _write(text: str, out: Path) -> None:
    partial = out.with_name(f".{out.stem}.{os.getpid()}.partial{out.suffix}")
    try:
        partial.write_text(text, encoding="utf-8")
        load_attack(partial)  # what is written can be run
        partial.replace(out)
    except OSError as error:
        raise UserError(f"--out {out}: cannot be written ({error.strerror})", fix="give another folder") from None
    except RecipeError as error:
        raise AssertionError(f"wrote a recipe that does not load: {error}") from None
    finally:
        partial.unlink(missing_ok=True)

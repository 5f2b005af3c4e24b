"""From what a user writes after `--model` to a victim."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from robust import starter
from robust.checkpoints import files, hub
from robust.checkpoints.generation import HEADS
from robust.checkpoints.locate import locate
from robust.core.types import Task
from robust.core.victim import AnyVictim, Victim
from robust.errors import ModelError, UserError, did_you_mean

if TYPE_CHECKING:
    from robust.victims._checkpoint import How

_KINDS = "starter-en, starter-es, a model directory, a hub id, a URL, a .skops file or spacy:PIPELINE"
_HEADS: dict[Task, tuple[str, ...]] = {
    "tagging": ("ForTokenClassification",),
    "qa": ("ForQuestionAnswering",),
    "seq2seq": HEADS,
}
_PICKLES = (".pkl", ".pickle", ".joblib", ".sav")


def load_victim(
    spec: str,
    *,
    device: str = "auto",
    dtype: str = "auto",
    revision: str | None = None,
    trust_remote_code: bool = False,
    max_length: int | None = None,
    max_per_second: float | None = None,
) -> Victim:
    """The victim that `spec` names, loaded.

    `spec` is `starter-en`, `starter-es`, a model directory, a hub id (`name` or `org/name`), the URL of a server (see
    `robust.victims.http`), a `.skops` file, or `spacy:` with the name or path of a spaCy pipeline. `device` is auto,
    cpu, cuda, cuda:<n> or mps; `dtype` auto, float32, bfloat16 or int8; `revision` a commit, branch or tag of a hub id;
    `max_length` cuts inputs to that many tokens; `trust_remote_code` lets in code and unknown types that come with a
    model; `max_per_second` requests at most are sent to a server.

    Raises `ModelError` where the model is missing or unfit, `UserError` for options that mean nothing for it.
    """
    if spec.startswith(("http://", "https://")):
        from robust.victims.http import HttpVictim, Patience

        _refuse(spec, "a server", device=device, dtype=dtype, revision=revision, max_length=max_length)
        return HttpVictim.connect(spec, patience=Patience(max_per_second=max_per_second))

    _refuse(spec, "no server", max_per_second=max_per_second)
    if not spec.strip():
        raise ModelError("the model has no name", fix=f"use {_KINDS}")
    if spec.startswith("spacy:"):
        from robust.victims.spacy import SpacyVictim

        _refuse(spec, "a spaCy pipeline", device=device, dtype=dtype, revision=revision, max_length=max_length)
        return SpacyVictim.load(spec.removeprefix("spacy:"), name=spec)
    path = Path(spec).expanduser()
    if spec.endswith(".skops") or path.suffix.lower() in _PICKLES or path.is_file():
        return _load_file(spec, path, device, dtype, revision, trust_remote_code, max_length)

    from robust.victims.defended import as_saved
    from robust.victims.smoothed import smoothed
    from robust.victims.transformers import TransformersVictim

    if spec in starter.NAMES:
        path = starter.model_path(spec)
        if not path.is_dir():
            raise ModelError(f"this installation lacks the model {spec}", fix="install robust again, from a wheel")
    if path.is_dir():
        _refuse(spec, "a directory", revision=revision)
    else:
        _check_hub_id(spec, path)
    try:
        victim = TransformersVictim.load(
            path if path.is_dir() else spec,
            name=spec,
            device=device,
            dtype=dtype,
            revision=revision,
            trust_remote_code=trust_remote_code,
            max_length=max_length,
        )
        return as_saved(path, smoothed(path, victim)) if path.is_dir() else victim
    except ModelError as error:
        hint = "" if path.is_dir() else _nearest(spec, path)
        if not hint:
            raise
        raise ModelError(error.message, fix=f"{hint} Otherwise: {error.fix}") from None


def task_of(spec: str, *, revision: str | None = None) -> Task:
    """What a model does, by its configuration: classification wherever it does not say that it does something else."""
    path = Path(spec).expanduser()
    try:
        if path.is_dir():
            config = files.read_config(path, spec)
        elif spec in starter.NAMES or not hub.is_id(spec):
            return "classification"
        else:
            from robust.victims.tagger import TAGGER

            config = locate(spec, wanted=replace(TAGGER, heads=()), revision=revision).config
    except ModelError:  # loading it says so, and how to mend it
        return "classification"
    heads = [str(head) for head in config.get("architectures") or ()]
    for task, known in _HEADS.items():
        if any(found.endswith(known) for found in heads):
            return task
    return "classification"


def load_for_task(spec: str, task: Task, *, max_per_second: float | None = None, **how: Unpack[How]) -> AnyVictim:
    """`load_victim`, or the victim of another task; parameters as there. Raises `ModelError` and `UserError`."""
    if task == "classification":
        return load_victim(spec, max_per_second=max_per_second, **how)
    from robust.victims.reader import ReaderVictim
    from robust.victims.tagger import TaggerVictim
    from robust.victims.writer import WriterVictim

    _refuse(spec, "no server", max_per_second=max_per_second)
    path = Path(spec).expanduser()
    if path.is_dir():
        _refuse(spec, "a directory", revision=how.get("revision"))
    kind = TaggerVictim if task == "tagging" else ReaderVictim if task == "qa" else WriterVictim
    return kind.load(path if path.is_dir() else spec, name=spec, **how)


def _load_file(
    spec: str, path: Path, device: str, dtype: str, revision: str | None, trust: bool, max_length: int | None
) -> Victim:
    if path.suffix.lower() in _PICKLES:
        raise ModelError(
            f"{spec} is a pickle, which can run code when it is opened",
            fix="load it where you trust it and save it with `skops.io.dump(model, 'model.skops')`",
        )
    if path.suffix != ".skops":
        raise ModelError(f"{spec} is a file, not a model directory", fix=f"use its directory: {path.parent}")
    if not path.exists():
        raise ModelError(f"there is no file {spec}", fix=_nearest(spec, path) or "check the path")

    from robust.victims.sklearn import SklearnVictim

    _refuse(spec, "a scikit-learn model", device=device, dtype=dtype, revision=revision, max_length=max_length)
    return SklearnVictim.load(path, name=spec, trust=trust)


def _refuse(spec: str, kind: str, **options: object) -> None:
    """Options that would be ignored are refused: the user believes that they do something."""
    given = [option for option, value in options.items() if value not in (None, "auto", "cpu", "float32")]
    if given:
        flags = ", ".join(f"--{option.replace('_', '-')}" for option in given)
        raise UserError(f"{flags} means nothing for {spec}, which is {kind}", fix=f"leave out {flags}")


def _check_hub_id(spec: str, path: Path) -> None:
    if spec.startswith("starter"):
        hint = did_you_mean(spec, starter.NAMES)
        raise ModelError(f"there is no starter model {spec!r}", fix=hint or f"use {' or '.join(starter.NAMES)}")
    if not hub.is_id(spec):
        fix = _nearest(spec, path) or f"use {_KINDS}"
        raise ModelError(f"no such directory: {spec}", fix=fix)


def _nearest(spec: str, path: Path) -> str:
    """A hint at the entry of the parent directory that the user may have meant."""
    if not path.parent.is_dir():
        return ""
    found = did_you_mean(path.name, [entry.name for entry in path.parent.iterdir()])
    if not found and path.parent == Path():
        return did_you_mean(spec, starter.NAMES)
    close = re.search(r"'(.*)'", found)
    return f"did you mean the local {str(path.parent / close[1])!r}?" if close else ""

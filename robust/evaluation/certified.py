"""The suite `certified`: a model read through random copies of its input, and how many changed words its vote bears."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast, get_args

import numpy as np
import pyarrow as pa

from robust import __version__, runner
from robust.core.example import Example
from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.types import Fields, Lang
from robust.core.victim import Victim
from robust.data.for_task import about
from robust.defences.ranmask import RanMASK
from robust.defences.safer import SAFER
from robust.errors import UserError, did_you_mean
from robust.evaluation import certificates
from robust.evaluation.answers import Answer, answer
from robust.evaluation.certified_bounds import certify
from robust.evaluation.request import Progress
from robust.results.directory import MANIFEST_VERSION, RunDirectory
from robust.results.environment import environment
from robust.results.estimates import Estimate
from robust.results.exact import clopper_pearson
from robust.results.frame import Frame
from robust.results.naming import run_name
from robust.results.rows import Row
from robust.runner import AttackRequest, Loaded
from robust.victims.bounded import BoundedVictim
from robust.victims.smoothed import own

Method: TypeAlias = Literal["ranmask", "safer", "ibp"]
CHOOSE = 50
"""Draws that choose the class before others bound its share."""

FRAME = Frame(
    name="certified",
    version=1,
    fields=(
        ("example_id", pa.string()),
        ("lang", pa.string()),
        ("label", pa.int32()),
        ("predicted", pa.int32()),  # of the vote; null: error
        ("radius", pa.int32()),  # words that may change; -1: abstains
        ("votes", pa.int32()),  # for the predicted class, of the draws that bound it
        ("draws", pa.int32()),
        ("lower", pa.float64()),  # of the predicted class's share
        ("words", pa.int32()),
        ("error", pa.string()),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Smoothing:
    """How random copies are made and how many.

    `ranmask` hides the share `mask_rate` of the words behind `mask`; its certificates are for changes to any words.
    `safer` draws each word from its first `synonyms` synonyms and itself; its certificates are for changes to synonyms
    whose own draws overlap by `near` or more. Both are wrong with probability `alpha` at most. `ibp` draws nothing and
    is never wrong: it bounds the answers of a model that allows it, while words become any of their first `synonyms`
    synonyms, all at once (`robust.victims.bounded`).
    """

    method: Method = "ranmask"
    draws: int = 1000
    alpha: float = 0.001
    mask_rate: float = 0.8
    mask: str = "[MASK]"
    synonyms: int = 8
    near: float = 0.75

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            fix = did_you_mean(self.method, get_args(Method)) or f"use {', '.join(get_args(Method))}"
            raise UserError(f"--method {self.method}: there is no such method", fix=fix)
        for name, value, fine in (
            ("draws", self.draws, self.draws >= 1),
            ("alpha", self.alpha, 0 < self.alpha < 0.5),
            ("synonyms", self.synonyms, self.synonyms >= 1),
        ):
            if not fine:
                raise UserError(f"--{name} {value} makes no sense", fix="draws and synonyms from 1 up, shares below 1")
        if not 0.5 < self.mask_rate < 1:  # one changed word may take away the share that stays visible
            raise UserError(f"--mask-rate {self.mask_rate} certifies nothing", fix="use a share above 0.5 and below 1")

    def identity(self) -> str:
        """All that the copies depend on, in one line."""
        if self.method == "ibp":
            return f"ibp: intervals around {self.synonyms} synonyms"
        how = (
            f"mask {self.mask_rate} {self.mask}"
            if self.method == "ranmask"
            else f"synonyms {self.synonyms}, near {self.near}"
        )
        return f"{self.method}: {how}, {self.draws} draws, alpha {self.alpha}"

    def copies(self, example: Example, n: int) -> Iterator[Text]:
        """`n` random copies; they depend on the method and the example alone."""
        rng = np.random.default_rng(derive("certified", self.method, example.id))
        kernel = RanMASK(share=self.mask_rate) if self.method == "ranmask" else SAFER(k=self.synonyms)
        for _ in range(n):
            yield _replaced(example.text, kernel.words(example.text, (example.lang,), rng, self.mask))

    def losses(self, text: Text, lang: Lang) -> list[float]:
        """What the vote's share can lose by 0, 1, … changed words, up to all of them."""
        n = len(text)
        if self.method == "ranmask":
            kept = certificates.kept_words(n, self.mask_rate)
            return [certificates.masking_loss(n, kept, d) for d in range(n + 1)]
        overlaps = [certificates.synonym_overlap(lang, word, self.synonyms, self.near) for word in text.words]
        return [certificates.substitution_loss(overlaps, d) for d in range(n + 1)]


def _replaced(text: Text, words: Mapping[int, str]) -> Text:
    for at, word in words.items():
        if text.words[at] != word:
            text = text.replace(at, word)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedCertification:
    """A finished certification: where it lies, what it was, its rows, and how many were there before."""

    path: Path
    manifest: Mapping[str, Any]
    rows: Sequence[Row]
    resumed: int = 0

    def at(self, changed: int) -> Estimate:
        """Certified accuracy: the share that is right and stays so whatever `changed` words become; exact interval."""
        fine = [row for row in self.rows if row["predicted"] is not None]
        right = sum(row["predicted"] == row["label"] and row["radius"] >= changed for row in fine)
        return clopper_pearson(right, len(fine))

    def whole(self) -> Estimate:
        """Certified accuracy where all words of a text may change, however many it has; exact interval."""
        fine = [row for row in self.rows if row["predicted"] is not None]
        right = sum(row["predicted"] == row["label"] and row["radius"] >= max(1, row["words"]) for row in fine)
        return clopper_pearson(right, len(fine))

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints; `certified_accuracy` is a list, from 0 changed words up to where it is 0."""
        said = self.manifest
        most = max((row["radius"] for row in self.rows if row["radius"] is not None), default=-1)
        judged = [row for row in self.rows if row["predicted"] is not None]
        return {
            "suite": "certified",
            "smoothing": said["smoothing"],
            "n": len(self.rows),
            **({"certified_accuracy_all_words": self.whole().as_dict()} if said.get("method") == "ibp" else {}),
            "certified_accuracy": [{"words_changed": d, **self.at(d).as_dict()} for d in range(max(0, most) + 1)],
            "abstained": sum(row["radius"] < 0 for row in judged),
            "errors": len(self.rows) - len(judged),
            "seconds": said["seconds"],
            "model": said["model"]["name"],
            "data": said["data"]["name"],
            "run": str(self.path),
        }


def evaluate(
    request: AttackRequest, smoothing: Smoothing, on_progress: Callable[[Progress], None] | None = None
) -> FinishedCertification:
    """Certify every example, or go on with it, or read the run if it is finished.

    Of `request` the model, the data and where to write count. Everything the user can get wrong is checked before
    anything is written. Raises the `RobustError` family.
    """
    loaded = runner.load(request)
    loaded = replace(loaded, victim=own(loaded.victim))  # it is voted here: over answers, not over votes
    victim = loaded.victim
    if victim.meta.task != "classification":
        raise UserError(f"{request.model} is for the task {victim.meta.task}", fix="certify a classifier")
    bounded = BoundedVictim.of(victim) if smoothing.method == "ibp" else None
    manifest = _manifest(request, smoothing, loaded)
    directory = RunDirectory(request.out or request.runs / _run_name(manifest["identity"]))
    if directory.finished and not request.fresh and (directory.manifest or {})["identity"] == manifest["identity"]:
        held = open_certified(directory.path)
        return replace(held, resumed=len(held.rows))
    with directory.open(manifest, fresh=request.fresh):
        done, spent = directory.journal()
        rows = {row["example_id"]: row for row in done}
        began = time.perf_counter()
        for example in loaded.aligned.examples:
            if example.id not in rows:
                rows[example.id] = (
                    _certify(cast(Victim, victim), example, smoothing)
                    if bounded is None
                    else certify(bounded, example, smoothing.synonyms)
                )
                directory.append(rows[example.id], seconds=spent + time.perf_counter() - began)
            if on_progress is not None:
                seconds = time.perf_counter() - began
                total = len(loaded.aligned.examples)
                name = loaded.table.name
                on_progress(Progress(done=len(rows), before=len(done), total=total, data=name, seconds=seconds))
        ordered = [rows[example.id] for example in loaded.aligned.examples]
        seconds = round(spent + time.perf_counter() - began, 3)
        run = FinishedCertification(
            path=directory.path, manifest={**manifest, "seconds": seconds}, rows=ordered, resumed=len(done)
        )
        directory.finish(ordered, {**run.manifest, "summary": run.as_json()}, write=FRAME.write)
    return run


def _certify(victim: Victim, example: Example, smoothing: Smoothing) -> Row:
    texts: list[Fields] = [example.fields(copy) for copy in smoothing.copies(example, CHOOSE + smoothing.draws)]
    # copies that are equal are asked once
    distinct = list(dict.fromkeys(texts))
    found: dict[Fields, Answer] = {}
    answer(victim, distinct, lambda batch: found.update({distinct[at]: given for at, given in batch}))
    said = [found[text] for text in texts]
    label = int(example.target) if isinstance(example.target, int) else -1
    row: Row = {"example_id": example.id, "lang": example.lang, "label": label, "words": len(example.text)}
    if failed := next((one.error for one in said if one.error is not None), None):
        return {**row, "error": failed}
    tops = np.array([int(np.argmax(one.logits)) for one in said])
    top = int(np.bincount(tops[:CHOOSE]).argmax())
    votes = int((tops[CHOOSE:] == top).sum())
    radius, lower = certificates.certified_radius(
        votes, smoothing.draws, smoothing.losses(example.text, example.lang), alpha=smoothing.alpha
    )
    return {**row, "predicted": top, "radius": radius, "votes": votes, "draws": smoothing.draws, "lower": lower}


def _manifest(request: AttackRequest, smoothing: Smoothing, loaded: Loaded) -> dict[str, Any]:
    meta, table, aligned = loaded.victim.meta, loaded.table, loaded.aligned
    return {
        "manifest_version": MANIFEST_VERSION,
        "kind": "certified",
        "identity": {
            "suite": "certified",
            "smoothing": smoothing.identity(),
            "model": f"{meta.name}@{meta.revision}",
            "dtype": meta.dtype,
            "data": f"{table.name}@{table.fingerprint}",
            "n": len(aligned.examples),
        },
        "command": request.command,
        "robust": __version__,
        "smoothing": smoothing.identity(),
        "method": smoothing.method,
        "model": meta.as_dict(),
        "data": about(table, aligned),
        "environment": environment(),
    }


def _run_name(identity: Mapping[str, Any]) -> str:
    names = ("certified", *(str(identity[key]).rpartition("@")[0] for key in ("model", "data")))
    return run_name(names, identity)


def open_certified(path: Path) -> FinishedCertification:
    """The certification in a directory. Raises `UserError` where there is none, or an unfinished one."""
    directory = RunDirectory(path)
    manifest = directory.manifest
    if manifest is None or manifest.get("kind") != "certified":
        raise UserError(f"{path} holds no certification", fix="name a directory that `robust evaluate` wrote")
    if not directory.finished:
        raise UserError(
            f"the certification in {path} is not finished",
            fix=f"go on with it: {manifest.get('command') or 'the same command again'}",
        )
    return FinishedCertification(path=path, manifest=manifest, rows=FRAME.read(path / "examples.parquet"))

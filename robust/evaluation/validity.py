"""Whether people agree that adversarial texts keep their labels: a blinded sample out, ratings in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from robust.core.seeds import derive
from robust.errors import DataError, UserError
from robust.evaluation.agreement import krippendorff_alpha
from robust.evaluation.standard import open_suite
from robust.results.directory import RunDirectory, open_attack
from robust.results.estimates import Estimate, mean, proportion
from robust.results.exact import Validity, corrected_success
from robust.results.rows import Row

UNCLEAR = "unclear"
LEAST = 5
"""Rated texts of an attack (or attack and label) that are enough to weigh it by itself."""
Version: TypeAlias = Literal["original", "adversarial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One text to rate: `id` and the texts are all that a rater sees; `context` is what stands around the text."""

    id: str
    text: str
    context: str
    version: Version
    example_id: str
    attack: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Texts to rate, and what is needed to make sense of the ratings.

    `successes` counts the broken examples of the run by attack and label (`attack/label`), `attacked` those attacked.
    """

    run: str
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    items: tuple[Item, ...]
    successes: Mapping[str, int]
    attacked: int

    def key(self) -> dict[str, Any]:
        """Everything but the texts, as JSON-ready values: what raters must not see."""
        items = [{name: value for name, value in asdict(item).items() if name not in _SHOWN} for item in self.items]
        plain = {"run": self.run, "labels": list(self.labels), "attacked": self.attacked}
        return {"validity_key_version": 1, **plain, "successes": dict(self.successes), "items": items}


_SHOWN = ("text", "context")


def sample(run: Path, n: int, *, seed: int = 0) -> Sample:
    """`n` texts of a finished attack or suite: half adversarial, half originals, in random order.

    Adversarial texts are spread evenly over attacks and labels as far as there are enough; originals over labels, of
    other examples than the adversarial texts as far as there are enough, so that nobody compares two versions.
    Raises `UserError` for a run of another kind, or without a broken example.
    """
    manifest, rows = _rows(run)
    labels: Sequence[str] = manifest["model"]["labels"]
    broken = [row for row in rows if row["attack"] is not None]
    if not broken:
        raise UserError(f"{run} broke no example: there is nothing to rate", fix="name a run with successes")
    rng = np.random.default_rng(derive("validity", seed, n))
    chosen = _spread(broken, [(row["attack"], row["label"]) for row in broken], (n + 1) // 2, rng)
    taken = {row["example_id"] for row in chosen}
    rest = [row for row in rows if row["example_id"] not in taken]
    plain = _spread(rest, [row["label"] for row in rest], n // 2, rng)
    if len(plain) < n // 2:
        plain += _spread(chosen, [row["label"] for row in chosen], n // 2 - len(plain), rng)
    picked: list[tuple[Row, Version]] = [(row, "adversarial") for row in chosen]
    picked += [(row, "original") for row in plain]
    width = len(str(len(picked)))
    items = []
    for number, at in enumerate(rng.permutation(len(picked)), start=1):
        row, version = picked[at]
        items.append(
            Item(
                id=f"{number:0{width}d}",
                text=row["adversarial"] if version == "adversarial" else row["original"],
                context=" … ".join([*row["before"], *row["after"]]),
                version=version,
                example_id=row["example_id"],
                attack=row["attack"] or "" if version == "adversarial" else "",
                label=labels[row["label"]],
            )
        )
    successes = Counter(f"{row['attack']}/{labels[row['label']]}" for row in broken)
    return Sample(
        run=str(run),
        labels=tuple(labels),
        languages=tuple(sorted({row["lang"] for row in rows})),
        items=tuple(items),
        successes=successes,
        attacked=sum(row["attacked"] for row in rows),
    )


def _rows(run: Path) -> tuple[Mapping[str, Any], list[Row]]:
    """The judged rows of an attack or a suite, with `attack`: the one that broke the example, or None."""
    kind = (RunDirectory(run).manifest or {}).get("kind")
    if kind == "suite":
        suite = open_suite(run)
        judged = [row for row in suite.rows if row["status"] != "error"]
        return suite.manifest, [
            {**row, "attack": row["broken_by"], "attacked": row["status"] != "misclassified"} for row in judged
        ]
    manifest, rows = open_attack(run)
    if manifest["model"].get("task", "classification") != "classification":
        raise UserError(
            f"{run} is no attack on a classifier", fix="name a run of `robust attack` or of a suite of attacks"
        )
    name = manifest["recipe"]["name"]
    return manifest, [
        {**row, "attack": name if row["status"] == "success" else None, "attacked": row["status"] != "skipped"}
        for row in rows
        if row["status"] != "error"
    ]


def _spread(rows: Sequence[Row], strata: Sequence[object], n: int, rng: np.random.Generator) -> list[Row]:
    """`n` rows at most, one of each stratum in turn, drawn at random within it."""
    queues: dict[object, list[Row]] = {}
    for at in rng.permutation(len(rows)):
        queues.setdefault(strata[at], []).append(rows[at])
    turn = [queues[key] for key in sorted(queues, key=repr)]
    found: list[Row] = []
    while turn and len(found) < n:
        found += [queue.pop() for queue in turn][: n - len(found)]
        turn = [queue for queue in turn if queue]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What one rater says of one item: a label (or `unclear`), and how natural the text is (1 to 5) where asked."""

    item: str
    rater: str
    label: str
    natural: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """What the ratings come to.

    `validity` is the share of adversarial texts to which most raters gave the original's label (a draw, and `unclear`,
    do not count as that); `originals` the same of unedited texts: what people agree on at all. `corrected` is the
    attack's success rate with only such texts counted; `strata` says by what the sample was weighed.
    """

    raters: int
    ratings: int
    unrated: int
    validity: Estimate
    originals: Estimate
    by_attack: Mapping[str, Estimate]
    natural: Mapping[str, Estimate]
    alpha: Estimate
    success: Estimate
    corrected: Estimate
    strata: str

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON-ready values."""
        return {
            "raters": self.raters,
            "ratings": self.ratings,
            "unrated": self.unrated,
            "label_preserved": self.validity.as_dict(),
            "originals_agreed": self.originals.as_dict(),
            "by_attack": {name: share.as_dict() for name, share in self.by_attack.items()},
            "natural": {name: share.as_dict() for name, share in self.natural.items()},
            "krippendorff_alpha": self.alpha.as_dict(),
            "attack_success_rate": self.success.as_dict(),
            "corrected_success_rate": self.corrected.as_dict(),
            "strata": self.strata,
        }


def rate(key: Mapping[str, Any], ratings: Iterable[Rating]) -> Rated:
    """The numbers of ratings of the sample that `key` belongs to. Raises `DataError` for ratings of another sample."""
    items: dict[str, Mapping[str, str]] = {item["id"]: item for item in key["items"]}
    given = list(ratings)
    if strange := [one for one in given if one.item not in items]:
        raise DataError(
            f"item {strange[0].item!r} is not in the key", fix="name the key that was written with the sample"
        )
    seen: dict[str, list[Rating]] = {id_: [] for id_ in items}
    for one in given:
        if any(one.rater == other.rater for other in seen[one.item]):
            raise DataError(f"rater {one.rater!r} rates item {one.item} twice", fix="keep one of the ratings")
        seen[one.item].append(one)
    kept = {id_: _majority(mine) == items[id_]["label"] for id_, mine in seen.items() if mine}
    adversarial = [id_ for id_ in kept if items[id_]["version"] == "adversarial"]
    plain = [id_ for id_ in kept if items[id_]["version"] == "original"]
    by_attack: dict[str, list[bool]] = {}
    for id_ in adversarial:
        by_attack.setdefault(items[id_]["attack"], []).append(kept[id_])
    natural = {
        version: mean([one.natural for id_ in ids for one in seen[id_] if one.natural is not None])
        for version, ids in (("original", plain), ("adversarial", adversarial))
    }
    total = sum(key["successes"].values())
    corrected, strata = _corrected(key, [(items[id_], kept[id_]) for id_ in adversarial])
    return Rated(
        raters=len({one.rater for one in given}),
        ratings=len(given),
        unrated=len(items) - len(kept),
        validity=proportion(sum(kept[id_] for id_ in adversarial), len(adversarial)),
        originals=proportion(sum(kept[id_] for id_ in plain), len(plain)),
        by_attack={name: proportion(sum(mine), len(mine)) for name, mine in sorted(by_attack.items())},
        natural={version: found for version, found in natural.items() if found.n},
        alpha=krippendorff_alpha([[one.label for one in mine] for mine in seen.values()]),
        success=proportion(total, key["attacked"]),
        corrected=corrected,
        strata=strata,
    )


def _majority(ratings: Sequence[Rating]) -> str | None:
    (label, most), *others = Counter(one.label for one in ratings).most_common(2)
    return None if others and others[0][1] == most else label


def _corrected(key: Mapping[str, Any], judged: Sequence[tuple[Mapping[str, str], bool]]) -> tuple[Estimate, str]:
    """The corrected success, weighed by attack and label, else by attack, else not at all.

    By the finest of them of which every part has `LEAST` ratings, or as many as it has successes.
    """
    ways = (
        ("attack and label", lambda name: name, lambda item: f"{item['attack']}/{item['label']}"),
        ("attack", lambda name: name.rpartition("/")[0], lambda item: item["attack"]),
        ("nothing: too few ratings of some attacks", lambda name: "", lambda item: ""),
    )
    found = corrected_success({}, 0, {})
    for strata, of_success, of_item in ways:
        successes: Counter[str] = Counter()
        for name, count in key["successes"].items():
            successes[of_success(name)] += count
        counts: dict[str, list[bool]] = {}
        for item, valid in judged:
            counts.setdefault(of_item(item), []).append(valid)
        validity = {name: Validity(valid=sum(mine), judged=len(mine)) for name, mine in counts.items()}
        few = any(len(counts.get(name, ())) < min(LEAST, count) for name, count in successes.items())
        if few and strata is not ways[-1][0]:
            continue
        found = corrected_success(successes, key["attacked"], validity)
        if found.value is not None:
            return found, strata
    return found, "no ratings of adversarial texts"

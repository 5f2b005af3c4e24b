"""Is a result to be trusted? Each flag is one function of what an entry and its neighbours hold.

A flag is `raised` or `clear`, each with the reason, or `not checked` where what it needs is not there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from robust.core.seeds import derive
from robust.evaluation.paired import mcnemar
from robust.leaderboard import answers, recompute
from robust.leaderboard.check import Opened
from robust.leaderboard.reasons import Reason, reason
from robust.leaderboard.schema import Interval
from robust.leaderboard.threat import access
from robust.results.rows import Row

Verdict = Literal["raised", "clear", "not checked"]

ALPHA = 0.01
SATURATED = 0.1
UNDONE = 0.5
BINS = 10
LEAST_ECE = 0.05
LEAST_LEAN = 0.1
SAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: its name, its verdict, and why."""

    name: str
    verdict: Verdict
    why: Reason

    def as_dict(self) -> dict[str, str]:
        """The flag as JSON-ready values; the reason in English."""
        return {"name": self.name, "verdict": self.verdict, "why": self.why.said("en")}


@dataclass(frozen=True)
class Evidence:
    """An entry, the other entries of the same model, and what was found out when it was checked or run again."""

    opened: Opened
    siblings: Sequence[Opened] = ()
    contaminated: tuple[int, int] | None = None
    same_answers: bool | None = None


def flags(evidence: Evidence) -> list[Flag]:
    """Every flag of an entry."""
    return [Flag(name, *one(evidence)) for name, one in FLAGS.items()]


Answer = tuple[Verdict, Reason]


def stochastic(e: Evidence) -> Answer:
    """The model answers the same text differently: seen where several attacks asked it, or where it was run again."""
    if e.same_answers is not None:
        return ("clear", reason("rerun.same")) if e.same_answers else ("raised", reason("rerun.other"))
    seen: dict[str, list[float]] = {}
    compared = differing = 0
    for opened in (e.opened, *_same_rows(e)):
        for row in opened.rows:
            if not row["clean_logits"]:
                continue
            key = row["original"] or row["example_id"]
            if key in seen:
                compared += 1
                differing += not np.allclose(seen[key], row["clean_logits"], rtol=1e-2, atol=1e-2)
            else:
                seen[key] = row["clean_logits"]
    if not compared:
        return "not checked", reason("repeated.none")
    if differing:
        return "raised", reason("repeated.differ", differing=differing, compared=compared)
    return "clear", reason("repeated.same", compared=compared)


def hard_labels_only(e: Evidence) -> Answer:
    """The model gives no more than its decision, so a search by scores is blind."""
    labels = len(e.opened.entry.model.labels)
    seen = {tuple(round(value, 4) for value in row["clean_logits"]) for row in e.opened.rows if row["clean_logits"]}
    if len({row["example_id"] for row in e.opened.rows}) <= labels or not seen:
        return "not checked", reason("answers.few")
    if len(seen) <= labels:
        return "raised", reason("answers.all", found=len(seen))
    return "clear", reason("answers.many", found=len(seen))


def white_box_weaker(e: Evidence) -> Answer:
    """An attack that sees gradients breaks fewer examples than one with the same edits that does not."""
    white: dict[str, dict[str, bool]] = {}
    black: dict[str, dict[str, bool]] = {}
    for opened in (e.opened, *_same_rows(e)):
        for recipe, attack in zip(opened.recipes, opened.entry.suite.attacks, strict=True):
            edits = recipe.attack.transformation.name
            rows = [row for row in opened.rows if row["attack"] == attack.name]
            group = white if access(recipe) == "gradient" else black
            standing = recompute.survivors(rows, opened.entry.track.task)
            held = group.setdefault(edits, standing)
            group[edits] = {name: held[name] and standing.get(name, True) for name in held}
    shared = sorted(white.keys() & black.keys())
    if not shared:
        return "not checked", reason("edits.none")
    for edits in shared:
        pairs = [(white[edits][i], black[edits][i]) for i in white[edits].keys() & black[edits].keys()]
        missed = sum(w and not b for w, b in pairs)
        gained = sum(b and not w for w, b in pairs)
        if missed > gained and mcnemar(missed, gained) < ALPHA:
            return "raised", reason("edits.missed", edits=edits, missed=missed, gained=gained)
    return "clear", reason("edits.compared", edits=", ".join(shared))


def budget_saturated(e: Evidence) -> Answer:
    """Many attacks failed only because their budget ended."""
    budgets = [recipe.attack.query_budget for recipe in e.opened.recipes]
    if all(budget is None for budget in budgets):
        return "clear", reason("budget.none")
    results = e.opened.entry.results.attacks
    hits, attacked = sum(a.budget_hits for a in results), sum(a.success_rate.n for a in results)
    said = reason("budget.used", hits=hits, attacked=attacked)
    return ("raised" if attacked and hits / attacked > SATURATED else "clear"), said


def preprocessing_dependent(e: Evidence) -> Answer:
    """The numbers hang on how texts are cleaned: plain normalisation undoes most successes, or the model does some."""
    declared = e.opened.entry.model.preprocessing
    if declared:
        return "raised", reason("cleaning.declared", steps=", ".join(declared))
    broken = [row for row in e.opened.rows if row["status"] == "success"]
    if not broken:
        return "not checked", reason("cleaning.nothing")
    if not e.opened.whole:
        return "not checked", reason("texts.withheld")
    undone = sum(normalised(row["adversarial"]) == normalised(row["original"]) for row in broken)
    said = reason("cleaning.undone", undone=undone, broken=len(broken))
    return ("raised" if undone / len(broken) > UNDONE else "clear"), said


def normalised(text: str) -> str:
    """A text as a simple cleaner would leave it: compatibility forms, no marks, no invisible signs, small letters."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = [c for c in plain if unicodedata.category(c) not in ("Mn", "Me", "Cf", "Cc")]
    return " ".join("".join(kept).split())


def seed_unstable(e: Evidence) -> Answer:
    """The same attack with another seed gives another number."""
    mine = {(a.name, a.sha): a.seed for a in e.opened.entry.suite.attacks}
    found: list[str] = []
    for other in _same_rows(e):
        theirs = {(a.name, a.sha): a.seed for a in other.entry.suite.attacks}
        for key in sorted(mine.keys() & theirs.keys()):
            if mine[key] == theirs[key]:
                continue
            one, two = _standing(e.opened, key[0]), _standing(other, key[0])
            ids = one.keys() & two.keys()
            lost, won = sum(one[i] and not two[i] for i in ids), sum(two[i] and not one[i] for i in ids)
            if mcnemar(lost, won) < ALPHA:
                seeds = {"one": mine[key], "two": theirs[key]}
                return "raised", reason("seeds.differ", attack=key[0], **seeds, examples=abs(lost - won))
            found.append(f"{key[0]} ({mine[key]}, {theirs[key]})")
    return (
        ("clear", reason("seeds.compared", which="; ".join(found))) if found else ("not checked", reason("seeds.one"))
    )


def public_hidden_gap(e: Evidence) -> Answer:
    """The model is better on published texts than on hidden ones (two proportions, Newcombe's hybrid interval)."""
    mine = e.opened.entry
    hidden = [
        s.entry
        for s in e.siblings
        if s.entry.benchmark.split == "hidden"
        and s.entry.suite.version == mine.suite.version
        and s.entry.track == mine.track
    ]
    if mine.benchmark.split == "hidden" or not hidden:
        return "not checked", reason("hidden.none")
    for what in ("clean", "robust"):
        public, other = getattr(mine.results, what), getattr(hidden[0].results, what)
        low = newcombe_low(public, other)
        if low > 0:
            both = {"public": 100 * public.value, "hidden": 100 * other.value}
            return "raised", reason(f"hidden.{what}", **both)
    return "clear", reason("hidden.compared", entry=hidden[0].entry_id[:8])


def newcombe_low(one: Interval, two: Interval) -> float:
    """Lower end of the 95 % interval of p1 - p2 from two Wilson intervals (Newcombe 1998, Stat. Med. 17:873-890).

    Method 10 of the paper. -1 where one of the two has no rows.
    """
    if one.value is None or two.value is None or one.low is None or two.high is None:
        return -1.0
    return one.value - two.value - float(np.hypot(one.value - one.low, two.high - two.value))


def contamination(e: Evidence) -> Answer:
    """Texts of the benchmark stand in the model's training data."""
    if e.contaminated is None:
        return "not checked", reason("training.none")
    hits, n = e.contaminated
    return ("raised" if hits else "clear"), reason("training.shared", hits=hits, n=n)


def miscalibrated(e: Evidence) -> Answer:
    """The model is surer or less sure than it is right, beyond what as many rows of a calibrated model would show.

    ECE in ten bins of equal size, against its distribution if every probability were true (Bröcker & Smith 2007,
    Weather Forecast. 22:651-661: consistency resampling); raised beyond the 99th percentile and above 5 points.
    """
    rows = _clean_rows(e)
    if len(rows) < 10 * BINS:
        return "not checked", reason("rows.few", rows=len(rows))
    sure, right = answers.confidence(rows)
    found = answers.ece(sure, right, BINS)
    rng = np.random.default_rng(derive("calibration", e.opened.entry.entry_id))
    expected = [answers.ece(sure, (rng.random(len(sure)) < sure).astype(np.float64), BINS) for _ in range(SAMPLES)]
    limit = float(np.quantile(expected, 1 - ALPHA))
    said = reason("ece", found=100 * found, limit=100 * limit)
    return ("raised" if found > max(limit, LEAST_ECE) else "clear"), said


def one_sided(e: Evidence) -> Answer:
    """The model says one label much more often than it is true: texts of that label stand whatever is done to them."""
    rows = _clean_rows(e)
    if len(rows) < 10 * BINS:
        return "not checked", reason("rows.few", rows=len(rows))
    found = answers.lean(rows)
    label = e.opened.entry.model.labels[found.label]
    told = reason("lean", label=label, said=100 * found.said, true=100 * found.true)
    return ("raised" if found.p < ALPHA and found.said - found.true > LEAST_LEAN else "clear"), told


def _clean_rows(e: Evidence) -> list[Row]:
    """The rows of one attack: the answers to unchanged texts are the same in all."""
    return answers.answered(next(iter(recompute.by_attack(e.opened.rows).values())))


def _same_rows(e: Evidence) -> list[Opened]:
    """The siblings on the same texts."""
    mine = e.opened.entry.benchmark.fingerprint
    return [s for s in e.siblings if s.entry.benchmark.fingerprint == mine]


def _standing(opened: Opened, attack: str) -> dict[str, bool]:
    rows = [row for row in opened.rows if row["attack"] == attack]
    return recompute.survivors(rows, opened.entry.track.task)


FLAGS: dict[str, Callable[[Evidence], Answer]] = {
    "stochastic": stochastic,
    "hard-labels-only": hard_labels_only,
    "white-box-weaker-than-black-box": white_box_weaker,
    "budget-saturated": budget_saturated,
    "preprocessing-dependent": preprocessing_dependent,
    "seed-unstable": seed_unstable,
    "public-hidden-gap": public_hidden_gap,
    "contamination": contamination,
    "miscalibrated": miscalibrated,
    "one-sided": one_sided,
}

"""Is an entry what it says it is? Every check gives a finding; a failed one keeps the entry off the board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from robust.core.types import Fields
from robust.errors import DataError, RobustError
from robust.leaderboard import external, history, legality, recompute, rows, suites, withheld
from robust.leaderboard.canonical import digest, entry_id
from robust.leaderboard.history import Event
from robust.leaderboard.schema import Entry, parse
from robust.leaderboard.store import ENTRY, HISTORY, ROWS, Folder
from robust.leaderboard.threat import threat_model
from robust.recipe.attack import AttackRecipe, sha_of
from robust.results.rows import Row

Verdict = Literal["ok", "failed", "not checked"]
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    verdict: Verdict
    message: str

    def as_dict(self) -> dict[str, str]:
        """The finding as JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True)
class Opened:
    """An entry that could be read: its parts, and how many texts of external attacks count against it."""

    folder: Folder
    entry: Entry
    rows: list[Row]
    events: list[Event]
    external: list[external.Text] = field(default_factory=list)
    whole: bool = True
    """Whether the rows hold the texts; not where the entry withholds them and nobody gave the benchmark."""

    @property
    def recipes(self) -> list[AttackRecipe]:
        """The recipes as they ran. Raises pydantic's `ValidationError` where one is no recipe."""
        return [AttackRecipe.model_validate(attack.recipe, strict=False) for attack in self.entry.suite.attacks]

    @property
    def attacks(self) -> dict[str, AttackRecipe]:
        """The recipes by the names of their attacks."""
        return dict(zip((attack.name for attack in self.entry.suite.attacks), self.recipes, strict=True))

    def identifier(self) -> str:
        """A short name for messages."""
        return f"{self.entry.model.id} · {self.entry.suite.id} · {self.entry.entry_id[:8]}"


def open_entry(folder: Folder, texts: Mapping[str, Fields] | None = None) -> Opened:
    """Read an entry. `texts`: the benchmark's fields by the ids of its rows, for an entry that withholds them.

    Raises `DataError` for a file that is missing, unreadable, or of another version, and for texts that do not fit.
    """
    entry = parse(folder.read(ENTRY), f"{folder}/{ENTRY}")
    found = rows.read(folder.read(ROWS), f"{folder}/{ROWS}")
    events = history.read(folder.read(HISTORY), f"{folder}/{HISTORY}")
    kept = entry.rows.texts == "kept"
    if not kept and entry.rows.stored != withheld.stored_hash(found):
        raise DataError(f"{folder}/{ROWS} was changed: its hash is not that of the entry", fix="take the entry's own")
    if not kept and texts is not None:
        found = withheld.restore(found, texts, place="the benchmark")
    return Opened(folder, entry, found, events, external.read(folder), whole=kept or texts is not None)


def check(folder: Folder, texts: Mapping[str, Fields] | None = None) -> tuple[Opened | None, list[Finding]]:
    """The entry, or None where it cannot be read, and what every check that needs no other file found.

    `texts` as in `open_entry`; without those that an entry withholds, its constraints are not checked.
    """
    try:
        opened = open_entry(folder, texts)
    except RobustError as error:
        return None, [Finding("files", "failed", error.message)]
    findings = [Finding("files", "ok", "entry, rows and history are of this version")]
    for name, one in CHECKS.items():
        problems = [*one(opened)]
        said = "; ".join(problems[:MOST_NAMED]) + (f"; and {len(problems) - MOST_NAMED} more" * (len(problems) > 3))
        findings.append(Finding(name, "failed", said) if problems else Finding(name, "ok", GOOD[name]))
        if problems and name in ("recipes", "rows"):
            return opened, findings  # what follows would speak of other rows than were hashed
    findings += constraints(opened)
    return opened, findings


def passed(findings: Sequence[Finding]) -> bool:
    """Whether no check failed."""
    return all(finding.verdict != "failed" for finding in findings)


# ------------------------------------------------------------------ checks: each yields what is wrong
def _rows(opened: Opened) -> Iterator[str]:
    entry, found = opened.entry, opened.rows
    for row in found if opened.whole else ():
        if rows.row_hash(row) != row["row_sha256"]:
            yield f"row {row['attack']}/{row['example_id']} was changed: its hash is not that of its content"
    if entry.rows.n != len(found):
        yield f"the entry speaks of {entry.rows.n} rows, the file has {len(found)}"
    if entry.rows.sha256 != rows.content_hash(found):
        yield "the rows are not those that the entry was made of (their hash differs)"
    counts = Counter((row["attack"], row["example_id"]) for row in found)
    if twice := [key for key, n in counts.items() if n > 1]:
        yield f"{'/'.join(twice[0])} is there {counts[twice[0]]} times"
    groups = recompute.by_attack(found)
    if sorted(groups) != sorted(attack.name for attack in entry.suite.attacks):
        yield f"the rows are of {', '.join(groups)}, the suite is {entry.suite.id}"
    for name, group in groups.items():
        if len(group) != entry.benchmark.n:
            yield f"{name} has {len(group)} rows, the benchmark has {entry.benchmark.n}: none may be left out"
    seen = {frozenset((r["example_id"], r["original"], r["label"]) for r in group) for group in groups.values()}
    if len(seen) > 1:
        yield "the attacks are not of the same examples"
    if langs := {row["lang"] for row in found} - {entry.track.language}:
        yield f"rows in {', '.join(sorted(langs))} in a table of {entry.track.language}"


def _errors(opened: Opened) -> Iterator[str]:
    for row in opened.rows:
        if row["status"] == "error" or row["error"]:
            yield f"{row['attack']}/{row['example_id']} ended in an error; an entry has none"
        elif row["status"] not in ("success", "failure", "skipped"):
            yield f"{row['attack']}/{row['example_id']} has the unknown status {row['status']!r}"


def _outcomes(opened: Opened) -> Iterator[str]:
    """Every status has to follow from the model's answers beside it."""
    if opened.entry.track.task != "classification":
        return
    labels = len(opened.entry.model.labels)
    budgets = {name: r.attack.query_budget for name, r in opened.attacks.items()}
    untargeted = {name for name, r in opened.attacks.items() if r.attack.goal.name == "untargeted"}
    for row in opened.rows:
        place = f"{row['attack']}/{row['example_id']}"
        clean, edited, status = row["clean_logits"] or [], row["adversarial_logits"] or [], row["status"]
        if len(clean) != labels or row["label"] is None or not 0 <= row["label"] < labels:
            yield f"{place} lacks the answers or the label that {labels} classes need"
            continue
        right = _top(clean) == row["label"]
        budget = budgets.get(row["attack"])
        if status == "success":
            if not right:
                yield f"{place} is a success against a text that the model got wrong anyway"
            unchanged = row["original"] if opened.whole else withheld.NOTHING
            if not row["adversarial"] or row["adversarial"] == unchanged:
                yield f"{place} is a success without a changed text"
            if not row["verified"] or len(edited) != labels:
                yield f"{place} is a success that was not verified"
            elif row["attack"] in untargeted and _top(edited) == row["label"]:
                yield f"{place} is called a success, but the model's answer is still right"
        elif row["adversarial"] is not None:
            yield f"{place} is called a {status} and has an adversarial text"
        if status == "skipped" and right and row["attack"] in untargeted:
            yield f"{place} was skipped although the model got it right"
        if status == "failure" and not right:
            yield f"{place} was attacked although the model got it wrong"
        if not 0 <= row["unique_queries"] <= row["queries"] or (budget is not None and row["queries"] > budget):
            yield f"{place} has counts of queries that cannot be ({row['unique_queries']} of {row['queries']})"


def _recipes(opened: Opened) -> Iterator[str]:
    entry = opened.entry
    try:
        recipes = opened.recipes
    except (RobustError, ValueError) as error:
        yield f"a recipe cannot be read: {str(error).splitlines()[0]}"
        return
    for attack in entry.suite.attacks:
        if sha_of(attack.recipe.get("attack", {})) != attack.sha:
            yield f"{attack.name}: the recipe is not the one that its hash {attack.sha} names"
    if problem := suites.misnamed(entry):
        yield problem
    names = [attack.name for attack in entry.suite.attacks]
    if len(set(names)) < len(names):
        yield "an attack is there twice"
    if entry.suite.version != digest([[a.name, a.sha] for a in entry.suite.attacks])[:16]:
        yield "the suite's version is not the hash of its recipes"
    if entry.threat_model != threat_model(recipes, [attack.recipe for attack in entry.suite.attacks]):
        yield "the threat model is not that of the recipes"


def _identity(opened: Opened) -> Iterator[str]:
    entry = opened.entry
    if entry.entry_id != entry_id(entry.unit(), entry.rows.sha256):
        yield "the entry's id is not the hash of what it measured"
    if opened.events[0].evidence != entry.rows.sha256:
        yield "the history begins with other rows"


def _aggregates(opened: Opened) -> Iterator[str]:
    budgets = {name: r.attack.query_budget for name, r in opened.attacks.items()}
    found = recompute.results(opened.rows, opened.entry.track.task, budgets)
    yield from recompute.differences(opened.entry.results, found)


def _external(opened: Opened) -> Iterator[str]:
    """Texts that others sent in count only where they fool the model and some recipe of the suite allows them."""
    rows = {row["example_id"]: row for row in opened.rows}
    if opened.external and not opened.whole:
        yield "texts from outside cannot be judged beside an entry that withholds its texts"
        return
    for text in opened.external:
        row = rows.get(text.example_id)
        if row is None or row["label"] is None:
            yield f"a text by {text.by} is of no example of the entry ({text.example_id})"
        elif len(text.logits) != len(opened.entry.model.labels) or _top(text.logits) == row["label"]:
            yield f"the text by {text.by} for {text.example_id} does not fool the model"
        elif text.adversarial == row["original"] or all(
            legality.allowed(recipe, row["original"], text.adversarial, row["lang"])[0] for recipe in opened.recipes
        ):
            yield f"no recipe of the suite allows the text by {text.by} for {text.example_id}"


CHECKS: dict[str, Callable[[Opened], Iterator[str]]] = {
    "recipes": _recipes,
    "rows": _rows,
    "errors": _errors,
    "identity": _identity,
    "outcomes": _outcomes,
    "aggregates": _aggregates,
    "external": _external,
}
GOOD = {
    "recipes": "recipes, suite and threat model belong together",
    "rows": "every row is as it was hashed, and none is missing",
    "errors": "none",
    "identity": "the id is the hash of what was measured",
    "outcomes": "every status follows from the model's answers",
    "aggregates": "every number follows from the rows",
    "external": "every text from outside fools the model within the rules",
}


def constraints(opened: Opened) -> list[Finding]:
    """Every adversarial text against every constraint that needs no model."""
    found: list[Finding] = []
    if not opened.whole:
        said = f"the texts of {opened.entry.benchmark.name} are withheld: give them with --data"
        return [Finding("constraints", "not checked", said)]
    for attack, recipe in opened.attacks.items():
        for judged in legality.judge(recipe, opened.rows, attack):
            name = f"constraint {judged.constraint} ({attack})"
            if judged.skipped:
                found.append(Finding(name, "not checked", judged.skipped))
            elif judged.broken:
                ids = ", ".join(judged.broken[:MOST_NAMED])
                found.append(Finding(name, "failed", f"{len(judged.broken)} of {judged.n} texts break it: {ids}"))
            else:
                found.append(Finding(name, "ok", f"{judged.n} texts keep to it"))
    return found


def _top(logits: Sequence[float]) -> int:
    return max(range(len(logits)), key=logits.__getitem__)


def as_json(opened: Opened | None, findings: Sequence[Finding]) -> dict[str, Any]:
    """What `--json` prints of a check."""
    return {
        "entry": opened.entry.entry_id if opened else None,
        "state": opened.events[-1].state if opened else None,
        "passed": passed(findings),
        "findings": [finding.as_dict() for finding in findings],
    }

"""What an entry of the leaderboard says: the unit that was measured, its numbers, and where its rows are.

Version 2. Beside version 1 (a draft that no file was written in): bootstrap intervals have a method of their own, a
split is `public` or `hidden`, the recipes stand in the entry as they ran, and status and flags do not: the status is
the last line of the entry's history, and flags are worked out when a board is built.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from robust.core.types import Lang, Task
from robust.errors import DataError
from robust.leaderboard.canonical import ID_LENGTH

SCHEMA_VERSION = "2.0"

Sha = Annotated[str, Field(pattern=r"^[a-f0-9]{64}$")]
Short = Annotated[str, Field(pattern=r"^[a-f0-9]{16}$")]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Granularity = Literal["character", "word", "sentence", "other"]
Access = Literal["decision", "score", "gradient"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Interval(_Part):
    """A number from `n` rows with a 95 % interval; `k` of `n` for a proportion. All None but `n` for no rows."""

    value: float | None
    k: Annotated[int, Field(ge=0)] | None
    n: Annotated[int, Field(ge=0)]
    low: float | None
    high: float | None
    method: Literal["wilson", "bootstrap"]


class Benchmark(_Part):
    """The rows that were attacked: `fingerprint` is the hash of the rows in use, `source_fingerprint` of the file."""

    name: Name
    fingerprint: Name
    source_fingerprint: str | None
    split: Literal["public", "hidden"]
    n: Annotated[int, Field(ge=1)]


class Track(_Part):
    """What is asked of the model, in which language, and in which variety of it where the rows keep to one."""

    task: Task
    language: Lang
    variety: Annotated[str, Field(pattern=r"^(en|es)-[A-Z0-9]{2,3}$")] | None


class Model(_Part):
    """The model under attack. `weights` is the hash or commit that pins them.

    `preprocessing` is what is done to a text before the model reads it (None: not declared; an empty list: nothing).
    """

    id: Name
    weights: Annotated[str, Field(min_length=7, max_length=200)]
    labels: tuple[str, ...]
    dtype: str
    licence: str | None
    preprocessing: tuple[str, ...] | None


class ThreatModel(_Part):
    """What an attacker may see and do. `id` is the hash of everything else in it.

    `access`: the most that any attack of the suite looks at. `max_queries` and `max_words_changed` (a share from 0 to
    1) are the loosest bound of the suite, None where some attack has none. `perturbations` names, for each attack, the
    hash of its transformation, constraints and goal: the texts that it may reach, however it searches.
    """

    id: Short
    access: Access
    granularity: tuple[Granularity, ...]
    max_queries: Annotated[int, Field(ge=1)] | None
    max_words_changed: Annotated[float, Field(ge=0, le=1)] | None
    perturbations: tuple[Short, ...]


class SuiteAttack(_Part):
    """One attack of the suite, as it ran: `recipe` is the whole recipe with every default filled in."""

    name: Name
    sha: Short
    seed: int
    recipe: dict[str, Any]


class Suite(_Part):
    """The attacks whose worst case, example by example, is the robust accuracy. `version` hashes their recipes."""

    id: Name
    version: Short
    attacks: Annotated[tuple[SuiteAttack, ...], Field(min_length=1)]


class AttackResult(_Part):
    """The numbers of one attack. Costs are means over the attacked examples, changed words (a share) over successes."""

    attack: Name
    robust: Interval
    success_rate: Interval
    queries: Interval
    unique_queries: Interval
    words_changed: Interval
    budget_hits: Annotated[int, Field(ge=0)]


class Results(_Part):
    """What came out. `robust` is the share of examples that are right at first and withstand every attack."""

    clean: Interval
    robust: Interval
    attacks: tuple[AttackResult, ...]
    skipped: Annotated[int, Field(ge=0)]
    errors: Literal[0]


class Rows(_Part):
    """The outcomes: `sha256` combines the hashes of all rows, so it does not depend on how the file was written.

    With `texts: withheld` the file has no texts of the benchmark (`robust.leaderboard.withheld`). `sha256` is that of
    the whole rows all the same, `stored` that of those in the file.
    """

    file: Literal["rows.parquet"]
    sha256: Sha
    n: Annotated[int, Field(ge=1)]
    texts: Literal["kept", "withheld"] = "kept"
    stored: Sha | None = None


class Environment(_Part):
    """What the runs were made with; `commands` are theirs."""

    robust: str
    python: str
    platform: str
    packages: dict[str, str]
    device: str
    seconds: Annotated[float, Field(ge=0)]
    commands: tuple[str, ...]


class Training(_Part):
    """What the submitter declares about the model's training data; None is "not said"."""

    datasets: tuple[str, ...]
    on_benchmark_train: bool | None
    on_benchmark_test: Literal[False] | None
    adversarial_data_from: tuple[str, ...]


class Entry(_Part):
    """One entry: benchmark × task × language × threat model × model at its weights × suite at its version."""

    schema_version: Literal["2.0"]
    entry_id: Annotated[str, Field(pattern=rf"^[a-z2-7]{{{ID_LENGTH}}}$")]
    benchmark: Benchmark
    track: Track
    model: Model
    threat_model: ThreatModel
    suite: Suite
    results: Results
    rows: Rows
    environment: Environment
    training: Training
    submitted_by: Name

    def unit(self) -> dict[str, Any]:
        """What the entry measured, as plain values: all that tells it from another entry but the outcome."""
        said = self.model_dump(mode="json")
        return {key: said[key] for key in ("benchmark", "track", "model", "threat_model", "suite")}

    def table(self) -> tuple[str, ...]:
        """What entries of one table share: rows of the same benchmark under the same threat model and suite."""
        b, t = self.benchmark, self.track
        suite = f"{self.suite.id}@{self.suite.version}"
        return (b.name, b.split, b.fingerprint, t.task, t.language, t.variety or "", self.threat_model.id, suite)


def json_schema() -> dict[str, Any]:
    """The JSON schema of an entry, for editors and other programs."""
    found = Entry.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"robust/entry/{SCHEMA_VERSION}", **found}


def parse(data: bytes, place: str) -> Entry:
    """The entry that `data` holds. Raises `DataError` that names every field that is wrong."""
    try:
        return Entry.model_validate_json(data, strict=True)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors()[:20]]
        raise DataError(
            f"{place} is not an entry of version {SCHEMA_VERSION}:\n" + "\n".join(f"  {line}" for line in lines),
            fix="make it with `robust leaderboard submit`",
        ) from None

"""A board is a function of files, refuses what is false, and ranks with ties."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from robust.errors import DataError
from robust.leaderboard import external, history
from robust.leaderboard.board import build, files
from robust.leaderboard.ranks import holm, ranks
from robust.leaderboard.site import site
from robust.leaderboard.store import ENTRY, HISTORY, Folder
from robust.leaderboard.submit import submit
from tests.unit.leaderboard.conftest import BY
from tests.unit.leaderboard.test_check import forget_a_success

Make = Callable[..., Folder]


def test_the_same_files_give_the_same_bytes_wherever_they_lie(runs: dict[str, Path], tmp_path: Path) -> None:
    disk, memory = Folder.at(f"{tmp_path}/a/entries"), Folder.at("memory://twin/entries")
    for name in ("keyboard-typos", "other", "spanish"):
        submit([runs[name]], disk, BY)
    for name in ("spanish", "other", "keyboard-typos"):
        submit([runs[name]], memory, BY)
    one, two = site(build(disk), "en"), site(build(memory), "en")
    assert one == two
    assert one == site(build(disk), "en")
    assert {"index.html", "board.json", "board.csv"} < one.keys()
    assert len(one) == 6
    assert site(build(disk), "es")["board.json"] == one["board.json"]


def test_a_false_entry_is_refused_or_left_out_by_name(make: Make) -> None:
    good, bad = make("keyboard-typos"), make("other")
    entry = json.loads(bad.read(ENTRY))
    entry["results"]["robust"]["k"] += 1
    bad.write(ENTRY, json.dumps(entry).encode())
    root = Folder.at(str(Path(good.path).parent))
    with pytest.raises(DataError, match="aggregates: robust: claims"):
        build(root)
    said: list[str] = []
    lines = build(root, leave_out=True, tell=said.append)
    assert [line.opened.entry.model.id for line in lines] == ["toy"]
    assert bad.name in said[0]


def test_the_csv_has_every_entry_with_its_counts(make: Make) -> None:
    folder = make("keyboard-typos")
    made = files(build(Folder.at(str(Path(folder.path).parent))))
    (line,) = csv.DictReader(io.StringIO(made["board.csv"].decode()))
    said = json.loads(made["board.json"])["entries"][0]
    assert line["robust_k"] == str(said["results"]["robust"]["k"])
    assert line["clean_n"] == "20"
    assert said["flags"][0]["name"] == "stochastic"


def test_texts_from_outside_lower_what_is_best_known_and_nothing_else(make: Make) -> None:
    folder = make("keyboard-typos")
    missed = forget_a_success(folder)
    root = Folder.at(str(Path(folder.path).parent))
    (before,) = build(root)
    text = external.Text(
        example_id=missed["example_id"],
        adversarial=missed["adversarial"],
        logits=tuple(missed["adversarial_logits"]),
        by="eve",
    )
    name, content = external.pack([text], by="eve", at="2026-11-28T00:00:00Z", weights="weights-1")
    folder.write(name, content)
    (after,) = build(root)
    assert (after.known.k, before.known.k) == ((before.known.k or 0) - 1, before.opened.entry.results.robust.k)
    assert after.opened.entry == before.opened.entry


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logits": (0.0, 0.0, 0.0)}, "does not fool the model"),
        ({"adversarial": "No word of it."}, "no recipe of the suite allows"),
        ({"example_id": "nobody"}, "of no example"),
    ],
)
def test_texts_from_outside_that_should_not_count_are_refused(
    make: Make, change: dict[str, object], message: str
) -> None:
    folder = make("textfooler")
    row = next(row for row in build(Folder.at(folder.path))[0].opened.rows if row["status"] == "success")
    held = {"example_id": row["example_id"], "adversarial": row["adversarial"], "logits": row["adversarial_logits"]}
    text = external.Text(**{**held, **change}, by="eve")
    name, content = external.pack([text], by="eve", at="2026-11-28T00:00:00Z", weights="weights-1")
    folder.write(name, content)
    with pytest.raises(DataError, match=message):
        build(Folder.at(folder.path))


def test_a_withdrawn_entry_stays_without_a_rank(make: Make) -> None:
    folder = make("keyboard-typos")
    gone = history.append(folder.read(HISTORY), "withdrawn", by="ana", at="2026-12-01T00:00:00Z", note="wrong labels")
    folder.write(HISTORY, gone)
    (line,) = build(Folder.at(str(Path(folder.path).parent)))
    assert (line.state, line.rank) == ("withdrawn", None)


def test_ranks_are_shared_until_the_difference_is_beyond_chance() -> None:
    ids = [str(i) for i in range(40)]
    best, near, worst = (dict(zip(ids, [i < k for i in range(40)], strict=True)) for k in (38, 35, 5))
    assert ranks({"best": best, "near": near, "worst": worst}) == {"best": 1, "near": 1, "worst": 3}
    assert ranks({"alone": best}) == {"alone": 1}


def test_holm_by_hand() -> None:
    """0.01·3, max(0.03, 0.02·2) = 0.04, max(0.04, 0.04·1) = 0.04."""
    assert holm([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([]) == []

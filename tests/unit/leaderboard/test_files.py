"""What leaderboards read and write beside entries: SQL, cards, hidden splits, shared runs of words, the schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec

import pytest
import yaml

from robust.errors import UserError
from robust.leaderboard import ngrams
from robust.leaderboard.check import open_entry
from robust.leaderboard.hidden import hidden_split
from robust.leaderboard.model_index import front_matter, model_index
from robust.leaderboard.schema import json_schema
from robust.leaderboard.store import Folder

Make = Callable[..., Folder]


@pytest.mark.skipif(find_spec("duckdb") is None, reason="needs duckdb")
def test_sql_counts_what_the_rows_say(make: Make, tmp_path: object) -> None:
    from robust.leaderboard.sql import ask

    make("keyboard-typos")
    make("other")
    root = Folder.at(f"{tmp_path}/entries")
    columns, rows = ask(root, "select model, robust_k, robust_n from entries order by model")
    assert columns == ["model", "robust_k", "robust_n"]
    counted = ask(
        root,
        "select e.model, sum((r.status = 'failure')::int)::int, count(*) from rows r join entries e using (entry_id) "
        "group by e.model order by e.model",
    )[1]
    assert rows == counted
    assert [row[0] for row in rows] == ["other", "toy"]
    with pytest.raises(UserError, match="the tables are"):
        ask(root, "select * from nothing")
    with pytest.raises(UserError, match="the query failed"):
        ask(root, "select * from read_csv('/etc/passwd')")


def test_cards_read_the_metadata(make: Make) -> None:
    from huggingface_hub import EvalResult
    from huggingface_hub.repocard_data import model_index_to_eval_results

    opened = open_entry(make("textfooler", "keyboard-typos"))
    name, results = model_index_to_eval_results(model_index(opened)["model-index"])
    assert name == "toy"
    assert all(isinstance(result, EvalResult) for result in results)
    assert [r.metric_type for r in results] == ["accuracy", *["robust_accuracy"] * 3]
    assert results[0].metric_value == pytest.approx(100 * (opened.entry.results.clean.value or 0), abs=0.01)
    lines = front_matter(opened).split("---\n")
    assert yaml.safe_load(lines[1]) == model_index(opened)


def test_a_hidden_split_depends_on_weights_and_secret_alone() -> None:
    ids = [f"t{i:03}" for i in range(200)]
    labels = ["a" if i % 4 else "b" for i in range(200)]
    one = hidden_split(ids, labels, weights="w1", secret=b"s", n=41)
    kinds = [labels[ids.index(name)] for name in one]
    assert (len(one), kinds.count("a"), kinds.count("b")) == (41, 21, 20)
    order = sorted(range(200), reverse=True)
    again = hidden_split([ids[i] for i in order], [labels[i] for i in order], weights="w1", secret=b"s", n=41)
    assert set(again) == set(one)
    assert set(hidden_split(ids, labels, weights="w2", secret=b"s", n=41)) != set(one)
    assert set(hidden_split(ids, labels, weights="w1", secret=b"t", n=41)) != set(one)
    with pytest.raises(UserError, match="50 texts labelled b"):
        hidden_split(ids, labels, weights="w1", secret=b"s", n=120)
    with pytest.raises(UserError, match="not pinned"):
        hidden_split(ids, labels, weights="unpinned", secret=b"s", n=2)


def test_shared_runs_of_words() -> None:
    texts = [
        ("copied", "Uno dos tres cuatro cinco seis siete ocho nueve."),
        ("own", "Nada de esto está en ningún otro sitio de los que hay."),
        ("short", "Muy bien todo"),
    ]
    training = ["antes uno, DOS tres cuatro cinco seis siete ocho después", "muy bien todo, pero caro"]
    assert ngrams.overlap(texts, training).ids == ("copied",)
    assert ngrams.overlap(texts, [*training, "¡Muy bien todo!"]).ids == ("copied", "short")
    assert ngrams.overlap(texts, ["uno dos tres cuatro cinco seis siete"]).ids == ()
    assert ngrams.overlap(texts, training, size=3).ids == ("copied", "short")


def test_the_schema_is_json_and_closed() -> None:
    found = json.loads(json.dumps(json_schema()))
    assert found["properties"]["schema_version"]["const"] == "2.0"
    assert found["additionalProperties"] is False
    assert "errors" in found["$defs"]["Results"]["required"]

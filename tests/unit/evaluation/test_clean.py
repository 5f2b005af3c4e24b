from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, matthews_corrcoef, recall_score

from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.data.source import DataSpec
from robust.errors import DataError, ModelError, UserError
from robust.evaluation.clean import evaluate
from robust.evaluation.request import EvaluationRequest, Progress, open_finished

GOOD, BAD = ("rica", "amable", "¡genial!", "cómoda"), ("fría", "sucia", "¿cara?", "añeja")
PLACES = ("la sopa", "la cama", "la señora", "la montaña", "la piña", "la ducha")


META = VictimMeta(name="words", revision="1", labels=("negative", "positive"), langs=frozenset({"es"}))


@dataclass
class WordVictim:
    """Says `positive` of texts with a word from `GOOD`, `negative` of others; wrong or silent about some places."""

    wrong: str = "la piña"
    silent: str = "\0"
    fail_after: int = 10**9
    asked: list[str] = field(default_factory=list)
    meta: VictimMeta = META

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        if len(self.asked) + len(batch) > self.fail_after:
            raise ModelError("the server is gone")
        self.asked += [text for (text,) in batch]
        rows = np.zeros((len(batch), 2), np.float32)
        for row, (text,) in zip(rows, batch, strict=True):
            row[int(any(word in text for word in GOOD) != (self.wrong in text))] = 1
            if self.silent in text:
                row[:] = np.nan
        return rows


@pytest.fixture
def victim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> WordVictim:
    monkeypatch.chdir(tmp_path)
    made = WordVictim()
    monkeypatch.setattr("robust.evaluation.clean.load_victim", lambda *a, **k: made)
    rows = [(f"{place} era {word}", word in GOOD) for place in PLACES for word in (*GOOD, *BAD)]
    Path("test.csv").write_text("text,label\n" + "".join(f"{t},{'positive' if y else 'negative'}\n" for t, y in rows))
    Path("train.csv").write_text(
        "frase,nota\nun día rico,pos\nuna casa fría,neg\nuna voz amable,pos\nuna voz sucia,neg\n"
    )
    return made


def request(*data: str, baseline: Sequence[str] = (), **options: object) -> EvaluationRequest:
    return EvaluationRequest(
        model="words",
        data=tuple(DataSpec(source=source) for source in data or ("test.csv",)),
        baseline=tuple(DataSpec(source=source) for source in baseline),
        **options,  # type: ignore[arg-type]
    )


def test_scores_are_scikit_learns(victim: WordVictim) -> None:
    run = evaluate(request())
    (found,) = run.sets()
    gold, said = [row["label"] for row in run.rows], [row["predicted"] for row in run.rows]
    assert (found.model.accuracy.k, found.model.accuracy.n) == (40, 48)
    assert found.model.macro_f1.value == pytest.approx(f1_score(gold, said, average="macro"))
    assert found.model.matthews.value == pytest.approx(matthews_corrcoef(gold, said))
    shares = [found.model.recall[name].value for name in ("negative", "positive")]
    assert shares == pytest.approx(recall_score(gold, said, average=None))
    assert all(row["lang"] == "es" for row in run.rows)


def test_rows_lie_in_a_directory_in_the_order_of_the_data(victim: WordVictim) -> None:
    run = evaluate(request(out=Path("run")))
    assert sorted(os.listdir("run")) == ["examples.parquet", "manifest.json"]
    back = open_finished(Path("run"))
    assert back.rows == run.rows
    assert [row["example_id"] for row in back.rows] == [f"test.csv/{at}" for at in range(48)]
    assert back.as_json() == run.as_json()
    manifest = json.loads(Path("run/manifest.json").read_text(encoding="utf-8"))
    assert manifest["summary"] == run.as_json()
    assert (manifest["kind"], manifest["status"], manifest["data"][0]["n"]) == ("evaluation", "finished", 48)
    assert "la señora" not in Path("run/manifest.json").read_text(encoding="utf-8")


def test_rows_without_an_answer_are_errors_and_not_wrong(victim: WordVictim) -> None:
    victim.silent = "la ducha"
    run = evaluate(request())
    (found,) = run.sets()
    assert (found.model.n, found.model.errors) == (48, 8)
    assert (found.model.accuracy.k, found.model.accuracy.n) == (32, 40)
    silent = [row for row in run.rows if row["predicted"] is None]
    assert len(silent) == 8
    assert all("not finite" in row["error"] and row["logits"] == [] for row in silent)


def test_several_sets_are_several_rows_even_of_one_name(victim: WordVictim) -> None:
    Path("more").mkdir()
    Path("more/test.csv").write_text("text,label\nla cama era rica,neg\nla cama era fría,neg\n", encoding="utf-8")
    run = evaluate(request("test.csv", "more/test.csv"))
    said = run.as_json()
    assert [each["data"] for each in said["sets"]] == said["data"] == ["test.csv", "test.csv-2"]
    assert [each["clean_accuracy"]["n"] for each in said["sets"]] == [48, 2]
    assert said["sets"][1]["clean_accuracy"]["k"] == 1
    assert list(said["sets"][1]["recall"]) == ["negative"]


def test_the_baseline_is_a_bag_of_words_on_the_training_rows(victim: WordVictim) -> None:
    """Fitted again here, with labels under other names than the model's."""
    spec = DataSpec(source="train.csv", text="frase", label="nota")
    asked = EvaluationRequest(model="words", data=(DataSpec(source="test.csv"),), baseline=(spec,))
    run = evaluate(asked)
    (found,) = run.sets()
    texts = ["un día rico", "una casa fría", "una voz amable", "una voz sucia"]
    features = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=4).fit(features.fit_transform(texts), [1, 0, 1, 0])
    tested = [line.partition(",")[0] for line in Path("test.csv").read_text(encoding="utf-8").splitlines()[1:]]
    expected = model.predict(features.transform(tested)).tolist()
    assert [row["baseline"] for row in run.rows] == expected
    assert found.baseline is not None
    assert found.difference is not None
    assert found.baseline.accuracy.k == sum(row["baseline"] == row["label"] for row in run.rows)
    gained = sum(row["predicted"] == row["label"] != row["baseline"] for row in run.rows)
    assert found.difference.first_only == gained
    assert found.difference.value == pytest.approx((40 - (found.baseline.accuracy.k or 0)) / 48)
    assert run.manifest["baseline"]["n"] == 4


def test_the_baseline_is_compared_on_the_rows_that_were_answered(victim: WordVictim) -> None:
    victim.silent = "la ducha"
    run = evaluate(request(baseline=["test.csv"]))
    (found,) = run.sets()
    assert found.baseline is not None
    assert found.difference is not None
    assert found.baseline.accuracy.n == found.difference.n == found.model.accuracy.n == 40
    assert run.manifest["data"][0]["in_baseline_training"] == 48


def test_an_interrupted_run_asks_only_for_what_is_left(victim: WordVictim) -> None:
    victim.fail_after = 30
    with pytest.raises(ModelError, match="gone"):
        evaluate(request(batch_size=10))
    first = list(victim.asked)
    assert len(first) == 30
    victim.fail_after, victim.asked = 10**9, []
    news: list[Progress] = []
    run = evaluate(request(batch_size=10), news.append)
    assert run.resumed == 30
    assert sorted(first + victim.asked) == sorted(
        line.partition(",")[0] for line in Path("test.csv").read_text(encoding="utf-8").splitlines()[1:]
    )
    assert [(each.before, each.done, each.total) for each in news] == [(30, 40, 48), (30, 48, 48)]
    assert run.sets()[0].model.accuracy.k == 40


def test_a_finished_run_is_read_and_not_repeated(victim: WordVictim) -> None:
    first = evaluate(request())
    victim.asked = []
    again = evaluate(request())
    assert (again.resumed, victim.asked, again.as_json()) == (48, [], first.as_json())
    evaluate(request(fresh=True))
    assert len(victim.asked) == 48


def test_a_baseline_other_data_or_a_shorter_text_is_another_run(victim: WordVictim) -> None:
    Path("other.csv").write_text("text,label\nla cama era rica,positive\n", encoding="utf-8")
    asked = [request(), request(baseline=["test.csv"]), request("test.csv", "other.csv"), request(max_length=9)]
    assert len({evaluate(each).path for each in asked}) == 4
    evaluate(request(out=Path("mine")))
    with pytest.raises(UserError, match="holds another run"):
        evaluate(request("other.csv", out=Path("mine")))


def test_labels_that_the_model_lacks_are_a_message_and_leave_nothing(victim: WordVictim) -> None:
    Path("stars.csv").write_text("text,label\nla cama,1\nla sopa,3\nla piña,5\n", encoding="utf-8")
    before = sorted(os.listdir())
    with pytest.raises(DataError, match="not the classes of the model") as told:
        evaluate(request("stars.csv"))
    assert "--label-map" in told.value.fix
    with pytest.raises(DataError, match=r"stars\.csv: the labels"):
        evaluate(request(baseline=["stars.csv"]))
    Path("one.csv").write_text("text,label\nla cama,positive\nla sopa,positive\n", encoding="utf-8")
    with pytest.raises(DataError, match="single label"):
        evaluate(request(baseline=["one.csv"]))
    assert sorted(os.listdir()) == sorted([*before, "one.csv"])


def test_an_unknown_suite_and_no_data_are_messages() -> None:
    with pytest.raises(UserError, match="no suite 'cleen'") as told:
        request(suite="cleen")
    assert "did you mean 'clean'" in told.value.fix
    with pytest.raises(UserError, match="--data"):
        EvaluationRequest(model="words", data=())


def test_a_directory_without_an_evaluation(victim: WordVictim, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no evaluation"):
        open_finished(tmp_path)
    victim.fail_after = 30
    with pytest.raises(ModelError):
        evaluate(request(batch_size=10, out=Path("cut")))
    with pytest.raises(UserError, match=r"not finished \(30 examples"):
        open_finished(Path("cut"))

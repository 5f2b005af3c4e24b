from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")
sio = pytest.importorskip("skops.io")

from sklearn.calibration import CalibratedClassifierCV  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.naive_bayes import MultinomialNB  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import FunctionTransformer  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402

from robust.errors import ModelError  # noqa: E402
from robust.victims.load import load_victim  # noqa: E402
from robust.victims.sklearn import SklearnVictim  # noqa: E402

TEXTS = ["a fine warm soup", "a cold dull soup", "muy buena cena", "muy mala cena"] * 3
GRADES = ["good", "bad", "good", "bad"] * 3
BATCH = [("a fine soup",), ("mala cena",), ("",)]


def fitted(classifier: Any, labels: list[str] = GRADES) -> Any:
    return make_pipeline(TfidfVectorizer(), classifier).fit(TEXTS, labels)


def softmax(values: Any) -> Any:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_logits_are_log_probabilities() -> None:
    pipeline = fitted(LogisticRegression())
    victim = SklearnVictim.of(pipeline, name="lr")
    answer = victim.logits(BATCH)
    assert (answer.dtype, victim.meta.labels, victim.meta.name) == (np.float32, ("bad", "good"), "lr")
    np.testing.assert_allclose(np.exp(answer), pipeline.predict_proba([text for (text,) in BATCH]), rtol=1e-5)
    assert answer[0, 1] > answer[0, 0]
    assert victim.logits([]).shape == (0, 2)


def test_a_certain_classifier_still_has_finite_logits() -> None:
    class Certain:
        classes_ = np.array(["a", "b"])

        def predict_proba(self, texts: list[str]) -> Any:
            return np.tile([1.0, 0.0], (len(texts), 1))

    victim = SklearnVictim.of(Certain(), name="certain")
    assert np.isfinite(victim.logits([("text",)])).all()
    assert victim.meta.revision == "unpinned"


def test_two_classes_with_decision_values() -> None:
    pipeline = fitted(LinearSVC())
    answer = SklearnVictim.of(pipeline).logits(BATCH)
    decision = pipeline.decision_function([text for (text,) in BATCH])
    np.testing.assert_allclose(softmax(answer)[:, 1], 1 / (1 + np.exp(-decision)), rtol=1e-5)


def test_three_classes_with_decision_values_and_labels() -> None:
    pipeline = fitted(LinearSVC(), ["0", "1", "2"] * 4)
    victim = SklearnVictim.of(pipeline, labels=["low", "mid", "high"])
    np.testing.assert_allclose(victim.logits(BATCH), pipeline.decision_function([t for (t,) in BATCH]), rtol=1e-5)
    assert victim.meta.labels == ("low", "mid", "high")
    with pytest.raises(ModelError, match="has 3 classes and was given 2 labels"):
        SklearnVictim.of(pipeline, labels=["low", "high"])


def test_the_revision_pins_the_parameters() -> None:
    first, again = SklearnVictim.of(fitted(MultinomialNB())), SklearnVictim.of(fitted(MultinomialNB()))
    other = SklearnVictim.of(fitted(MultinomialNB(alpha=0.5)))
    assert first.meta.revision == again.meta.revision != other.meta.revision


def test_pairs_are_refused() -> None:
    with pytest.raises(ModelError, match="mine takes one text and got 2 fields"):
        SklearnVictim.of(fitted(LogisticRegression()), name="mine").logits([("one", "two")])


def test_what_is_no_classifier_of_strings() -> None:
    with pytest.raises(ModelError, match="is not fitted"):
        SklearnVictim.of(make_pipeline(TfidfVectorizer(), LogisticRegression()))
    with pytest.raises(ModelError, match="neither predict_proba nor decision_function"):
        SklearnVictim.of(TfidfVectorizer().fit(TEXTS))
    numbers = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(ModelError, match=r"does not take a list of strings[\s\S]*make_pipeline") as caught:
        SklearnVictim.of(numbers, name="numbers")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("classifier", [LogisticRegression(), CalibratedClassifierCV(LinearSVC(), cv=2)])
def test_skops_round_trip(tmp_path: Path, classifier: Any) -> None:
    pipeline = fitted(classifier)
    sio.dump(pipeline, tmp_path / "model.skops")
    victim = load_victim(str(tmp_path / "model.skops"))
    np.testing.assert_array_equal(victim.logits(BATCH), SklearnVictim.of(pipeline).logits(BATCH))
    assert victim.meta.revision.startswith("sha256:")


def test_unknown_types_need_trust(tmp_path: Path) -> None:
    lower = FunctionTransformer(np.char.lower)
    for pipeline, kind in [
        (fitted(RandomForestClassifier(2, random_state=0)), "sklearn.tree._tree.Tree"),
        (make_pipeline(lower, TfidfVectorizer(), LogisticRegression()).fit(TEXTS, GRADES), "lower"),
    ]:
        path = str(tmp_path / "model.skops")
        sio.dump(pipeline, path)
        with pytest.raises(ModelError, match=rf"not known to be safe: .*{kind}[\s\S]*--trust-remote-code"):
            load_victim(path)
        assert load_victim(path, trust_remote_code=True).logits(BATCH).shape == (3, 2)


def test_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "model.skops").write_bytes(b"no archive")
    with pytest.raises(ModelError, match=r"cannot read .* as a skops file: BadZipFile"):
        load_victim(str(tmp_path / "model.skops"))


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.skops").touch()
    monkeypatch.setitem(sys.modules, "skops.io", None)
    with pytest.raises(ModelError, match=r"need skops[\s\S]*robust\[sklearn\]"):
        load_victim(str(tmp_path / "model.skops"))

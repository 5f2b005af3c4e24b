"""Counter-fitting as a stage: from a directory or a file, with shipped pairs or one's own; clear errors."""

import json

import numpy as np
import pytest

from robust.errors import DataError, UserError
from robust.models import counterfitting
from robust.models.counterfitting import separation
from robust.models.vectors import Vectors
from robust.recipe.pretrain import PretrainRecipe
from robust.stages.pretrain import counterfit, formats
from tests.unit.stages.pretrain.toy_corpus import Toy, workspace

WORDS = ("good", "bad", "film", "movie", "fast", "slow", "quick", "house")


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(4)
    table = (rng.normal(size=(len(WORDS), 12)) + 1).astype(np.float32)
    table[3] = table[2] + 0.3 * rng.normal(size=12)
    made = tmp_path / "vectors"
    made.mkdir()
    formats.save(Vectors(words=WORDS, table=table, counts=np.arange(8, 0, -1)), made)
    return made


def run(root, vectors, languages=("en",), **settings):
    model = {"kind": "counter-fit", "vectors": vectors and str(vectors), **settings}
    recipe = PretrainRecipe.model_validate({"schema_version": 1, "name": "toy", "languages": languages, "model": model})
    place = workspace(root)
    return counterfit.train(recipe, Toy(), place, device="cpu", progress=None), place.result


def test_opposites_of_the_lists_go_apart(folder, tmp_path) -> None:
    outcome, result = run(tmp_path / "out", folder)
    before, after = formats.read(folder), formats.read(result)
    assert after.words == before.words
    assert after.counts is not None
    assert dict(formats.nearest(after, "good"))["bad"] < 0.1
    assert dict(formats.nearest(after, "film"))["movie"] > 0.9
    numbers = outcome.numbers
    assert numbers["antonym_cosine_after"] < 0.1 < numbers["antonym_cosine_before"]
    assert numbers["auc_after"] == 1
    assert numbers["held_out_auc_after"] is None
    told = json.loads((result / "pairs.json").read_text(encoding="utf-8"))
    assert told["vectors"] == "vectors"
    assert told["pairs"]["antonyms"] == numbers["antonyms"] == 2
    assert len((result / "curve.jsonl").read_text().splitlines()) == 20


def test_pairs_from_files_and_vectors_from_a_text_file(folder, tmp_path) -> None:
    (tmp_path / "syn.txt").write_text("# mine\nhouse film\nfilm house\nhouse nowhere\n\nfilm film\n", encoding="utf-8")
    (tmp_path / "ant.txt").write_text("good movie\n", encoding="utf-8")
    given = {"synonyms": str(tmp_path / "syn.txt"), "antonyms": str(tmp_path / "ant.txt")}
    outcome, result = run(tmp_path / "out", folder / "vectors.txt", **given)
    assert (outcome.numbers["synonyms"], outcome.numbers["antonyms"]) == (1, 1)
    after = formats.read(result)
    assert dict(formats.nearest(after, "house"))["film"] > 0.9
    assert dict(formats.nearest(after, "good"))["movie"] < 0.1


def test_held_out_pairs_only_measure(folder, tmp_path) -> None:
    pairs = "\n".join(f"{a} {b}" for i, a in enumerate(WORDS) for b in WORDS[:i]) + "\n"
    (tmp_path / "all.txt").write_text(pairs, encoding="utf-8")
    given = {"synonyms": str(tmp_path / "all.txt"), "antonyms": str(tmp_path / "all.txt"), "held_out": 0.5}
    numbers = run(tmp_path / "out", folder, **given)[0].numbers
    assert numbers["synonyms"] + numbers["held_out_synonyms"] == 28
    assert numbers["held_out_synonyms"] > 4
    assert 0 <= numbers["held_out_auc_after"] <= 1


def test_mistakes_are_told(folder, tmp_path) -> None:
    with pytest.raises(UserError, match="--model"):
        run(tmp_path / "a", None)
    with pytest.raises(UserError, match="--lang"):
        run(tmp_path / "b", folder, languages=("en", "es"))
    with pytest.raises(DataError, match="no such file"):
        run(tmp_path / "c", tmp_path / "nowhere")
    with pytest.raises(DataError, match="no such file"):
        run(tmp_path / "d", folder, synonyms="nowhere.txt")
    (tmp_path / "bad.txt").write_text("one two three\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"bad.txt:1: 3 words"):
        run(tmp_path / "e", folder, antonyms=str(tmp_path / "bad.txt"))
    (tmp_path / "none.txt").write_text("uno dos\n", encoding="utf-8")
    none = str(tmp_path / "none.txt")
    with pytest.raises(DataError, match="no pair"):
        run(tmp_path / "f", folder, synonyms=none, antonyms=none)


def test_vectors_that_all_lie_together_are_refused(folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(counterfitting, "MOST", 5)
    with pytest.raises(DataError, match=r"more than 5 pairs[\s\S]*model.radius"):
        run(tmp_path / "out", folder, radius=1.5)


def test_separation_is_the_area_under_the_curve() -> None:
    near, far = np.array([0.9, 0.5, 0.5]), np.array([0.1, 0.5])
    by_hand = np.mean([(a > b) + 0.5 * (a == b) for a in near for b in far])
    assert separation(near, far) == pytest.approx(by_hand)
    assert np.isnan(separation(near, np.array([])))

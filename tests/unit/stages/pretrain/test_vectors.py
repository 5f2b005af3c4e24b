import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from robust.errors import DataError, UserError
from robust.recipe.pretrain import PretrainRecipe
from robust.stages.pretrain import formats, negative_sampling, subwords, vectors, vocabulary, word2vec
from robust.stages.pretrain.formats import nearest
from robust.stages.pretrain.vocabulary import Sentences, learn, numbered
from tests.unit.stages.pretrain.toy_corpus import Toy, kin, workspace

TINY = {"size": 16, "window": 4, "min_count": 1, "sample": 0, "epochs": 15, "learning_rate": 0.05}
KINDS = {
    "cbow": {"kind": "word2vec", "algorithm": "cbow", **TINY, "epochs": 40},
    "skip-gram": {"kind": "word2vec", **TINY},
    "fasttext": {"kind": "fasttext", "buckets": 500, **TINY},
    "fasttext-cbow": {"kind": "fasttext", "algorithm": "cbow", "buckets": 500, **TINY},
    "glove": {"kind": "glove", "size": 16, "window": 4, "min_count": 1, "x_max": 10, "epochs": 25},
}


def recipe(kind: str = "skip-gram", *, more=None, **settings) -> PretrainRecipe:
    model = {**KINDS[kind], **settings}
    return PretrainRecipe.model_validate({"schema_version": 1, "name": "toy", "model": model, **(more or {})})


def run(root, kind: str = "skip-gram", corpus=None, progress=None, **settings):
    place = workspace(root)
    if kind != "glove":
        pytest.importorskip("gensim")
    outcome = vectors.train(recipe(kind, **settings), corpus or Toy(), place, device="cpu", progress=progress)
    return outcome, formats.read(place.result), place.result


class Texts:
    def __init__(self, *texts: str) -> None:
        self.all = texts

    def texts(self):
        return iter(self.all)


def test_the_vocabulary_is_the_most_frequent_words(monkeypatch) -> None:
    sentences = Sentences(corpus=Texts("uno dos dos Tres", "tres dos cuatro", "¡!", "cinco Cinco TRES"))
    found = learn(sentences, min_count=2, max_vocab=None)
    assert dict(zip(found.words, found.counts, strict=True)) == {"dos": 3, "tres": 3, "cinco": 2}
    assert found.words == ("dos", "tres", "cinco")
    assert found.total == 10
    assert learn(sentences, min_count=1, max_vocab=2).words == ("dos", "tres")
    words, places = next(numbered(sentences, found, most=100))
    assert words.tolist() == [0, 0, 1, 1, 0, 2, 2, 1]
    assert places.tolist() == [0, 0, 0, 1, 1, 2, 2, 2]
    pieces = [piece.tolist() for piece, _ in numbered(sentences, found, most=2)]
    assert pieces == [[0, 0, 1], [1, 0], [2, 2, 1]]
    with pytest.raises(DataError, match=r"0 words[\s\S]*min_count=1"):
        learn(sentences, min_count=9, max_vocab=None)
    assert learn(Sentences(corpus=Texts("Uno uno"), lowercase=False), min_count=1, max_vocab=None).words == (
        "Uno",
        "uno",
    )
    monkeypatch.setattr(vocabulary, "_MANY", 4)  # the fifth word lets all but the two most frequent be forgotten
    forgetful = learn(sentences, min_count=1, max_vocab=None)
    assert set(forgetful.words) < {"uno", "dos", "tres", "cuatro", "cinco"}
    assert forgetful.total == 10


def test_the_measured_loss_is_that_of_the_papers() -> None:
    rng = np.random.default_rng(6)
    inputs, outputs = (rng.normal(size=(5, 4)).astype(np.float32) for _ in range(2))
    sample = negative_sampling.Sample(
        given=np.array([[1, 2], [3, 0], [4, 4]]),
        weights=np.array([[1, 1], [1, 0], [0.5, 1]], dtype=np.float32),
        target=np.array([0, 2, 2]),
        noise=np.array([[3, 4], [2, 1], [0, 0]]),
    )
    v, u = torch.from_numpy(inputs).double(), torch.from_numpy(outputs).double()
    log = torch.nn.functional.logsigmoid
    first = (v[1] + v[2]) / 2
    second, third = v[3], v[4]
    wanted = -(log(first @ u[0]) + log(-first @ u[3]) + log(-first @ u[4]))
    wanted -= log(second @ u[2]) + log(-second @ u[1])  # noise that is the target is left out
    wanted -= log(third @ u[2]) + 2 * log(-third @ u[0])
    assert negative_sampling.loss(sample, inputs, outputs) == pytest.approx(float(wanted) / 3, rel=1e-5)
    pieces = np.array([1, 3, 1, 1, 1])
    first = (3 * v[1] + v[2]) / 4
    second = negative_sampling.loss(sample, inputs, outputs, pieces=pieces) * 3 - float(wanted)
    before = (v[1] + v[2]) / 2
    change = sum(log(s * before @ u[at]) - log(s * first @ u[at]) for at, s in ((0, 1), (3, -1), (4, -1)))
    assert second == pytest.approx(float(change), rel=1e-4)


@pytest.mark.parametrize("pairs", [True, False])
def test_the_sample_is_drawn_as_training_draws(pairs) -> None:
    words, places = np.arange(40) % 10, np.repeat([0, 1], 20)
    counts = np.array([400] * 5 + [50] * 5)
    how = {"window": 3, "negative": 4, "pairs": pairs, "seed": 2}
    sample = negative_sampling.draw(words, places, counts, thin=0, **how)
    assert sample.noise.shape == (len(sample.target), 4)
    assert len(sample.target) == len(sample.given) == len(sample.weights)
    for given, weights, target in zip(sample.given, sample.weights, sample.target, strict=True):
        near = [word for word, weight in zip(given, weights, strict=True) if weight]
        assert near
        assert all(min((word - target) % 10, (target - word) % 10) in (1, 2, 3) for word in near)
    if pairs:  # each word has 1 to 3 neighbours on a side, two on average, fewer at the ends
        assert 2.5 * 40 < len(sample.target) < 4.2 * 40
    else:
        assert len(sample.target) == 40
    often = np.isin(np.concatenate([sample.noise.ravel()] * 1), np.arange(5)).mean()
    assert often == pytest.approx(400**0.75 / (400**0.75 + 50**0.75), abs=0.12)
    thinned = negative_sampling.draw(words, places, counts, thin=1e-3, **how)
    assert len(thinned.target) < len(sample.target) / 2
    again = negative_sampling.draw(words, places, counts, thin=0, **how)
    np.testing.assert_array_equal(again.noise, sample.noise)


@pytest.mark.parametrize("kind", KINDS)
def test_words_of_the_same_contexts_are_near(kind, tmp_path) -> None:
    told = []
    outcome, found, folder = run(tmp_path, kind, progress=lambda *news: told.append(news))
    assert kin(found, nearest) > 0.75
    assert found.table.shape == (len(found.words), 16)
    assert found.counts is not None
    assert (np.diff(found.counts) <= 0).all()
    assert found.lowercase
    curve = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
    assert len(curve) == outcome.numbers["epochs"]
    assert curve[-1]["loss"] < 0.95 * curve[0]["loss"]
    assert outcome.numbers["loss"] == curve[-1]["loss"]
    assert outcome.numbers["vocabulary"] == len(found.words)
    read = outcome.numbers["corpus_tokens"]
    assert outcome.tokens == (read if kind == "glove" else read * outcome.numbers["epochs"])
    step, steps, numbers = told[-1]
    assert step == steps
    assert numbers["loss"] == curve[-1]["loss"]
    assert {path.name for path in folder.iterdir()} >= {
        "vectors.txt",
        "vectors.bin",
        "vectors.safetensors",
        "vocab.json",
    }
    assert (folder / "subwords.safetensors").exists() == kind.startswith("fasttext")


@pytest.mark.parametrize("kind", ["cbow", "skip-gram", "fasttext", "fasttext-cbow"])
def test_what_is_measured_is_what_gensim_trains(kind, tmp_path, monkeypatch) -> None:
    """At a rate that changes nothing, gensim's own sum is near ours; it skips products beyond 6, so few epochs."""
    models = pytest.importorskip("gensim.models")
    made = recipe(kind, epochs=3).model
    sentences = Sentences(corpus=Toy(400))
    known = learn(sentences, min_count=1, max_vocab=None)
    kept = []
    real = word2vec._model
    monkeypatch.setattr(word2vec, "_model", lambda made: kept.append(real(made)) or kept[-1])
    learnt = word2vec.train(made, sentences, known, None)
    model = kept[0]
    if isinstance(model, models.FastText):
        assert learnt.subwords is not None
        found = subwords.Subwords(table=learnt.subwords, min_n=3, max_n=6)
        np.testing.assert_allclose(found.vector("caballito"), model.wv.get_vector("caballito"), rtol=1e-4, atol=1e-6)
        inputs, pieces = word2vec._inputs(model)
        at = known.numbers["caballo"]
        rows = [subwords.bucket(gram, 500) for gram in subwords.grams("caballo", 3, 6)]
        total = model.wv.vectors_vocab[at] + model.wv.vectors_ngrams[rows].sum(axis=0)
        read = inputs[at] * (len(rows) if model.sg else pieces[at])  # as gensim's loops divide
        np.testing.assert_allclose(read, total, rtol=1e-4, atol=1e-5)
        return
    model.train(list(sentences), total_words=known.total, epochs=1, start_alpha=1e-9, end_alpha=1e-9, compute_loss=True)
    ours = learnt.curve[-1]["loss"]
    draws = negative_sampling.draw(
        *next(numbered(sentences, known, most=10**6)),
        np.array(known.counts),
        window=made.window,
        negative=made.negative,
        thin=0,
        pairs=kind == "skip-gram",
        seed=0,
    )
    theirs = model.get_latest_training_loss() / len(draws.target)
    assert ours == pytest.approx(theirs, rel=0.05)


@pytest.mark.parametrize("kind", ["skip-gram", "fasttext", "glove"])
def test_the_same_text_gives_the_same_vectors(kind, tmp_path) -> None:
    first = run(tmp_path / "a", kind, epochs=2)[1]
    second = run(tmp_path / "b", kind, epochs=2)[1]
    other = run(tmp_path / "c", kind, epochs=2, seed=1)[1]
    assert first.words == second.words
    np.testing.assert_array_equal(first.table, second.table)
    assert not np.allclose(first.table, other.table)


@pytest.mark.slow
def test_vectors_do_not_depend_on_the_hash_seed() -> None:
    pytest.importorskip("gensim")
    script = (
        "from robust.recipe.pretrain_models import FastText\n"
        "from robust.stages.pretrain import vocabulary, word2vec\n"
        "from tests.unit.stages.pretrain.toy_corpus import Toy\n"
        "made = FastText(kind='fasttext', size=4, buckets=50, epochs=1)\n"
        "sentences = vocabulary.Sentences(corpus=Toy(50))\n"
        "known = vocabulary.learn(sentences, min_count=1, max_vocab=None)\n"
        "print(known.words, word2vec.train(made, sentences, known, None).table.tolist())\n"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1] != b""


def test_capitals_and_rare_words_as_the_recipe_says(tmp_path) -> None:
    found = run(tmp_path, epochs=1, lowercase=False, min_count=20, max_vocab=15)[1]
    assert not found.lowercase
    assert len(found.words) == 15
    assert "She" in found.words
    assert found.counts is not None
    assert found.counts.min() >= 20


def test_text_that_fails_while_gensim_reads_it_is_not_lost(tmp_path) -> None:
    class Broken(Toy):
        def texts(self):
            yield from super().texts()
            if self.reads == 3:  # vocabulary, sample, first epoch
                raise DataError("the disk is gone")

    with pytest.raises(DataError, match="the disk is gone"):
        run(tmp_path, corpus=Broken())

    def interrupt(*news) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, corpus=Toy(2500), progress=interrupt)


def test_memory_does_not_grow_with_the_text(tmp_path) -> None:
    """No list of sentences is kept: the text is asked for again in every pass."""
    corpus = Toy(100)
    run(tmp_path, corpus=corpus, epochs=3)
    assert corpus.reads == 1 + 1 + 3


def test_settings_that_mean_nothing_are_refused(tmp_path) -> None:
    place = workspace(tmp_path)
    for more, said in (
        ({"train": {"minutes": 3}}, r"train\.minutes means nothing[\s\S]*model\.epochs"),
        ({"train": {"learning_rate": 0.1}}, r"train\.learning_rate"),
        ({"tokenizer": {"kind": "words"}}, "tokenizer"),
    ):
        with pytest.raises(UserError, match=said):
            vectors.train(recipe(more=more), Toy(), place, device="cpu", progress=None)
    with pytest.raises(DataError, match="min_count"):
        vectors.train(recipe(), Texts("¡!"), place, device="cpu", progress=None)


def test_without_gensim_the_remedy_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "gensim", None)
    with pytest.raises(UserError, match=r"pip install 'robust\[vectors\]'"):
        vectors.train(recipe(), Toy(), workspace(tmp_path), device="cpu", progress=None)
    vectors.train(recipe("glove", epochs=1), Toy(), workspace(tmp_path), device="cpu", progress=None)

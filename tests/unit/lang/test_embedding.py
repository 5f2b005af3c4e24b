"""The shipped vectors: cosines by hand, neighbours by brute force, no opposite and no rude word among them."""

import io

import numpy as np
import pytest

from robust.lang import antonyms, build_vectors, pairs
from robust.lang.antonyms import opposed
from robust.lang.embedding import Embedding, embedding
from robust.models.counterfitting import cosines, levelled, unit
from robust.models.vectors import Vectors


@pytest.mark.parametrize("lang", ["en", "es"])
def test_neighbours_are_those_of_a_full_search(lang) -> None:
    found = embedding(lang)
    table = found.table.astype(np.float64)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    for lemma in found.words[:4000:400]:
        near = dict(found.nearest(lemma, 0.6))
        cosine = table @ table[found.numbers[lemma]]
        expected = {
            word
            for word, value in zip(found.words, cosine, strict=True)
            if value >= 0.6 and found.offered[found.numbers[word]] and word != lemma and not opposed(lang, lemma, word)
        }
        assert set(near) == expected
        assert list(near.values()) == sorted(near.values(), reverse=True)
        for word, value in near.items():
            assert value == pytest.approx(cosine[found.numbers[word]], abs=1e-9)
            assert found.cosine(lemma, word) == value


@pytest.mark.parametrize("lang", ["en", "es"])
def test_opposites_are_never_neighbours(lang) -> None:
    found = embedding(lang)
    for one, other in antonyms.pairs(lang)[:400]:
        assert other not in dict(found.nearest(one, 0.3))
        assert one not in dict(found.nearest(other, 0.3))


@pytest.mark.parametrize(
    ("lang", "near", "far"),
    [
        ("en", ("movies", "film"), ("movie", "soup")),
        ("en", ("terrible", "horrible"), ("terrible", "good")),
        ("en", ("quickly", "rapidly"), ("quickly", "slowly")),
        ("es", ("bonitas", "hermoso"), ("bonito", "feo")),
        ("es", ("habitaciones", "alcoba"), ("habitación", "médico")),
        ("es", ("hablaban", "charlar"), ("hablar", "callar")),
    ],
)
def test_what_lies_near(lang, near, far) -> None:
    found = embedding(lang)
    assert found.cosine(*near) > 0.7
    assert found.cosine(*far) < 0.4


def test_forms_share_a_vector_and_unknown_words_have_none() -> None:
    assert embedding("en").cosine("movie", "movies") == 1
    assert embedding("es").lemma("habitaciones") == "habitación"
    assert embedding("en").lemma("qwertyish") is None
    assert embedding("en").cosine("qwertyish", "movie") is None
    assert embedding("en").nearest("qwertyish", 0.1) == ()


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_file_is_small_and_says_its_source(lang) -> None:
    found = embedding(lang)
    assert 10_000 < len(found.words) <= build_vectors.MOST
    assert found.table.dtype == np.int8
    assert "LICENSE" in found.source


def test_packing_keeps_cosines() -> None:
    rng = np.random.default_rng(0)
    table = unit(rng.normal(size=(30, 100)).astype(np.float32))
    words = [f"w{i}" for i in range(30)]
    data = build_vectors.packed(words, table, np.ones(30, np.bool_), "nowhere")
    assert data == build_vectors.packed(words, table, np.ones(30, np.bool_), "nowhere")
    scaled = np.load(io.BytesIO(data))["table"]
    made = Embedding("en", tuple(words), scaled, np.ones(30, np.bool_))
    assert made.cosine("w3", "w7") == pytest.approx(float(table[3] @ table[7]), abs=0.01)


def test_lemmas_are_means_of_their_forms() -> None:
    table = np.eye(4, dtype=np.float32)
    counts = np.array([30, 10, 5, 5])
    found = build_vectors.lemmas("en", Vectors(words=("movie", "movies", "the", "saw"), table=table, counts=counts))
    assert found.words == ("movie", "saw")
    assert found.table[0] == pytest.approx([0.75, 0.25, 0, 0])


def test_pairs_of_the_lists() -> None:
    rows = {word: i for i, word in enumerate(("film", "movie", "good", "bad", "fast", "slow", "quick"))}
    told = {tuple(pair) for pair in pairs.synonyms("en", rows).tolist()}
    assert (0, 1) in told
    assert (2, 3) not in told
    opposed_pairs = pairs.opposites("en", rows)
    assert {(2, 3), (4, 5)} <= {tuple(pair) for pair in opposed_pairs.tolist()}
    near = pairs.numbered([(4, 6)])
    further = {tuple(pair) for pair in pairs.spread(opposed_pairs, near, near).tolist()}
    assert (5, 6) in further
    assert (5, 6) not in {tuple(p) for p in pairs.spread(opposed_pairs, near, pairs.numbered([(5, 6)])).tolist()}


def test_levelled_vectors_have_no_mean_and_no_common_direction() -> None:
    rng = np.random.default_rng(2)
    table = (rng.normal(size=(200, 6)) * [9, 1, 1, 1, 1, 1] + 3).astype(np.float32)
    found = levelled(table)
    assert np.allclose(found.mean(axis=0), 0, atol=1e-5)
    assert np.abs(found[:, 0]).max() < 0.5 * np.abs(table[:, 0] - table[:, 0].mean()).max()
    assert np.linalg.matrix_rank(found, tol=1e-3) == 5
    assert len(cosines(unit(found), np.empty((0, 2), np.int64))) == 0

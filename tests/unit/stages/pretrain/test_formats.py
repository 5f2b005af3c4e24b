import math

import numpy as np
import pytest

from robust.errors import DataError, UserError
from robust.models.vectors import Vectors
from robust.stages.pretrain import formats, subwords
from robust.stages.pretrain.formats import nearest

WORDS = ("de", "niño", "don't", "añicos", "año2020")


def vectors(*, counts: bool = True) -> Vectors:
    table = np.random.default_rng(8).normal(size=(5, 7)).astype(np.float32)
    table[1] = [1e-30, -1e30, 1 / 3, 0.1, -0.0, 16777217, 5e-45]
    seen = np.array([90, 40, 12, 5, 5]) if counts else None
    return Vectors(words=WORDS, table=table, counts=seen)


def same(found: Vectors, wanted: Vectors) -> None:
    assert found.words == wanted.words
    assert found.table.dtype == np.float32
    np.testing.assert_array_equal(found.table, wanted.table)


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.bin", "."])
def test_what_is_written_is_read_bit_by_bit(name, tmp_path) -> None:
    formats.save(vectors(), tmp_path)
    found = formats.read(tmp_path / name)
    same(found, vectors())
    assert found.lowercase
    if name == ".":
        assert found.counts is not None
        assert found.counts.tolist() == [90, 40, 12, 5, 5]
    else:
        assert found.counts is None


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_what_we_write_and_we_read_what_it_writes(binary, tmp_path) -> None:
    keyed = pytest.importorskip("gensim.models").KeyedVectors
    ours, theirs = (
        tmp_path / formats.BINARY if binary else tmp_path / formats.TEXT,
        tmp_path / f"theirs.{'bin' if binary else 'txt'}",
    )
    formats.save(vectors(), tmp_path)
    read = keyed.load_word2vec_format(str(ours), binary=binary)
    assert tuple(read.index_to_key) == WORDS
    np.testing.assert_array_equal(read.vectors, vectors().table)
    read.save_word2vec_format(str(theirs), binary=binary)
    same(formats.read(theirs), vectors())


def test_glove_files_without_a_first_line_and_capitals(tmp_path) -> None:
    (tmp_path / "glove.txt").write_text("Ávila 0.5 -1\ncasa 2 3e-1\n", encoding="utf-8")
    found = formats.read(tmp_path / "glove.txt")
    assert found.words == ("Ávila", "casa")
    np.testing.assert_array_equal(found.table, np.array([[0.5, -1], [2, 0.3]], dtype=np.float32))
    assert not found.lowercase
    assert "casa" in found
    assert "Casa" not in found


@pytest.mark.parametrize("counts", [True, False])
def test_safetensors_and_its_vocabulary_are_for_other_programs_too(counts, tmp_path) -> None:
    import json

    from safetensors.numpy import load_file

    formats.save(vectors(counts=counts), tmp_path)
    assert list(load_file(tmp_path / "vectors.safetensors")) == ["vectors"]
    said = json.loads((tmp_path / "vocab.json").read_text(encoding="utf-8"))
    assert said["words"] == list(WORDS)
    assert said["counts"] == ([90, 40, 12, 5, 5] if counts else None)
    assert (formats.read(tmp_path).counts is not None) == counts


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("short.bin", b"3 4\nuna " + bytes(16) + b"\n"),
        ("endless.bin", b"1 4\n" + b"x" * 20_000),
        ("ragged.txt", b"uno 1 2\ndos 1\n"),
        ("fewer.txt", b"3 2\nuno 1 2\n"),
        ("words.txt", b"uno dos tres\n"),
    ],
)
def test_broken_files_are_named(name, content, tmp_path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name):
        formats.read(tmp_path / name)


def test_files_that_are_not_there_and_words_that_cannot_be_written(tmp_path) -> None:
    formats.save(vectors(), tmp_path)
    with pytest.raises(DataError, match=r"no such file[\s\S]*did you mean 'vectors.txt'"):
        formats.read(tmp_path / "vector.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no word vectors"):
        formats.read(tmp_path / "empty")
    for word in ("", "dos palabras", "no-break\u00a0space", "line\n"):
        with pytest.raises(ValueError, match="cannot be written"):
            formats.write_text(Vectors(words=(word,), table=np.zeros((1, 2), np.float32)), tmp_path / "x.txt")
    with pytest.raises(ValueError, match="shape"):
        Vectors(words=("una",), table=np.zeros((2, 2), np.float32))


def test_the_nearest_words_are_those_with_the_highest_cosine() -> None:
    found = vectors()
    table = found.table.astype(np.float64)

    def cosine(a: np.ndarray, b: np.ndarray) -> float:
        scaled_a, scaled_b = a / np.abs(a).max(), b / np.abs(b).max()
        return float(scaled_a @ scaled_b / math.sqrt((scaled_a @ scaled_a) * (scaled_b @ scaled_b)))

    for at, word in enumerate(WORDS):
        if word == "niño":  # its numbers are beyond the squares of float32
            continue
        by_hand = sorted(
            ((other, cosine(table[at], table[i])) for i, other in enumerate(WORDS) if other not in (word, "niño")),
            key=lambda pair: -pair[1],
        )
        without = Vectors(words=tuple(w for w in WORDS if w != "niño"), table=np.delete(found.table, 1, axis=0))
        assert [other for other, _ in nearest(without, word, 10)] == [other for other, _ in by_hand]
        np.testing.assert_allclose([c for _, c in nearest(without, word, 10)], [c for _, c in by_hand], atol=1e-6)
        assert nearest(without, word, 2) == nearest(without, word, 10)[:2]
    with pytest.raises(UserError, match="did you mean 'niño'"):
        nearest(found, "niños")


def test_a_vector_of_zeros_is_near_nothing() -> None:
    table = np.array([[1, 0], [0, 0], [-1, 0], [2, 1]], dtype=np.float32)
    found = Vectors(words=("a", "zero", "b", "c"), table=table)
    assert nearest(found, "a", 3) == [("c", pytest.approx(2 / math.sqrt(5))), ("zero", 0.0), ("b", -1.0)]
    assert [cosine for _, cosine in nearest(found, "zero")] == [0.0, 0.0, 0.0]


def test_n_grams_are_fasttexts(tmp_path) -> None:
    inner = pytest.importorskip("gensim.models.fasttext_inner")
    for word in ("niño", "a", "cigüeña", "don't", "🙂sol"):
        for low, high in ((3, 6), (1, 2), (4, 4)):
            theirs = inner.compute_ngrams(word, low, high)
            assert subwords.grams(word, low, high) == theirs
            hashes = [inner.ft_hash_bytes(gram.encode()) % 997 for gram in theirs]
            assert [subwords.bucket(gram, 997) for gram in theirs] == hashes
    table = np.random.default_rng(1).normal(size=(997, 4)).astype(np.float32)
    subwords.write(subwords.Subwords(table=table, min_n=3, max_n=4), tmp_path)
    found = subwords.read(tmp_path)
    rows = [subwords.bucket(gram, 997) for gram in ("<sí", "sí>", "<sí>")]
    np.testing.assert_allclose(found.vector("sí"), table[rows].mean(axis=0), rtol=1e-6)
    assert not found.vector("").any()

from collections import defaultdict

import numpy as np
import pytest
import torch

from robust.models.vectors import Vectors
from robust.recipe.pretrain_models import GloVe
from robust.stages.pretrain import cooccurrence, glove
from robust.stages.pretrain.cooccurrence import Cooccurrences
from robust.stages.pretrain.formats import nearest
from robust.stages.pretrain.vocabulary import LONGEST, Sentences, learn, numbered
from tests.unit.stages.pretrain.toy_corpus import Toy, kin, workspace

TEXTS = ["el pan, el vino y el pan del día", "Pan pan pan", "sin", "el queso y el vino del país y de la casa"]


class Texts:
    def __init__(self, texts: list[str]) -> None:
        self.all = texts

    def texts(self):
        return iter(self.all)


def naive(sentences: list[list[str]], words: tuple[str, ...], window: int) -> dict[tuple[int, int], float]:
    """Both loops written out; words without a number are taken out of the sentence first."""
    table: dict[tuple[int, int], float] = defaultdict(float)
    for sentence in sentences:
        known = [words.index(word) for word in sentence if word in words]
        for at, word in enumerate(known):
            for near, other in enumerate(known):
                if near != at and abs(near - at) <= window:
                    table[word, other] += 1 / abs(near - at)
    return table


def counted(texts: list[str], folder, *, window: int = 3, min_count: int = 1, most: int = 10**6):
    sentences = Sentences(corpus=Texts(texts))
    vocabulary = learn(sentences, min_count=min_count, max_vocab=None)
    counts = cooccurrence.count(
        numbered(sentences, vocabulary, most=most), len(vocabulary.words), window=window, folder=folder
    )
    rows, columns, values = counts.cells(slice(None))
    assert len(rows) == counts.entries
    found = {(int(i), int(j)): float(x) for i, j, x in zip(rows, columns, values, strict=True)}
    assert len(found) == counts.entries, "no cell is there twice"
    return found, naive(list(sentences), vocabulary.words, window)


@pytest.mark.parametrize("window", [1, 2, 3, 15])
@pytest.mark.parametrize("min_count", [1, 2])
def test_counts_are_those_of_a_double_loop(window, min_count, tmp_path) -> None:
    found, wanted = counted(TEXTS, tmp_path / "counts", window=window, min_count=min_count)
    assert found.keys() == wanted.keys()
    for cell, value in wanted.items():
        assert found[cell] == pytest.approx(value, rel=1e-6)


def test_pieces_that_go_through_files_count_the_same(tmp_path, monkeypatch) -> None:
    texts = list(Toy(300).texts())
    whole, wanted = counted(texts, tmp_path / "whole", window=4)
    monkeypatch.setattr(cooccurrence, "IN_MEMORY", 300)
    monkeypatch.setattr(cooccurrence, "PAIRS", 500)
    parts, _ = counted(texts, tmp_path / "parts", window=4, most=100)
    assert parts.keys() == whole.keys() == wanted.keys()
    for cell, value in wanted.items():
        assert whole[cell] == pytest.approx(value, rel=1e-6)
        assert parts[cell] == pytest.approx(value, rel=1e-6)
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == [
        "count.raw",
        "first.raw",
        "second.raw",
        "table.json",
    ]


def test_the_spill_was_used(tmp_path, monkeypatch) -> None:
    stored = []
    real = cooccurrence._stored
    monkeypatch.setattr(cooccurrence, "_stored", lambda run, path: stored.append(path.name) or real(run, path))
    monkeypatch.setattr(cooccurrence, "IN_MEMORY", 300)
    counted(list(Toy(300).texts()), tmp_path / "counts", window=4, most=100)
    assert len(stored) > 2


def test_a_long_paragraph_is_cut_and_none_is_lost(tmp_path) -> None:
    sentences = list(Sentences(corpus=Texts(["sol " * (LONGEST + 5), "¡!", ""])))
    assert [len(sentence) for sentence in sentences] == [LONGEST, 5]


def test_counts_are_kept_and_half_written_ones_are_not(tmp_path) -> None:
    (tmp_path / "counts.new").mkdir()
    (tmp_path / "counts.new" / "first.raw").write_bytes(b"rubbish")
    first, _ = counted(TEXTS, tmp_path / "counts")

    def fail():
        raise AssertionError("the text is read again")
        yield

    again = cooccurrence.count(fail(), 11, window=3, folder=tmp_path / "counts")
    assert again.entries == len(first)
    assert not (tmp_path / "counts.new").exists()


def test_a_text_of_lone_words_has_no_counts(tmp_path) -> None:
    found, wanted = counted(["uno", "dos"], tmp_path / "counts")
    assert found == wanted == {}


def test_stored_cells_are_in_no_order_of_words(tmp_path) -> None:
    """What is read together is to be a fair sample of the table."""
    sentences = Sentences(corpus=Toy(600))
    vocabulary = learn(sentences, min_count=1, max_vocab=None)
    counts = cooccurrence.count(
        numbered(sentences, vocabulary, most=500), len(vocabulary.words), window=5, folder=tmp_path / "counts"
    )
    first = np.asarray(counts.first, dtype=float)
    assert abs(np.corrcoef(first, np.arange(len(first)))[0, 1]) < 0.1
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.2


def objective(sides, rows, columns, counts, x_max, alpha):
    """J as the paper writes it, with vectors and biases in tensors of their own."""
    w, b = sides.tables[0][:, :-2].double(), sides.tables[0][:, -2].double()
    v, c = sides.tables[1][:, :-2].double(), sides.tables[1][:, -1].double()
    leaves = [leaf.clone().requires_grad_() for leaf in (w, b, v, c)]
    w, b, v, c = leaves
    total = torch.zeros((), dtype=torch.float64)
    for i, j, x in zip(rows.tolist(), columns.tolist(), counts.tolist(), strict=True):
        weight = (x / x_max) ** alpha if x < x_max else 1.0
        total = total + weight * (w[i] @ v[j] + b[i] + c[j] - np.log(x)) ** 2
    total.backward()
    return float(total.detach()), [leaf.grad for leaf in leaves]


def test_objective_and_gradient_are_the_papers() -> None:
    rng = np.random.default_rng(3)
    sides = glove.start(9, 4, seed=1)
    for table, one in zip(sides.tables, (5, 4), strict=True):
        table.copy_(torch.from_numpy(rng.normal(size=(9, 6))))
        table[:, one] = 1.0
    rows = torch.tensor([2, 0, 2, 2, 7, 0, 2])  # several cells of a row, one of them twice
    columns = torch.tensor([1, 2, 3, 1, 1, 8, 0])
    counts = torch.tensor([0.5, 3.0, 10.0, 25.0, 1.5, 9.99, 0.1])
    value, words, contexts = glove.gradient(sides, rows, columns, counts, x_max=10.0, alpha=0.75)
    wanted, (dw, db, dv, dc) = objective(sides, rows, columns, counts, 10.0, 0.75)
    assert float(value) == pytest.approx(wanted, rel=1e-5)
    for slope, vector, bias, place, one in ((words, dw, db, -2, -1), (contexts, dv, dc, -1, -2)):
        dense = torch.zeros(9, 6)
        assert len(set(slope.rows.tolist())) == len(slope.rows)
        dense[slope.rows] = slope.values
        torch.testing.assert_close(dense[:, :-2].double(), vector, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(dense[:, place].double(), bias, rtol=1e-4, atol=1e-4)
        assert not dense[:, one].any(), "the ones are no parameters"


def test_updates_are_adagrads() -> None:
    sides = glove.start(6, 3, seed=2)
    start = [table.clone() for table in sides.tables]
    leaves = [table.clone().requires_grad_() for table in start]
    optimizer = torch.optim.Adagrad(leaves, lr=0.05, initial_accumulator_value=1.0, eps=0.0)
    rng = np.random.default_rng(0)
    for _ in range(5):
        rows, columns = (torch.from_numpy(rng.integers(0, 6, 12)) for _ in range(2))
        counts = torch.from_numpy(rng.uniform(0.2, 30, 12).astype(np.float32))
        _, *slopes = glove.gradient(sides, rows, columns, counts, x_max=10, alpha=0.75)
        glove.update(sides, tuple(slopes), learning_rate=0.05)
        weight = (counts / 10).clamp(max=1) ** 0.75
        loss = (weight * ((leaves[0][rows] * leaves[1][columns]).sum(1) - counts.log()) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        for leaf, one in zip(leaves, (4, 3), strict=True):
            leaf.grad[:, one] = 0
        optimizer.step()
    for table, leaf, before in zip(sides.tables, leaves, start, strict=True):
        torch.testing.assert_close(table, leaf.detach(), rtol=1e-4, atol=1e-5)
        assert (table - before).abs().max() > 0.05


def test_every_cell_comes_once_an_epoch_in_another_order(monkeypatch) -> None:
    monkeypatch.setattr(glove, "SEGMENT", 7)
    monkeypatch.setattr(glove, "BUFFER", 3)
    first, second = np.triu_indices(12)
    counts = Cooccurrences(
        first=first.astype(np.uint32),
        second=second.astype(np.uint32),
        count=np.arange(1, 79, dtype=np.float32),
        entries=144,
    )
    epochs = []
    for epoch in (0, 1, 1):
        cells = [
            (int(i), int(j), float(x))
            for batch in glove.batches(counts, size=10, seed=5, epoch=epoch)
            for i, j, x in zip(*batch, strict=True)
        ]
        wanted = {(int(i), int(j), float(x)) for i, j, x in zip(first, second, counts.count, strict=True)}
        assert sorted(cells) == sorted(wanted | {(j, i, x) for i, j, x in wanted})
        epochs.append(cells)
    assert epochs[1] == epochs[2]
    assert epochs[0] != epochs[1]


def test_with_room_enough_the_objective_goes_to_zero() -> None:
    """Six words, vectors of eight numbers: every logarithm can be met exactly."""
    rng = np.random.default_rng(1)
    table = rng.uniform(0.5, 50, (6, 6))
    first, second = np.triu_indices(6)
    counts = Cooccurrences(
        first=first.astype(np.uint32),
        second=second.astype(np.uint32),
        count=table[first, second].astype(np.float32),
        entries=36,
    )
    sides = glove.start(6, 8, seed=0)
    losses = []
    for epoch in range(1500):
        for batch in glove.batches(counts, size=36, seed=0, epoch=epoch):
            value, *slopes = glove.gradient(sides, *map(torch.from_numpy, batch), x_max=100, alpha=0.75)
            glove.update(sides, tuple(slopes), learning_rate=0.2)
            losses.append(float(value))
    assert losses[0] > 10
    assert losses[-1] < 1e-3
    words, contexts = (side.numpy() for side in sides.tables)
    for i, j, x in zip(*counts.cells(slice(None)), strict=True):
        assert words[i] @ contexts[j] == pytest.approx(np.log(x), abs=0.05)


def fit(root, *, epochs: int = 30, stop: int | None = None, **settings):
    made = GloVe(kind="glove", **{"size": 12, "window": 4, "min_count": 1, "x_max": 10, "epochs": epochs, **settings})
    corpus = Toy()
    sentences = Sentences(corpus=corpus)
    vocabulary = learn(sentences, min_count=1, max_vocab=None)

    class Stopped(Exception):
        pass

    told = []

    def progress(step, steps, numbers):
        told.append((step, steps, numbers["loss"]))
        if stop is not None and step >= stop * steps // epochs:
            raise Stopped

    place = workspace(root)
    try:
        learnt = glove.train(made, sentences, vocabulary, place, device=torch.device("cpu"), progress=progress)
    except Stopped:
        return None
    return learnt, Vectors(words=vocabulary.words, table=learnt.table), corpus, told


def test_words_of_the_same_contexts_are_near(tmp_path) -> None:
    learnt, vectors, corpus, told = fit(tmp_path)
    assert corpus.reads == 2  # to learn the vocabulary, and to count
    losses = [point["loss"] for point in learnt.curve]
    assert len(losses) == 30
    assert losses[-1] < losses[0] / 3
    assert kin(vectors, nearest) > 0.9
    assert told[-1][:2] == (30 * learnt.numbers["cells"], 30 * learnt.numbers["cells"])
    assert learnt.parameters == 2 * len(vectors) * 13


def test_an_interrupted_training_ends_where_it_would_have(tmp_path) -> None:
    whole = fit(tmp_path / "whole", epochs=5)[0]
    assert fit(tmp_path / "cut", epochs=5, stop=3) is None
    resumed, _, corpus, _ = fit(tmp_path / "cut", epochs=5)
    assert corpus.reads == 1  # the counts are there
    np.testing.assert_array_equal(resumed.table, whole.table)
    assert [point["loss"] for point in resumed.curve] == [point["loss"] for point in whole.curve]
    other = fit(tmp_path / "other", epochs=5, seed=1)[0]
    assert not np.allclose(other.table, whole.table, atol=1e-3)

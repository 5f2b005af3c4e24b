"""Counter-fitting: the objective by hand, its gradient by differences, and where it leads."""

import numpy as np
import pytest

from robust.models import counterfitting as cf

SETTINGS = cf.Settings(antonym_margin=1.0, synonym_margin=0.1, radius=0.6)
SYNONYMS = np.array([[0, 1], [1, 2], [0, 1]])
ANTONYMS = np.array([[0, 3], [4, 5]])


def table(n: int = 12, size: int = 5) -> np.ndarray:
    rng = np.random.default_rng(3)
    return cf.unit((rng.normal(size=(n, size)) + 0.5).astype(np.float32))


def terms(found: np.ndarray) -> dict:
    kept = cf.neighbours(found, SETTINGS.radius)
    return {"synonyms": SYNONYMS, "antonyms": ANTONYMS, "kept": kept, "were": 1 - cf.cosines(found, kept) - 0.05}


def by_hand(found: np.ndarray, first: np.ndarray) -> float:
    """Equations 1 to 4, word by word, of vectors of any length."""

    def distance(vectors, one, other):
        a, b = vectors[one].astype(float), vectors[other].astype(float)
        return 1 - a @ b / np.sqrt((a @ a) * (b @ b))

    total = sum(max(0.0, 1.0 - distance(found, u, w)) for u, w in ANTONYMS)
    total += sum(max(0.0, distance(found, u, w) - 0.1) for u, w in SYNONYMS)
    for i in range(len(found)):
        for j in range(i + 1, len(found)):
            if distance(first, i, j) <= 0.6:
                total += max(0.0, distance(found, i, j) - (distance(first, i, j) - 0.05))
    return total


def test_objective_and_gradient_are_those_of_the_paper() -> None:
    found = table()
    given = terms(found)
    assert cf.objective(found, **given, made=SETTINGS) == pytest.approx(by_hand(found, found), abs=1e-4)
    slope, active = cf.gradient(found, **given, made=SETTINGS)
    for row in (0, 1, 4, 9):
        for column in range(found.shape[1]):
            up, down = found.astype(float), found.astype(float)
            up[row, column] += 1e-5
            down[row, column] -= 1e-5
            expected = (by_hand(up, found) - by_hand(down, found)) / 2e-5
            assert slope[row, column] == pytest.approx(expected, abs=2e-3)
    assert active[0] >= 3


def test_all_pairs_within_the_radius_are_found_once() -> None:
    found = cf.unit(np.random.default_rng(1).normal(size=(2100, 6)).astype(np.float32))
    near = {(i, j) for i, j in np.argwhere(found @ found.T >= 0.8).tolist() if i < j}
    told = [tuple(pair) for pair in cf.neighbours(found, 0.2).tolist()]
    assert set(told) == near
    assert len(told) == len(set(told))


def test_synonyms_come_near_and_opposites_go_apart() -> None:
    first = table(40, 20)
    synonyms, antonyms = np.array([[0, 1], [2, 3], [4, 5]]), np.array([[0, 6], [7, 8], [4, 5]])
    heard = []
    fitted = cf.fit(first, synonyms=synonyms, antonyms=antonyms, report=lambda epoch, told: heard.append((epoch, told)))
    assert (cf.cosines(fitted, synonyms[:2]) > 0.9).all()
    assert (cf.cosines(fitted, antonyms) < 0.1).all()  # the pair of both lists too
    assert np.allclose(np.linalg.norm(fitted, axis=1), 1, atol=1e-5)
    assert np.allclose(fitted[20:], first[20:], atol=0.2)
    assert [epoch for epoch, _ in heard] == list(range(1, 21))
    assert heard[-1][1]["objective"] < heard[0][1]["objective"]
    again = cf.fit(first, synonyms=synonyms, antonyms=antonyms)
    assert np.array_equal(fitted, again)


def test_without_pairs_nothing_moves() -> None:
    none = np.empty((0, 2), np.int64)
    assert np.allclose(cf.fit(table(), synonyms=none, antonyms=none), table(), atol=1e-6)


def test_rows_that_repeat_are_added_up() -> None:
    rows, values = np.array([2, 0, 2, 2]), np.arange(8, dtype=np.float32).reshape(4, 2)
    fast, slow = np.zeros((3, 2), np.float32), np.zeros((3, 2), np.float32)
    cf.add_rows(fast, rows, values)
    np.add.at(slow, rows, values)
    assert np.array_equal(fast, slow)

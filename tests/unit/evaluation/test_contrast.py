"""Contrast sets whose numbers can be counted by hand, and the public ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import binomtest

from robust.data.source import DataSpec, read
from robust.evaluation import facts
from robust.evaluation.contrast import contrasts
from robust.results.estimates import proportion
from tests.realdata import path


def row(id_: str, right: bool | None, baseline: bool | None = None) -> dict[str, object]:
    said = {"predicted": None if right is None else int(right), "baseline": None if baseline is None else int(baseline)}
    return {"set": "s", "example_id": id_, "label": 1, **said}


def fact(id_: str, pair: str | None) -> dict[str, object]:
    return {"set": "s", "example_id": id_, "slices": [], "pair": pair}


def test_a_pair_is_right_as_a_whole_or_not() -> None:
    verdicts = (True, True, True, False, True, None, True, True)
    rows = [row(id_, right) for id_, right in zip("abcdefgh", verdicts, strict=True)]
    known = [fact(id_, pair) for id_, pair in zip("abcdefgh", ("1", "1", "2", "2", "3", "3", None, "4"), strict=True)]
    (found,) = contrasts(rows, known)
    assert found.model.consistency == proportion(1, 2)
    assert found.model.accuracy == proportion(3, 4)
    assert (found.model.original, found.model.revised) == (proportion(2, 2), proportion(1, 2))
    assert found.unpaired == 2  # in no pair, and the only one of its pair
    assert (found.baseline, found.against) == (None, None)


def test_the_first_row_of_a_pair_is_the_original_and_there_may_be_several_revisions() -> None:
    rows = [row("new-1", False), row("old", True), row("new-2", True)]
    (found,) = contrasts(rows, [fact(id_, "p") for id_ in ("old", "new-1", "new-2")])
    assert (found.model.original, found.model.revised) == (proportion(1, 1), proportion(1, 2))
    assert (found.model.difference.first_only, found.model.difference.second_only) == (1, 0)  # the first revision
    assert found.model.consistency == proportion(0, 1)


def test_paired_tests_of_originals_against_revisions_and_of_two_models() -> None:
    rows, known = [], []
    for at in range(12):
        # nine pairs whose revision alone is wrong, one whose original alone is, two right; the bag of words: all wrong
        rows += [row(f"{at}o", at != 9, False), row(f"{at}r", at >= 9, False)]
        known += [fact(f"{at}o", str(at)), fact(f"{at}r", str(at))]
    (found,) = contrasts(rows, known)
    difference = found.model.difference
    assert difference.value == pytest.approx((11 - 3) / 12)
    assert difference.p_value == pytest.approx(binomtest(1, 10).pvalue)
    assert found.baseline is not None
    assert found.baseline.consistency == proportion(0, 12)
    assert found.against is not None
    assert (found.against.value, found.against.first_only) == (pytest.approx(2 / 12), 2)
    assert found.against.p_value == pytest.approx(binomtest(2, 2).pvalue)
    said = found.as_dict()
    assert said["original"]["k"] == 11
    assert said["baseline"]["revised"]["k"] == 0
    assert said["against_baseline"]["value"] == pytest.approx(2 / 12)


def test_empty_cells_are_no_pair(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text(
        "text,label,twin\nA joy.,positive,1\nA bore.,negative,1\nFine.,positive,\nBad.,negative, \n", "utf-8"
    )
    found = facts.facts([DataSpec(source=str(tmp_path / "en.csv"))], only="en", pairs="twin")
    assert [one["pair"] for one in found] == ["1", "1", None, None]


@pytest.mark.realdata
def test_counterfactual_film_reviews_find_their_twins() -> None:
    """The originals are the first 1,707 rows and the revisions the others, in another order and without a column that
    pairs them (Kaushik et al. 2020)."""
    spec = DataSpec(source=str(path("en", "imdb_cad", "train.tsv")))
    known = facts.facts([spec], only="en", pairs="similar")
    labels = [one.label for one in read(spec).rows]
    places: dict[str, list[int]] = {}
    for at, one in enumerate(known):
        if one["pair"] is not None:
            places.setdefault(one["pair"], []).append(at)
    assert len(places) == 1706
    assert all(len(pair) == 2 and pair[0] < 1707 <= pair[1] for pair in places.values())
    assert all(labels[first] != labels[second] for first, second in places.values())

"""The error model: edits against a brute-force Damerau distance, probabilities against counts made by hand."""

from __future__ import annotations

from itertools import product

import pytest

from robust.errors import DataError
from robust.lang.error_model import Edit, edit_between, edited, edits, is_held_out, learn
from robust.lang.error_model_file import decoded, encoded, shipped

TOY = [("hte", "the"), ("te", "the"), ("thee", "the"), ("tha", "the"), ("he", "the"), ("tthe", "the"), ("hta", "hat")]
"""Of `the`: t and h swapped, h left out, e doubled, e to a, t left out, t doubled; of `hat`: a and t swapped."""


def one_apart(word: str, letters: str) -> set[str]:
    """Words one edit from `word`, by trying all words of fitting length with a textbook distance."""
    sizes = (len(word) - 1, len(word), len(word) + 1)
    return {w for size in sizes for w in map("".join, product(letters, repeat=size)) if distance(word, w) == 1}


def distance(one: str, other: str) -> int:
    """Optimal string alignment distance, by its recursion."""
    rows = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i, j in product(range(1, len(one) + 1), range(1, len(other) + 1)):
        rows[i, j] = min(rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (one[i - 1] != other[j - 1]))
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            rows[i, j] = min(rows[i, j], rows[i - 2, j - 2] + 1)
    return rows[len(one), len(other)]


@pytest.mark.parametrize("word", ["a", "aa", "ab", "aab", "abba", "abab", "aabb"])
def test_edits_are_all_words_one_edit_away_each_once(word: str) -> None:
    made = [edited(word, edit) for edit in edits(word, "abc")]
    assert len(made) == len(set(made))
    assert set(made) == one_apart(word, "abc")
    for edit in edits(word, "abc"):
        assert edit_between(word, edited(word, edit)) == edit


def test_what_is_not_one_edit_has_none() -> None:
    assert edit_between("the", "the") is None
    assert edit_between("the", "thesis") is None
    assert edit_between("abc", "cba") is None
    assert edit_between("apple", "aple") == Edit(2, "p", "")
    assert edit_between("aple", "apple") == Edit(2, "", "p")


def test_probabilities_are_those_counted_by_hand() -> None:
    model = learn((wrong, right, 1.0) for wrong, right in TOY)
    assert (model.pairs, model.letters) == (7, "aeht")
    # 6 times `the` and once `hat`: 21 letters, 28 gaps, 14 neighbours that can be swapped, 4 letters to write
    deleted, inserted, substituted, swapped = 3 / 23, 3 / (28 * 4 + 2), 2 / (21 * 4 + 2), 3 / 16
    # `h` left out: once of 7 anywhere; once of 6 behind t, once of 6 before e
    anywhere = (1 + 20 * deleted) / (7 + 20)
    expected = ((1 + 20 * anywhere) / (6 + 20) + (1 + 20 * anywhere) / (6 + 20)) / 2
    assert model.probability("the", Edit(1, "h", "")) == pytest.approx(expected, rel=1e-12)
    # `e` put in: once of 28 gaps; once of the 6 behind e, once of the 7 before the end
    anywhere = (1 + 20 * inserted) / (28 + 20)
    expected = ((1 + 20 * anywhere) / (6 + 20) + (1 + 20 * anywhere) / (7 + 20)) / 2
    assert model.probability("the", Edit(3, "", "e")) == pytest.approx(expected, rel=1e-12)
    # `e` to `a`: once of 6, behind h and before the end alike
    anywhere = (1 + 20 * substituted) / (6 + 20)
    expected = (1 + 20 * anywhere) / (6 + 20)
    assert model.probability("the", Edit(2, "e", "a")) == pytest.approx(expected, rel=1e-12)
    # in a context that was never seen, of 6 e and of no place: `e` to `a` behind a, before h
    expected = ((0 + 20 * anywhere) / (0 + 20) + (0 + 20 * anywhere) / (0 + 20)) / 2
    assert model.probability("aeh", Edit(1, "e", "a")) == pytest.approx(expected, rel=1e-12)
    # th swapped: once of 6, whatever is around
    assert model.probability("the", Edit(0, "th", "ht")) == pytest.approx((1 + 20 * swapped) / (6 + 20), rel=1e-12)


def test_ranks_by_probability_then_by_the_alphabet() -> None:
    model = learn((wrong, right, 1.0) for wrong, right in TOY)
    ranked = model.ranked("the", 1000)
    assert {word for word, _ in ranked} == one_apart("the", "aeht")
    assert ranked == sorted(ranked, key=lambda one: (-one[1], one[0]))
    assert model.ranked("the", 3) == ranked[:3]
    assert all(word for word, _ in model.ranked("a", 1000))


def test_weights_count_as_repeats() -> None:
    weighed = learn([("te", "the", 3.0), ("thee", "the", 1.0)])
    repeated = learn([("te", "the", 1.0)] * 3 + [("thee", "the", 1.0)])
    assert weighed.ranked("the", 50) == repeated.ranked("the", 50)


def test_held_out_words_are_not_counted() -> None:
    words = [f"word{chr(97 + i)}{chr(97 + j)}" for i in range(26) for j in range(26)]
    held = [word for word in words if is_held_out(word, 0.2)]
    assert 0.15 < len(held) / len(words) < 0.25
    assert set(held) <= {word for word in words if is_held_out(word, 0.5)}
    assert learn(((word + "x", word, 1.0) for word in words), held_out=0.2).pairs == len(words) - len(held)


def test_pruned_models_keep_what_is_frequent_and_the_sums() -> None:
    pairs = [("te", "the", 3.0), ("se", "she", 1.0), ("ae", "ahe", 1.0)]
    model = learn(pairs)
    small = model.pruned(2)
    assert set(small.before) == {("t", "h", ""), ("", "h", "")}
    assert small.before["", "h", ""] == 2
    assert small.probability("the", Edit(1, "h", "")) == model.probability("the", Edit(1, "h", ""))
    assert small.probability("xhx", Edit(1, "h", "")) == model.probability("xhx", Edit(1, "h", ""))


def test_files_hold_the_whole_model() -> None:
    model = learn((wrong, right, 0.25) for wrong, right in TOY)
    read, lang = decoded(encoded(model, "en"), "x")
    assert lang == "en"
    assert read.ranked("the", 50) == model.ranked("the", 50)
    assert encoded(read, "en") == encoded(model, "en")


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"\xff\xfe", b'{"format": "error-model/1", "lang": "fr"}', b"null"]
)
def test_what_is_no_model_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(DataError, match="not an error model"):
        decoded(data, "m.json")


def test_counts_that_are_none_are_refused() -> None:
    good = encoded(learn([("te", "the", 1.0)]), "en")
    for old, new in ((b'"th": 1', b'"th": -1'), (b'"th": 1', b'"th": NaN'), (b'"t|h|": 1', b'"th": 1')):
        assert old in good
        with pytest.raises(DataError, match="not an error model"):
            decoded(good.replace(old, new), "m.json")


@pytest.mark.parametrize(
    ("lang", "right", "wrong", "unlikely"),
    [
        ("en", "receive", "recieve", "receige"),
        ("en", "tomorrow", "tomorow", "tomzrrow"),
        ("en", "separate", "seperate", "sekarate"),
        ("es", "también", "tambien", "tambiék"),
        ("es", "había", "abía", "hfbía"),
        ("es", "volver", "bolver", "dolver"),
    ],
)
def test_the_shipped_models_know_how_people_misspell(lang: str, right: str, wrong: str, unlikely: str) -> None:
    model = shipped("es" if lang == "es" else "en")
    likely, other = (edit_between(right, word) for word in (wrong, unlikely))
    assert likely is not None
    assert other is not None
    assert model.probability(right, likely) > 3 * model.probability(right, other)
    assert "codespell" in shipped("en").source

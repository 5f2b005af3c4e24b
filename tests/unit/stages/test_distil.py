"""Learning from teachers: targets by the formula, rows without labels, and a student that follows what it is told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from robust.data.table import Table
from robust.errors import DataError, ModelError, UserError
from robust.recipe.distil import Distillation
from robust.recipe.finetune import FinetuneRecipe, Training
from robust.stages import distil
from robust.stages.baseline import fit
from robust.stages.distil import Teacher, lesson
from robust.stages.finetune import finetune
from robust.stages.tasks.losses import cross_entropy
from tests.unit.stages.conftest import table

LABELS = ("negative", "positive")


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def teacher(positive: float) -> Teacher:
    return Teacher(
        name="t", revision="1", says=lambda rows: np.array([[1 - positive, positive]] * len(rows), dtype=np.float32)
    )


def taught(recipe: FinetuneRecipe, *teachers: str, gold: float) -> FinetuneRecipe:
    return recipe.model_copy(update={"distil": Distillation(teachers=teachers, gold=gold)})


def longer(recipe: FinetuneRecipe) -> FinetuneRecipe:
    """A student of soft targets needs more updates than one of labels."""
    return recipe.model_copy(update={"train": recipe.train.model_copy(update={"epochs": 2 * recipe.train.epochs})})


def test_targets_mix_labels_with_the_mean_of_the_teachers(tmp_path: Path) -> None:
    train = table([(("good",), "positive"), (("bad",), "negative")])
    extra = table([(("who knows",), None)])
    how = Distillation(teachers=("a", "b"), gold=0.25)
    whole, targets = lesson(how, [teacher(0.9), teacher(0.3)], train, extra, LABELS, kept=tmp_path / "kept.npy")
    assert targets == pytest.approx(
        np.array([[0.75 * 0.4, 0.25 + 0.75 * 0.6], [0.25 + 0.75 * 0.4, 0.75 * 0.6], [0.4, 0.6]])
    )
    assert [row.label for row in whole.rows] == ["positive", "negative", "positive"]
    assert len({row.id for row in whole.rows}) == 3

    again = lesson(how, [], train, extra, LABELS, kept=tmp_path / "kept.npy")  # nobody is asked twice
    assert np.array_equal(again[1], targets)


def test_a_teacher_of_some_rows_is_heard_on_those_alone(tmp_path: Path) -> None:
    """Rows of both teachers get their mean, rows of one what that one says, a labelled row of none its label."""

    def rows(*given: tuple[str, str | None]) -> Table:
        made = table([((name,), label) for name, label in given])
        return replace(made, rows=tuple(replace(row, id=row.fields[0]) for row in made.rows))

    train = rows(("film-1", "positive"), ("hotel-1", "negative"), ("other", "negative"))
    films = replace(teacher(0.8), of="film-")
    hotels = replace(teacher(0.4), of="hotel-")
    second = replace(teacher(0.1), of="film-2")
    how = Distillation(teachers=("a",), gold=0.5)
    _, targets = lesson(how, [films, hotels, second], train, rows(("film-2", None)), LABELS, kept=tmp_path / "kept.npy")
    assert targets[:, 1] == pytest.approx([0.9, 0.2, 0.0, 0.45])
    with pytest.raises(DataError, match=r"'tweet-1' has no teacher"):
        lesson(how, [films], train, rows(("tweet-1", None)), LABELS, kept=tmp_path / "other.npy")


def test_a_bag_of_words_of_some_rows_learns_from_those_alone(reviews) -> None:
    """It was told the opposite everywhere else."""
    turned = {"negative": "positive", "positive": "negative"}
    mine = [replace(row, id=f"mine-{at}") for at, row in enumerate(reviews.rows)]
    others = [replace(row, id=f"other-{at}", label=turned[str(row.label)]) for at, row in enumerate(reviews.rows)] * 2
    both = replace(reviews, rows=tuple(mine + others))
    (taught_here,) = distil.teachers(Distillation(teachers=("bag-of-words@mine-",)), both, LABELS, device="cpu")
    said = taught_here.says(mine).argmax(axis=1)
    assert np.mean([LABELS[at] == row.label for at, row in zip(said, mine, strict=True)]) > 0.9
    with pytest.raises(DataError, match="bag-of-words@nobody- finds 0 training rows"):
        distil.teachers(Distillation(teachers=("bag-of-words@nobody-",)), both, LABELS, device="cpu")


def test_a_biased_teacher_is_balanced_on_rows_without_labels(tmp_path: Path) -> None:
    """All rows move by the same log-odds, so that their order stays, and labelled rows stay as they are told."""
    odds = np.array([-4.0, -2.5, -1.0, 0.2, -3.0, -0.5])
    said = np.stack([1 / (1 + np.exp(odds)), 1 / (1 + np.exp(-odds))], axis=1).astype(np.float32)
    found = distil.balanced(said)
    assert found.sum(axis=1) == pytest.approx(np.ones(6))
    assert found.mean(axis=0) == pytest.approx([0.5, 0.5])
    moved = np.log(found[:, 1] / found[:, 0]) - odds
    assert moved == pytest.approx(np.full(6, moved[0]), abs=1e-4)
    assert distil.balanced(np.full((4, 3), 1 / 3)) == pytest.approx(np.full((4, 3), 1 / 3))

    train = table([(("good",), "positive"), (("bad",), "negative")])
    extra = table([(("who knows",), None), (("nobody",), None)])
    how = Distillation(teachers=("a",), gold=0.0, balance=True)
    _, targets = lesson(how, [teacher(0.1)], train, extra, LABELS, kept=tmp_path / "kept.npy")
    assert targets == pytest.approx(np.array([[0.9, 0.1], [0.9, 0.1], [0.5, 0.5], [0.5, 0.5]]))


def test_soft_targets_give_the_cross_entropy_of_two_distributions() -> None:
    logits = torch.tensor([[0.3, -1.2], [2.0, 0.1], [0.0, 0.0]])
    targets = torch.tensor([[0.2, 0.8], [1.0, 0.0], [0.5, 0.5]])
    loss = cross_entropy(Training(), ["negative", "positive"], LABELS)
    expected = -(targets * logits.log_softmax(-1)).sum(-1)
    assert loss({"logits": logits}, targets) == pytest.approx(float(expected.mean()))
    assert loss({"logits": logits}, targets, num_items_in_batch=torch.tensor(12)) == pytest.approx(
        float(expected.sum() / 6)  # two numbers a row: the trainer counts numbers, six rows make an update
    )


def test_a_student_without_gold_follows_its_teacher(recipe, reviews, others, out, monkeypatch) -> None:
    """The teacher was fitted on the opposite labels, and no row of the training data says anything else."""
    turned = {"negative": "positive", "positive": "negative"}
    opposite, judge = (
        replace(kind, rows=tuple(replace(row, label=turned[str(row.label)]) for row in kind.rows))
        for kind in (reviews, others)
    )
    wrong = fit(opposite)

    def contrary(how: Distillation, train: Table, labels: tuple[str, ...], *, device: str) -> tuple[Teacher, ...]:
        return (
            Teacher(
                name="contrary",
                revision="1",
                says=lambda rows: wrong.probabilities(replace(train, rows=tuple(rows)), labels),
            ),
        )

    monkeypatch.setattr(distil, "teachers", contrary)
    result = finetune(longer(taught(recipe, "contrary", gold=0.0)), train=reviews, dev=judge, out=out, device="cpu")
    assert result.dev.value is not None
    assert result.dev.value > 0.8


def test_unlabelled_rows_teach(recipe, reviews, others, out) -> None:
    few = replace(reviews, rows=reviews.rows[:4] + reviews.rows[-4:])
    extra = replace(reviews, name="texts.jsonl", rows=tuple(replace(row, label=None) for row in reviews.rows))
    result = finetune(
        taught(recipe, "bag-of-words", gold=0.5), train=few, dev=others, unlabelled=extra, out=out, device="cpu"
    )
    card = (out / "README.md").read_text(encoding="utf-8")
    assert result.n_train == 8
    assert f"and of {len(extra.rows)} rows without labels: bag-of-words." in card
    assert "| unlabelled | texts.jsonl |" in card


def test_a_finished_model_teaches_the_next(recipe, reviews, others, out) -> None:
    finetune(recipe, train=reviews, dev=others, out=out, device="cpu")
    second = out.with_name("second")
    result = finetune(longer(taught(recipe, str(out), gold=0.0)), train=reviews, dev=others, out=second, device="cpu")
    assert result.dev.value is not None
    assert result.dev.value > 0.8
    card = (second / "README.md").read_text(encoding="utf-8")
    assert f"training rows: {out.name}." in card
    assert str(out.parent) not in card, "a card travels: it says nothing of the folders of the machine"


def test_what_cannot_teach_is_refused(recipe, reviews, others, out) -> None:
    with pytest.raises(UserError, match="unlabelled rows") as told:
        finetune(recipe, train=reviews, dev=others, unlabelled=others, out=out, device="cpu")
    assert "--teacher" in (told.value.fix or "")

    named = replace(reviews, rows=tuple(replace(row, label=f"{row.label}!") for row in reviews.rows))
    with pytest.raises(ModelError, match=r"knows the labels negative, positive, the data negative!, positive!"):
        finetune(taught(recipe, "starter-en", gold=0.5), train=named, dev=None, out=out, device="cpu")

    pairs = table([(("one", "two"), None)])
    with pytest.raises(DataError, match="have 2 texts, the labelled ones 1"):
        lesson(Distillation(teachers=("t",)), [teacher(0.5)], reviews, pairs, LABELS, kept=out.with_name("kept.npy"))


def test_recipes_that_would_pull_two_ways_are_refused(recipe) -> None:
    given = recipe.model_dump()
    given["distil"] = {"teachers": ["bag-of-words"]}
    given["train"]["label_smoothing"] = 0.1
    with pytest.raises(ValueError, match="label_smoothing at 0"):
        FinetuneRecipe.model_validate(given)
    tagging = {**recipe.model_dump(), "task": "tagging", "distil": {"teachers": ["bag-of-words"]}}
    with pytest.raises(ValueError, match="distil is for classification"):
        FinetuneRecipe.model_validate(tagging)

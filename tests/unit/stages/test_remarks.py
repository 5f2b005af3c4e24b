"""What is said of the data besides the scores."""

from dataclasses import replace

from robust.data.table import reasons
from robust.stages import remarks
from robust.stages.finetune import finetune
from robust.stages.multitask import TaskData, multitask
from tests.unit.stages.test_multitask import data, moods, names, plan
from tests.unit.stages.test_task_questions import made


def shortened(recipe, **how):
    return recipe.model_copy(update={"train": recipe.train.model_copy(update={"epochs": 0.5, **how})})


def long_ones():
    def more(table):
        row = replace(table.rows[0], id="long", words=("so",) * 12, tags=("O",) * 12)
        return replace(table, rows=(*table.rows, row))

    return data(names=TaskData(train=more(names(held_out=False)), dev=more(names(held_out=True))))


def test_rows_that_are_left_out_are_counted(recipe, reviews, others, out) -> None:
    train = replace(reviews, left_out={"[/mixed]": 2, "(empty text)": 1}, total=63)
    blank = replace(others, left_out={"(empty text)": 20}, total=50)
    result = finetune(
        shortened(recipe), train=train, dev=None, tests={"blank": blank, "whole": others}, out=out, device="cpu"
    )
    told = (
        "3 of 63 rows of train are left out: 2 labelled [/mixed], 1 (empty text).",
        "20 of 50 rows of blank are left out: 20 (empty text).",
    )
    assert result.notes[:2] == told
    assert sum("left out" in note for note in result.notes) == 2
    card = (out / "README.md").read_text(encoding="utf-8")
    assert all(note in card for note in told)


def test_answers_that_are_elsewhere_are_counted() -> None:
    table = made(left_out={"(no answer)": 3}, total=11, moved=2, lost=1)
    assert remarks.left_out("dev", table) == [
        "3 of 11 rows of dev are left out: 3 (no answer).",
        "Answers of dev taken from nearby, as they do not stand where the data say: 2.",
        "Answers of dev left out, as they stand neither where the data say nor nearby: 1.",
    ]
    assert remarks.left_out("dev", made()) == []


def test_every_one_of_several_tasks_tells_its_own(tmp_path) -> None:
    mood = replace(moods(held_out=True), left_out={"(empty text)": 7}, total=37)
    tagged = replace(names(held_out=False), left_out={"(empty text)": 1}, total=25)
    tables = data(
        mood=TaskData(train=moods(held_out=False), dev=mood), names=TaskData(train=tagged, dev=names(held_out=True))
    )
    result = multitask(plan(epochs=0.5), tables, out=tmp_path / "model", device="cpu")
    first = "7 of 37 rows of dev are left out: 7 (empty text)."
    assert result.tasks["mood"].notes[0] == first
    card = (tmp_path / "model" / "mood" / "README.md").read_text(encoding="utf-8")
    assert first in card
    assert "The weights are those of the last update" in card, "there was a single evaluation, which chose nothing"
    assert result.tasks["names"].notes[0] == "1 of 25 rows of train are left out: 1 (empty text)."


def test_texts_that_are_cut_are_counted(recipe, reviews, others, out) -> None:
    longer = tuple(replace(row, fields=(row.fields[0] + " so" * 12 * (at < 5),)) for at, row in enumerate(others.rows))
    given = {"dev": others, "tests": {"long": replace(others, rows=longer)}}
    result = finetune(shortened(recipe, max_length=8), train=reviews, out=out, device="cpu", **given)
    told = f"5 of {len(longer)} texts of long are longer than 8 tokens and are cut."
    assert [note for note in result.notes if "cut" in note] == [told]
    assert told in (out / "README.md").read_text(encoding="utf-8")


def test_several_tasks_tell_what_they_cut(tmp_path) -> None:
    result = multitask(plan(epochs=0.5, max_length=8), long_ones(), out=tmp_path / "model", device="cpu")
    told = [note for note in result.tasks["names"].notes if "cut" in note]
    assert told == [
        f"1 of {n} texts of {name} are longer than 8 tokens and are cut." for name, n in (("train", 25), ("dev", 13))
    ]
    assert not any("cut" in note for note in result.tasks["mood"].notes)


def test_many_labels_are_summed_up() -> None:
    assert reasons({f"l{at}": 2 for at in range(14)}).endswith("2 labelled l11, 4 with one of 2 other labels")

"""The task of answering questions: what a model reads, and that right logits give right answers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from robust.data.questions import Answer, Question, QuestionTable, pinned
from robust.errors import DataError, ModelError
from robust.recipe.finetune import FinetuneRecipe, Training
from robust.recipe.qa import QuestionAnswering
from robust.stages.tasks import task_of
from robust.stages.tasks.questions import Questions
from tests.tiny_models import byte_bpe, wordpiece

MARKET = (
    "El mercado abre a las ocho. La señora Ibáñez vende piñas y ñames; su hijo, el pequeño Iñaki, vende café. "
    "A las dos todos comen paella en la plaza. ¿Y después? ¡Después duermen!"
)
HARBOUR = (
    "The harbour is old. A keeper called Wren lights the lamp at dusk, and her dog guards the boats until morning."
)
ASKED = (
    (MARKET, "¿Cuándo abre el mercado?", "a las ocho"),
    (MARKET, "¿Quién vende piñas?", "La señora Ibáñez"),
    (MARKET, "Who has the coffee?", "el pequeño Iñaki"),
    (MARKET, "¿Qué comen?", "paella"),
    (MARKET, "What do they do in the end?", "¡Después duermen!"),
    (HARBOUR, "Who lights the lamp?", "A keeper called Wren"),
    (HARBOUR, "When is the lamp lit?", "at dusk"),
    (HARBOUR, "What does the dog guard?", "the boats"),
)


def made(asked: tuple[tuple[str, str, str], ...] = ASKED, **more: Any) -> QuestionTable:
    rows = tuple(
        Question(id=f"q{at}", question=question, context=context, answers=(Answer(text, context.index(text)),))
        for at, (context, question, text) in enumerate(asked)
    )
    base = QuestionTable(
        name="q.json", rows=rows, fingerprint=pinned(rows), source_fingerprint="sha256:0", left_out={}, total=len(rows)
    )
    return replace(base, **more)


def encoded(task: Questions, table: QuestionTable, tokenizer: Any, **how: Any) -> Any:
    return task.encode(table, tokenizer, labels=(), how=Training(**how), training=True)


TASK = Questions(how=QuestionAnswering(stride=12))


@pytest.mark.parametrize("tokenizer", [wordpiece(), byte_bpe()], ids=["wordpiece", "byte_bpe"])
@pytest.mark.parametrize("length", [64, 256])
def test_logits_at_the_targets_answer_everything(tokenizer: Any, length: int) -> None:
    """Windows that lack the answer point at the first token, which is no answer: they must not win."""
    table = made()
    items = encoded(TASK, table, tokenizer, max_length=length)
    assert (len(items) > len(table.rows)) == (length == 64)
    batch = TASK.collator(tokenizer)([items[at] for at in range(len(items))])
    assert set(batch) >= {"input_ids", "attention_mask", "start_positions", "end_positions"}
    rng = np.random.default_rng(1)
    start, end = rng.uniform(0, 0.4, size=(2, *batch["input_ids"].shape)).astype(np.float32)
    every = np.arange(len(items))
    start[every, batch["start_positions"]] += 2
    end[every, batch["end_positions"]] += 2
    answers = TASK.answers(table, items, (start, end))
    assert answers == [text for _, _, text in ASKED]
    answer = SimpleNamespace(predictions=(start, end))
    assert TASK.measures(table, items, labels=())(answer) == {"exact_match": 1.0, "f1": 1.0}
    scores = TASK.scores(table, items, (start, end), labels=())
    assert (scores["exact_match"].k, scores["exact_match"].n, scores["f1"].value) == (8, 8, 1.0)


def test_scores_follow_the_language_and_the_best_of_the_gold_answers() -> None:
    row = Question(
        id="q", question="¿Qué vende?", context="vende las piñas", answers=(Answer("las piñas", 6), Answer("vende", 0))
    )
    table = made(rows=(row,))
    items = encoded(TASK, table, wordpiece(), max_length=64)
    window = items.items.windows[0]
    at = window.first + int(np.searchsorted(window.starts, row.context.index("piñas")))
    logits = np.zeros((1, len(window.ids)), dtype=np.float32)
    logits[0, at], last = 5, logits.copy()
    last[0, window.first + len(window.starts) - 1] = 9
    assert TASK.answers(table, items, (logits, last)) == ["piñas"]
    for lang, told in ((None, 0.0), ("en", 0.0), ("es", 1.0)):
        scores = TASK.scores(replace(table, lang=lang), items, (logits, last), labels=())
        assert scores["exact_match"].value == told
        assert scores["f1"].value == pytest.approx(1.0 if told else 2 / 3)
    assert Questions(how=TASK.how, lang="es").scores(table, items, (logits, last), labels=())["f1"].value == 1
    nothing = np.full_like(logits, np.nan)
    assert TASK.answers(table, items, (nothing, nothing)) == [""]


def test_training_is_on_the_first_answer() -> None:
    row = Question(id="q", question="?", context="el niño comí piña", answers=(Answer("piña", 13), Answer("niño", 3)))
    (item,) = encoded(TASK, made(rows=(row,)), wordpiece(), max_length=64)
    tokens = wordpiece().convert_ids_to_tokens(item["input_ids"][item["start_positions"] : item["end_positions"] + 1])
    assert "".join(tokens).replace("##", "") == "piña"


def test_word_dropout_hides_words_and_needs_a_mask() -> None:
    items = encoded(TASK, made(), wordpiece(), max_length=64, word_dropout=0.5)
    mask = wordpiece().mask_token_id
    plain = encoded(TASK, made(), wordpiece(), max_length=64)
    assert mask in items[0]["input_ids"]
    assert mask not in plain[0]["input_ids"]
    assert items[0]["start_positions"] == plain[0]["start_positions"]
    with pytest.raises(ModelError, match="mask token"):
        encoded(TASK, made(), byte_bpe(special=False), max_length=64, word_dropout=0.5)


def test_a_context_is_never_on_both_sides() -> None:
    table = made(tuple((f"{context} {at}", question, text) for at in range(10) for context, question, text in ASKED))
    train, dev = TASK.hold_out(table, seed=3)
    assert {row.context for row in train.rows}.isdisjoint(row.context for row in dev.rows)
    assert len(train.rows) + len(dev.rows) == 80
    assert len({row.context for row in dev.rows}) == 2, "a tenth of 20 contexts"
    assert TASK.hold_out(table, seed=3)[1].fingerprint == dev.fingerprint
    assert any(TASK.hold_out(table, seed=seed)[1].fingerprint != dev.fingerprint for seed in (4, 5, 6))
    with pytest.raises(DataError, match="single context"):
        TASK.hold_out(made(ASKED[:5]), seed=3)


def test_tables_are_joined() -> None:
    joined = TASK.join([made(ASKED[:2], left_out={"x": 1}, moved=2), made(ASKED[2:], lost=3, lang="es")])
    assert [row.id for row in joined.rows] == ["0/q0", "0/q1", *(f"1/q{at}" for at in range(6))]
    assert (joined.total, joined.left_out, joined.moved, joined.lost, joined.lang) == (8, {"x": 1}, 2, 3, None)
    assert TASK.join([joined]) is joined


def test_tables_that_do_not_fit() -> None:
    with pytest.raises(DataError, match="no questions"):
        TASK.check(made(()))
    with pytest.raises(DataError, match="no answer"):
        TASK.check(made(rows=(replace(made().rows[0], answers=()),)))
    TASK.check(made())


def plan(**more: Any) -> FinetuneRecipe:
    base = {"schema_version": 1, "name": "q", "task": "qa", "languages": ["es"], "model": {"checkpoint": "x"}}
    return FinetuneRecipe.model_validate({**base, **more})


def test_the_recipe_sets_the_task() -> None:
    task = task_of(plan(qa={"stride": 9, "max_answer_tokens": 4}))
    assert task == Questions(how=QuestionAnswering(stride=9, max_answer_tokens=4), lang="es")
    assert QuestionAnswering().overlap(384) == 128


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"qa": {"stride": 100}, "train": {"max_length": 64}}, "use a stride up to 48"),
        ({"task": "classification", "qa": {"stride": 10}}, "`qa` is for `task: qa`"),
        ({"train": {"label_smoothing": 0.1}}, "no meaning for qa"),
        ({"train": {"class_weights": "balanced"}}, "no meaning for qa"),
        ({"train": {"metric": "accuracy"}}, "exact_match, f1"),
        ({"qa": {"max_answers": 3}}, "Extra inputs"),
    ],
)
def test_recipes_that_do_not_fit(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        plan(**change)

import hashlib
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from robust.data.table import Table
from robust.errors import DataError, ModelError, UserError
from robust.recipe.finetune import FinetuneRecipe
from robust.stages.finetune import Finetuned, finetune
from robust.stages.tasks.losses import cross_entropy
from robust.stages.workspace import partial_path


def train(recipe: FinetuneRecipe, table: Table, dev: Table | None, out: Path, **more: object) -> Finetuned:
    return finetune(recipe, train=table, dev=dev, out=out, device="cpu", **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal seeds give equal weights for equal numbers of threads, and that number follows the load if not set."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def changed(recipe: FinetuneRecipe, **how: object) -> FinetuneRecipe:
    return recipe.model_copy(update={"train": recipe.train.model_copy(update=how)})


def weights(out: Path) -> str:
    return hashlib.sha256((out / "model.safetensors").read_bytes()).hexdigest()


def test_learns_and_loads_without_a_network(recipe, reviews, others, out, monkeypatch) -> None:
    result = train(
        changed(recipe, word_dropout=0.1, label_smoothing=0.05), reviews, others, out, tests={"own": reviews}
    )
    assert result.dev.value is not None
    assert result.dev.value > 0.9
    assert result.tests["own"].n == len(reviews.rows)
    assert result.labels == ("negative", "positive")
    assert not partial_path(out).exists()

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from transformers import pipeline

    read = pipeline("text-classification", model=str(out), device="cpu")
    right = [read(" ".join(row.fields))[0]["label"] == row.label for row in others.rows]
    assert sum(right) == result.dev.k
    tokens = read.tokenizer.tokenize("La niñera, mañana: café")
    assert "niñera" in tokens
    assert "nin" not in "".join(tokens)


def test_the_card_says_what_was_measured(recipe, reviews, others, out) -> None:
    result = train(changed(recipe, epochs=1), reviews, others, out, tests={"twins": others}, baseline=True)
    text = (out / "README.md").read_text(encoding="utf-8")
    front = yaml.safe_load(re.match(r"---\n(.*?)---\n", text, re.DOTALL)[1])
    assert front["language"] == ["en", "es"]
    assert front["pipeline_tag"] == "text-classification"
    first = front["model-index"][0]["results"][0]
    assert first["dataset"]["revision"] == others.fingerprint
    metric = first["metrics"][0]
    assert (metric["k"], metric["n"]) == (result.dev.k, len(others.rows))
    assert metric["low"] < metric["value"] < metric["high"] or metric["value"] in (0, 1)
    assert "30 rows of twins are also" not in text
    assert result.baseline["twins"].percent() in text
    assert result.tokens > 0
    assert f"{result.tokens:,} tokens" in text
    assert str(result.energy) in text
    described = yaml.safe_load(re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1])
    assert described["train"]["seed"] == 3


def test_the_same_seed_gives_the_same_weights(recipe, reviews, others, tmp_path) -> None:
    how = changed(recipe, epochs=2, word_dropout=0.2)
    one, two = tmp_path / "one", tmp_path / "two"
    train(how, reviews, others, one)
    train(how, reviews, others, two)
    assert weights(one) == weights(two)
    assert (one / "tokenizer.json").read_bytes() == (two / "tokenizer.json").read_bytes()
    train(changed(how, seed=4), reviews, others, tmp_path / "three")
    assert weights(tmp_path / "three") != weights(one)


def test_goes_on_after_an_interruption(recipe, reviews, others, out) -> None:
    how = changed(recipe, epochs=4)
    steps: list[int] = []

    def stop(step: int, steps_: int, numbers: object) -> None:
        if step > 20:  # the third epoch of 8 steps
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(how, reviews, others, out, progress=stop)
    assert not out.exists()
    torn = partial_path(out) / "checkpoints" / "checkpoint-999"  # as kill -9 leaves it: begun, not marked complete
    torn.mkdir()
    result = train(how, reviews, others, out, progress=lambda step, *_: steps.append(step))
    assert result.resumed
    assert result.epochs == 4
    assert min(steps) > 16, "training started again instead of going on"
    assert (out / "model.safetensors").is_file()
    assert not partial_path(out).exists()


def test_other_work_is_not_mixed_in(recipe, reviews, others, out) -> None:
    def stop(step: int, *_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(recipe, reviews, others, out, progress=stop)
    with pytest.raises(UserError, match=r"begun otherwise: recipe\.train\.epochs was \d"):
        train(changed(recipe, epochs=1), reviews, others, out)
    assert not train(changed(recipe, epochs=1), reviews, others, out, force=True).resumed


def test_an_existing_directory_is_safe(recipe, reviews, others, out) -> None:
    how = changed(recipe, epochs=1)
    out.mkdir()
    train(how, reviews, others, out)  # an empty one may be used
    before = weights(out)
    with pytest.raises(UserError, match="exists already"):
        train(how, reviews, others, out)
    train(changed(how, seed=8), reviews, others, out, force=True)
    assert weights(out) != before
    (out / "config.json").unlink()
    with pytest.raises(UserError, match="not replaced"):
        train(how, reviews, others, out, force=True)
    assert (out / "model.safetensors").exists()


def test_without_a_dev_set_a_tenth_is_held_out_and_said(recipe, reviews, out) -> None:
    result = train(changed(recipe, epochs=1), reviews, None, out)
    assert (result.n_train, result.dev.n) == (54, 6)
    assert "held out" in result.notes[0]
    assert result.notes[0] in (out / "README.md").read_text(encoding="utf-8")


def test_pairs_and_accumulation(recipe, reviews, others, out) -> None:
    def asked(table: Table) -> Table:
        return replace(table, rows=tuple(replace(row, fields=("how was it", *row.fields)) for row in table.rows))

    how = changed(recipe, epochs=12, batch_size=4, gradient_accumulation=2, early_stopping_patience=4)
    result = train(how, asked(reviews), asked(others), out)
    assert result.dev.value is not None
    assert result.dev.value > 0.9
    assert result.epochs < 12, "patience ended the training"
    assert json.loads((out / "config.json").read_text())["id2label"] == {"0": "negative", "1": "positive"}


def test_the_loss_weighs_classes_and_counts_all_accumulated_rows(recipe, reviews) -> None:
    import torch

    uneven = replace(reviews, rows=reviews.rows[:40])  # 30 positive, 10 negative
    targets = [row.label for row in uneven.rows]
    loss = cross_entropy(changed(recipe, class_weights="balanced").train, targets, ("negative", "positive"))
    answers = {"logits": torch.zeros(2, 2)}
    assert loss(answers, torch.tensor([0, 0])).item() == pytest.approx(2 * math.log(2))
    assert loss(answers, torch.tensor([1, 1])).item() == pytest.approx(2 / 3 * math.log(2))
    assert loss(answers, torch.tensor([0, 0]), num_items_in_batch=4).item() == pytest.approx(math.log(2))
    plain = cross_entropy(recipe.train, targets, ("negative", "positive"))
    assert plain(answers, torch.tensor([0, 1])).item() == pytest.approx(math.log(2))


def test_starts_from_a_checkpoint_with_other_labels(recipe, reviews, others, tmp_path) -> None:
    train(changed(recipe, epochs=1), reviews, others, tmp_path / "first")
    start = {"model": {"checkpoint": str(tmp_path / "first")}, "tokenizer": None}
    second = FinetuneRecipe.model_validate({**recipe.model_dump(), **start})
    three = tuple(replace(row, label=f"{at % 3}") for at, row in enumerate(reviews.rows))
    result = train(changed(second, epochs=1), replace(reviews, rows=three), None, tmp_path / "second")
    assert result.labels == ("0", "1", "2")
    config = json.loads((tmp_path / "second" / "config.json").read_text())
    assert config["hidden_size"] == 32
    with pytest.raises(ModelError, match="at most 16 tokens"):
        train(changed(second, max_length=17), reviews, others, tmp_path / "third")


def test_a_checkpoint_that_is_none(recipe, reviews, others, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    start = {"model": {"checkpoint": str(tmp_path / "empty")}, "tokenizer": None}
    wrong = FinetuneRecipe.model_validate({**recipe.model_dump(), **start})
    with pytest.raises(ModelError, match=r"config\.json"):
        train(wrong, reviews, others, tmp_path / "out")


def test_label_mistakes_are_told(recipe, reviews, others, out) -> None:
    one_label = replace(reviews, rows=reviews.rows[:30])
    with pytest.raises(DataError, match="single label"):
        train(recipe, one_label, others, out)
    strange = replace(others, rows=(replace(others.rows[0], label="mixed"), *others.rows[1:]))
    with pytest.raises(DataError, match="'mixed'"):
        train(recipe, reviews, strange, out)
    unlabelled = replace(reviews, rows=(replace(reviews.rows[0], label=None), *reviews.rows[1:]))
    with pytest.raises(DataError, match="no label"):
        train(recipe, unlabelled, others, out)
    assert not partial_path(out).exists()


def test_repeats_between_train_and_test_are_told(recipe, reviews, others, out) -> None:
    result = train(changed(recipe, epochs=1), reviews, others, out, tests={"same": reviews})
    assert result.notes == ("60 of 60 rows of same are also in the training data.",)


def test_the_card_names_the_language_of_the_data_where_they_say_it(recipe, reviews, others, out) -> None:
    spanish = replace(reviews, lang="es")
    train(changed(recipe, epochs=0.1), spanish, others, out)
    text = (out / "README.md").read_text(encoding="utf-8")
    assert yaml.safe_load(text.split("---")[1])["language"] == ["es"]


def test_all_scores_are_kept_and_another_may_choose_the_checkpoint(recipe, reviews, others, out) -> None:
    rows = tuple(replace(row, label="positive" if at % 7 else row.label) for at, row in enumerate(others.rows))
    uneven = replace(others, rows=rows)
    told: list[dict[str, float]] = []
    how = changed(recipe, metric="matthews")
    result = train(how, reviews, uneven, out, tests={"own": reviews}, progress=lambda *news: told.append(news[2]))
    assert result.measure == "matthews"
    assert result.scores["dev"].keys() == {"accuracy", "macro_f1", "matthews"}
    assert result.tests["own"] == result.scores["own"]["accuracy"]
    best = max(numbers["eval_matthews"] for numbers in told if "eval_matthews" in numbers)
    assert result.scores["dev"]["matthews"].value == pytest.approx(best)
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "chose the checkpoint by Matthews" in card
    assert result.scores["dev"]["macro_f1"].percent() in card
    found = yaml.safe_load(card.split("---")[1])["model-index"][0]["results"][0]["metrics"]
    assert [metric["type"] for metric in found] == ["accuracy", "macro_f1", "matthews"]


@pytest.mark.parametrize(
    ("epochs", "told"),
    [(0.3, "The weights are those of the last update"), (2, "`dev` chose the checkpoint by accuracy")],
)
def test_the_card_says_what_chose_the_weights(epochs, told, recipe, reviews, others, out) -> None:
    result = train(changed(recipe, epochs=epochs), reviews, others, out)
    card = (out / "README.md").read_text(encoding="utf-8")
    assert told in card
    assert ("`dev` chose" in card) == result.chosen == (epochs > 1)


def test_weights_of_the_only_evaluation_are_told(recipe, reviews, others, out, monkeypatch) -> None:
    """transformers before 5 does not evaluate at the end."""
    from transformers import DefaultFlowCallback

    step_end = DefaultFlowCallback.on_step_end

    def old(self, args, state, control, **kwargs):
        control = step_end(self, args, state, control, **kwargs)
        control.should_evaluate = state.global_step % state.eval_steps == 0
        return control

    monkeypatch.setattr(DefaultFlowCallback, "on_step_end", old)
    result = train(changed(recipe, epochs=1.5), reviews, others, out)
    assert (result.chosen, result.kept, result.steps) == (False, 8, 12)
    assert "those after 8 of 12 updates, when `dev` was scored;" in (out / "README.md").read_text(encoding="utf-8")
    none = train(changed(recipe, epochs=0.5), reviews, others, out, force=True)
    assert (none.chosen, none.kept, none.steps) == (False, 4, 4)


def test_a_bag_of_words_is_for_classification(recipe, reviews, out) -> None:
    with pytest.raises(UserError, match="--baseline"):
        train(recipe.model_copy(update={"task": "tagging"}), reviews, None, out, baseline=True)


def test_a_training_that_diverges_ends_where_it_shows_and_has_no_result(recipe, reviews, others, out) -> None:
    told: list[float] = []
    wild = changed(recipe, learning_rate=1e30, epochs=50)
    with pytest.raises(ModelError, match=r"the loss is (nan|inf)[\s\S]*train\.learning_rate=… lower than 1e\+30"):
        train(wild, reviews, others, out, progress=lambda step, steps, numbers: told.append(step / steps))
    assert max(told) < 0.1
    assert not out.exists()

"""A training that is interrupted ends as one that is not."""

import pytest

from robust.stages import card
from robust.stages.finetune import Finetuned, finetune
from robust.stages.workspace import partial_path


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def hopeless(recipe):
    """The dev set never gains after the first evaluation, which early stopping waits three more for: 16 updates."""
    how = {"early_stopping_patience": 3, "learning_rate": 1e-12, "evaluations_per_epoch": 2, "bf16": False}
    return recipe.model_copy(update={"train": recipe.train.model_copy(update=how)})


def ends(result: Finetuned) -> tuple[object, ...]:
    return result.steps, result.epochs, result.tokens, result.dev


def test_patience_goes_on_after_interruptions(hopeless, reviews, others, tmp_path) -> None:
    seen: list[int] = []

    def stop(step: int, steps: int, numbers: object) -> None:
        if any(name.startswith("eval_") for name in numbers):
            seen.append(step)
            if len(seen) == 2:  # one more checkpoint than before
                raise KeyboardInterrupt

    def train(name: str, **more: object) -> Finetuned:
        return finetune(hopeless, train=reviews, dev=others, out=tmp_path / name, device="cpu", **more)

    interruptions = 0
    while True:
        seen.clear()
        try:
            result = train("often", progress=stop)
            break
        except KeyboardInterrupt:
            interruptions += 1
    assert interruptions > 1
    assert ends(result) == ends(train("never"))
    assert result.steps == 16


@pytest.mark.parametrize("epochs", [6, 0.5])  # patience ends the first one, its end the second, both within an epoch
def test_a_finished_training_learns_no_more(epochs, hopeless, reviews, others, out, tmp_path, monkeypatch) -> None:
    how = {"evaluations_per_epoch": 4, "early_stopping_patience": 2, "epochs": epochs}
    recipe = hopeless.model_copy(update={"train": hopeless.train.model_copy(update=how)})

    def interrupted(*given: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(card, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            finetune(recipe, train=reviews, dev=others, out=out, device="cpu")
    assert partial_path(out).exists()
    result = finetune(recipe, train=reviews, dev=others, out=out, device="cpu")
    assert result.resumed
    assert ends(result) == ends(finetune(recipe, train=reviews, dev=others, out=tmp_path / "other", device="cpu"))
    assert (out / "model.safetensors").read_bytes() == (tmp_path / "other" / "model.safetensors").read_bytes()

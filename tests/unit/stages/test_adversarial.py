"""Training against attacks with transformers' Trainer: scaling, memory, texts from attacks, votes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from robust.core.seeds import derive
from robust.data.table import Table
from robust.errors import ModelError
from robust.recipe.finetune import FinetuneRecipe
from robust.recipe.load import load_attack
from robust.recipe.train import TrainRecipe
from robust.registry import get
from robust.stages.adversarial.generate import generate
from robust.stages.adversarial.hook import Hardening
from robust.stages.adversarial.training import Plan, harden, recorded
from robust.stages.adversarial.twins import Twinned, together
from robust.stages.examples import Encoded
from robust.stages.finetune import finetune
from robust.victims.load import load_victim
from robust.victims.smoothed import SmoothedVictim


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def changed(recipe: FinetuneRecipe, **how: object) -> FinetuneRecipe:
    return recipe.model_copy(update={"train": recipe.train.model_copy(update={"bf16": False, **how})})


def hardening(name: str, **how: Any) -> Hardening:
    return Hardening(purpose={"defence": name}, languages=["en"], seed=3, defence=get("defences", name)(**how))


def weights(out: Path) -> dict[str, torch.Tensor]:
    return load_file(out / "model.safetensors")


def test_accumulated_batches_teach_what_one_large_batch_does(recipe, reviews, others, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("robust.stages.sampling.CHUNK", 1)  # the same eight texts make an update either way
    found = []
    for size, accumulated in ((8, 1), (4, 2)):
        how = changed(recipe, epochs=1, batch_size=size, gradient_accumulation=accumulated)
        out = tmp_path / f"{size}"
        finetune(how, train=reviews, dev=others, out=out, device="cpu", hardening=hardening("fgm", epsilon=0.3))
        found.append(weights(out))
    for name, value in found[0].items():
        torch.testing.assert_close(found[1][name], value, rtol=1e-3, atol=2e-4)


def test_a_defence_remembers_across_an_interruption(recipe, reviews, others, tmp_path) -> None:
    how = changed(recipe, epochs=3)
    whole, cut = tmp_path / "whole", tmp_path / "cut"

    def train(out: Path, progress: Callable[..., None] | None = None) -> None:
        more = hardening("tavat", magnitude=0.5)
        more.swa_start = 0.3
        more.__post_init__()
        finetune(how, train=reviews, dev=others, out=out, device="cpu", hardening=more, progress=progress)

    def stop(step: int, steps: int, numbers: object) -> None:
        if step > 17:
            raise KeyboardInterrupt

    train(whole)
    with pytest.raises(KeyboardInterrupt):
        train(cut, stop)
    train(cut)
    for name, value in weights(whole).items():
        assert torch.equal(weights(cut)[name], value), name


@pytest.mark.parametrize("keep", ["last", "best"])
def test_the_last_weights_are_kept_unless_the_best_are_asked_for(recipe, reviews, others, tmp_path, keep) -> None:
    more = hardening("r3f")
    more.keep = keep
    ended: list[bool] = []

    def finish(model: torch.nn.Module) -> None:
        saved = sorted((tmp_path / ".m.partial" / "checkpoints").glob("checkpoint-*"), key=lambda p: int(p.name[11:]))
        newest = load_file(saved[-1] / "model.safetensors")
        ended.append(all(torch.equal(value, newest[name]) for name, value in model.state_dict().items()))

    more.finish = finish  # type: ignore[method-assign]
    # the rate is so high that all epochs are alike on the dev rows: of equals the first is the best
    how = changed(recipe, epochs=3, learning_rate=0.3, warmup_ratio=0.0, schedule="constant_with_warmup")
    result = finetune(how, train=reviews, dev=others, out=tmp_path / "m", device="cpu", hardening=more)
    card = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    assert result.chosen is (keep == "best")
    assert ended == [keep == "last"]
    assert ("those of the last update" in card) is (keep == "last")


def test_weights_end_as_the_mean_of_epochs(recipe, reviews, others, tmp_path) -> None:
    more = hardening("r3f")
    more.swa_start = 0.5
    more.__post_init__()
    how = changed(recipe, epochs=2)
    result = finetune(how, train=reviews, dev=others, out=tmp_path / "m", device="cpu", hardening=more)
    assert "The weights are the mean of those at the ends of 2 epochs." in result.notes


def test_twins_join_the_batch_of_their_example() -> None:
    items = Twinned(items=Encoded(items=[{"input_ids": [at], "labels": at} for at in range(3)]))
    items.twins = {1: {"input_ids": [7, 8], "labels": 1}}
    seen: list[dict[str, Any]] = []
    together(seen.extend)([items[0], items[1]])
    assert seen == [
        {"input_ids": [0], "labels": 0},
        {"input_ids": [1], "labels": 1},
        {"input_ids": [7, 8], "labels": 1},
    ]


@pytest.fixture
def plan(recipe: FinetuneRecipe, reviews: Table, others: Table, tmp_path: Path) -> Callable[..., Plan]:
    """A plan for a tiny model that knows the reviews, with the sections of a recipe."""

    def make(**sections: Any) -> Plan:
        start = tmp_path / "start"
        if not start.exists():
            finetune(changed(recipe), train=reviews, dev=others, out=start, device="cpu")
        how = {"epochs": 2, "batch_size": 8, "learning_rate": 1e-3, "max_length": 16, "seed": 3, "bf16": False}
        told = {"schema_version": 1, "name": "tiny", "languages": ["en"], "train": how, "deviations": [], **sections}
        hard = TrainRecipe.model_validate_json(json.dumps(told))
        names = hard.adversarial.recipes if hard.adversarial else ()
        return Plan(
            recipe=hard,
            model=str(start),
            victim=load_victim(str(start)),
            attacks=[load_attack(name).build() for name in names],
            train=replace(reviews, lang="en"),
            dev=replace(others, lang="en"),
            lang="en",
        )

    return make


def test_attacks_in_the_loop_are_recorded_and_found_again(plan, tmp_path) -> None:
    made = plan(adversarial={"recipes": ["deepwordbug"], "share": 0.2, "clean_epochs": 1})
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    said: list[str] = []
    harden(made, out=whole, device="cpu", tell=said.append)
    told = recorded(whole)
    assert told is not None
    (first,) = told["rounds"]
    assert first["epoch"] == 1
    assert first["succeeded"] == 12  # a fifth of 60 rows
    assert first["seen"] >= first["attacked"] >= 12
    assert 0 < told["share_attacking"] < 1
    assert told["seconds_attacking"] == pytest.approx(first["seconds"], abs=0.01)
    assert said[0].startswith("epoch 2: 12 adversarial texts")

    def stop(step: int, steps: int, numbers: object) -> None:
        if step > 13:  # in the middle of the second epoch
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harden(made, out=cut, device="cpu", progress=stop)
    harden(made, out=cut, device="cpu")
    for name, value in weights(whole).items():
        assert torch.equal(weights(cut)[name], value), name


def test_adversarial_texts_are_added_once_with_their_labels(plan, tmp_path, monkeypatch) -> None:
    made = plan(adversarial={"recipes": ["deepwordbug", "keyboard-typos"], "when": "once", "share": 0.3})
    held: list[Table] = []
    real = finetune

    def spy(*args: Any, **given: Any) -> Any:
        held.append(given["train"])
        return real(*args, **given)

    monkeypatch.setattr("robust.stages.adversarial.training.finetune", spy)
    harden(made, out=tmp_path / "out", device="cpu")
    (table,) = held
    by_id = {row.id: row for row in table.rows}
    added = [row for row in table.rows if row.id.startswith("adversarial/")]
    assert len(table.rows) == 60 + len(added)
    assert len(added) == 18
    for row in added:
        own = by_id[row.id.removeprefix("adversarial/")]
        assert row.label == own.label
        assert row.fields != own.fields
        said = made.victim.logits([row.fields]).argmax()
        assert made.victim.meta.labels[said] != row.label  # the model that was attacked is wrong about it
    assert not list(tmp_path.glob(".out*"))


def test_generation_does_not_depend_on_what_is_in_flight(plan) -> None:
    from robust.data.labels import to_examples
    from robust.engine.run import EngineOptions

    made = plan(adversarial={"recipes": ["deepwordbug", "keyboard-typos"]})
    rows = to_examples(made.train, made.victim.meta.labels, lang="en").examples
    found = [
        generate(made.attacks, made.victim, rows, seed=5, wanted=7, most=40, options=EngineOptions(in_flight=n))
        for n in (1, 64)
    ]
    assert found[0].texts == found[1].texts
    assert len(found[0].texts) == 7
    none = generate(made.attacks, made.victim, rows, seed=5, wanted=7, most=3)
    assert none.seen == 3
    used = {derive(5, "which", key) % 2 for key in found[0].texts}
    assert used == {0, 1}


@pytest.mark.parametrize("kernel", [{"ranmask": {"share": 0.5}}, {"safer": {"k": 5}}])
def test_a_smoothed_model_votes_where_it_is_loaded(plan, tmp_path, kernel) -> None:
    made = plan(smoothing={"kernel": kernel, "draws": 7})
    harden(made, out=tmp_path / "out", device="cpu")
    victim = load_victim(str(tmp_path / "out"))
    assert isinstance(victim, SmoothedVictim)
    texts = [row.fields for row in made.dev.rows]
    found = victim.logits(texts)
    assert found == pytest.approx(victim.logits(texts[::-1])[::-1], abs=1e-5)
    assert victim.canonical(texts[0]) == pytest.approx(found[0], abs=1e-4)
    assert torch.tensor(found).exp().sum(1).tolist() == pytest.approx([1.0] * len(texts), abs=1e-4)
    assert victim.meta.revision != victim.victim.meta.revision
    other = replace(victim, seed=1)
    assert other.meta.revision != victim.meta.revision

    # the vote, counted by hand
    import numpy as np

    from robust.lang.base import language

    votes = [0, 0]
    for number in range(7):
        rng = np.random.default_rng(derive("smoothing", 0, number, *texts[0]))
        text = victim.kernel.draw(language("en").text(texts[0][0]), ("en",), rng, "[MASK]")
        votes[int(victim.victim.logits([(text,)])[0].argmax())] += 1
    assert votes.index(max(votes)) == int(found[0].argmax())
    shares = torch.tensor(found[0]).exp() * 8
    assert [int(share + 1e-4) for share in shares] == votes


def test_a_broken_vote_is_one_clear_error(plan, tmp_path) -> None:
    made = plan()
    folder = Path(made.model)
    (folder / "smoothing.json").write_text('{"kernel": {"ranmask": {"share": 2}}, "draws": 3}')
    with pytest.raises(ModelError, match="how to take a vote: ranmask: share is 2"):
        load_victim(str(folder))


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"defence": {"ranmask": {}}}, "smoothing"),
        ({"smoothing": {"kernel": "fgm"}}, "write `defence: fgm`"),
        ({"smoothing": {"kernel": "ranmask"}, "adversarial": {"recipes": ["a2t"]}}, "remove `adversarial`"),
        ({"defence": {"freelb": {"steps": 0}}}, "steps is 0"),
        ({"defence": "freelbb"}, "no defence is called"),
    ],
)
def test_recipes_that_make_no_sense(sections: dict[str, Any], said: str) -> None:
    told = {"schema_version": 1, "name": "tiny", "languages": ["en"], "deviations": [], **sections}
    with pytest.raises(ValueError, match=said):
        TrainRecipe.model_validate_json(json.dumps(told))

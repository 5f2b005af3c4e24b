"""Training on noise that is drawn anew in every epoch, and behind defences of the inputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from robust.core.types import Lang
from robust.data.table import Row, Table
from robust.defences.safer import SAFER
from robust.errors import DataError, ModelError, UserError
from robust.recipe.augment import AugmentRecipe
from robust.recipe.finetune import FinetuneRecipe
from robust.recipe.load import load
from robust.recipe.train import TrainRecipe
from robust.stages.adversarial.draws import Drawn
from robust.stages.adversarial.inputs import Inputs
from robust.stages.adversarial.noise import Noised, beside, hardest
from robust.stages.adversarial.training import Plan, harden, recorded
from robust.stages.examples import Encoded
from robust.stages.finetune import finetune
from robust.victims.cleaned import CleanedVictim, StraightThroughVictim
from robust.victims.defended import SAVED, cleaner
from robust.victims.load import load_victim
from robust.victims.smoothed import SmoothedVictim, draws
from robust.victims.transformers import TransformersVictim
from tests.unit.stages.conftest import table

HEAVY = load("heavy-noise", family="augment", schema=AugmentRecipe)


class Spelled:
    """A tokeniser whose tokens are the letters."""

    def __call__(self, *fields: str, truncation: bool, max_length: int) -> dict[str, list[int]]:
        return {"input_ids": [ord(letter) for letter in " | ".join(fields)][:max_length]}


def noised(
    train: Table, *, seed: int = 1, lang: Lang | None = "en", inputs: Inputs | None = None, draws: int = 1
) -> Noised:
    items = [{"input_ids": [0], "labels": at % 2} for at in range(len(train.rows))]
    return Noised(
        items=Encoded(items=items),
        train=train,
        recipes=[HEAVY],
        draws=draws,
        tokenizer=Spelled(),
        inputs=inputs,
        lang=lang,
        max_length=1000,
        seed=seed,
    )


def written(item: dict[str, Any], number: int = 0) -> str:
    return "".join(map(chr, item["copies"][number]["input_ids"]))


def test_copies_follow_from_seed_epoch_and_row() -> None:
    rows = table([((f"the wonderful film number {word} was rather long",), "a") for word in ("one", "two", "ten")])
    held = noised(rows)
    first = [written(held[at]) for at in range(3)]
    assert [written(held[at]) for at in (2, 1, 0)] == first[::-1]
    assert [written(noised(rows)[at]) for at in range(3)] == first
    assert all(text != row.fields[0] for text, row in zip(first, rows.rows, strict=True))
    assert [written(noised(rows, seed=2)[at]) for at in range(3)] != first
    held.epoch = 1
    assert [written(held[at]) for at in range(3)] != first
    assert held[1]["copies"][0]["labels"] == held[1]["labels"] == 1
    assert [set(item) for item in held] == [{"input_ids", "labels"}] * 3  # lengths are those of the texts
    assert len(held) == 3


def test_both_texts_of_a_pair_change_and_nothing_of_a_text_without_words() -> None:
    held = noised(table([(("a wonderful evening", "the dinner was cold"), "a"), (("!!!",), "b")]))
    one, other = written(held[0]).split(" | ")
    assert one != "a wonderful evening"
    assert other != "the dinner was cold"
    assert "copies" not in held[1]


def test_of_several_copies_the_hardest_is_learnt() -> None:
    held = noised(table([(("the wonderful film was rather long",), "a"), (("!!!",), "b")]), draws=3)
    assert len({written(held[0], number) for number in range(3)}) == 3

    class Judge(torch.nn.Module):
        """The likelier class 1 is, the more tokens are odd."""

        def forward(self, input_ids: torch.Tensor) -> SimpleNamespace:
            odd = (input_ids % 2).float().mean(1)
            return SimpleNamespace(logits=torch.stack([1 - odd, odd], 1))

    judge = Judge().train()
    batch = beside(_stacked)([held[0], held[1], held[0]])
    assert batch["of"].tolist() == [-1, -1, -1, 0, 0, 0, 2, 2, 2]
    kept = hardest(judge, batch)
    assert judge.training
    assert len(kept["labels"]) == 5
    losses = torch.nn.functional.cross_entropy(
        judge(batch["input_ids"]).logits, batch["labels"], reduction="none"
    ).tolist()
    worst = [max((3, 4, 5), key=losses.__getitem__), max((6, 7, 8), key=losses.__getitem__)]
    assert torch.equal(kept["input_ids"], batch["input_ids"][[0, 1, 2, *worst]])
    one = beside(_stacked)([noised(table([(("the film",), "a")]))[0]])
    assert len(hardest(judge, one)["labels"]) == 2
    assert set(hardest(judge, one)) == {"input_ids", "labels"}
    assert set(beside(_stacked)([held[1]])) == {"input_ids", "labels"}


def _stacked(items: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    longest = max(len(item["input_ids"]) for item in items)
    return {
        "input_ids": torch.tensor([item["input_ids"] + [0] * (longest - len(item["input_ids"])) for item in items]),
        "labels": torch.tensor([item["labels"] for item in items]),
    }


def test_a_copy_is_read_behind_the_defence() -> None:
    inputs = Inputs.of(["spelling"], ["en"])
    assert inputs is not None
    rows = table([(("wonderful marvellous evening everybody",), "a")])
    raw, read = noised(rows), noised(rows, inputs=inputs)
    assert written(read[0]) == inputs(written(raw[0])) != written(raw[0])


def test_a_row_without_a_language_is_named() -> None:
    with pytest.raises(DataError, match="language of row r0 is not known"):
        noised(table([(("a film",), "a")]), lang=None)[0]


def test_defences_of_the_inputs_are_of_one_language() -> None:
    assert Inputs.of([], ["en", "es"]) is None
    with pytest.raises(UserError, match="of one language, the training data are en, es"):
        Inputs.of(["spelling"], ["es", "en"])
    both = Inputs.of(["normalise", "spelling"], ["es"])
    assert both is not None
    source = table([(("la рelicula fue magníifica",), "a")])
    made = both.table(source)
    assert made.rows[0].fields == ("la película fue magnífica",)
    assert (made.fingerprint, made.rows[0].id) == (source.fingerprint, "r0")


@pytest.fixture
def start(recipe: FinetuneRecipe, reviews: Table, others: Table, tmp_path: Path) -> str:
    how = recipe.model_copy(update={"train": recipe.train.model_copy(update={"bf16": False})})
    finetune(how, train=reviews, dev=others, out=tmp_path / "start", device="cpu")
    return str(tmp_path / "start")


@pytest.fixture
def trained(start: str, reviews: Table, others: Table, tmp_path: Path) -> Callable[..., Path]:
    def train(name: str, **sections: Any) -> Path:
        how = {"epochs": 2, "batch_size": 8, "learning_rate": 1e-3, "max_length": 16, "seed": 3, "bf16": False}
        told = {"schema_version": 1, "name": "tiny", "languages": ["en"], "train": how, "deviations": [], **sections}
        hard = TrainRecipe.model_validate_json(json.dumps(told))
        names = hard.noise.recipes if hard.noise else ()
        plan = Plan(
            recipe=hard,
            model=start,
            victim=load_victim(start),
            attacks=[],
            train=replace(reviews, lang="en"),
            dev=replace(others, lang="en"),
            noise=[load(each, family="augment", schema=AugmentRecipe) for each in names],
            lang="en",
        )
        harden(plan, out=tmp_path / name, device="cpu")
        return tmp_path / name

    return train


def test_a_model_stays_behind_what_it_was_trained_behind(trained, others: Table) -> None:
    out = trained("out", noise={"recipes": ["heavy-noise"]}, input_defences=["spelling"])
    assert json.loads((out / SAVED).read_text(encoding="utf-8")) == {"defences": ["spelling:en"]}
    told = recorded(out)
    assert told is not None
    assert told["recipe"]["input_defences"] == ["spelling"]
    victim = load_victim(str(out))
    assert isinstance(victim, StraightThroughVictim)
    assert victim.meta.name.endswith("+spelling:en")
    right, slip = [("the dinner was wonderful",)], [("the dinner was wonderfull",)]
    assert np.array_equal(victim.logits(right), victim.logits(slip))
    bare = TransformersVictim.load(out, name="bare", device="cpu", dtype="float32")
    assert np.allclose(bare.logits(right), victim.logits(slip), atol=1e-6)
    assert bare.meta.revision != victim.meta.revision
    (out / SAVED).write_text('{"defences": ["speling"]}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"does not say what stands before the model: .*no such defence"):
        load_victim(str(out))


def test_a_vote_may_stand_behind_a_corrector(trained, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws are of what the corrector leaves, in training and later."""
    from robust.stages.adversarial import training

    read: list[str] = []

    def reading(*, train: Table, **how: Any) -> Drawn:
        read.extend(row.fields[0] for row in train.rows)
        return Drawn(train=train, **how)

    monkeypatch.setattr(training, "Drawn", reading)
    kernel = {"safer": {"k": 3, "share": 0.5}}
    out = trained("out", smoothing={"kernel": kernel, "draws": 4}, input_defences=["spelling"])
    spelling = cleaner("spelling", "en")
    assert read
    assert all(spelling(text) == text for text in read)
    victim: Any = load_victim(str(out))
    assert isinstance(victim, CleanedVictim)
    assert isinstance(victim.victim, SmoothedVictim)
    assert victim.victim.kernel == SAFER(k=3, share=0.5)
    assert draws(victim) == 4
    right, slip = [("the dinner was wonderful",)], [("the dinner was wonderfull",)]
    assert np.array_equal(victim.logits(right), victim.logits(slip))


def test_noise_is_learnt_from_and_the_same_each_time(trained) -> None:
    from safetensors.numpy import load_file

    one, same, several, none = (
        load_file(trained(name, **sections) / "model.safetensors")
        for name, sections in (
            ("one", {"noise": {"recipes": ["heavy-noise"]}}),
            ("same", {"noise": {"recipes": ["heavy-noise"]}}),
            ("several", {"noise": {"recipes": ["heavy-noise"], "draws": 3}}),
            ("none", {}),
        )
    )
    assert all(np.array_equal(one[key], same[key]) for key in one)
    assert any(not np.array_equal(one[key], several[key]) for key in one)
    assert any(not np.array_equal(one[key], none[key]) for key in one)


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"noise": {"recipes": []}}, "at least 1"),
        ({"noise": {"recipes": ["typos"]}, "smoothing": {"kernel": "ranmask"}}, "keep one"),
        ({"noise": {"recipes": ["typos"]}, "adversarial": {"recipes": ["a2t"]}}, "write `when: once`"),
        ({"input_defences": ["fgws"]}, "spelling"),
        ({"input_defences": ["spelling"], "adversarial": {"recipes": ["a2t"], "when": "once"}}, "go with `noise`"),
    ],
)
def test_parts_that_do_not_go_together(sections: dict[str, Any], said: str) -> None:
    told = {"schema_version": 1, "name": "tiny", "languages": ["en"], "deviations": [], **sections}
    with pytest.raises(ValueError, match=said):
        TrainRecipe.model_validate_json(json.dumps(told))


def test_rows_may_say_their_language_themselves() -> None:
    row = Row(id="r0", fields=("a wonderful film",), label="a", lang="en")
    rows = replace(table([(row.fields, "a")]), rows=(row,))
    assert "copies" in noised(rows, lang=None)[0]

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoTokenizer

from robust.errors import DataError, ModelError, UserError
from robust.recipe.pretrain import LanguageModelling, PretrainRecipe
from robust.stages.pretrain import loop
from robust.stages.pretrain.corpus import Corpus, parse_source
from robust.stages.pretrain.run import pretrain
from robust.stages.pretrain.schedule import plan, rate
from robust.stages.pretrain.transformers import flops_per_token

SMALL = {"hidden_size": 32, "layers": 1, "heads": 2, "intermediate_size": 64, "max_positions": 64}
SENTENCE = "la película era buena y larga , pero el final del niño fue malo . a good film with a bad ending"
WORDS = SENTENCE.split()


def recipe(kind: str = "bert", **train: Any) -> PretrainRecipe:
    tokenizer = {"kind": "wordpiece" if kind == "bert" else "byte-bpe", "vocab_size": 320}
    how = {"batch_size": 4, "length": 16, "steps": 12, "log_every": 1, "save_every": 5, "held_out": 0.1, "bf16": False}
    return PretrainRecipe.model_validate(
        {
            "schema_version": 1,
            "name": "small",
            "model": {"kind": kind, **SMALL},
            "tokenizer": tokenizer,
            "train": {**how, **train},
        }
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    rng = np.random.default_rng(0)
    lines = [" ".join(rng.choice(WORDS, 12)) for _ in range(200)]
    (tmp_path / "text.txt").write_text("\n".join(lines), encoding="utf-8")
    return Corpus(sources=[parse_source(str(tmp_path / "text.txt"))])


def curve(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "curve.jsonl").read_text().splitlines()]


def losses(out: Path) -> list[float]:
    return [point["loss"] for point in curve(out)]


@pytest.mark.parametrize("kind", ["bert", "gpt"])
def test_a_model_learns_and_is_an_ordinary_checkpoint(kind: str, corpus: Corpus, tmp_path: Path) -> None:
    how = recipe(kind, steps=40, learning_rate=5e-3)
    made = pretrain(how, corpus, out=tmp_path / "out", device="cpu")
    numbers = losses(tmp_path / "out")
    assert numbers[-1] < numbers[0] - 0.5
    assert len(numbers) == 40
    auto = AutoModelForMaskedLM if kind == "bert" else AutoModelForCausalLM
    model, info = auto.from_pretrained(tmp_path / "out", output_loading_info=True)
    assert not info["missing_keys"]
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert model.config.vocab_size % 64 == 0
    assert model.config.vocab_size >= len(tokenizer)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["tokens"] == 40 * 4 * 16
    assert manifest["numbers"]["dev_loss"] < numbers[0]
    assert 0 < manifest["utilisation"]["value"] < 1
    assert manifest["energy"]["joules"] >= 0
    assert made.manifest == manifest
    assert "guess" not in (tmp_path / "out" / "README.md").read_text()  # no description was given: none is made up


def test_the_count_of_operations() -> None:
    class Config:
        hidden_size, num_hidden_layers, intermediate_size, vocab_size = 512, 8, 2048, 32768

    layers = 8 * (4 * 512**2 + 2 * 512 * 2048)
    expected = 6 * layers + 12 * 8 * 512 * 128 + 6 * 32768 * 512 * 0.15
    assert flops_per_token(Config, 128, 0.15) == expected
    assert expected == pytest.approx(172e6, rel=0.01)


def test_every_row_is_read_once_an_epoch() -> None:
    seen = np.concatenate([loop.rows_of(step, rows=10, size=4, seed=1) for step in range(5)])
    assert sorted(seen[:10].tolist()) == sorted(seen[10:].tolist()) == list(range(10))
    assert seen[:10].tolist() != seen[10:].tolist()


def test_the_learning_rate_rises_and_falls() -> None:
    how = LanguageModelling(learning_rate=1.0, warmup_ratio=0.2, schedule="linear")
    assert [rate(how, done) for done in (0.1, 0.2, 0.6, 1.0)] == pytest.approx([0.5, 1.0, 0.5, 0.0])
    cosine = LanguageModelling(learning_rate=1.0, warmup_ratio=0.2, schedule="cosine")
    assert rate(cosine, 0.6) == pytest.approx(0.5)
    assert rate(cosine, 0.4) == pytest.approx(0.5 * (1 + math.cos(math.pi / 4)))
    constant = LanguageModelling(learning_rate=1.0, warmup_ratio=0.0, schedule="constant")
    assert rate(constant, 0.0) == rate(constant, 0.9) == 1.0


def test_the_end_is_set_once() -> None:
    assert plan(LanguageModelling(epochs=2), 30).steps == 60
    assert plan(LanguageModelling(), 30).steps == 30
    assert plan(LanguageModelling(minutes=0.5), 30).done(10**6, 15.0) == 0.5
    with pytest.raises(ValueError, match="set 2 times"):
        LanguageModelling(steps=1, minutes=1)


def test_accumulated_gradients_are_those_of_the_large_batch(corpus: Corpus, tmp_path: Path) -> None:
    pretrain(recipe("gpt", steps=3, batch_size=8), corpus, out=tmp_path / "large", device="cpu")
    pretrain(
        recipe("gpt", steps=3, batch_size=2, gradient_accumulation=4), corpus, out=tmp_path / "small", device="cpu"
    )
    assert losses(tmp_path / "small") == pytest.approx(losses(tmp_path / "large"), rel=1e-5)


CHILD = """
import sys
from pathlib import Path
from robust.stages.pretrain.corpus import Corpus, parse_source
from robust.stages.pretrain.run import pretrain
from robust.recipe.pretrain import PretrainRecipe
def wait(step, steps, numbers):
    print(step, flush=True)
    if step == 8:
        sys.stdin.read()
corpus = Corpus(sources=[parse_source(sys.argv[2])])
pretrain(PretrainRecipe.model_validate_json(sys.argv[1]), corpus, out=Path(sys.argv[3]), device="cpu", progress=wait)
"""


def test_after_kill_9_the_loss_curve_is_the_same(corpus: Corpus, tmp_path: Path) -> None:
    how = recipe()
    pretrain(how, corpus, out=tmp_path / "whole", device="cpu")
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, how.model_dump_json(), str(corpus.sources[0].path), str(tmp_path / "out")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())},
    ) as child:
        assert child.stdout is not None
        while child.stdout.readline().strip() != "8":
            assert child.poll() is None
        child.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out").exists()
    made = pretrain(how, corpus, out=tmp_path / "out", device="cpu")
    assert made.resumed
    assert losses(tmp_path / "out") == losses(tmp_path / "whole")
    assert [point["step"] for point in curve(tmp_path / "out")] == list(range(1, 13))
    left, right = (AutoModelForMaskedLM.from_pretrained(tmp_path / name) for name in ("out", "whole"))
    assert all(torch.equal(a, b) for a, b in zip(left.parameters(), right.parameters(), strict=True))


class Stopped(Exception):
    pass


def test_dropout_and_half_counted_losses_go_on_too(corpus: Corpus, tmp_path: Path) -> None:
    fields = recipe(log_every=3).model_dump()  # checkpoints at 5 and 10 fall between two points of the curve
    fields["model"] |= {"dropout": 0.3}
    how = PretrainRecipe.model_validate(fields)

    def stop(step: int, steps: int, numbers: Any) -> None:
        if step == 9:
            raise Stopped

    pretrain(how, corpus, out=tmp_path / "whole", device="cpu")
    torch.manual_seed(99)  # what the caller's generator has seen does not matter
    with pytest.raises(Stopped):
        pretrain(how, corpus, out=tmp_path / "out", device="cpu", progress=stop)
    before = torch.get_rng_state()
    assert pretrain(how, corpus, out=tmp_path / "out", device="cpu").resumed
    assert torch.equal(before, torch.get_rng_state())  # and it is left as it was
    assert losses(tmp_path / "out") == pytest.approx(losses(tmp_path / "whole"), rel=1e-6)
    assert [point["step"] for point in curve(tmp_path / "out")] == [3, 6, 9, 12]
    left, right = (AutoModelForMaskedLM.from_pretrained(tmp_path / name) for name in ("out", "whole"))
    assert all(torch.equal(a, b) for a, b in zip(left.parameters(), right.parameters(), strict=True))


def test_a_warm_start_without_gensim_leaves_nothing(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gensim", None)
    fields = recipe().model_dump()
    fields["model"] |= {"warm_start": 1}
    with pytest.raises(UserError, match="gensim"):
        pretrain(PretrainRecipe.model_validate(fields), corpus, out=tmp_path / "out", device="cpu")
    assert not list(tmp_path.glob("*out*"))


def test_a_launcher_is_refused(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UserError, match="one process"):
        pretrain(recipe(), corpus, out=tmp_path / "out", device="cpu")
    assert not list(tmp_path.glob("*out*"))


def test_minutes_end_the_training(corpus: Corpus, tmp_path: Path) -> None:
    made = pretrain(recipe(steps=None, minutes=0.05), corpus, out=tmp_path / "out", device="cpu")
    rates = [step["learning_rate"] for step in curve(tmp_path / "out")]
    assert 0.05 * 60 * 0.9 < made.outcome.seconds < 60
    assert rates[-1] < 0.5 * recipe().train.learning_rate, "it falls as the time runs out"


def test_bfloat16_learns_too(corpus: Corpus, tmp_path: Path) -> None:
    made = pretrain(recipe(bf16=True, steps=30, learning_rate=5e-3), corpus, out=tmp_path / "out", device="cpu")
    assert made.outcome.precision == "bfloat16"
    numbers = losses(tmp_path / "out")
    assert numbers[-1] < numbers[0] - 0.4


@pytest.mark.parametrize("kind", ["bert", "gpt"])
def test_a_checkpoint_goes_on_learning(kind: str, corpus: Corpus, tmp_path: Path) -> None:
    pretrain(recipe(kind, steps=30, learning_rate=5e-3), corpus, out=tmp_path / "first", device="cpu")
    more = recipe(kind).model_dump()
    more.update(tokenizer=None, model={"kind": "checkpoint", "checkpoint": str(tmp_path / "first")})
    pretrain(PretrainRecipe.model_validate(more), corpus, out=tmp_path / "more", device="cpu")
    assert losses(tmp_path / "more")[0] < losses(tmp_path / "first")[0] - 0.4
    assert (tmp_path / "more/tokenizer.json").exists()


def test_a_recurrent_checkpoint_goes_on_with_the_next_token(corpus: Corpus, tmp_path: Path) -> None:
    fields = recipe(steps=30, learning_rate=1e-2).model_dump()
    fields["model"] = {"kind": "recurrent", "embedding_size": 16, "hidden_size": 16}
    pretrain(PretrainRecipe.model_validate(fields), corpus, out=tmp_path / "first", device="cpu")
    fields.update(tokenizer=None, model={"kind": "checkpoint", "checkpoint": str(tmp_path / "first")})
    made = pretrain(PretrainRecipe.model_validate(fields), corpus, out=tmp_path / "more", device="cpu")
    assert made.outcome.numbers["dev_loss"] is not None
    assert losses(tmp_path / "more")[-1] < losses(tmp_path / "first")[0]


def test_what_does_not_fit_is_said(corpus: Corpus, tmp_path: Path) -> None:
    long = recipe().model_dump()
    long.update(tokenizer=None, model={"kind": "checkpoint", "checkpoint": str(tmp_path / "nowhere")})
    with pytest.raises(ModelError):
        pretrain(PretrainRecipe.model_validate(long), corpus, out=tmp_path / "out", device="cpu")
    (tmp_path / "short.txt").write_text("una línea\n")
    short = Corpus(sources=[parse_source(str(tmp_path / "short.txt"))])
    with pytest.raises((ModelError, DataError), match=r"not one row|no text"):
        pretrain(recipe(held_out=0.0), short, out=tmp_path / "out", device="cpu")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/file").touch()
    with pytest.raises(UserError, match="exists already"):
        pretrain(recipe(), corpus, out=tmp_path / "taken", device="cpu")

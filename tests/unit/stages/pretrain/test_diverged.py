"""A pre-training that diverges has no result, whichever kind it is."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robust.errors import ModelError
from robust.models.vectors import Vectors
from robust.recipe.pretrain import PretrainRecipe
from robust.stages.pretrain import formats, glove, word2vec
from robust.stages.pretrain.corpus import Corpus
from robust.stages.pretrain.learnt import Learnt
from robust.stages.pretrain.run import pretrain
from robust.stages.workspace import partial_path

SMALL = {"hidden_size": 16, "layers": 1, "heads": 2, "intermediate_size": 16, "max_positions": 32}
VECTORS = {"size": 8, "window": 3, "min_count": 1, "epochs": 4}
TRAIN = {"batch_size": 4, "length": 16, "steps": 20, "held_out": 0.2, "bf16": False}


pytestmark = pytest.mark.usefixtures("short_probes")


def recipe(model: dict[str, Any], **train: Any) -> PretrainRecipe:
    tokenizer = {"kind": "byte-bpe" if model["kind"] == "gpt" else "wordpiece", "vocab_size": 300}
    own = model["kind"] in ("bert", "gpt", "recurrent")
    more = {"tokenizer": tokenizer, "train": {**TRAIN, **train}} if own else {}
    return PretrainRecipe.model_validate({"schema_version": 1, "name": "wild", "model": model, **more})


@pytest.mark.parametrize("log_every", [1, 50])
@pytest.mark.parametrize("kind", ["bert", "gpt", "recurrent"])
def test_a_language_model(kind: str, log_every: int, corpus: Corpus, tmp_path: Path) -> None:
    sizes = SMALL if kind != "recurrent" else {"embedding_size": 8, "hidden_size": 8, "cell": "rnn"}
    how = recipe({"kind": kind, **sizes}, log_every=log_every, learning_rate=1e38, optimizer="sgd", clip=None)
    with pytest.raises(ModelError, match=r"diverged[\s\S]*train\.learning_rate=… lower than 1e\+38"):
        pretrain(how, corpus, out=tmp_path / "out", device="cpu")
    assert not (tmp_path / "out").exists()


def test_it_ends_at_the_first_line_of_the_curve_and_leaves_the_earlier_model(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "out"
    pretrain(recipe({"kind": "gpt", **SMALL}, steps=1), corpus, out=out, device="cpu")
    before = (out / "model.safetensors").read_bytes()
    told: list[int] = []
    how = recipe({"kind": "gpt", **SMALL}, learning_rate=1e30, log_every=2, save_every=2, warmup_ratio=0.0)
    with pytest.raises(ModelError, match="diverged"):
        pretrain(how, corpus, out=out, device="cpu", force=True, progress=lambda step, *_: told.append(step))
    assert told == []
    assert not (partial_path(out) / "checkpoints/state.pt").exists()
    assert (out / "model.safetensors").read_bytes() == before


def test_a_loss_that_is_saved_and_not_logged_is_looked_at(corpus: Corpus, tmp_path: Path) -> None:
    how = recipe({"kind": "gpt", **SMALL}, learning_rate=1e30, save_every=2, steps=500, warmup_ratio=0.0)
    with pytest.raises(ModelError, match="diverged"):
        pretrain(how, corpus, out=tmp_path / "out", device="cpu")
    assert not (partial_path(tmp_path / "out") / "checkpoints/state.pt").exists()


def test_glove(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"diverged[\s\S]*model\.learning_rate=… lower than 1e\+30"):
        pretrain(
            recipe({"kind": "glove", "learning_rate": 1e30, **VECTORS}), corpus, out=tmp_path / "out", device="cpu"
        )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["word2vec", "fasttext"])
def test_word2vec_ends_after_the_epoch(
    kind: str, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("gensim")
    found = iter([2.0, math.nan])  # gensim itself may crash on weights that are not numbers
    monkeypatch.setattr(word2vec.negative_sampling, "loss", lambda *_, **__: next(found))
    with pytest.raises(ModelError, match=r"the loss is nan[\s\S]*model\.learning_rate=… lower than 0\.05"):
        pretrain(recipe({"kind": kind, "learning_rate": 0.05, **VECTORS}), corpus, out=tmp_path / "out", device="cpu")
    assert not (tmp_path / "out").exists()


def test_weights_are_looked_at_whatever_the_loss(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any, **__: Any) -> Learnt:
        table = np.full((10, 4), np.nan, dtype=np.float32)
        return Learnt(table=table, parameters=40, tokens=1, seconds=1.0, curve=[], numbers={"loss": 0.1})

    monkeypatch.setattr(glove, "train", lost)
    with pytest.raises(ModelError, match="weights of the model"):
        pretrain(recipe({"kind": "glove", **VECTORS}), corpus, out=tmp_path / "out", device="cpu")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_counter_fitted_vectors(tmp_path: Path) -> None:
    words = ("good", "bad", "great", "film")
    (tmp_path / "vectors").mkdir()
    table = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)
    formats.save(Vectors(words=words, table=table, counts=np.arange(4, 0, -1)), tmp_path / "vectors")
    (tmp_path / "far.txt").write_text("good bad\n")
    model = {
        **{"kind": "counter-fit", "vectors": str(tmp_path / "vectors"), "antonyms": str(tmp_path / "far.txt")},
        **{"synonyms": str(tmp_path / "far.txt"), "learning_rate": 1e300},
    }
    how = recipe(model).model_copy(update={"languages": ("en",)})
    with pytest.raises(ModelError, match="diverged"):
        pretrain(how, Corpus(sources=[]), out=tmp_path / "out", device="cpu")
    assert not (tmp_path / "out").exists()

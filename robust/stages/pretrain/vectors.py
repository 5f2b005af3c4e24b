"""Word vectors: Word2Vec, FastText and GloVe, from raw text to files that other tools read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from robust.errors import UserError
from robust.models.vectors import Vectors
from robust.recipe.pretrain import LanguageModelling, PretrainRecipe
from robust.recipe.pretrain_models import FastText, GloVe, Word2Vec
from robust.stages.finite import check_weights
from robust.stages.pretrain import formats, glove, subwords, vocabulary, word2vec
from robust.stages.pretrain.learnt import Learnt
from robust.stages.pretrain.outcome import Outcome
from robust.stages.pretrain.vocabulary import Sentences, Texts, Vocabulary
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    import torch


def train(
    recipe: PretrainRecipe, corpus: Texts, place: Workspace, *, device: str, progress: Progress | None
) -> Outcome:
    """Learn vectors for the words of `corpus` and write them to `place.result` (see `formats.save`).

    Beside them are `curve.jsonl`, a line for each epoch, and of FastText the vectors of its n-grams (see `subwords`).
    Words are those of `robust.models.words`. The text is read as a stream, a few times; memory grows with the
    vocabulary, not with the text. `loss` is in nats a word of the window for Word2Vec and FastText, after the last
    epoch, on the first words of the text (see `negative_sampling`); for GloVe it is the mean over the cells of the
    table while the last epoch ran.

    An interrupted GloVe goes on with the epoch that it was in; Word2Vec and FastText start over. `device` is for GloVe,
    the others run on the processor.

    Raises `UserError` for settings that mean nothing here and where gensim is missing, `DataError` for too little text,
    `ModelError` for a training that diverges.
    """
    import torch

    made = recipe.model
    assert isinstance(made, (Word2Vec, FastText, GloVe))  # what `run.py` calls this for
    _check(recipe)
    sentences = Sentences(corpus=corpus, lowercase=made.lowercase)
    known = vocabulary.learn(sentences, min_count=made.min_count, max_vocab=made.max_vocab)
    if isinstance(made, GloVe):
        learnt = glove.train(made, sentences, known, place, device=_device(device), progress=progress)
    else:
        learnt = word2vec.train(made, sentences, known, progress)
    tables = [table for table in (learnt.table, learnt.subwords) if table is not None]
    check_weights(map(torch.from_numpy, tables), rate=made.learning_rate, setting="model.learning_rate")
    _write(made, known, learnt, place)
    return Outcome(
        parameters=learnt.parameters,
        tokens=learnt.tokens,
        seconds=learnt.seconds,
        numbers={
            "epochs": float(made.epochs),
            "vocabulary": float(len(known.words)),
            "corpus_tokens": float(known.total),
            "known_tokens": float(sum(known.counts)),
            **learnt.numbers,
        },
    )


def _check(recipe: PretrainRecipe) -> None:
    if recipe.tokenizer is not None:
        raise UserError("word vectors split texts into words by a rule of their own", fix="remove `tokenizer`")
    untouched = LanguageModelling()
    changed = [name for name in ("steps", "epochs", "minutes") if getattr(recipe.train, name) is not None]
    changed += [
        name for name in ("learning_rate", "batch_size") if getattr(recipe.train, name) != getattr(untouched, name)
    ]
    if changed:
        raise UserError(
            f"train.{changed[0]} means nothing for word vectors, whose settings stand in `model`",
            fix="use --set model.epochs=… or model.learning_rate=…",
        )


def _device(wanted: str) -> torch.device:
    import torch

    from robust.checkpoints.device import pick_device

    found = pick_device(wanted)
    return found if found.type in ("cpu", "cuda") else torch.device("cpu")


def _write(made: Word2Vec | FastText | GloVe, known: Vocabulary, learnt: Learnt, place: Workspace) -> None:
    counts = np.array(known.counts, dtype=np.int64)
    found = Vectors(words=known.words, table=learnt.table, counts=counts, lowercase=made.lowercase)
    formats.save(found, place.result)
    if learnt.subwords is not None and isinstance(made, FastText):
        subwords.write(subwords.Subwords(table=learnt.subwords, min_n=made.min_n, max_n=made.max_n), place.result)
    with (place.result / "curve.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(point) + "\n" for point in learnt.curve)

"""Word2Vec (CBOW, skip-gram) and FastText, trained by gensim on a stream of sentences."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from robust.errors import ModelError, UserError
from robust.recipe.pretrain_models import FastText, Word2Vec
from robust.stages.finite import check_loss
from robust.stages.pretrain import negative_sampling
from robust.stages.pretrain.learnt import Learnt
from robust.stages.pretrain.vocabulary import Sentences, Vocabulary, numbered
from robust.stages.trainers import Progress

_MEASURED = 20_000
"""Words from the beginning of the text that the loss is measured on."""

_EVERY = 2000
"""Sentences between two reports of progress."""


def train(made: Word2Vec | FastText, sentences: Sentences, vocabulary: Vocabulary, progress: Progress | None) -> Learnt:
    """Read the text `made.epochs` times, at a learning rate that falls to zero in equal steps.

    With one worker the same text gives the same vectors, whatever PYTHONHASHSEED is; several race each other. Words
    without a vector are left out of the windows. Raises `UserError` where gensim is not installed, `ModelError` where
    the loss of an epoch is not finite, and what reading the text or `progress` raises.
    """
    model = _model(made)
    begun = time.monotonic()
    stream = _Stream(sentences=sentences, words=made.epochs * vocabulary.total, progress=progress)
    curve = stream.curve
    with _quiet():
        model.build_vocab_from_freq(dict(zip(vocabulary.words, vocabulary.counts, strict=True)))
        model.train(
            stream,
            total_words=vocabulary.total,
            epochs=made.epochs,
            callbacks=[_epochs(stream, _sample(made, sentences, vocabulary), begun)],
        )
    if stream.failure is not None:
        raise stream.failure
    tables = [
        model.syn1neg,
        *([model.wv.vectors_vocab, model.wv.vectors_ngrams] if _subwords(made) else [model.wv.vectors]),
    ]
    return Learnt(
        table=np.array(model.wv.vectors, dtype=np.float32),
        parameters=sum(int(table.size) for table in tables),
        tokens=stream.read,
        seconds=time.monotonic() - begun,
        curve=curve,
        numbers={"loss": curve[-1]["loss"]},
        subwords=np.array(model.wv.vectors_ngrams, dtype=np.float32) if _subwords(made) else None,
    )


def _subwords(made: Word2Vec | FastText) -> bool:
    return isinstance(made, FastText) and made.min_n <= made.max_n


def _model(made: Word2Vec | FastText) -> Any:
    try:
        from gensim import models
    except ImportError:
        raise UserError(
            f"{made.kind} needs gensim", fix="pip install 'robust[vectors]', or take a GloVe recipe"
        ) from None
    settings: dict[str, Any] = {
        "vector_size": made.size,
        "window": made.window,
        "sg": int(made.algorithm == "skip-gram"),
        "negative": made.negative,
        "sample": made.sample,
        "min_count": 1,  # the vocabulary has been chosen
        "sorted_vocab": 0,  # and sorted, so that equals have an order
        "alpha": made.learning_rate,
        "min_alpha": made.learning_rate * 1e-4,  # as in word2vec's own code
        "epochs": made.epochs,
        "workers": made.workers,
        "seed": made.seed,
    }
    if isinstance(made, FastText):
        return models.FastText(min_n=made.min_n, max_n=made.max_n, bucket=made.buckets, **settings)
    return models.Word2Vec(**settings)


@dataclass(kw_only=True)
class _Stream:
    """Sentences for gensim, which reads them in a thread of its own: what goes wrong there must not be lost in it."""

    sentences: Sentences
    words: int
    progress: Progress | None
    curve: list[dict[str, Any]] = field(default_factory=list)
    read: int = 0
    failure: BaseException | None = None

    def __iter__(self) -> Iterator[list[str]]:
        if self.failure is not None:
            return
        try:
            for number, sentence in enumerate(self.sentences, 1):
                yield sentence
                self.read += len(sentence)
                if number % _EVERY == 0:
                    self.report()
        except GeneratorExit:
            raise
        except BaseException as error:
            self.failure = error

    def report(self) -> None:
        if self.progress is not None:
            last = self.curve[-1]["loss"] if self.curve else None
            self.progress(self.read, self.words, {} if last is None else {"loss": last})


def _epochs(stream: _Stream, sample: negative_sampling.Sample, begun: float) -> Any:
    """A callback that measures the loss after every epoch."""
    from gensim.models.callbacks import CallbackAny2Vec

    class Epochs(CallbackAny2Vec):  # type: ignore[misc]
        def on_epoch_end(self, model: Any) -> None:
            if stream.failure is not None:
                return
            inputs, pieces = _inputs(model)
            loss = negative_sampling.loss(sample, inputs, model.syn1neg, pieces=pieces)
            stream.curve.append(
                {
                    "epoch": len(stream.curve) + 1,
                    "words": stream.read,
                    "loss": loss,
                    "seconds": round(time.monotonic() - begun, 2),
                }
            )
            try:
                check_loss(loss, rate=model.alpha, setting="model.learning_rate")
            except ModelError as error:
                stream.failure = error
                return
            stream.report()

    return Epochs()


def _inputs(model: Any) -> tuple[Any, Any]:
    """What gensim reads of each word while it trains, and how much of a mean it is.

    FastText's vectors are the mean of a word and its n-grams. CBOW averages over all of those in a window; skip-gram
    adds them up, but divides by the number of n-grams alone.
    """
    if not hasattr(model.wv, "buckets_word"):
        return model.wv.vectors, 1.0
    model.wv.adjust_vectors()
    grams = np.array([len(rows) for rows in model.wv.buckets_word], dtype=np.float32)
    if model.sg:
        return model.wv.vectors * ((grams + 1) / np.maximum(grams, 1))[:, None], 1.0
    return model.wv.vectors, grams + 1


def _sample(made: Word2Vec | FastText, sentences: Sentences, vocabulary: Vocabulary) -> negative_sampling.Sample:
    words, places = next(numbered(sentences, vocabulary, most=_MEASURED))
    return negative_sampling.draw(
        words,
        places,
        np.array(vocabulary.counts),
        window=made.window,
        negative=made.negative,
        thin=made.sample,
        pairs=made.algorithm == "skip-gram",
        seed=made.seed,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep gensim's warnings (of few words for many workers, say) to itself."""
    logger = logging.getLogger("gensim")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)

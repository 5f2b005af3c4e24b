"""What can be pre-trained: word vectors, recurrent language models, transformers, checkpoints that go on learning."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from robust.recipe.parts import Count, Part, Positive, Share


class Word2Vec(Part):
    """Word2Vec (Mikolov et al. 2013): predict a word from its window (`cbow`) or the window from it (`skip-gram`).

    `window` counts words on each side, `negative` the noise words per positive one, `sample` is the threshold above
    which frequent words are thinned out.
    """

    kind: Literal["word2vec"]
    algorithm: Literal["cbow", "skip-gram"] = "skip-gram"
    size: Count = 100
    window: Count = 5
    negative: Count = 5
    sample: Annotated[float, Field(ge=0)] = 1e-4
    min_count: Count = 5
    max_vocab: Count | None = None
    epochs: Count = 5
    learning_rate: Positive = 0.025
    workers: Count = 1
    lowercase: bool = True
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


class FastText(Part):
    """FastText (Bojanowski et al. 2017): skip-gram or CBOW over the sums of a word's character n-grams."""

    kind: Literal["fasttext"]
    algorithm: Literal["cbow", "skip-gram"] = "skip-gram"
    size: Count = 100
    window: Count = 5
    negative: Count = 5
    sample: Annotated[float, Field(ge=0)] = 1e-4
    min_count: Count = 5
    max_vocab: Count | None = None
    min_n: Count = 3
    max_n: Count = 6
    buckets: Count = 200_000
    epochs: Count = 5
    learning_rate: Positive = 0.025
    workers: Count = 1
    lowercase: bool = True
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


class GloVe(Part):
    """GloVe (Pennington et al. 2014): weighted least squares on the logarithms of co-occurrence counts.

    A count is weighted by (x / `x_max`)^`alpha`, at most 1; words at distance d in the window count 1/d.
    """

    kind: Literal["glove"]
    size: Count = 100
    window: Count = 10
    x_max: Positive = 100.0
    alpha: Positive = 0.75
    min_count: Count = 5
    max_vocab: Count | None = 50_000
    epochs: Count = 15
    learning_rate: Positive = 0.05
    lowercase: bool = True
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


class CounterFit(Part):
    """Counter-fitting (Mrkšić et al. 2016): vectors that exist are moved by pairs of synonyms and of antonyms.

    `vectors`: a directory of `robust pretrain`, or a `.txt`, `.vec` or `.bin` file. `synonyms`, `antonyms`: files with
    a pair of words a line (null: what ships with the language). `antonym_margin` is the cosine distance that opposites
    are pushed to, `synonym_margin` the one that synonyms are pulled to; words within `radius` of each other stay so
    near. `learning_rate` is the part of a mean gradient that an epoch steps. `held_out` is the share of the pairs,
    drawn at random, that only measure.
    """

    kind: Literal["counter-fit"]
    vectors: str | None = None
    synonyms: str | None = None
    antonyms: str | None = None
    antonym_margin: Annotated[float, Field(ge=0, le=2)] = 1.0
    synonym_margin: Annotated[float, Field(ge=0, le=2)] = 0.0
    radius: Annotated[float, Field(ge=0, le=2)] = 0.2
    epochs: Count = 20
    learning_rate: Positive = 0.1
    held_out: Share = 0.0
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


class ErrorModel(Part):
    """How likely letters are left out, added, swapped or taken for others (Kernighan, Church & Gale 1990).

    Learnt from pairs of a misspelt and a right word. `held_out` is the share of the right words, drawn by a hash, whose
    misspellings only measure.
    """

    kind: Literal["error-model"]
    held_out: Annotated[float, Field(ge=0, lt=1)] = 0.1


class Recurrent(Part):
    """A recurrent language model; with its dropouts and averaging it is AWD-LSTM (Merity et al. 2018).

    `hidden_size` is the width of a layer; with `tied` embedding and output the last one is as wide as the embedding.
    `embedding_dropout` drops whole words, `input_dropout` (locked: the same at all steps) the embedded text,
    `weight_dropout` the recurrent matrices, `hidden_dropout` (locked) what goes from layer to layer, `output_dropout`
    (locked) the last one's outputs. `activation_penalty` and `temporal_penalty` are AR (alpha) and TAR (beta).
    `variable_length` draws the length of each window around `train.length`. `averaged` averages the weights once the
    held-out loss stops falling, or for the last quarter of the training.

    `bidirectional` trains a second model that reads backwards and shares embedding and output, for ELMo features
    (Peters et al. 2018): all layers are as wide as the embedding.
    """

    kind: Literal["recurrent"]
    cell: Literal["rnn", "lstm", "gru"] = "lstm"
    embedding_size: Count = 128
    hidden_size: Count = 256
    layers: Count = 1
    tied: bool = True
    bidirectional: bool = False
    embedding_dropout: Share = 0.0
    input_dropout: Share = 0.0
    weight_dropout: Share = 0.0
    hidden_dropout: Share = 0.0
    output_dropout: Share = 0.0
    activation_penalty: Annotated[float, Field(ge=0)] = 0.0
    temporal_penalty: Annotated[float, Field(ge=0)] = 0.0
    variable_length: bool = False
    averaged: bool = False

    @model_validator(mode="after")
    def _layers_can_be_mixed(self) -> Recurrent:
        if self.bidirectional and self.hidden_size != self.embedding_size:
            raise ValueError(
                f"a bidirectional model has layers as wide as its embedding, as ELMo mixes them: hidden_size is "
                f"{self.hidden_size}, embedding_size {self.embedding_size}"
            )
        return self


class _Transformer(Part):
    hidden_size: Count = 256
    layers: Count = 4
    heads: Count = 4
    intermediate_size: Count = 1024
    max_positions: Annotated[int, Field(ge=8)] = 512
    dropout: Share = 0.0

    @model_validator(mode="after")
    def _heads_divide(self) -> _Transformer:
        if self.hidden_size % self.heads:
            raise ValueError(f"hidden_size {self.hidden_size} is not a multiple of heads {self.heads}")
        return self


class MaskedEncoder(_Transformer):
    """BERT (Devlin et al. 2019) on masked words alone; `whole_word` hides all pieces of a word, as BETO does.

    `warm_start`: passes over the text in which Word2Vec learns vectors of the word pieces that the embeddings start
    from (0: random ones). `local_layers`: so many of the lowest layers start out by attending to neighbouring tokens
    (0: the usual random weights, with which attention is the same everywhere at first).
    """

    kind: Literal["bert"]
    masked: Annotated[float, Field(gt=0, lt=1)] = 0.15
    whole_word: bool = True
    warm_start: Annotated[int, Field(ge=0)] = 0
    local_layers: Annotated[int, Field(ge=0)] = 0


class CausalDecoder(_Transformer):
    """GPT-2 (Radford et al. 2019), small: predict each token from those before it."""

    kind: Literal["gpt"]


class Checkpoint(Part):
    """A pre-trained checkpoint (directory, bundled model or hub id) that goes on learning, on other text.

    `objective`: what it was trained on (`auto`: masked for encoders with a mask token, causal for decoders).
    """

    kind: Literal["checkpoint"]
    checkpoint: str
    objective: Literal["auto", "masked", "causal"] = "auto"
    masked: Annotated[float, Field(gt=0, lt=1)] = 0.15
    whole_word: bool = True

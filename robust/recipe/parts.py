"""Parts that the recipes of several stages share: number types, tokenisers, the model card."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Share: TypeAlias = Annotated[float, Field(ge=0, lt=1)]
Count: TypeAlias = Annotated[int, Field(ge=1)]
Positive: TypeAlias = Annotated[float, Field(gt=0)]


class Part(BaseModel):
    """A section of a recipe: stray keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WordPiece(Part):
    """A WordPiece vocabulary learnt from the training texts.

    `strip_accents` turns ñ into n and á into a: leave it off for Spanish.
    """

    kind: Literal["wordpiece"] = "wordpiece"
    vocab_size: Annotated[int, Field(ge=64)] = 8000
    lowercase: bool = True
    strip_accents: bool = False
    min_frequency: Count = 2


class ByteBPE(Part):
    """A byte-level BPE vocabulary (as GPT-2's): every text can be written in it, and read back in NFC."""

    kind: Literal["byte-bpe"]
    vocab_size: Annotated[int, Field(ge=300)] = 8000
    min_frequency: Count = 2


class Words(Part):
    """The most frequent words as they stand; rarer ones read as unknown.

    The first `synonyms` synonyms of each, in the thesauri of English and Spanish, come on top of `vocab_size` words: a
    model that is to bear them cannot read them as unknown.
    """

    kind: Literal["words"]
    vocab_size: Annotated[int, Field(ge=8)] = 20000
    lowercase: bool = True
    min_frequency: Count = 2
    synonyms: Annotated[int, Field(ge=0)] = 0


Tokenizer: TypeAlias = Annotated[WordPiece | ByteBPE | Words, Field(discriminator="kind")]


class Card(Part):
    """What the model card says beyond what is measured: licence of the weights, data and their licences, notes."""

    license: str = "other"
    data: tuple[str, ...] = ()
    notes: str = ""

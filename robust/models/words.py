"""Words as word vectors know them, split alike where vectors are learnt and where a classifier reads them.

A word is a run of letters and digits, with apostrophes inside (`don't`); accents and ñ stay, punctuation goes. It is
simpler than the words of `robust.lang`, which an attack changes: an address or a compound with hyphens is several words
here, as its parts are frequent enough to have vectors.
"""

# mypy: allow-untyped-calls
# (transformers does not type the making of a tokeniser)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

SPECIAL = {"pad": "[PAD]", "unk": "[UNK]", "sep": "[SEP]", "mask": "[MASK]"}
"""Tokens that are no words, by their roles; they have the first numbers, in this order."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SAME_WORD = r"[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*"
"""The same for the regular expressions of tokenizers, where `\\w` takes in combining marks."""


def split(text: str, *, lowercase: bool) -> list[str]:
    """The words of a text, in order."""
    text = unicodedata.normalize("NFC", text)
    return _WORD.findall((text.lower() if lowercase else text).replace("’", "'"))


def tokenizer(words: Sequence[str], *, lowercase: bool, max_length: int) -> PreTrainedTokenizerBase:
    """A tokeniser that gives each of `words` its number, after those of the special tokens, and other words [UNK].

    [SEP] ends a text, so that none is empty, and stands between the two texts of a pair.
    """
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import WordLevel
    from transformers import PreTrainedTokenizerFast

    special = list(SPECIAL.values())
    vocabulary = {word: number for number, word in enumerate([*special, *words])}
    made = Tokenizer(WordLevel(vocabulary, unk_token=SPECIAL["unk"]))
    made.add_special_tokens(special)
    steps: list[Any] = [normalizers.NFC(), normalizers.Lowercase(), normalizers.Replace("’", "'")]
    made.normalizer = normalizers.Sequence([step for at, step in enumerate(steps) if lowercase or at != 1])
    made.pre_tokenizer = pre_tokenizers.Split(Regex(_SAME_WORD), behavior="removed", invert=True)
    made.post_processor = processors.TemplateProcessing(
        single="$A [SEP]", pair="$A [SEP] $B [SEP]", special_tokens=[("[SEP]", vocabulary["[SEP]"])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        model_max_length=max_length,
        padding_side="right",
        model_input_names=["input_ids", "attention_mask"],
        **{f"{role}_token": token for role, token in SPECIAL.items()},
    )

"""Tokenisers learnt from text: WordPiece, byte-level BPE and plain words, saved so that every version reads them."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robust.core.types import LANGS
from robust.errors import DataError
from robust.lang.base import language
from robust.recipe.parts import ByteBPE, WordPiece, Words

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerBase

_SPECIAL = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
_MANY = 2_000_000
"""Different words that are counted before the rarest are forgotten, so that memory stays bounded."""

_COUNTED = 10_000_000


def learn(
    recipe: WordPiece | ByteBPE | Words, texts: Iterable[str], folder: Path, *, max_length: int
) -> PreTrainedTokenizerBase:
    """Learn a vocabulary from `texts` (read once), write the tokeniser to `folder` and read it back.

    The same texts give the same vocabulary. Raises `DataError` when there is no text.
    """
    from transformers import AutoTokenizer

    write(recipe, texts, folder, max_length=max_length)
    read: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return read


def write(recipe: WordPiece | ByteBPE | Words, texts: Iterable[str], folder: Path, *, max_length: int) -> None:
    """As `learn`, without reading the tokeniser back."""
    if isinstance(recipe, WordPiece):
        tokenizer, settings = _wordpiece(recipe, texts)
    elif isinstance(recipe, ByteBPE):
        tokenizer, settings = _byte_bpe(recipe, texts)
    else:
        tokenizer, settings = _words(recipe, texts)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    declared = {**settings, "model_max_length": max_length}
    (folder / "tokenizer_config.json").write_text(json.dumps(declared, indent=1) + "\n", encoding="utf-8")


def _count(texts: Iterable[str], normalizer: Any, pre_tokenizer: Any) -> Counter[str]:
    words: Counter[str] = Counter()
    for text in texts:
        words.update(word for word, _ in pre_tokenizer.pre_tokenize_str(normalizer.normalize_str(text)))
        if len(words) > _MANY:
            words = Counter(dict(words.most_common(_MANY // 2)))
    if not words:
        raise DataError("there is no text to learn a vocabulary from", fix="check --data, --text and --skip")
    return words


def _repeated(words: Mapping[str, int]) -> Iterator[str]:
    """Each word as often as it was counted, for a trainer that counts words again: in short strings, as it keeps many.

    Counts of a large corpus are scaled down to ten million in all: that changes no merge but among the rarest words.
    """
    scale = max(1.0, sum(words.values()) / _COUNTED)
    for word, count in sorted(words.items()):
        left = math.ceil(count / scale)
        while left > 0:
            yield " ".join([word] * min(left, 100))
            left -= 100


def _wordpiece(recipe: WordPiece, texts: Iterable[str]) -> tuple[Tokenizer, dict[str, Any]]:
    """BERT's tokeniser, which reads letters the same whether their accents are part of them or follow (NFC, NFD).

    transformers has a class for BERT's, which would put a normaliser of its own, without NFC, in the place of this one.

    The trainer numbers the continuing characters (`##a`) in the order of a hash map and breaks ties between merges by
    these numbers, so that equal texts give different vocabularies. Naming them beforehand gives them fixed numbers.
    """
    from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, trainers
    from tokenizers.models import WordPiece as Model

    bert = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=recipe.strip_accents, lowercase=recipe.lowercase
    )
    normalizer = normalizers.Sequence([normalizers.NFC(), bert])
    pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = _count(texts, normalizer, pre_tokenizer)
    frequent = {word: count for word, count in words.items() if count >= recipe.min_frequency} or dict(words)
    letters: Counter[str] = Counter()
    for word, count in words.items():
        for character in set(word):
            letters[character] += count
    alphabet = sorted(letter for letter, _ in letters.most_common(max(32, min(1000, recipe.vocab_size // 8))))
    continuing = sorted({f"##{letter}" for word in frequent for letter in word[1:] if letter in set(alphabet)})
    special = list(_SPECIAL.values())
    learner = Tokenizer(Model(unk_token=_SPECIAL["unk"]))
    learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.WordPieceTrainer(
        vocab_size=recipe.vocab_size,
        min_frequency=recipe.min_frequency,
        special_tokens=[*special, *continuing],
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        show_progress=False,
    )
    learner.train_from_iterator(_repeated(frequent), trainer)
    tokenizer = Tokenizer(Model(learner.get_vocab(), unk_token=_SPECIAL["unk"]))
    tokenizer.add_special_tokens(special)
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    _framed(tokenizer, "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1")
    return tokenizer, {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
        **{f"{name}_token": token for name, token in _SPECIAL.items()},
    }


def _byte_bpe(recipe: ByteBPE, texts: Iterable[str]) -> tuple[Tokenizer, dict[str, Any]]:
    """GPT-2's tokeniser; `<|endoftext|>` parts texts, in the stream learnt from and in a pair, and fills short ones."""
    from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors, trainers
    from tokenizers.models import BPE

    end = "<|endoftext|>"
    tokenizer = Tokenizer(BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=recipe.vocab_size,
        min_frequency=recipe.min_frequency,
        special_tokens=[end],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_some(texts), trainer)
    ends = [(end, tokenizer.token_to_id(end))]
    tokenizer.post_processor = processors.TemplateProcessing(single="$A", pair=f"$A {end} $B", special_tokens=ends)
    return tokenizer, {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": end,
        "eos_token": end,
        "unk_token": end,
        "pad_token": end,
        "padding_side": "right",
    }


def _words(recipe: Words, texts: Iterable[str]) -> tuple[Tokenizer, dict[str, Any]]:
    from tokenizers import Tokenizer, normalizers, pre_tokenizers
    from tokenizers.models import WordLevel

    steps = [normalizers.NFC(), *([normalizers.Lowercase()] if recipe.lowercase else [])]
    normalizer = normalizers.Sequence(steps)
    pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = _count(texts, normalizer, pre_tokenizer)
    special = list(_SPECIAL.values())
    ranked = sorted((-count, word) for word, count in words.items() if count >= recipe.min_frequency)
    chosen = [word for _, word in ranked if word not in special][: recipe.vocab_size - len(special)]
    chosen += _synonyms(chosen, recipe.synonyms, normalizer, pre_tokenizer)
    vocabulary = {word: number for number, word in enumerate([*special, *chosen])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=_SPECIAL["unk"]))
    tokenizer.add_special_tokens(special)
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    _framed(tokenizer, "$A:0 [SEP]:0", "$A:0 [SEP]:0 $B:1 [SEP]:1")
    return tokenizer, {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": _SPECIAL["sep"],
        **{f"{name}_token": token for name, token in _SPECIAL.items()},
    }


def _synonyms(words: Sequence[str], count: int, normalizer: Any, pre_tokenizer: Any) -> list[str]:
    """The first `count` synonyms of each of `words`, as the tokeniser reads them, where that is one word and new."""
    found = (other for word in words for lang in LANGS for other in language(lang).synonyms(word)[:count])
    every = dict.fromkeys(normalizer.normalize_str(other) for other in found) if count else {}
    single = [word for word in every if len(pre_tokenizer.pre_tokenize_str(word)) == 1]
    known = {*words, *_SPECIAL.values()}
    return [word for word in single if word not in known]


def _framed(tokenizer: Tokenizer, single: str, pair: str) -> None:
    from tokenizers import processors

    ends = [(token, tokenizer.token_to_id(token)) for token in (_SPECIAL["cls"], _SPECIAL["sep"])]
    tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=ends)


def _some(texts: Iterable[str]) -> Iterable[str]:
    """The texts, checked not to be none at all."""
    empty = True
    for text in texts:
        empty = False
        yield text
    if empty:
        raise DataError("there is no text to learn a vocabulary from", fix="check --data, --text and --skip")

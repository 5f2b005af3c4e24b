from pathlib import Path

import numpy as np
import pytest

from robust.errors import DataError
from robust.recipe.parts import ByteBPE, WordPiece, Words
from robust.stages.pretrain import tokenisers, tokens
from robust.stages.pretrain.corpus import Corpus, parse_source

LINES = [
    "El niño comió piñas y jamón en la montaña.",
    "¿Qué soñó la cigüeña? ¡Nada!",
    "A perfect performance by the actor, and a spotless film.",
    "la niña soñó con la piña del jardín",
] * 8


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    (tmp_path / "text.txt").write_text("\n".join(LINES), encoding="utf-8")
    return Corpus(sources=[parse_source(str(tmp_path / "text.txt"))])


@pytest.mark.parametrize(
    "kind", [WordPiece(vocab_size=300), ByteBPE(kind="byte-bpe", vocab_size=400), Words(kind="words")]
)
def test_accents_and_enye_are_kept(kind: WordPiece | ByteBPE | Words, tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(kind, LINES, tmp_path, max_length=64)
    text = "la niña soñó con la piña del jardín"
    ids = tokenizer(text)["input_ids"]
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids, skip_special_tokens=True).strip() == text
    assert tokenizer("nina")["input_ids"] != tokenizer("niña")["input_ids"]


def test_byte_bpe_writes_any_text(tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(ByteBPE(kind="byte-bpe", vocab_size=300), LINES, tmp_path, max_length=64)
    text = "¿Über 漢字? \u00a0🙂\tñ"
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


@pytest.mark.parametrize(
    "kind", [WordPiece(vocab_size=300), ByteBPE(kind="byte-bpe", vocab_size=400), Words(kind="words")]
)
def test_the_same_texts_give_the_same_vocabulary(kind: WordPiece | ByteBPE | Words, tmp_path: Path) -> None:
    first, second = (tokenisers.learn(kind, LINES, tmp_path / name, max_length=64) for name in "ab")
    assert first.get_vocab() == second.get_vocab()
    assert (tmp_path / "a/tokenizer.json").read_bytes() == (tmp_path / "b/tokenizer.json").read_bytes()


def test_words_are_the_most_frequent(tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(Words(kind="words", vocab_size=9), LINES, tmp_path, max_length=64)
    known = set(tokenizer.get_vocab()) - set(tokenizer.all_special_tokens)
    assert "la" in known
    assert len(known) == 4
    assert tokenizer("unheard")["input_ids"][0] == tokenizer.unk_token_id


def test_no_text_is_a_mistake(tmp_path: Path) -> None:
    for kind in (WordPiece(), ByteBPE(kind="byte-bpe"), Words(kind="words")):
        with pytest.raises(DataError, match="no text"):
            tokenisers.learn(kind, [], tmp_path, max_length=64)


def test_paragraphs_stand_one_after_the_other(corpus: Corpus, tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(WordPiece(vocab_size=300), LINES, tmp_path / "tokenizer", max_length=64)
    packed = tokens.pack(corpus, tokenizer, tmp_path / "tokens", held_out=0.0)
    expected = [at for line in LINES for at in [*tokenizer(line, add_special_tokens=False)["input_ids"], packed.end]]
    assert packed.train.tolist() == expected
    assert packed.train.dtype == np.uint16
    assert packed.end == tokenizer.sep_token_id
    assert (packed.paragraphs, packed.characters) == (len(LINES), sum(map(len, LINES)))
    assert len(packed.dev) == 0


def test_held_out_text_is_not_trained_on(corpus: Corpus, tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(WordPiece(vocab_size=300), LINES, tmp_path / "tokenizer", max_length=64)
    whole = tokens.pack(corpus, tokenizer, tmp_path / "whole", held_out=0.0)
    packed = tokens.pack(corpus, tokenizer, tmp_path / "tokens", held_out=0.3, seed=1)
    assert 0 < len(packed.dev) < len(packed.train)
    assert len(packed.dev) + len(packed.train) == len(whole.train)


def test_tokens_are_made_once(corpus: Corpus, tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(WordPiece(vocab_size=300), LINES, tmp_path / "tokenizer", max_length=64)
    first = tokens.pack(corpus, tokenizer, tmp_path / "tokens", held_out=0.0)
    (tmp_path / "text.txt").unlink()
    again = tokens.pack(corpus, tokenizer, tmp_path / "tokens", held_out=0.0)
    assert again.train.tolist() == first.train.tolist()

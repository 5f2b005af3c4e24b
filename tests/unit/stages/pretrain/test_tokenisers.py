import unicodedata
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer, BertConfig, GPT2Config

from robust.recipe.parts import ByteBPE, WordPiece, Words
from robust.stages.portable import save_tokenizer
from robust.stages.pretrain import tokenisers, tokens
from robust.stages.pretrain.corpus import Corpus, parse_source

LINES = ["El niño cantó una canción mañana", "la cigüeña cantó otra canción"] * 20
RECIPES = [WordPiece(vocab_size=300), ByteBPE(kind="byte-bpe", vocab_size=400), Words(kind="words", vocab_size=50)]
CONFIGS = {"wordpiece": BertConfig, "byte-bpe": GPT2Config, "words": GPT2Config}


def beside_a_model(recipe: Any, folder: Path) -> Any:
    """The tokeniser as it is read back from a finished model's directory."""
    made = tokenisers.learn(recipe, LINES, folder / "learnt", max_length=32)
    CONFIGS[recipe.kind]().save_pretrained(folder / "model")
    save_tokenizer(made, folder / "model")
    return AutoTokenizer.from_pretrained(folder / "model")


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.kind)
def test_accents_that_follow_their_letters_read_the_same(recipe: Any, tmp_path: Path) -> None:
    text = "El niño cantó una canción"
    parted = unicodedata.normalize("NFD", text)
    read = beside_a_model(recipe, tmp_path)
    assert read(parted)["input_ids"] == read(text)["input_ids"]
    assert recipe.kind == "byte-bpe" or read.unk_token_id not in read(parted)["input_ids"]
    places = [span for span in read(parted, return_offsets_mapping=True)["offset_mapping"] if span[0] < span[1]]
    words = [parted[start:end].strip() for start, end in places]
    assert words[:2] == [unicodedata.normalize("NFD", word) for word in ("El", "niño")]
    assert [word for word in words if word.startswith("canci")] == [unicodedata.normalize("NFD", "canción")]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.kind)
def test_a_vocabulary_is_learnt_the_same_from_both_forms(recipe: Any, tmp_path: Path) -> None:
    parted = [unicodedata.normalize("NFD", line) for line in LINES]
    both = [
        tokenisers.learn(recipe, lines, tmp_path / str(at), max_length=32) for at, lines in enumerate((LINES, parted))
    ]
    assert both[0].get_vocab() == both[1].get_vocab()


def test_a_pair_of_wordpieces_keeps_its_types(tmp_path: Path) -> None:
    read = beside_a_model(RECIPES[0], tmp_path)
    assert read("el", "la")["token_type_ids"] == [0, 0, 0, 1, 1]


def test_two_texts_of_bytes_are_parted_and_one_stays_as_it_is(tmp_path: Path) -> None:
    read = beside_a_model(RECIPES[1], tmp_path)
    one, other = "El niño cantó", "otra canción"
    alone = [read(text)["input_ids"] for text in (one, other)]
    assert alone == [read(text, add_special_tokens=False)["input_ids"] for text in (one, other)]
    assert read(one, other)["input_ids"] == [*alone[0], read.eos_token_id, *alone[1]]
    assert (read.num_special_tokens_to_add(pair=False), read.num_special_tokens_to_add(pair=True)) == (0, 1)
    cut = read([one], [other * 9], truncation=True, max_length=12)
    assert len(cut["input_ids"][0]) == 12
    assert cut["input_ids"][0][: len(alone[0]) + 1] == [*alone[0], read.eos_token_id]
    assert cut.sequence_ids(0)[len(alone[0]) :] == [None, *[1] * (11 - len(alone[0]))]


def test_a_stream_of_texts_has_one_end_after_each(tmp_path: Path) -> None:
    read = beside_a_model(RECIPES[1], tmp_path)
    (tmp_path / "a.txt").write_text("El niño\notra canción\n", encoding="utf-8")
    corpus = Corpus(sources=[parse_source(str(tmp_path / "a.txt"))])
    packed = tokens.pack(corpus, read, tmp_path / "tokens", held_out=0.0)
    first, second = (read(text)["input_ids"] for text in ("El niño", "otra canción"))
    assert packed.train.tolist() == [*first, read.eos_token_id, *second, read.eos_token_id]

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from robust.recipe.parts import ByteBPE, WordPiece, Words
from robust.stages.portable import save_tokenizer
from robust.stages.pretrain import tokenisers

LINES = ["la niña come pan", "a spotless performance"] * 9
KINDS = [WordPiece(vocab_size=120), ByteBPE(kind="byte-bpe", vocab_size=300), Words(kind="words")]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_names_nothing_new(kind: WordPiece | ByteBPE | Words, tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(kind, LINES, tmp_path / "learnt", max_length=32)
    save_tokenizer(tokenizer, tmp_path / "saved")
    settings = json.loads((tmp_path / "saved/tokenizer_config.json").read_text(encoding="utf-8"))
    assert settings["tokenizer_class"] in ("BertTokenizer", "BertTokenizerFast", "PreTrainedTokenizerFast")
    assert not settings.keys() & {"backend", "is_local", "local_files_only", "extra_special_tokens"}


@pytest.mark.parametrize("kind", KINDS)
def test_it_reads_as_before(kind: WordPiece | ByteBPE | Words, tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(kind, LINES, tmp_path / "learnt", max_length=32)
    save_tokenizer(tokenizer, tmp_path / "saved")
    again = AutoTokenizer.from_pretrained(tmp_path / "saved")
    text = "¿La niña? A spotless one."
    assert again(text)["input_ids"] == tokenizer(text)["input_ids"]
    assert again.model_max_length == 32
    assert (again.pad_token, again.mask_token) == (tokenizer.pad_token, tokenizer.mask_token)
    assert again.all_special_ids == tokenizer.all_special_ids


def test_further_special_tokens_are_kept(tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(KINDS[0], LINES, tmp_path / "learnt", max_length=32)
    tokenizer.add_special_tokens({"additional_special_tokens": ["[ENT]"]})
    save_tokenizer(tokenizer, tmp_path / "saved")
    again = AutoTokenizer.from_pretrained(tmp_path / "saved")
    assert "[ENT]" in again.all_special_tokens
    assert again.tokenize("niña [ENT]")[-1] == "[ENT]"

from pathlib import Path

import numpy as np
import pytest

from robust.defences import _substitutes
from robust.recipe.parts import ByteBPE, WordPiece, Words
from robust.stages.pretrain import tokenisers
from robust.stages.pretrain.masking import continuing, mask, special_ids

VOCABULARY, MASK = 100, 4


def hide(ids: np.ndarray, *, share: float = 0.15, continues: np.ndarray | None = None, seed: int = 0):
    special = np.zeros(VOCABULARY, dtype=bool)
    special[:5] = True
    return mask(
        ids,
        share=share,
        mask_id=MASK,
        vocab_size=VOCABULARY,
        special=special,
        continues=continues,
        rng=np.random.default_rng(seed),
    )


def test_the_share_is_exact_and_the_rest_is_untouched() -> None:
    ids = np.random.default_rng(0).integers(5, VOCABULARY, (32, 128))
    read, places, targets = hide(ids)
    assert len(places) == round(0.15 * ids.size)
    assert np.array_equal(targets, ids.reshape(-1)[places])
    others = np.setdiff1d(np.arange(ids.size), places)
    assert np.array_equal(read.reshape(-1)[others], ids.reshape(-1)[others])


def test_eight_of_ten_are_hidden_one_stays_one_is_another_word() -> None:
    ids = np.random.default_rng(0).integers(5, VOCABULARY, (64, 128))
    read, places, targets = hide(ids, share=0.5)
    seen = read.reshape(-1)[places]
    assert np.mean(seen == MASK) == pytest.approx(0.8, abs=0.02)
    assert np.mean(seen == targets) == pytest.approx(0.1 + 0.1 / VOCABULARY, abs=0.02)


def test_special_tokens_are_never_guessed() -> None:
    ids = np.random.default_rng(0).integers(0, 8, (16, 64))
    _, places, targets = hide(ids, share=0.9)
    assert targets.min() >= 5
    assert len(places) == int((ids >= 5).sum())  # fewer than asked for: these are all


def test_there_is_always_something_to_guess_where_there_can_be() -> None:
    assert len(hide(np.array([[1, 11, 12, 3]]), share=1e-9)[1]) == 1  # nothing to guess has no loss
    assert len(hide(np.array([[1, 3]]), share=0.5)[1]) == 0


def test_all_pieces_of_a_word_are_hidden_together() -> None:
    rng = np.random.default_rng(1)
    ids = rng.integers(5, VOCABULARY, (16, 128))
    continues = np.arange(VOCABULARY) >= 60
    _, places, _ = hide(ids, continues=continues)
    chosen = np.zeros(ids.size, dtype=bool)
    chosen[places] = True
    cut = 0
    for row, marks in zip(ids, chosen.reshape(ids.shape), strict=True):
        words: list[list[bool]] = []
        for token, mark in zip(row, marks, strict=True):
            if not words or not continues[token]:
                words.append([])
            words[-1].append(bool(mark))
        cut += sum(len(set(word)) > 1 for word in words)
    assert cut <= 1  # the last word that fits may be cut, so that the count is exact
    assert any(len(word) > 1 and all(word) for word in words) or cut == 0


def test_it_depends_on_the_generator_alone() -> None:
    ids = np.random.default_rng(0).integers(5, VOCABULARY, (4, 32))
    for first, second in zip(hide(ids, seed=1), hide(ids, seed=1), strict=True):
        assert np.array_equal(first, second)
    assert not np.array_equal(hide(ids, seed=1)[1], hide(ids, seed=2)[1])


def test_continuing_pieces_of_both_kinds(tmp_path: Path) -> None:
    lines = ["perfect performance, perfecta actuación"] * 20
    pieces = tokenisers.learn(WordPiece(vocab_size=64), lines, tmp_path / "a", max_length=16)
    flags = continuing(pieces)
    names = pieces.convert_ids_to_tokens(list(range(len(pieces))))
    assert [bool(flag) for flag in flags] == [name.startswith("##") for name in names]
    bytes_ = tokenisers.learn(ByteBPE(kind="byte-bpe", vocab_size=300), lines, tmp_path / "b", max_length=16)
    flags = continuing(bytes_)
    assert not flags[bytes_.convert_tokens_to_ids("Ġperfect")]
    assert flags[bytes_.convert_tokens_to_ids("e")]
    assert not flags[bytes_.eos_token_id]


def test_a_vocabulary_of_bytes_may_hold_headings(tmp_path: Path) -> None:
    lines = ["## Plot ## superbly wonderful", "unwonderful superbly"] * 20
    pieces = tokenisers.learn(ByteBPE(kind="byte-bpe", vocab_size=300), lines, tmp_path, max_length=16)
    assert "##" in pieces.get_vocab()
    for flags in (continuing(pieces), _substitutes.continuing(pieces).numpy()):  # few tokens begin a word here
        assert flags[pieces.convert_tokens_to_ids("e")]
        assert not flags[pieces.convert_tokens_to_ids("Ġ")]
    assert not continuing(tokenisers.learn(Words(kind="words"), lines, tmp_path / "words", max_length=16)).any()


def test_special_ids_are_marked(tmp_path: Path) -> None:
    tokenizer = tokenisers.learn(WordPiece(vocab_size=64), ["uno dos"] * 9, tmp_path, max_length=16)
    found = special_ids(tokenizer, 128)
    assert sorted(np.flatnonzero(found)) == sorted(tokenizer.all_special_ids)

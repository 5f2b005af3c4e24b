from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from robust.checkpoints.files import content_hash, declared_langs


def test_the_hash_sees_content_and_names_but_not_dates_or_other_files(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    first = content_hash(path)
    os.utime(path / "model.safetensors", (1, 1))
    (path / "README.md").write_text("words")
    (path / "optimizer.pt").write_bytes(b"state")
    (path / "trainer_state.json").write_text("{}")
    assert content_hash(path) == first

    for file in ("model.safetensors", "config.json", "tokenizer.json"):
        original = (path / file).read_bytes()
        (path / file).write_bytes(original[:-1] + bytes([original[-1] ^ 1]))
        assert content_hash(path) != first, file
        (path / file).write_bytes(original)
    assert content_hash(path) == first

    (path / "merges.txt").write_text("a b")
    renamed = content_hash(path)
    assert renamed != first
    (path / "merges.txt").rename(path / "vocab.txt")
    assert content_hash(path) not in (first, renamed)


def test_code_counts_where_it_may_run(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    (path / "modeling.py").write_text("x = 1")
    assert content_hash(path) != content_hash(path, with_code=True)


@pytest.mark.parametrize(
    ("config", "card", "expected"),
    [
        ({}, None, set()),
        ({}, "---\nlanguage: en\n---\ntext", {"en"}),
        ({}, "---\nlanguage:\n  - es\n  - en\n---\n", {"en", "es"}),
        ({}, "---\r\nlanguage: spa\r\n---\r\n", {"es"}),
        ({}, "---\nlanguage: [de, fr, no]\n---\n", set()),
        ({}, "---\nlanguage: [unclosed\n---\n", set()),
        ({}, "language: en", set()),
        ({"robust_language": "es"}, "---\nlanguage: en\n---\n", {"es"}),
        ({"language": ["en_US", "Spanish"]}, None, {"en", "es"}),
    ],
)
def test_declared_languages(tmp_path: Path, config: dict[str, object], card: str | None, expected: set[str]) -> None:
    if card is not None:
        (tmp_path / "README.md").write_bytes(card.encode())
    assert declared_langs(config, tmp_path) == expected

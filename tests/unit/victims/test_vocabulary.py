"""A victim's table of embeddings: words that are one token, each by its own vector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from robust.core.gradient import VocabularyVictim
from robust.victims._vocabulary import vocabulary
from robust.victims.transformers import TransformersVictim
from tests import tiny_models as tiny


@pytest.mark.parametrize("kind", tiny.CLASSIFIERS)
def test_words_are_those_that_are_one_token_in_the_middle_of_a_text(kind: str, tmp_path: Path) -> None:
    victim = TransformersVictim.load(tiny.classifier(tmp_path, kind, ("a", "b")), device="cpu")
    assert isinstance(victim, VocabularyVictim)
    found, table = victim.vocabulary(), victim.model.get_input_embeddings().weight
    assert found.vectors.shape == tuple(table.shape)
    assert len(found.words) == len(found.vectors)
    np.testing.assert_array_equal(found.vectors, table.detach().float().numpy())
    known = {word: at for at, word in enumerate(found.words) if word}
    assert len(known) > 3
    for word, at in known.items():
        ids = victim.tokenizer(f"{word} {word}", add_special_tokens=False)["input_ids"]
        assert ids[-1] == at
        assert at not in victim.tokenizer.all_special_ids
    assert victim.vocabulary() is victim.vocabulary()


def test_a_starters_words() -> None:
    from robust.victims.load import load_victim

    victim = load_victim("starter-en", device="cpu", dtype="float32")
    assert isinstance(victim, TransformersVictim)
    found = vocabulary(victim.exact, victim.tokenizer)
    assert {"film", "not"} <= set(found.words)
    assert not {word for word in found.words if word.startswith("##") or word in ("[PAD]", "[CLS]", "[UNK]")}
    for at in (victim.tokenizer.pad_token_id, victim.tokenizer.unk_token_id):
        assert found.words[at] == ""

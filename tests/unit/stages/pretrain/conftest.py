from __future__ import annotations

from pathlib import Path

import pytest

from robust.stages.pretrain import gradients
from robust.stages.pretrain.corpus import Corpus
from tests import tiny_recurrent


@pytest.fixture
def short_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "LENGTHS", (5, 10))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return tiny_recurrent.corpus(tmp_path)

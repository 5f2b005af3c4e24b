"""Tiny classifiers with random weights, saved as real model directories."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import tiny_models


@pytest.fixture(scope="session")
def model_dirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    return {kind: Path(tiny_models.classifier(root / kind, kind)) for kind in tiny_models.CLASSIFIERS}


@pytest.fixture
def copy_of(model_dirs: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A private copy of a model directory, to break."""

    def copy(kind: str) -> Path:
        return Path(shutil.copytree(model_dirs[kind], tmp_path / kind))

    return copy

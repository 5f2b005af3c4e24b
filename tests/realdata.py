"""Public data sets that are not part of the repository, for tests marked `realdata`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("ROBUST_REALDATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


def path(*parts: str) -> Path:
    """A file or folder of the data, as in `path("en", "sst2", "dev.tsv")`; skips the test where it is absent."""
    found = ROOT.joinpath(*parts)
    if not found.exists():
        pytest.skip(f"no {'/'.join(parts)} in {ROOT} (set ROBUST_REALDATA to the folder that holds the data sets)")
    return found

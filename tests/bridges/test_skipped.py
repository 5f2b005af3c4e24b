"""What stands in the report where the other tests of this folder cannot run."""

from __future__ import annotations

import pytest


def test_textattack_is_there(textattack_missing: str) -> None:
    if textattack_missing:
        pytest.skip(textattack_missing)

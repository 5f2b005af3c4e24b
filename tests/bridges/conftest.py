"""The bridges are tested with the real packages, where they are installed: `make test-bridges`."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from tests import realdata

NLTK_DATA = realdata.ROOT / "nltk_data"
if "NLTK_DATA" not in os.environ and NLTK_DATA.is_dir():
    os.environ["NLTK_DATA"] = str(NLTK_DATA)  # read when nltk is imported


def _missing() -> str:
    if find_spec("textattack") is None:
        return "TextAttack is not installed (make test-bridges does it, in an environment of its own)"
    from robust.adapters.textattack.load import library
    from robust.errors import PluginError

    try:
        library()
    except PluginError as error:
        return str(error)
    return ""


MISSING = _missing()
collect_ignore_glob = ["test_textattack_*.py"] if MISSING else []


@pytest.fixture(scope="session")
def textattack_missing() -> str:
    return MISSING

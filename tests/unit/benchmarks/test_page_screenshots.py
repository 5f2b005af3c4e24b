"""The pictures of the documentation: small ones, of entries that can be compared, and all there."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("fsspec", reason="needs robust[leaderboard]")
pytest.importorskip("PIL", reason="needs Pillow")

from PIL import Image

from benchmarks.page_screenshots import MOST_BYTES, rivals, small
from robust.leaderboard.board import build
from robust.leaderboard.store import Folder
from tests.unit.leaderboard.conftest import BY, make, runs  # noqa: F401 - fixtures

DOCS = Path(__file__).parents[3] / "docs"


def test_a_picture_of_noise_is_made_to_fit_and_keeps_its_size() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (500, 600, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "png")
    data = small(out.getvalue())
    assert len(data) < MOST_BYTES < len(out.getvalue())
    assert Image.open(io.BytesIO(data)).size == (600, 500)


def test_rivals_met_the_same_attacks_on_the_same_texts(make: Callable[..., Folder], tmp_path: Path) -> None:  # noqa: F811
    for name in ("keyboard-typos", "textfooler", "other", "spanish"):
        make(name, declared=BY)
    lines = build(Folder.at(str(tmp_path / "entries")))
    pair = rivals(lines)
    assert pair is not None
    first, second = (lines[at].opened.entry for at in pair)
    assert {first.model.id, second.model.id} == {"toy", "other"}
    assert (first.benchmark, first.suite.id) == (second.benchmark, second.suite.id)
    assert (lines[pair[0]].rank or 0) <= (lines[pair[1]].rank or 0)
    assert rivals(lines[:1]) is None


def test_the_page_shows_every_picture_and_no_other() -> None:
    shown = set(re.findall(r"\(images/([\w-]+\.png)\)", (DOCS / "leaderboard.md").read_text("utf-8")))
    there = {path.name: path.stat().st_size for path in (DOCS / "images").glob("*.png")}
    assert shown == set(there)
    assert max(there.values()) < MOST_BYTES

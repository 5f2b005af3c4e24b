"""An Apertium of shell scripts: programs on the PATH, a mode beside them, a word that the pipeline changes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

COPY = "#!/bin/sh\nexec cat\n"
TAGGER = f"""#!{sys.executable} -S
import sys
texts = sys.stdin.buffer.read().split(b"\\0")
sys.stdout.buffer.write(b"".join(b"%d %s\\0" % pair for pair in enumerate(texts[:-1], 1)))
"""
"""Puts before each text how many it has seen, as no tagger should."""


def install(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    scripts: Mapping[str, str],
    modes: Mapping[str, str],
    *,
    version: str = "Apertium 0.1",
) -> Path:
    """Write programs and modes under `folder`, put them first on the PATH, and return the folder of the data."""
    programs, data = folder / "bin", folder / "share" / "apertium"
    for made in (programs, data / "modes"):
        made.mkdir(parents=True, exist_ok=True)
    for name, script in {"apertium": f"#!/bin/sh\necho {version}\n", **scripts}.items():
        (programs / name).write_text(script, encoding="utf-8")
        (programs / name).chmod(0o755)
    for mode, line in modes.items():
        (data / "modes" / f"{mode}.mode").write_text(line.replace("DATA", str(data)) + "\n", encoding="utf-8")
    monkeypatch.delenv("APERTIUM_DATADIR", raising=False)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return data

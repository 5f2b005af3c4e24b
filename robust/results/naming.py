"""Names of run directories: readable, the same for the same request, different for different ones."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def digest(value: object) -> str:
    """Eight hexadecimal digits of any JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]


def run_name(names: Iterable[str], identity: Mapping[str, Any]) -> str:
    """`names` (of paths: the last part) joined by `_`, then the digest of `identity`."""
    words = [re.sub(r"[^A-Za-z0-9.]+", "-", Path(name).name or name).strip("-.") for name in names]
    return "_".join([*words, digest(identity)])

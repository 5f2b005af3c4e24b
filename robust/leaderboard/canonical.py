"""One way to write a value as bytes, so that equal values have equal hashes on every machine."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

ID_LENGTH = 26


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no white space and no escapes but the necessary; `ValueError` for NaN and infinities."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return written.encode("utf-8", "surrogatepass")


def pretty(value: object) -> bytes:
    """JSON for people and diffs: sorted keys, two spaces, a line end at the end."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return written.encode("utf-8", "surrogatepass")


def sha256(data: bytes) -> str:
    """64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def digest(value: object) -> str:
    """The SHA-256 of a value's canonical JSON, 64 hex digits."""
    return sha256(canonical(value))


def combined(hashes: Iterable[str]) -> str:
    """One hash of a set of hashes, whatever their order."""
    return sha256("\n".join(sorted(hashes)).encode("ascii"))


def entry_id(unit: Mapping[str, Any], rows_sha256: str) -> str:
    """26 letters and digits that name an entry by what it measured and what came out."""
    raw = hashlib.sha256(canonical([unit, rows_sha256])).digest()
    return base64.b32encode(raw).decode("ascii").lower()[:ID_LENGTH]

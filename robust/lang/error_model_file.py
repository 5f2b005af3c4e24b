"""Error models as files: one JSON object, plain or as `.xz`; one for each language ships with the package."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import cast

from robust.core.types import LANGS, Lang
from robust.errors import DataError
from robust.lang.error_model import ErrorModel

NAME = "typos.json"
"""The file in a directory that `robust pretrain` writes; the shipped ones have `.xz` behind it."""
FORMAT = "error-model/1"
_APART = "|"


def encoded(model: ErrorModel, lang: Lang) -> bytes:
    """The model as JSON; the same counts give the same bytes."""
    told = {
        "format": FORMAT,
        "lang": lang,
        "source": model.source,
        "pairs": model.pairs,
        "held_out": model.held_out,
        "letters": model.letters,
        "places": _numbers(model.places),
        "before": _numbers({_APART.join(key): n for key, n in model.before.items()}),
        "behind": _numbers({_APART.join(key): n for key, n in model.behind.items()}),
    }
    return (json.dumps(told, ensure_ascii=False, indent=0) + "\n").encode("utf-8")


def decoded(data: bytes, place: str) -> tuple[ErrorModel, Lang]:
    """A model and its language. Raises `DataError` for anything but such a file; `place` names it there."""
    try:
        told = json.loads(lzma.decompress(data) if data.startswith(b"\xfd7zXZ") else data)
        if told["format"] != FORMAT or told["lang"] not in LANGS:
            raise ValueError(f"format {told['format']!r}, language {told['lang']!r}")
        model = ErrorModel(
            letters=str(told["letters"]),
            places=_counts(told["places"]),
            before=_triples(told["before"]),
            behind=_triples(told["behind"]),
            pairs=int(told["pairs"]),
            source=str(told["source"]),
            held_out=float(told["held_out"]),
        )
        if any(len(pair) != 2 for pair in model.places) or not model.letters:
            raise ValueError("its counts are not of letters")
    except (ValueError, KeyError, TypeError, AttributeError, lzma.LZMAError) as error:
        raise DataError(
            f"{place}: not an error model ({type(error).__name__}: {error})",
            fix="make one with robust pretrain typos --data PAIRS.tsv --lang LANG --out DIR",
        ) from None
    return model, cast("Lang", told["lang"])


def find(name: str) -> Path:
    """The file of a model that is named by itself or by its directory. Raises `DataError` where there is none."""
    path = Path(name).expanduser()
    path = path / NAME if path.is_dir() else path
    if not path.is_file():
        raise DataError(
            f"{name}: no error model here ({path} is no file)",
            fix=f"name a directory of robust pretrain typos, or its {NAME}",
        )
    return path


def load(name: str) -> tuple[ErrorModel, Lang]:
    """The model of a file or directory, and its language; read again only when it changes. Raises `DataError`."""
    path = find(name)
    stat = path.stat()
    return _load(path, stat.st_mtime_ns, stat.st_size, name)


@lru_cache(maxsize=8)
def _load(path: Path, time: int, size: int, name: str) -> tuple[ErrorModel, Lang]:
    return decoded(path.read_bytes(), name)


def fingerprint(name: str) -> str:
    """Pins the content of a model's file. Raises `DataError` where there is none."""
    return f"sha256:{hashlib.sha256(find(name).read_bytes()).hexdigest()[:16]}"


@lru_cache(maxsize=len(LANGS))
def shipped(lang: Lang) -> ErrorModel:
    """The model that ships with a language."""
    name = f"{NAME}.xz"
    return decoded(files("robust.lang").joinpath(lang, name).read_bytes(), f"{lang}/{name}")[0]


def _numbers(counts: Mapping[str, float]) -> dict[str, float]:
    """Sorted, whole numbers without a point, others with three significant digits."""
    rounded = {key: float(f"{n:.3g}") if n % 1 else int(n) for key, n in sorted(counts.items())}
    return {key: n for key, n in rounded.items() if n}


def _counts(told: Mapping[str, float]) -> dict[str, float]:
    found = {str(key): float(n) for key, n in told.items()}
    if any(not 0 <= n < float("inf") for n in found.values()):
        raise ValueError("a count is below 0 or no number")
    return found


def _triples(told: Mapping[str, float]) -> dict[tuple[str, str, str], float]:
    found = {}
    for key, n in _counts(told).items():
        one, two, three = key.split(_APART)
        if len(one) > 2 or len(two) > 2 or len(three) > 2:
            raise ValueError(f"{key!r} is no edit")
        found[one, two, three] = n
    return found

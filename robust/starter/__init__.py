"""What ships with the package, so that the first attack needs no download: small models and review sets."""

from __future__ import annotations

from pathlib import Path

NAMES: tuple[str, ...] = ("starter-en", "starter-es")


def model_path(name: str) -> Path:
    """Directory of the bundled checkpoint `starter-en` or `starter-es`."""
    return Path(__file__).parent / "models" / name


def data_path(name: str) -> Path:
    """File of the bundled reviews `starter-en` or `starter-es`.

    Columns: id (shared by the two languages), text, label, lang, domain, register, variety.
    """
    return Path(__file__).parent / "data" / f"{name}.csv"

"""What commands that write pages share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from robust.pages.html import PageLang


def language(asked: str) -> PageLang:
    """The language of a page. Raises `UserError` for one that pages are not written in."""
    from robust.errors import UserError

    if asked == "en":
        return "en"
    if asked == "es":
        return "es"
    raise UserError(f"--lang {asked}: pages are in English and Spanish", fix="en or es")


def write(path: Path, page: str) -> None:
    """Write a page. Raises `UserError` where that cannot be done."""
    from robust.errors import UserError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, "utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}", fix="choose another file") from error

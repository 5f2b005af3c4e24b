"""Entries that arrive as a zip file: read in memory, within bounds, and only the files that an entry has."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from robust.errors import DataError
from robust.leaderboard.store import ENTRY, HISTORY, ROWS

MOST_BYTES = 16 * 2**20
"""Of a zip file as it arrives."""
MOST_UNPACKED = 64 * 2**20
"""Of all its files together."""
MOST_FILES = 64
_ALLOWED = re.compile(rf"{ENTRY}|{ROWS}|{HISTORY}|external/[0-9a-f]{{16}}\.jsonl|evidence/[0-9a-f]{{16}}\.json")


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a zipped entry, by name; they may stand in one folder.

    Nothing is written. What a file says of its own size is not believed: reading stops at the bound. Raises
    `DataError` for what is no zip file, for other files, for paths that lead elsewhere, and for what is too large.
    """
    if len(data) > MOST_BYTES:
        raise DataError(f"the file has more than {MOST_BYTES >> 20} MiB", fix="send one entry")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise DataError(
            f"the file is no zip file that can be read: {error}", fix="zip the folder of an entry"
        ) from error


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_FILES:
        raise DataError(f"the zip file has {len(members)} files, {MOST_FILES} at most", fix="send one entry")
    tops = {member.filename.partition("/")[0] for member in members}
    bare = any(member.filename == ENTRY for member in members)
    prefix = "" if bare or len(tops) != 1 else f"{tops.pop()}/"
    found: dict[str, bytes] = {}
    left = MOST_UNPACKED
    for member in members:
        name = member.filename.removeprefix(prefix)
        if not _ALLOWED.fullmatch(name) or name in found:
            raise DataError(f"the zip file holds {member.filename!r}, which no entry has", fix="zip an entry's folder")
        with archive.open(member) as handle:
            content = handle.read(left + 1)
        left -= len(content)
        if left < 0:
            raise DataError(f"unpacked, the files have more than {MOST_UNPACKED >> 20} MiB", fix="send one entry")
        found[name] = content
    if missing := {ENTRY, ROWS, HISTORY} - found.keys():
        raise DataError(f"the zip file lacks {', '.join(sorted(missing))}", fix="zip the folder of an entry")
    return found

"""Files from disk: found, decompressed and decoded, or one message that says what is wrong with them."""

from __future__ import annotations

import bz2
import codecs
import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from robust.errors import DataError, did_you_mean
from robust.starter import NAMES

KINDS: tuple[str, ...] = (".csv", ".tsv", ".jsonl", ".json", ".parquet")
_OPENERS: Mapping[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".xz": lzma.decompress,
    ".bz2": bz2.decompress,
}
_STREAMS: Mapping[str, Callable[[Path, str], IO[bytes]]] = {
    "": cast("Callable[[Path, str], IO[bytes]]", open),
    ".gz": cast("Callable[[Path, str], IO[bytes]]", gzip.open),
    ".xz": cast("Callable[[Path, str], IO[bytes]]", lzma.open),
    ".bz2": cast("Callable[[Path, str], IO[bytes]]", bz2.open),
}
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError)
_TEXT_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, kw_only=True)
class Content:
    """A file's decompressed bytes, its kind (one of `KINDS`), and the sha256 of the bytes on disk."""

    place: str
    name: str
    kind: str
    data: bytes
    fingerprint: str


def load(source: str, *, kinds: Collection[str] | None = KINDS) -> Content:
    """Read a file whole; `kinds` are the endings it may have (None: any).

    Raises `DataError` if it is missing, a directory, of another kind, empty or broken.
    """
    path, kind, packing = found(source, kinds)
    try:
        stored = path.read_bytes()
    except OSError as error:
        raise DataError(f"{source}: cannot be read ({error.strerror})", fix="check the file's permissions") from None
    data = _unpack(stored, packing, source)
    if not data.strip():
        raise DataError(f"{source}: the file is empty", fix="give a file with at least one row")
    digest = hashlib.sha256(stored).hexdigest()[:16]
    return Content(place=source, name=path.name, kind=kind, data=data, fingerprint=f"sha256:{digest}")


def found(source: str, kinds: Collection[str] | None = KINDS) -> tuple[Path, str, str]:
    """A file with its kind and its packing (`.gz`, `.xz`, `.bz2` or empty). Raises `DataError` as `load` does."""
    path = _existing(source)
    kind, packing = endings(path)
    if kinds is not None and kind not in kinds:
        raise DataError(
            f"{source}: cannot tell the format of a file that ends in {(kind + packing) or 'no extension'!r}",
            fix=f"use one of {' '.join(kinds)}, plain or with {' '.join(_OPENERS)}",
        )
    return path, kind, packing


def endings(path: Path) -> tuple[str, str]:
    """The kind and the packing that a file's name ends in, in lower case; each may be empty."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packing = suffixes.pop() if suffixes and suffixes[-1] in _OPENERS else ""
    return (suffixes[-1] if suffixes else ""), packing


def encoding_name(encoding: str) -> str:
    """The one name of an encoding that has several (`utf8`, `UTF-8`). Raises `DataError` where it is none of text."""
    try:
        "a".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError):
        raise _no_encoding(encoding) from None


@contextmanager
def reading(source: str, *, encoding: str = "utf-8", newline: str = "") -> Iterator[IO[str]]:
    """A text file, unpacked and decoded as it is read, without a byte order mark.

    `newline` ends lines; where it is empty, any of line feed and carriage return does. They stay in the lines.

    Raises `DataError`, also from within the block, for a broken file and for bytes that do not fit the encoding.
    """
    path, _, packing = found(source, None)
    named = "utf-8-sig" if encoding_name(encoding) == "utf-8" else encoding
    try:
        with _STREAMS[packing](path, "rb") as raw:
            text = io.TextIOWrapper(raw, encoding=named, newline=newline)
            yield text
    except UnicodeError as error:
        raise _unfit(source, path, packing, encoding, error) from None
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None and not packing:
            raise DataError(f"{source}: cannot be read ({error.strerror})", fix="check the file") from None
        if not packing:
            raise
        raise _broken(source, packing, error) from None


def _western(byte: int) -> str:
    """The encoding of Western Europe with a letter or sign at `byte`: latin-1 has control characters below 0xa0."""
    return "cp1252" if byte < 0xA0 else "latin-1"


def _unfit(source: str, path: Path, packing: str, encoding: str, error: UnicodeError) -> DataError:
    """What to say of bytes that do not fit, with their line: who decodes pieces of a file does not know it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    unfit = error.object[error.start] if isinstance(error, UnicodeDecodeError) else 0xFF
    line, other = 1, _western(unfit)
    try:
        with _STREAMS[packing](path, "rb") as raw:
            for line, piece in enumerate(raw, start=1):
                other = "utf-16" if line == 1 and piece.startswith(_TEXT_MARKS) else other
                decoder.decode(piece)
    except UnicodeError:
        pass
    except _BROKEN as broken:
        return _broken(source, packing, broken)
    why = f"byte 0x{error.object[error.start]:02x}" if isinstance(error, UnicodeDecodeError) else str(error)
    return DataError(
        f"{source}:{line}: not {encoding} ({why})",
        fix=f"try --encoding {other}, or save the file as UTF-8"
        if encoding_name(encoding) == "utf-8"
        else "name its --encoding",
    )


def _existing(source: str) -> Path:
    if "://" in source:
        raise DataError(f"--data {source}: web addresses are not read", fix="download the file and give its path")
    if not source.strip():
        raise DataError("--data is empty", fix=f"use {' or '.join(NAMES)}, a file, or hf:<dataset>")
    path = Path(source).expanduser()
    if path.is_dir():
        inside = sorted(child.name for child in path.iterdir() if set(child.suffixes) & set(KINDS))
        known = f"one of its files: {', '.join(inside[:8])}" if inside else "a data file"
        raise DataError(
            f"{source}: is a directory, not a file",
            fix=f"name {known}; or hf:{source} if it is a data set directory",
        )
    if path.is_file():
        return path
    siblings = [child.name for child in path.parent.iterdir()] if path.parent.is_dir() else []
    bare = path.parent == Path() and not path.suffix
    hint = did_you_mean(path.name, [*siblings, *(NAMES if bare else ())])
    if bare and not hint:
        hint = f"use {' or '.join(NAMES)}, a file, or hf:{source} for a data set of the Hugging Face hub"
    raise DataError(f"{source}: no such file", fix=hint or "check the path")


def _unpack(stored: bytes, packing: str, source: str) -> bytes:
    if not packing:
        return stored
    try:
        return _OPENERS[packing](stored)
    except (ValueError, *_BROKEN) as error:
        raise _broken(source, packing, error) from None


def _broken(source: str, packing: str, error: Exception) -> DataError:
    return DataError(
        f"{source}: broken or not a {packing} file ({str(error).rstrip('.')})",
        fix="download or compress it again, or take the extension off if it is not compressed",
    )


def _no_encoding(encoding: str) -> DataError:
    return DataError(
        f"--encoding {encoding}: no such text encoding",
        fix=did_you_mean(encoding, ("utf-8", "latin-1", "cp1252", "utf-16")) or "use utf-8, cp1252, latin-1 or utf-16",
    )


def decode(content: Content, encoding: str) -> str:
    """The text of a file, without a byte order mark. Raises `DataError` with the byte and line that do not fit."""
    try:
        return content.data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise _no_encoding(encoding) from None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.data[:start].count(b"\n") + 1
        other = "utf-16" if content.data.startswith(_TEXT_MARKS) else _western(content.data[start])
        raise DataError(
            f"{content.place}:{line}: not {encoding} (byte 0x{content.data[start]:02x} at offset {start})",
            fix=f"try --encoding {other}, or save the file as UTF-8" if other != encoding else "name its --encoding",
        ) from None

"""Files of a leaderboard, wherever fsspec reaches: a folder, `memory://…`, an archive, object storage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from robust.errors import DataError, UserError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

ENTRY, ROWS, HISTORY, EXTERNAL = "entry.json", "rows.parquet", "history.jsonl", "external"


@dataclass(frozen=True)
class Folder:
    """A folder of some file system; `path` as that file system writes it."""

    fs: AbstractFileSystem
    path: str

    @classmethod
    def at(cls, url: str) -> Folder:
        """The folder at a path or URL. Raises `UserError` where fsspec does not know the protocol."""
        from fsspec.core import url_to_fs

        try:
            fs, path = url_to_fs(str(url))
        except (ValueError, ImportError) as error:
            raise UserError(
                f"{url} cannot be opened: {error}", fix="give a folder, or a URL that fsspec reads"
            ) from error
        return cls(fs, path.rstrip("/") or "/")

    def __str__(self) -> str:
        protocol = self.fs.protocol if isinstance(self.fs.protocol, str) else self.fs.protocol[0]
        return self.path if protocol in ("file", "local") else f"{protocol}://{self.path.lstrip('/')}"

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def folder(self, name: str) -> Folder:
        """A folder in this one."""
        return Folder(self.fs, f"{self.path}/{name}")

    def exists(self, name: str = "") -> bool:
        """Whether a file (or, without a name, this folder) is there."""
        return bool(self.fs.exists(f"{self.path}/{name}" if name else self.path))

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises `DataError` where it is not there."""
        try:
            found: bytes = self.fs.cat_file(f"{self.path}/{name}")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise DataError(f"{self} has no {name}", fix="name the folder of an entry") from error
        return found

    def write(self, name: str, data: bytes) -> None:
        """Write a file, and the folders it needs."""
        path = f"{self.path}/{name}"
        try:
            self.fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            self.fs.pipe_file(path, data)
        except OSError as error:
            raise UserError(
                f"{path} cannot be written: {error.strerror or error}", fix="choose another --out"
            ) from error

    def names(self, pattern: str) -> list[str]:
        """The files of this folder that match a pattern (`*.jsonl`), relative to it and sorted."""
        found: list[Any] = self.fs.glob(f"{self.path}/{pattern}")
        return sorted(str(path)[len(self.path.lstrip("/")) + (str(path)[:1] == "/") + 1 :] for path in found)

    def entries(self) -> Iterator[Folder]:
        """Every folder from here down that holds an `entry.json`, in the order of their paths."""
        if not self.exists():
            raise DataError(f"there is no folder {self}", fix="check the path")
        found = sorted(str(path) for path in self.fs.find(self.path) if str(path).rpartition("/")[2] == ENTRY)
        for path in found:
            yield Folder(self.fs, path.rpartition("/")[0])

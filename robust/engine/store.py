"""Answers on disk, so that an interrupted run repeats no model call.

A SQLite file maps (service identity, item) to the answer's bytes. Every batch of answers is one transaction in
write-ahead mode: what was answered before a kill is there afterwards.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from robust.errors import UserError

_CHUNK = 500  # SQLite's limit on parameters of one statement is 999 in old builds


class Store:
    """Answers by 16-byte key. Use as a context manager, or `close()` it."""

    def __init__(self, path: Path | str) -> None:
        """Open or create the file. Raises `UserError` if it is there and is not a store."""
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
            )
            self._empty = self._db.execute("SELECT 1 FROM answers LIMIT 1").fetchone() is None
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"{path} cannot be used as an answer store: {error}", fix="delete it or choose another --out"
            ) from error

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The answers that are there, by key."""
        found: dict[bytes, bytes] = {}
        if self._empty:
            return found
        for at in range(0, len(keys), _CHUNK):
            some = keys[at : at + _CHUNK]
            marks = ",".join("?" * len(some))
            found.update(self._db.execute(f"SELECT key, value FROM answers WHERE key IN ({marks})", some))
        return found

    def put(self, answers: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep answers; all or none of them survive a kill."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", answers)
        self._db.execute("COMMIT")
        self._empty = False

    def __len__(self) -> int:
        (n,) = self._db.execute("SELECT count(*) FROM answers").fetchone()
        return int(n)

    def close(self) -> None:
        """Close the file; a closed store answers nothing more."""
        self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Keys:
    """Makes the keys of one service: a digest of its identity and of what is asked."""

    def __init__(self, identity: str) -> None:
        self._start = hashlib.blake2b(identity.encode("utf-8", "surrogatepass") + b"\0", digest_size=16)

    def __call__(self, parts: Iterable[str]) -> bytes:
        """Key of an item, given as strings; distinct items must give distinct sequences."""
        digest = self._start.copy()
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(4, "little") + data)
        return digest.digest()

"""Rows as a parquet file with a versioned schema: what is written is whole, what is read is what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from robust.errors import DataError
from robust.results.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A kind of rows: `fields` of an Arrow schema, and a version that changes whenever they do."""

    name: str
    version: int
    fields: tuple[tuple[str, pa.DataType], ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with name and version in its metadata."""
        return pa.schema(list(self.fields), metadata={f"robust_{self.name}_schema_version": str(self.version)})

    def write(self, rows: Iterable[Mapping[str, Any]], path: Path) -> None:
        """Write rows so that `path` is either absent or whole; a field that a row lacks is null."""
        names = [name for name, _ in self.fields]
        table = pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows], schema=self.schema)
        partial = path.with_suffix(".partial")
        pq.write_table(table, partial, compression="zstd")
        partial.replace(path)

    def read(self, path: Path) -> list[Row]:
        """Read rows. Raises `DataError` for a file of another kind or version."""
        try:
            table = pq.read_table(path)
        except (OSError, pa.ArrowInvalid) as error:
            raise DataError(f"{path} cannot be read: {error}", fix="name the directory of a finished run") from error
        key = f"robust_{self.name}_schema_version".encode()
        version = (table.schema.metadata or {}).get(key, b"").decode()
        if version != str(self.version):
            raise DataError(
                f"{path} has {self.name} schema version {version or 'none'}, this release reads {self.version}",
                fix="read it with the release of robust that wrote it",
            )
        rows: list[Row] = table.to_pylist()
        return rows

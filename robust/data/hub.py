"""Data sets of the Hugging Face hub, or of a local directory laid out like one, as `Records`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from robust.data.table import DataSpec, Records
from robust.errors import DataError

PREFIX = "hf:"
_AT_ONCE = 1024
_PREFERRED = ("validation", "test", "train")


def read_hub(spec: DataSpec) -> Records:
    """Load `hf:<dataset>[/config]` whole; see `open_hub`."""
    records, rows = open_hub(spec)
    return replace(records, rows=list(rows))


def open_hub(spec: DataSpec) -> tuple[Records, Iterator[Mapping[str, object]]]:
    """`hf:<dataset>[/config]` without its rows, and the rows one by one; the data set's own code is never run.

    `hf:a/b` is the data set `b` of owner `a`, or else configuration `b` of data set `a`. Without `split`: the
    validation split, else the test split, else the training split.
    Raises `DataError` when the data set cannot be found, reached or built.
    """
    target = spec.source.removeprefix(PREFIX).strip("/") if not _local(spec) else _directory(spec)
    if not target:
        raise DataError("--data hf: names no data set", fix="write hf:<dataset>, as in hf:stanfordnlp/sst2")
    loaded, path, config = _load(spec, target)
    split, data = _split(loaded, spec)
    short = "/".join(filter(None, (Path(path).name if _local(spec) else path, config, split)))
    columns = tuple(data.column_names)
    records = Records(
        name=PREFIX + short,
        place=PREFIX + short,
        columns=columns,
        rows=(),
        source_fingerprint=f"datasets:{data._fingerprint}",
        notes={"split": split, **({"config": config} if config else {})},
        label_names={
            name: tuple(kind.names)
            for name, feature in data.features.items()
            # the labels of a column, or of the items of its lists
            if getattr(kind := getattr(feature, "feature", feature), "names", None)
        },
    )
    return records, _rows(data, columns)


def _local(spec: DataSpec) -> bool:
    return Path(_directory(spec)).is_dir()


def _directory(spec: DataSpec) -> str:
    return os.path.expanduser(spec.source.removeprefix(PREFIX))


def _rows(data: Any, columns: Sequence[str]) -> Iterator[Mapping[str, object]]:
    # Pictures and sound are left as they are stored: decoding them needs libraries that nobody asked for.
    stored = data.with_format("arrow")
    for start in range(0, len(data), _AT_ONCE):
        values = stored[start : start + _AT_ONCE].to_pydict()
        for row in zip(*(values[name] for name in columns), strict=True):
            yield dict(zip(columns, row, strict=True))


def _load(spec: DataSpec, target: str) -> tuple[Any, str, str | None]:
    import datasets
    import httpx

    if _local(spec):
        if any((Path(target) / name).is_file() for name in ("dataset_dict.json", "state.json")):
            return datasets.load_from_disk(target), target, None
        attempts = [(target, spec.config)]
    else:
        parts = target.split("/")
        if len(parts) > 3 or (len(parts) == 3 and spec.config):
            raise DataError(f"--data {spec.source}: too many parts", fix="write hf:<owner>/<dataset>/<config>")
        attempts = [("/".join(parts[:2]), parts[2] if len(parts) == 3 else spec.config)]
        if len(parts) == 2 and not spec.config:
            attempts.append((parts[0], parts[1]))
    # Version 3 would ask whether to run a data set's own code; later versions refuse by themselves.
    careful = {"trust_remote_code": False} if int(datasets.__version__.partition(".")[0]) < 4 else {}
    first: Exception | None = None
    for path, config in attempts:
        try:
            loaded = datasets.load_dataset(path, name=config, split=spec.split, revision=spec.revision, **careful)
            return loaded, path, config
        except (datasets.exceptions.DatasetsError, httpx.TransportError, OSError, ValueError, RuntimeError) as error:
            first = first or error
            if not (isinstance(error, datasets.exceptions.DatasetNotFoundError) or _unreachable(error)):
                raise _fault(spec, error) from None
    raise _fault(spec, first or ValueError("nothing to load")) from None


def _fault(spec: DataSpec, error: Exception) -> DataError:
    """One message for what `datasets` says, with the fix."""
    said = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    kind = type(error).__name__
    if _unreachable(error):
        return DataError(
            f"--data {spec.source}: not in the cache, and the Hugging Face hub cannot be reached ({said})",
            fix="connect once to download it (and unset HF_HUB_OFFLINE), or give a local file or hf:<directory>",
        )
    if kind == "DatasetNotFoundError":
        return DataError(
            f"--data {spec.source}: {said}",
            fix="check the name (owner/dataset) and revision; for a private data set log in with `hf auth login`",
        )
    if kind in ("FileNotFoundError", "DataFilesNotFoundError", "EmptyDatasetError"):
        return DataError(f"--data {spec.source}: {said}", fix="put .csv, .jsonl or .parquet files there")
    if "config" in said.lower():
        return DataError(f"--data {spec.source}: {said}", fix="name one with hf:<dataset>/<config>")
    if "split" in said.lower() or "instruction" in said.lower():
        return DataError(f"--data {spec.source}: {said}", fix="name one that exists with --split")
    if isinstance(error, RuntimeError) and "script" in said:
        return DataError(
            f"--data {spec.source}: the data set comes with code of its own, which is not run ({said})",
            fix="name a revision without code (often refs/convert/parquet), or save it as a file first",
        )
    cause = str(error.__cause__).strip().splitlines()[0] if str(error.__cause__ or "").strip() else said
    return DataError(f"--data {spec.source}: cannot be built ({cause})", fix="look at its files, or save it as a file")


def _unreachable(error: Exception) -> bool:
    """Whether the hub could not be reached; the library underneath has changed, and with it the class of the error."""
    libraries = ("httpx", "httpcore", "requests")
    return isinstance(error, (ConnectionError, TimeoutError)) or type(error).__module__.partition(".")[0] in libraries


def _split(loaded: Any, spec: DataSpec) -> tuple[str, Any]:
    """The split's name and rows; `loaded` holds all splits by name, or the one that was asked for."""
    if not isinstance(loaded, dict):
        if spec.split is not None and spec.split != str(loaded.split or spec.split):
            raise DataError(f"--data {spec.source}: holds only the split {loaded.split}", fix="leave --split out")
        return spec.split or str(loaded.split or "all"), loaded
    names = list(loaded)
    if spec.split is not None:
        if spec.split not in names:
            raise DataError(f"--data {spec.source}: no split {spec.split!r}", fix=f"use one of {', '.join(names)}")
        return spec.split, loaded[spec.split]
    for preferred in _PREFERRED:
        if preferred in names:
            return preferred, loaded[preferred]
    if len(names) == 1:
        return names[0], loaded[names[0]]
    raise DataError(
        f"--data {spec.source}: which split? It has {', '.join(names)}", fix=f"say which with --split {names[0]}"
    )

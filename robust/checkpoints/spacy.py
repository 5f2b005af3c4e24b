"""spaCy pipelines, by the name of an installed package or by path."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from robust.errors import ModelError

_INSTALL = "pip install 'robust[spacy]'"


@lru_cache(maxsize=4)
def pipeline(spec: str) -> Any:
    """The `spacy.Language` that `spec` names: a package (`es_core_news_sm`), or a directory that `nlp.to_disk` wrote.

    Nothing is downloaded. Raises `ModelError` where spaCy or the pipeline is missing, or cannot be read.
    """
    path = _named(spec)
    try:
        import spacy
    except ImportError as error:
        raise ModelError(f"{spec} is a spaCy pipeline, and spaCy cannot be imported ({error})", fix=_INSTALL) from None
    try:
        return spacy.load(path if path.is_dir() else spec)
    except ImportError as error:
        raise ModelError(
            f"the spaCy pipeline {spec} needs a package that is missing ({error})", fix="install it"
        ) from None
    except Exception as error:
        said = str(error).strip().splitlines()
        first = said[0] if said else type(error).__name__
        if "E050" not in first:
            raise ModelError(
                f"spaCy cannot read the pipeline {spec}: {first[:200]}",
                fix="save it again with the version of spaCy that is installed here",
            ) from None
        fix = "check the path" if path.is_absolute() or len(path.parts) > 1 else f"python -m spacy download {spec}"
        raise ModelError(f"there is no spaCy pipeline {spec}", fix=fix) from None


def pinned(spec: str) -> str:
    """What pins a pipeline: a hash of a directory's files, else the package's version. Raises as `pipeline` does."""
    path = _named(spec)
    if not path.is_dir():
        meta = pipeline(spec).meta
        return f"{meta['lang']}_{meta['name']}-{meta['version']}"
    digest = hashlib.sha256()
    for file in sorted(one for one in path.rglob("*") if one.is_file()):
        with file.open("rb") as stream:
            one = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{file.relative_to(path).as_posix()}\0{one}\n".encode())
    return f"sha256:{digest.hexdigest()[:16]}"


def _named(spec: str) -> Path:
    if not spec.strip():
        raise ModelError("the spaCy pipeline has no name", fix="name an installed package, or a directory")
    return Path(spec).expanduser()

"""From what a user writes to a model's files at one pinned revision: a directory, or a hub id at one commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robust.checkpoints import adapters, files, hub
from robust.checkpoints.wanted import Wanted
from robust.errors import ModelError

ABSENT = "absent"
"""The revision of a model that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A model that was found and is not loaded: where its files lie and what pins them.

    `name` is what the user calls it; `repo` its id on the hub, None for a directory; `trust` lets in code that comes
    with it.
    """

    name: str
    path: Path
    wanted: Wanted = field(repr=False)
    repo: str | None = None
    trust: bool = False

    @property
    def revision(self) -> str:
        """The commit of the hub; for a directory a hash of its files, worked out anew each time."""
        # The hub cache names a directory by its commit.
        return self.path.name if self.repo else files.content_hash(self.path, with_code=self.trust)

    @property
    def config(self) -> dict[str, Any]:
        """What `config.json` says. Raises `ModelError` where there is none."""
        return files.read_config(self.path, self.name)


def locate(
    source: str | Path, *, wanted: Wanted, name: str | None = None, revision: str | None = None, trust: bool = False
) -> Checkpoint:
    """The model in the directory `source`, or on the hub where that is none; of the hub, only `config.json` is fetched.

    `name` is what messages call it (`source` if not given); `revision` is a commit, branch or tag of the hub. A
    repository without safetensors is read from the pull request in which the hub's own bot has converted it, if there
    is one and no revision is asked for. Raises `ModelError` for a model that is not there or says that it is not what
    is wanted.
    """
    name, repo = name or str(source), None
    path = Path(source).expanduser()
    if not path.is_dir():
        repo = str(source)
        if not hub.is_id(repo):
            raise ModelError(f"no such directory: {source}", fix=f"check the path, or name another ({wanted.option})")
        path = hub.fetch_config(repo, revision, wanted)
        if revision is None and not files.matching(hub.list_files(repo, path)[0], files.WEIGHTS):
            path = hub.converted(repo, path, wanted) or path
    found = Checkpoint(name=name, path=path, wanted=wanted, repo=repo, trust=trust)
    files.check_config(found.config, name, wanted)
    return found


def fetch(found: Checkpoint) -> None:
    """Check that a model has weights and a tokeniser to read, and complete its files where they come from the hub.

    Raises `ModelError` for a model with an adapter, or without safetensors or tokeniser, or where fetching fails.
    """
    wanted = found.wanted
    names, reached = [entry.name for entry in found.path.iterdir()], True
    if found.repo is not None:
        names, reached = hub.list_files(found.repo, found.path)
    adapters.check(names, found.path, found.name, whole=bool(files.matching(names, files.WEIGHTS)))
    if found.repo is None:
        files.check_files(names, found.name, wanted)
        return
    try:
        files.check_files(names, found.name, wanted)
    except ModelError as error:
        if reached or files.matching(names, files.PICKLED):
            raise
        raise ModelError(
            f"{error.message} on this machine, and the hub was not reached",
            fix=f"unset HF_HUB_OFFLINE or check the network so that they can be fetched, or {wanted.instead}",
        ) from None
    patterns = (*files.WEIGHTS, *files.TOKENISER, *files.TOKENISER_EXTRAS, "README.md", *wanted.extras)
    hub.fetch_files(found.repo, found.path, names, (*patterns, *(files.CODE if found.trust else ())), wanted)


def pinned(find: Callable[[str], Checkpoint], source: str) -> str:
    """The revision of the model that `find` locates for `source`; `ABSENT` where it raises `ModelError`."""
    try:
        return find(source).revision
    except ModelError:
        return ABSENT

"""Fetches a model from the Hugging Face hub into the local cache: a repository id in, a directory at one commit out."""

from __future__ import annotations

import re
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from robust.checkpoints.files import matching
from robust.checkpoints.wanted import Wanted
from robust.errors import ModelError

_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/\w[\w.-]*)?")
_CONVERTER = "SFconvertbot"
"""The account under which the hub converts pickled weights to safetensors, each time as a pull request."""


def is_id(text: str) -> bool:
    """Whether a text has the form of a hub id: `name` or `owner/name`."""
    return _ID.fullmatch(text) is not None


def fetch_config(repo: str, revision: str | None, wanted: Wanted) -> Path:
    """Directory of the hub cache, named by the commit, that now holds at least `config.json`.

    Raises `ModelError` where the repository or the revision does not exist, asks for a login, or cannot be reached.
    """
    from huggingface_hub import hf_hub_download

    with _explained(repo, revision, wanted):
        file = hf_hub_download(repo, "config.json", revision=revision, local_files_only=not _resolves())
        return Path(file).parent


def _resolves() -> bool:
    """Whether the hub's name can be looked up: the hub client takes half a minute to give up where it cannot.

    With a proxy it is the proxy that looks the name up.
    """
    from huggingface_hub.constants import ENDPOINT

    if getproxies():
        return True
    try:
        return bool(socket.getaddrinfo(urlsplit(ENDPOINT).hostname, None))
    except OSError:
        return False


def list_files(repo: str, directory: Path) -> tuple[list[str], bool]:
    """Names of the repository's files at that commit, and True; of the fetched ones, and False, without the hub."""
    from huggingface_hub import HfApi
    from huggingface_hub.constants import HF_HUB_OFFLINE

    cached = [path.name for path in directory.iterdir()]
    if HF_HUB_OFFLINE:
        return cached, False
    try:
        return list(HfApi().list_repo_files(repo, revision=directory.name)), True
    except Exception:  # the class depends on the HTTP library that the hub client was built on
        return cached, False


def fetch_files(repo: str, directory: Path, names: Collection[str], patterns: Collection[str], wanted: Wanted) -> None:
    """Complete the directory with those of the repository's files that match a pattern.

    Raises `ModelError` as `fetch_config` does.
    """
    from huggingface_hub import hf_hub_download

    with _explained(repo, directory.name, wanted):
        for name in matching(names, patterns):
            if not (directory / name).exists():
                hf_hub_download(repo, name, revision=directory.name)


def converted(repo: str, directory: Path, wanted: Wanted) -> Path | None:
    """Directory of the open pull request in which the hub has converted the weights of this commit; None without one.

    Where the hub cannot be reached, the one that was found last.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.constants import HF_HUB_OFFLINE

    if HF_HUB_OFFLINE:
        return _converted_before(directory)
    api = HfApi()
    try:
        offered = api.get_repo_discussions(
            repo, author=_CONVERTER, discussion_type="pull_request", discussion_status="open"
        )
        for request in offered:
            commits = [commit.commit_id for commit in api.list_repo_commits(repo, revision=request.git_reference)]
            if directory.name in commits[1:2]:  # its parent: it converts these weights, not those of an older commit
                return fetch_config(repo, request.git_reference, wanted)
    except ModelError:
        raise
    except Exception:  # as above
        return _converted_before(directory)
    return None


def _converted_before(directory: Path) -> Path | None:
    snapshots, references = directory.parent, directory.parent.parent / "refs" / "refs" / "pr"
    numbers = sorted((entry.name for entry in references.glob("*") if entry.name.isdecimal()), key=int, reverse=True)
    for number in numbers:
        found = snapshots / (references / number).read_text(encoding="ascii").strip()
        if (found / "config.json").exists():
            return found
    return None


@contextmanager
def _explained(repo: str, revision: str | None, wanted: Wanted) -> Iterator[None]:
    from huggingface_hub import errors
    from huggingface_hub.constants import HF_HUB_OFFLINE

    use_local, the_model = wanted.instead, f"the {wanted.noun} {repo}"
    try:
        yield
    except errors.GatedRepoError:
        raise ModelError(
            f"{the_model} on the hub asks you to accept its terms first",
            fix=f"accept them at https://huggingface.co/{repo}, log in with `hf auth login`, and try again",
        ) from None
    except errors.RepositoryNotFoundError:
        raise ModelError(
            f"there is no {wanted.noun} {repo} on the hub, or it is private",
            fix=f"check the spelling, log in with `hf auth login` if it is private, or {use_local}",
        ) from None
    except errors.RevisionNotFoundError:
        raise ModelError(
            f"{the_model} has no revision {revision!r}",
            fix=f"choose a branch, tag or commit listed at https://huggingface.co/{repo}/commits/main",
        ) from None
    except errors.HFValidationError as error:
        raise ModelError(f"{repo!r} is not a model id: {error}", fix=use_local) from None
    except errors.LocalEntryNotFoundError:
        why = "downloads are off (HF_HUB_OFFLINE is set)" if HF_HUB_OFFLINE else "the hub cannot be reached"
        at = f" at revision {revision}" if revision else ""
        raise ModelError(
            f"{the_model}{at} is not on this machine and {why}",
            fix=f"{'unset HF_HUB_OFFLINE' if HF_HUB_OFFLINE else 'check the network'}, or {use_local}",
        ) from None
    except errors.EntryNotFoundError:
        raise ModelError(
            f"the hub repository {repo} has no config.json: it does not hold a transformers model",
            fix=f"choose a repository with {wanted.kind}, or {use_local}",
        ) from None
    except (errors.HfHubHTTPError, ConnectionError, TimeoutError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(f"could not fetch {the_model}: {reason}", fix=f"try again later, or {use_local}") from None
    except OSError as error:
        raise ModelError(
            f"could not store {the_model}: {error}", fix="make room in the hub cache, or set HF_HOME"
        ) from None

"""Fetches a model from the Hugging Face hub into the local cache: a repository id in, a directory at one commit out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from robust.errors import ModelError
from robust.victims.checkpoint import matching


def fetch_config(repo: str, revision: str | None) -> Path:
    """Directory of the hub cache, named by the commit, that now holds at least `config.json`.

    Raises `ModelError` where the repository or the revision does not exist, asks for a login, or cannot be reached.
    """
    from huggingface_hub import hf_hub_download

    with _explained(repo, revision):
        return Path(hf_hub_download(repo, "config.json", revision=revision)).parent


def list_files(repo: str, directory: Path) -> list[str]:
    """Names of the repository's files at that commit; of the cached ones where the hub cannot be reached."""
    from huggingface_hub import HfApi
    from huggingface_hub.constants import HF_HUB_OFFLINE

    cached = [path.name for path in directory.iterdir()]
    if HF_HUB_OFFLINE:
        return cached
    try:
        return list(HfApi().list_repo_files(repo, revision=directory.name))
    except Exception:  # the class depends on the HTTP library that the hub client was built on
        return cached


def fetch_files(repo: str, directory: Path, names: Collection[str], patterns: Collection[str]) -> None:
    """Complete the directory with those of the repository's files that match a pattern.

    Raises `ModelError` as `fetch_config` does.
    """
    from huggingface_hub import hf_hub_download

    with _explained(repo, directory.name):
        for name in matching(names, patterns):
            if not (directory / name).exists():
                hf_hub_download(repo, name, revision=directory.name)


@contextmanager
def _explained(repo: str, revision: str | None) -> Iterator[None]:
    from huggingface_hub import errors
    from huggingface_hub.constants import HF_HUB_OFFLINE

    use_local = "use a local model directory instead (--model path/to/dir)"
    try:
        yield
    except errors.GatedRepoError:
        raise ModelError(
            f"the model {repo} on the hub asks you to accept its terms first",
            fix=f"accept them at https://huggingface.co/{repo}, log in with `hf auth login`, and try again",
        ) from None
    except errors.RepositoryNotFoundError:
        raise ModelError(
            f"there is no model {repo} on the hub, or it is private",
            fix=f"check the spelling, log in with `hf auth login` if it is private, or {use_local}",
        ) from None
    except errors.RevisionNotFoundError:
        raise ModelError(
            f"the model {repo} has no revision {revision!r}",
            fix=f"choose a branch, tag or commit listed at https://huggingface.co/{repo}/commits/main",
        ) from None
    except errors.HFValidationError as error:
        raise ModelError(f"{repo!r} is not a model id: {error}", fix=use_local) from None
    except errors.LocalEntryNotFoundError:
        why = "downloads are off (HF_HUB_OFFLINE is set)" if HF_HUB_OFFLINE else "the hub cannot be reached"
        at = f" at revision {revision}" if revision else ""
        raise ModelError(
            f"the model {repo}{at} is not on this machine and {why}",
            fix=f"{'unset HF_HUB_OFFLINE' if HF_HUB_OFFLINE else 'check the network'}, or {use_local}",
        ) from None
    except errors.EntryNotFoundError:
        raise ModelError(
            f"the hub repository {repo} has no config.json: it does not hold a transformers model",
            fix="choose a repository with a sequence classifier, or " + use_local,
        ) from None
    except (errors.HfHubHTTPError, ConnectionError, TimeoutError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(
            f"could not fetch the model {repo}: {reason}", fix=f"try again later, or {use_local}"
        ) from None
    except OSError as error:
        raise ModelError(
            f"could not store the model {repo}: {error}", fix="make room in the hub cache, or set HF_HOME"
        ) from None

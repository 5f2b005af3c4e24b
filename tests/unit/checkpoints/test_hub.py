"""Fetching from the hub: what it may say, what is fetched, and weights that its own bot has converted."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub.constants
import huggingface_hub.errors
import pytest

from robust.checkpoints import hub
from robust.constraints._encoder import ENCODER
from robust.errors import ModelError
from robust.victims.transformers import CLASSIFIER


def faults() -> list[tuple[type[Exception], str]]:
    errors = huggingface_hub.errors
    return [
        (errors.GatedRepoError, "asks you to accept its terms"),
        (errors.RepositoryNotFoundError, "no model someone/a-model on the hub, or it is private"),
        (errors.RevisionNotFoundError, "has no revision 'v2'"),
        (errors.EntryNotFoundError, "has no config.json"),
        (errors.LocalEntryNotFoundError, "the hub cannot be reached"),
        (errors.HfHubHTTPError, "could not fetch the model someone/a-model: the server burns"),
        (ConnectionError, "could not fetch the model someone/a-model: the server burns"),
        (PermissionError, "could not store the model someone/a-model: the server burns"),
    ]


@pytest.mark.parametrize(("error", "message"), faults())
def test_what_the_hub_may_say(monkeypatch: pytest.MonkeyPatch, error: type[Exception], message: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        fault = error.__new__(error)  # each class of the hub client wants other arguments
        fault.args = ("the server burns\nwith details",)
        raise fault

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", refuse)
    with pytest.raises(ModelError, match=message) as caught:
        hub.fetch_config("someone/a-model", "v2", CLASSIFIER)
    assert caught.value.fix


def test_only_the_files_that_are_needed_are_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda repo, name, revision: fetched.append(name))
    (tmp_path / "config.json").touch()
    there = ["config.json", "model.safetensors", "onnx/model.safetensors", "pytorch_model.bin", "tokenizer.json"]
    hub.fetch_files("someone/a-model", tmp_path, there, ("config.json", "*.safetensors", "tokenizer.json"), CLASSIFIER)
    assert fetched == ["model.safetensors", "tokenizer.json"]


@pytest.mark.parametrize(("parent", "expected"), [("main-commit", "refs/pr/7"), ("an-older-commit", None)])
def test_converted_weights_must_be_those_of_the_commit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, parent: str, expected: str | None
) -> None:
    class Api:
        def get_repo_discussions(self, repo: str, **only: str) -> list[SimpleNamespace]:
            assert only == {
                "author": "SFconvertbot",
                "discussion_type": "pull_request",
                "discussion_status": "open",
            }
            return [SimpleNamespace(git_reference="refs/pr/7")]

        def list_repo_commits(self, repo: str, *, revision: str) -> list[SimpleNamespace]:
            return [SimpleNamespace(commit_id="converted"), SimpleNamespace(commit_id=parent)]

    fetched: list[str | None] = []
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub, "HfApi", Api)
    monkeypatch.setattr(
        huggingface_hub,
        "hf_hub_download",
        lambda repo, name, revision, **_: (fetched.append(revision), str(tmp_path / "converted" / name))[1],
    )
    found = hub.converted("someone/a-model", tmp_path / "main-commit", CLASSIFIER)
    assert fetched == ([expected] if expected else [])
    assert found == (tmp_path / "converted" if expected else None)


def test_files_of_subdirectories_are_fetched_only_by_their_full_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda repo, name, revision: fetched.append(name))
    there = ["1_Pooling/config.json", "2_Dense/config.json", "config.json"]
    hub.fetch_files("someone/a-model", tmp_path, there, ("*.json", "1_Pooling/config.json"), ENCODER)
    assert fetched == ["1_Pooling/config.json", "config.json"]


def test_without_a_network_the_answer_comes_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_name(*_: object) -> None:
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("robust.checkpoints.hub.getproxies", dict)
    monkeypatch.setattr("robust.checkpoints.hub.socket.getaddrinfo", no_name)
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("waited for a hub that cannot be found"))
    with pytest.raises(ModelError, match="the hub cannot be reached"):
        hub.fetch_config("someone/never-fetched", None, CLASSIFIER)

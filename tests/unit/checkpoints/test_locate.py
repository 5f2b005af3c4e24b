"""Finding a model for any role: a directory or the hub, one pinned revision, and one clear message otherwise."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import huggingface_hub
import huggingface_hub.constants
import pytest
import torch

from robust.checkpoints import pretrained
from robust.checkpoints.files import content_hash
from robust.checkpoints.locate import ABSENT, fetch, locate, pinned
from robust.checkpoints.wanted import Wanted
from robust.constraints import _encoder
from robust.constraints._encoder import ENCODER
from robust.errors import ModelError, OutOfMemory
from robust.transformations import _masked_lm
from robust.transformations._masked_lm import MASKED_LM
from robust.victims.transformers import CLASSIFIER
from tests import tiny_models as tiny

COMMIT, CONVERTED = "0123456789abcdef0123456789abcdef01234567", "89abcdef0123456789abcdef0123456789abcdef"
ROLES = (CLASSIFIER, MASKED_LM, ENCODER)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty hub cache with downloads off; nothing that was found before is remembered."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    for role in (_masked_lm, _encoder):
        role._located.cache_clear()
        role.load.cache_clear()
    return tmp_path / "cache" / "models--someone--a-model"


def cached(repo: Path, model: str | Path, commit: str = COMMIT, reference: str = "main") -> Path:
    (repo / "refs" / reference).parent.mkdir(parents=True, exist_ok=True)
    (repo / "refs" / reference).write_text(commit)
    return Path(shutil.copytree(model, repo / "snapshots" / commit))


def test_importing_the_layer_loads_no_model_library() -> None:
    names = ("device", "files", "hub", "locate", "memory", "pretrained", "threads", "tokens", "wanted")
    imports = ", ".join(f"robust.checkpoints.{name}" for name in names)
    roles = "robust.transformations._masked_lm, robust.constraints._encoder, robust.victims.load"
    code = f"import sys, {imports}, {roles}; print({{'torch', 'transformers', 'huggingface_hub'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_directory_is_pinned_by_its_content(copy_of: Callable[[str], Path]) -> None:
    path = copy_of("bert")
    found = locate(path, wanted=CLASSIFIER)
    assert (found.name, found.path, found.repo) == (str(path), path, None)
    before = content_hash(path)
    assert found.revision == before
    (path / "config.json").write_text(json.dumps({**found.config, "note": 1}))
    assert found.revision == content_hash(path) != before
    fetch(found)  # nothing to do, and no hub is asked


def test_the_home_directory_may_be_named(copy_of: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = copy_of("bert")
    monkeypatch.setenv("HOME", str(path.parent))
    assert locate("~/bert", wanted=CLASSIFIER).path == path


@pytest.mark.parametrize("wanted", ROLES, ids=lambda wanted: wanted.auto)
@pytest.mark.parametrize("source", ["./nowhere", "someone/a-model", "no such/model!", "a--b"])
def test_what_is_not_there_is_one_message_with_the_option_of_the_role(
    offline: Path, wanted: Wanted, source: str
) -> None:
    with pytest.raises(ModelError) as caught:
        locate(source, wanted=wanted)
    assert source in caught.value.message
    assert wanted.option in caught.value.fix
    assert pinned(lambda name: locate(name, wanted=wanted), source) == ABSENT


@pytest.mark.parametrize("wanted", ROLES, ids=lambda wanted: wanted.auto)
def test_pickled_weights_are_refused_with_how_to_convert_them(copy_of: Callable[[str], Path], wanted: Wanted) -> None:
    path = copy_of("bert")
    (path / "model.safetensors").rename(path / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"only pickled weights \(pytorch_model.bin\)") as caught:
        fetch(locate(path, wanted=wanted))
    assert f"import {wanted.auto} as M" in caught.value.fix


def adapter(directory: Path, base: str) -> Path:
    directory.mkdir(exist_ok=True)
    (directory / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "base_model_name_or_path": base}))
    (directory / "adapter_model.safetensors").write_bytes(b"")
    return directory


@pytest.mark.parametrize("wanted", ROLES, ids=lambda wanted: wanted.auto)
@pytest.mark.parametrize("with_config", [False, True])
def test_an_adapter_is_no_model_and_says_where_the_one_below_it_was(
    model_dirs: dict[str, Path], tmp_path: Path, wanted: Wanted, with_config: bool
) -> None:
    path = adapter(tmp_path / "adapted", "/moved/away")
    if with_config:  # as who saved the configuration beside it
        (path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="adapted holds an adapter, not a whole model") as caught:
        fetch(locate(path, wanted=wanted, name="adapted"))
    assert "base model /moved/away (which is not there)" in caught.value.fix
    assert "merge_and_unload()" in caught.value.fix
    adapter(path, str(model_dirs["bert"]))
    with pytest.raises(ModelError) as caught:
        fetch(locate(path, wanted=wanted))
    assert f"base model {model_dirs['bert']}:" in caught.value.fix
    (path / "adapter_config.json").write_text("[")
    with pytest.raises(ModelError, match="holds an adapter, not a whole model"):
        fetch(locate(path, wanted=wanted))


@pytest.mark.parametrize("wanted", ROLES, ids=lambda wanted: wanted.auto)
def test_weights_beside_an_adapter_are_refused_because_loading_them_would_add_it(
    copy_of: Callable[[str], Path], wanted: Wanted
) -> None:
    path = adapter(copy_of("bert"), "someone/a-model")
    (path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ModelError, match="holds whole weights and an adapter") as caught:
        fetch(locate(path, wanted=wanted))
    assert "a copy without adapter_config.json" in caught.value.fix
    (path / "adapter_config.json").unlink()
    fetch(locate(path, wanted=wanted))


def test_an_adapter_of_the_hub_is_refused_by_the_list_of_its_files(offline: Path, model_dirs: dict[str, Path]) -> None:
    adapter(cached(offline, model_dirs["bert"]), "someone/else")
    with pytest.raises(ModelError, match="a-model holds whole weights and an adapter") as caught:
        fetch(locate("someone/a-model", wanted=CLASSIFIER))
    assert caught.value.message.endswith("an adapter")  # not: on this machine


@pytest.mark.parametrize(("role", "head"), [(_masked_lm, "MaskedLM"), (_encoder, "Model")])
def test_other_roles_pin_and_load_one_commit_of_the_hub(offline: Path, tmp_path: Path, role: object, head: str) -> None:
    cached(offline, tiny.bert(tmp_path / "made", head=head))
    told = role.fingerprint(["someone/a-model"] if head == "MaskedLM" else "someone/a-model")  # type: ignore[attr-defined]
    assert told in (COMMIT, {"someone/a-model": COMMIT})
    (offline / "refs" / "main").write_text("f" * 40)  # the branch moves between pinning and loading
    loaded = role.load("someone/a-model")  # type: ignore[attr-defined]
    assert loaded.model.dtype == torch.float32


def test_how_an_encoder_of_the_hub_pools_is_known(offline: Path, tmp_path: Path) -> None:
    pooling = cached(offline, tiny.bert(tmp_path / "made", head="Model")) / "1_Pooling"
    pooling.mkdir()
    (pooling / "config.json").write_text('{"pooling_mode_mean_tokens": false}')
    with pytest.raises(ModelError, match="someone/a-model was not trained to average its tokens"):
        _encoder.load("someone/a-model")
    (pooling / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"cannot read .*1_Pooling/config\.json"):
        _encoder.load("someone/a-model")


def test_converted_weights_stand_in_for_pickled_ones(offline: Path, model_dirs: dict[str, Path]) -> None:
    pickled = cached(offline, model_dirs["bert"])
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(ModelError, match="only pickled weights"):
        fetch(locate("someone/a-model", wanted=CLASSIFIER))
    cached(offline, model_dirs["bert"], CONVERTED, "refs/pr/12")
    found = locate("someone/a-model", wanted=CLASSIFIER)
    fetch(found)
    assert found.revision == CONVERTED
    with pytest.raises(ModelError, match="only pickled weights"):  # what is asked for is what is read
        fetch(locate("someone/a-model", wanted=CLASSIFIER, revision=COMMIT))


def test_a_model_whose_weights_were_never_fetched_is_pinned_and_said_to_be_elsewhere(
    offline: Path, model_dirs: dict[str, Path]
) -> None:
    snapshot = cached(offline, model_dirs["bert"])
    for entry in snapshot.iterdir():
        if entry.name != "config.json":
            entry.unlink()
    found = locate("someone/a-model", wanted=MASKED_LM)
    assert found.revision == COMMIT
    with pytest.raises(ModelError, match=r"has no weights .* on this machine, and the hub was not reached") as caught:
        fetch(found)
    assert "unset HF_HUB_OFFLINE" in caught.value.fix
    assert MASKED_LM.option in caught.value.fix


def test_only_the_configuration_is_fetched_to_pin_a_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def download(repo: str, name: str, revision: str | None, **_: object) -> str:
        asked.append(name)
        (tmp_path / COMMIT).mkdir(exist_ok=True)
        (tmp_path / COMMIT / name).write_text("{}")
        return str(tmp_path / COMMIT / name)

    there = ["config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json", "pytorch_model.bin"]
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.setattr(huggingface_hub.HfApi, "list_repo_files", lambda *_, **__: there)
    found = locate("someone/a-model", wanted=MASKED_LM)
    assert (found.revision, asked) == (COMMIT, ["config.json"])
    fetch(found)
    assert asked == ["config.json", "model.safetensors", "tokenizer.json"]


@pytest.mark.parametrize("role", [_masked_lm, _encoder])
def test_code_that_comes_with_a_model_is_refused_without_an_option_that_is_not_there(
    copy_of: Callable[[str], Path], role: object
) -> None:
    path = copy_of("bert")
    config = json.loads((path / "config.json").read_text())
    (path / "config.json").write_text(json.dumps({**config, "model_type": "ours", "auto_map": {"AutoConfig": "o.O"}}))
    with pytest.raises(ModelError, match="needs code that comes with it") as caught:
        role.load(str(path))  # type: ignore[attr-defined]
    assert "--trust-remote-code" not in caught.value.fix
    assert "name another" in caught.value.fix


@pytest.mark.parametrize("wanted", ROLES, ids=lambda wanted: wanted.auto)
def test_a_model_too_large_for_the_device_is_no_batch_too_large(
    model_dirs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Wanted
) -> None:
    def full(_: object) -> None:
        raise OutOfMemory("CUDA out of memory")

    monkeypatch.setattr(pretrained, "in_memory", full)
    if wanted is MASKED_LM:  # one with the head that is asked for
        found = locate(tiny.bert(tmp_path, head="MaskedLM"), wanted=wanted)
    else:
        found = locate(model_dirs["bert"], wanted=wanted)
    with pytest.raises(ModelError, match="does not fit in the memory of cpu") as caught:
        pretrained.load(found, pretrained.load_config(found), torch.device("cpu"))
    assert caught.value.fix

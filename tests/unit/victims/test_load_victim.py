from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import huggingface_hub.constants
import pytest

from robust import starter
from robust.errors import ModelError, UserError
from robust.victims.load import load_victim

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_importing_it_loads_no_model_library() -> None:
    imports = (
        "import sys, robust.victims.load, robust.victims.transformers, robust.victims.sklearn, robust.victims.http"
    )
    code = f"{imports}; print({{'torch', 'transformers', 'huggingface_hub', 'sklearn'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_directory(model_dirs: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(model_dirs["bert"].parent)
    for spec in ("bert", "./bert", "bert/", str(model_dirs["bert"])):
        victim = load_victim(spec, device="cpu", max_length=20)
        assert victim.meta.name == spec
        assert victim.logits([("text",)]).shape == (1, 3)


def test_a_starter_keeps_its_name(model_dirs: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "model_path", lambda name: model_dirs["distilbert"])
    assert load_victim("starter-en", device="cpu").meta.name == "starter-en"
    monkeypatch.setattr(starter, "model_path", lambda name: Path("/nowhere"))
    with pytest.raises(ModelError, match="this installation lacks the model starter-es"):
        load_victim("starter-es")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("./brt", r"no such directory: ./brt[\s\S]*did you mean the local 'bert'"),
        ("{root}/robert", r"no such directory[\s\S]*did you mean the local '.*/roberta'"),
        ("../nothing/of/the/kind", "no such directory"),
        ("two words", r"no such directory: two words[\s\S]*a hub id"),
        ("", r"the model has no name[\s\S]*a hub id"),
        ("starter_en", r"no starter model 'starter_en'[\s\S]*did you mean 'starter-en'"),
        ("starter-fr", "no starter model"),
        ("bert/config.json", r"is a file, not a model directory[\s\S]*use its directory: bert"),
        ("model.pkl", r"is a pickle[\s\S]*skops"),
        ("model.JOBLIB", "is a pickle"),
        ("missing.skops", "there is no file missing.skops"),
    ],
)
def test_what_is_not_there(
    model_dirs: dict[str, Path], monkeypatch: pytest.MonkeyPatch, spec: str, message: str
) -> None:
    root = model_dirs["bert"].parent
    monkeypatch.chdir(root)
    with pytest.raises(ModelError, match=message):
        load_victim(spec.format(root=root))


def test_options_that_would_be_ignored_are_refused(model_dirs: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "m.skops").write_bytes(b"")
    with pytest.raises(UserError, match="--revision means nothing for"):
        load_victim(str(model_dirs["bert"]), revision="main")
    with pytest.raises(UserError, match=r"--dtype, --max-length means nothing for .*, which is a server"):
        load_victim("http://127.0.0.1:9", dtype="bfloat16", max_length=12)
    with pytest.raises(UserError, match="--device means nothing for"):
        load_victim(str(tmp_path / "m.skops"), device="cuda")


# ------------------------------------------------------------------------------------------------ the hub
@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty hub cache with downloads off."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache"


def cache(root: Path, model: Path) -> Path:
    repo = root / "models--someone--a-model"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs" / "main").write_text(COMMIT)
    return Path(shutil.copytree(model, repo / "snapshots" / COMMIT))


def test_a_cached_model_is_pinned_by_its_commit(offline: Path, model_dirs: dict[str, Path]) -> None:
    cache(offline, model_dirs["bert"])
    victim = load_victim("someone/a-model", device="cpu")
    assert (victim.meta.name, victim.meta.revision) == ("someone/a-model", COMMIT)
    assert load_victim("someone/a-model", device="cpu", revision=COMMIT).meta.revision == COMMIT
    with pytest.raises(ModelError, match="at revision v2 is not on this machine"):
        load_victim("someone/a-model", revision="v2")


def test_a_half_cached_model(offline: Path, model_dirs: dict[str, Path]) -> None:
    (cache(offline, model_dirs["bert"]) / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"someone/a-model has no weights in model\.safetensors"):
        load_victim("someone/a-model")


def test_offline_and_not_cached_is_one_message(offline: Path) -> None:
    with pytest.raises(ModelError, match=r"someone/a-model is not on this machine.*HF_HUB_OFFLINE") as caught:
        load_victim("someone/a-model")
    assert "use a local model directory" in caught.value.fix
    assert caught.value.__cause__ is None


def test_a_name_close_to_a_local_directory(offline: Path, tmp_path: Path) -> None:
    (tmp_path / "runs" / "my-model").mkdir(parents=True)
    with pytest.raises(ModelError, match="did you mean the local 'runs/my-model'"):
        load_victim("runs/my-modle")

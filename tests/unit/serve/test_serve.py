"""Pages and interface of a served board, and what is sent to it: honest, false, and hostile."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("multipart")

from fastapi.testclient import TestClient

from robust.errors import DataError
from robust.leaderboard.store import ENTRY, HISTORY, ROWS, Folder
from robust.serve import upload
from robust.serve.app import create_app
from tests.unit.leaderboard.conftest import make, runs  # noqa: F401 - fixtures

Make = Callable[..., Folder]


@pytest.fixture
def served(make: Make, tmp_path: Path) -> tuple[TestClient, Folder, Folder]:  # noqa: F811
    """A board of one entry, that entry, and the inbox."""
    folder, inbox = make("keyboard-typos"), Folder.at(str(tmp_path / "inbox"))
    return TestClient(create_app(Folder.at(str(tmp_path / "entries")), inbox=inbox)), folder, inbox


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def entry_files(folder: Folder, prefix: str = "") -> dict[str, bytes]:
    return {prefix + name: folder.read(name) for name in (ENTRY, ROWS, HISTORY)}


def test_pages_and_interface(served: tuple[TestClient, Folder, Folder]) -> None:
    client, _, _ = served
    index = client.get("/")
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    assert index.headers["x-content-type-options"] == "nosniff"
    found = client.get("/api/entries", params={"language": "en", "suite": "keyboard-typos"}).json()
    assert found["total"] == 1
    entry = found["entries"][0]
    assert client.get(f"/entries/{entry['entry_id']}.html").status_code == 200
    assert client.get("/api/entries", params={"language": "es"}).json()["total"] == 0
    rows = client.get(f"/api/entries/{entry['entry_id']}/rows", params={"status": "success", "limit": 2}).json()
    assert len(rows["rows"]) == 2
    assert rows["total"] == entry["results"]["attacks"][0]["success_rate"]["k"]
    assert client.get(f"/api/entries/{entry['entry_id']}").json()["history"][0]["state"] == "claimed"
    assert client.get("/api/entries/nothing").status_code == 404
    assert client.get("/etc/passwd").status_code == 404
    assert client.get("/api/entries", params={"limit": 0}).status_code == 422
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {
        *("/api/entries", "/api/entries/{entry_id}", "/api/entries/{entry_id}/rows", "/api/schema", "/api/submissions")
    }


def test_an_honest_submission_passes_and_is_kept(
    served: tuple[TestClient, Folder, Folder],
    make: Make,  # noqa: F811
    tmp_path: Path,
) -> None:
    client, _, inbox = served
    other = make("other")
    body = zipped(entry_files(other, "my-entry/"))
    answer = client.post("/api/submissions", files={"file": ("e.zip", body)})
    # it lies under the same root by now, so its twin there is found
    assert answer.status_code == 422
    assert "same rows" in str(answer.json()["findings"])
    for name in (ENTRY, ROWS, HISTORY):
        (Path(other.path) / name).unlink()
    answer = client.post("/api/submissions", files={"file": ("e.zip", body)})
    assert answer.status_code == 200, answer.json()
    assert answer.json()["passed"] is True
    (kept,) = inbox.entries()
    assert kept.read(ROWS) == zipfile.ZipFile(io.BytesIO(body)).read(f"my-entry/{ROWS}")


def test_a_false_submission_is_told_why_and_not_kept(served: tuple[TestClient, Folder, Folder]) -> None:
    client, folder, inbox = served
    files = entry_files(folder)
    files[ENTRY] = files[ENTRY].replace(b'"errors": 0', b'"errors": 1')
    answer = client.post("/api/submissions", files={"file": ("e.zip", zipped(files))})
    assert answer.status_code == 422
    assert "results.errors" in str(answer.json())
    assert not inbox.exists()


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/passwd", "external/../../x.jsonl", "C:\\x", "run.py", "external/abc.jsonl"]
)
def test_paths_that_lead_elsewhere_are_refused(served: tuple[TestClient, Folder, Folder], name: str) -> None:
    client, folder, _ = served
    body = zipped({**entry_files(folder), name: b"x"})
    answer = client.post("/api/submissions", files={"file": ("e.zip", body)})
    assert answer.status_code == 422
    assert "which no entry has" in answer.json()["detail"]


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({ENTRY: bytes(3_000_000), ROWS: b"", HISTORY: b""})
    assert len(bomb) < 10_000
    monkeypatch.setattr(upload, "MOST_UNPACKED", 1_000_000)
    with pytest.raises(DataError, match="unpacked"):
        upload.unpack(bomb)
    # the same, with a lie about its size in the directory
    lying = bytearray(bomb)
    at = lying.index(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 10)
    with pytest.raises(DataError):
        upload.unpack(bytes(lying))


def test_bodies_that_are_too_large_or_nothing(served: tuple[TestClient, Folder, Folder]) -> None:
    client, _, _ = served
    huge = {"content-length": str(10**9), "content-type": "multipart/form-data; boundary=x"}
    assert client.post("/api/submissions", content=b"x", headers=huge).status_code == 413
    assert client.post("/api/submissions", content=iter([b"x"])).status_code == 411
    assert client.post("/api/submissions").status_code == 422
    answer = client.post("/api/submissions", files={"file": ("e.zip", b"PK not a zip")})
    assert answer.status_code == 422
    assert "no zip file" in answer.json()["detail"]
    many = zipped({f"external/{i:016x}.jsonl": b"" for i in range(100)})
    assert "100 files" in client.post("/api/submissions", files={"file": ("e.zip", many)}).json()["detail"]

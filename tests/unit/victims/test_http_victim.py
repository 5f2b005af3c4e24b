from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import numpy as np
import pytest

from robust.errors import ModelError, OutOfMemory, UserError
from robust.victims.http import HttpVictim, Patience
from robust.victims.load import load_victim

LABELS = ["negative", "positive"]
Reply = tuple[int, dict[str, str], Any]


def score(inputs: list[list[str]]) -> list[list[float]]:
    return [[float(len(fields[0])), float(len(fields))] for fields in inputs]


class Server:
    """A model server on this machine; `faults` are given once each, before good answers."""

    def __init__(self) -> None:
        self.faults: list[Reply] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.change: Callable[[dict[str, Any]], Any] = lambda answer: answer
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(asked)
                outer.headers.append(dict(self.headers))
                good = {"labels": LABELS, "logits": score(asked["inputs"])}
                status, headers, answer = outer.faults.pop(0) if outer.faults else (200, {}, outer.change(good))
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/predict"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server()
    thread = threading.Thread(target=running.http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield running
    running.http.shutdown()
    running.http.server_close()
    thread.join()


def connect(server: Server, naps: list[float] | None = None, **patience: Any) -> HttpVictim:
    naps = [] if naps is None else naps
    return HttpVictim.connect(server.url, patience=Patience(**patience), sleep=naps.append)


def test_the_protocol(server: Server) -> None:
    victim = load_victim(server.url)
    assert victim.meta.labels == ("negative", "positive")
    assert (victim.meta.name, victim.meta.revision) == (server.url, "unpinned")
    answer = victim.logits([("señal",), ("ab",)])
    assert answer.dtype == np.float32
    assert answer.tolist() == [[5.0, 1.0], [2.0, 1.0]]
    assert server.requests[-1] == {"inputs": [["señal"], ["ab"]]}
    assert victim.logits([("a", "b")]).tolist() == [[1.0, 2.0]]
    asked = len(server.requests)
    assert victim.logits([]).shape == (0, 2)
    assert len(server.requests) == asked


def test_large_batches_are_sent_in_pieces(server: Server) -> None:
    victim = connect(server, max_batch=2)
    answer = victim.logits([("x" * n,) for n in range(5)])
    assert answer[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert [len(request["inputs"]) for request in server.requests[1:]] == [2, 2, 1]


def test_probabilities_become_logarithms_and_the_revision_is_kept(server: Server) -> None:
    server.change = lambda answer: {
        "labels": LABELS,
        "probabilities": [[0.25, 0.75], [1.0, 0.0]][: len(answer["logits"])],
        "revision": 7,
    }
    victim = connect(server)
    assert victim.meta.revision == "7"
    answer = victim.logits([("a",), ("b",)])
    np.testing.assert_allclose(np.exp(answer), [[0.25, 0.75], [1.0, 0.0]], atol=1e-6)
    assert np.isfinite(answer).all()


def test_server_errors_are_tried_again_with_growing_pauses(server: Server) -> None:
    naps: list[float] = []
    victim = connect(server, naps, backoff=1.0)
    server.faults = [(500, {}, b"oops"), (503, {}, b"busy"), (502, {}, b"")]
    assert victim.logits([("abc",)]).tolist() == [[3.0, 1.0]]
    assert len(naps) == 3
    for nap, middle in zip(naps, (1.0, 2.0, 4.0), strict=True):
        assert middle / 2 <= nap <= middle * 1.5
    again: list[float] = []
    other = connect(server, again, backoff=1.0)
    server.faults = [(500, {}, b"")] * 3
    other.logits([("abc",)])
    assert again == naps, "the jitter is seeded"


def test_429_waits_as_long_as_the_server_asks(server: Server) -> None:
    naps: list[float] = []
    victim = connect(server, naps)
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    server.faults = [(429, {"Retry-After": "7"}, b""), (429, {"Retry-After": past}, b""), (429, {}, b"")]
    victim.logits([("abc",)])
    assert naps[:2] == [7.0, 0.0]
    assert naps[2] > 0
    server.faults = [(429, {"Retry-After": "4000"}, b"")]
    with pytest.raises(ModelError, match="asks to wait 4000 s"):
        victim.logits([("abc",)])


def test_patience_ends(server: Server) -> None:
    naps: list[float] = []
    victim = connect(server, naps, retries=2)
    server.faults = [(500, {}, b"the disk is full")] * 3
    with pytest.raises(ModelError, match=f"{server.url}: it answered 500: the disk is full, 3 times"):
        victim.logits([("abc",)])
    assert len(naps) == 2
    server.faults = []


def test_nobody_there() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    with pytest.raises(ModelError, match=r"http://x\.test/: it cannot be reached \(ConnectError.*, 2 times"):
        HttpVictim.connect(
            "http://x.test/",
            patience=Patience(retries=1),
            transport=httpx.MockTransport(refuse),
            sleep=lambda _: None,
        )


def test_a_dropped_connection_is_tried_again() -> None:
    calls: list[int] = []

    def flaky(request: httpx.Request) -> httpx.Response:
        calls.append(1)
        if len(calls) == 1:
            raise httpx.ReadTimeout("too slow")
        return httpx.Response(200, json={"labels": LABELS, "logits": score(json.loads(request.content)["inputs"])})

    victim = HttpVictim.connect("http://x.test/", transport=httpx.MockTransport(flaky), sleep=lambda _: None)
    assert victim.meta.labels == tuple(LABELS)
    assert len(calls) == 2


def test_requests_keep_their_distance(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("robust.victims.http.time.monotonic", lambda: clock[0])
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        clock[0] += seconds

    victim = HttpVictim.connect(server.url, patience=Patience(max_per_second=4, max_batch=1), sleep=sleep)
    victim.logits([("a",), ("b",), ("c",)])
    assert naps == [0.25, 0.25, 0.25]
    clock[0] += 10
    victim.logits([("a",)])
    assert len(naps) == 3


def test_a_server_for_pairs_is_asked_a_pair(server: Server) -> None:
    server.faults = [(422, {}, b"two fields, please")]
    victim = connect(server)
    assert [len(request["inputs"][0]) for request in server.requests] == [1, 2]
    assert victim.meta.labels == tuple(LABELS)


def test_the_token_is_sent_and_no_password_is_recorded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROBUST_HTTP_TOKEN", "s3cret")
    connect(server)
    assert server.headers[-1]["Authorization"] == "Bearer s3cret"
    monkeypatch.delenv("ROBUST_HTTP_TOKEN")
    victim = HttpVictim.connect(server.url.replace("http://", "http://me:pw@"))
    assert victim.meta.name == server.url
    assert "pw" not in repr(victim)


def test_too_large_is_out_of_memory(server: Server) -> None:
    victim = connect(server)
    server.faults = [(413, {}, b"")] * 2
    with pytest.raises(OutOfMemory):
        victim.logits([("a",), ("b",)])
    with pytest.raises(ModelError, match="413"):
        victim.logits([("a",)])


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((200, {}, b"<html>"), "not JSON: <html>"),
        ((200, {}, [1]), "not a JSON object"),
        ((200, {}, {"labels": LABELS, "scores": [[1, 2]]}), r"neither \"logits\" nor \"probabilities\""),
        ((200, {}, {"labels": LABELS, "logits": [[1, 2], [3, 4]]}), r"shape \(2, 2\), expected \(1, 2\)"),
        ((200, {}, {"labels": LABELS, "logits": [[1]]}), r"shape \(1, 1\)"),
        ((200, {}, {"labels": LABELS, "logits": [[1, 2], [3]]}), "must be 1 rows of 2 numbers"),
        ((200, {}, {"labels": LABELS, "logits": [["a", "b"]]}), "must be 1 rows of 2 numbers"),
        ((200, {}, {"labels": LABELS, "logits": [[1, float("nan")]]}), "not finite"),
        ((200, {}, {"labels": LABELS, "probabilities": [[0.5, 0.9]]}), "add up to 1"),
        (
            (200, {}, {"labels": LABELS[::-1], "logits": [[1, 2]]}),
            r"labels changed from .* to \['positive', 'negative'\]",
        ),
        ((200, {}, {"labels": LABELS, "logits": [[1, 2]], "revision": "new"}), "revision changed"),
        ((404, {}, b"no such page"), "answered 404: no such page"),
        ((401, {}, b""), r"refuses access \(401\)[\s\S]*ROBUST_HTTP_TOKEN"),
        ((307, {"Location": "/other"}, b""), "redirects to /other"),
    ],
)
def test_wrong_answers_name_the_url_and_the_fault(server: Server, reply: Reply, message: str) -> None:
    victim = connect(server)
    server.faults = [reply]
    with pytest.raises(ModelError, match=message) as caught:
        victim.logits([("text",)])
    assert server.url in str(caught.value)


@pytest.mark.parametrize("labels", [None, "ab", ["one"], ["a", "a"], 3])
def test_labels_must_be_names(server: Server, labels: Any) -> None:
    server.change = lambda answer: {**answer, "labels": labels}
    with pytest.raises(ModelError, match='"labels" must be a list of two or more different names'):
        connect(server)


@pytest.mark.parametrize("url", ["ftp://host/x", "http://", "https:///path", "http://host:port/"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(UserError, match="URL"):
        HttpVictim.connect(url)


def test_impatience_is_refused() -> None:
    with pytest.raises(UserError, match="use positive numbers"):
        Patience(max_batch=0)

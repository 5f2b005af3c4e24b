"""A model behind a URL.

The client posts JSON and reads JSON. Each input is a list of one or two strings:

    {"inputs": [["a fine film"], ["a dull film"]]}

    {"labels": ["negative", "positive"], "logits": [[-1.2, 3.4], [2.2, -0.7]], "revision": "2024-05-01"}

`"probabilities"` may stand for `"logits"`; `"revision"` is optional and pins the weights. Neither labels nor revision
may change from one answer to the next. `ROBUST_HTTP_TOKEN`, when set, is sent as `Authorization: Bearer …`. A server
that answers 413 gets the batch again in smaller pieces; 429 and 5xx are retried. A server needs no more than this:

    import json
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            texts = [fields[0] for fields in json.loads(body)["inputs"]]
            logits = [[text.count("bad"), text.count("good")] for text in texts]
            answer = json.dumps({"labels": ["negative", "positive"], "logits": logits}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    HTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import numpy as np

from robust.core.seeds import derive
from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.errors import ModelError, OutOfMemory, UserError

TOKEN_VARIABLE = "ROBUST_HTTP_TOKEN"
LONGEST_WAIT = 300.0
"""Seconds; a server that asks to be left alone for longer ends the run with a message."""
_PROBES: tuple[Fields, ...] = ((".",), (".", "."))


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How a client behaves towards a server.

    `timeout` in seconds for one request; `retries` after the first try, spaced `backoff · 2^k` seconds (at most 30)
    with jitter; `max_per_second` requests (None: as fast as it answers); `max_batch` inputs in a request.
    """

    timeout: float = 60.0
    retries: int = 5
    backoff: float = 0.5
    max_per_second: float | None = None
    max_batch: int = 64

    def __post_init__(self) -> None:
        rate = self.max_per_second
        if self.timeout <= 0 or self.retries < 0 or self.backoff < 0 or self.max_batch < 1 or (rate and rate <= 0):
            raise UserError(f"not a way to ask a server: {self}", fix="use positive numbers")


@dataclass(kw_only=True, eq=False)
class HttpVictim:
    """A model behind a URL; make one with `HttpVictim.connect`."""

    url: str = field(repr=False)
    patience: Patience
    meta: VictimMeta
    _client: httpx.Client = field(repr=False)
    _sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    _jitter: random.Random = field(init=False, repr=False)
    _next: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        self._jitter = random.Random(derive("http", self.url))

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        patience: Patience | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> HttpVictim:
        """Ask the server one short text to learn its labels.

        `transport` and `sleep` stand in for the network and the clock. Raises `ModelError`, naming the URL, for a
        server that cannot be reached or does not speak the protocol.
        """
        patience = patience or Patience()
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise UserError(f"{url!r} is not a URL: {error}", fix="use http://host:port/path") from None
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise UserError(f"{url!r} is not an http or https URL", fix="use http://host:port/path")
        name = str(parsed.copy_with(userinfo=b""))  # a password in the URL must not reach the results
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        client = httpx.Client(
            timeout=patience.timeout,
            transport=transport,
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        unknown = VictimMeta(name=name, revision="unpinned", labels=(), device="remote")
        victim = cls(url=url, patience=patience, meta=unknown, _client=client, _sleep=sleep)
        victim.meta = victim._introduce()
        return victim

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logits `(n, n_labels)`, or log-probabilities where the server sends probabilities."""
        step = self.patience.max_batch
        parts = [self._ask(batch[start : start + step]) for start in range(0, len(batch), step)]
        return np.concatenate([np.zeros((0, len(self.meta.labels)), dtype=np.float32), *parts])

    # ------------------------------------------------------------------ protocol
    def _introduce(self) -> VictimMeta:
        response = self._post(_PROBES[0])
        if response.status_code in (400, 422):  # a server for pairs
            response = self._post(_PROBES[1])
        answer = self._answer(response)
        labels = answer.get("labels")
        if not isinstance(labels, list) or len(labels) < 2 or len({str(label) for label in labels}) != len(labels):
            raise self._wrong(f'"labels" must be a list of two or more different names, got {_short(labels)}')
        meta = replace(
            self.meta, labels=tuple(map(str, labels)), revision=str(answer.get("revision") or self.meta.revision)
        )
        self._values(answer, 1, len(labels))
        return meta

    def _ask(self, batch: Sequence[Fields]) -> Floats:
        response = self._post(*batch)
        if response.status_code == 413 and len(batch) > 1:
            raise OutOfMemory(f"{self.meta.name} refuses {len(batch)} inputs in one request (413)")
        answer = self._answer(response)
        labels = tuple(map(str, answer.get("labels") or ()))
        if labels != self.meta.labels:
            raise self._wrong(f"its labels changed from {list(self.meta.labels)} to {list(labels)}")
        if str(answer.get("revision") or "unpinned") != self.meta.revision:
            raise self._wrong(f"its revision changed from {self.meta.revision!r} to {answer.get('revision')!r}")
        return self._values(answer, len(batch), len(labels))

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        if response.is_redirect:
            raise self._wrong(f"it redirects to {response.headers.get('Location')}", fix="use that URL")
        if response.status_code in (401, 403):
            raise self._wrong(
                f"it refuses access ({response.status_code})", fix=f"set {TOKEN_VARIABLE} to a valid token"
            )
        if not response.is_success:
            raise self._wrong(f"it answered {response.status_code}: {_short(response.text)}")
        try:
            answer = response.json()
        except ValueError:
            raise self._wrong(f"its answer is not JSON: {_short(response.text)}") from None
        if not isinstance(answer, dict):
            raise self._wrong(f"its answer is not a JSON object: {_short(answer)}")
        return answer

    def _values(self, answer: dict[str, Any], n: int, n_labels: int) -> Floats:
        kind = "logits" if "logits" in answer else "probabilities"
        if kind not in answer:
            raise self._wrong(f'its answer has neither "logits" nor "probabilities", only {sorted(answer)}')
        try:
            values = np.array(answer[kind], dtype=np.float64)
        except (TypeError, ValueError):
            raise self._wrong(f'"{kind}" must be {n} rows of {n_labels} numbers, got {_short(answer[kind])}') from None
        if values.shape != (n, n_labels):
            raise self._wrong(f'"{kind}" has shape {values.shape}, expected {(n, n_labels)}')
        if not np.isfinite(values).all():
            raise self._wrong(f'"{kind}" holds values that are not finite')
        if kind == "probabilities":
            if values.min() < 0 or values.max() > 1 or np.abs(values.sum(axis=1) - 1).max() > 0.01:
                raise self._wrong('"probabilities" must lie in 0 to 1 and add up to 1 in each row')
            values = np.log(np.clip(values, np.finfo(np.float64).tiny, 1.0))
        answered: Floats = values.astype(np.float32)
        return answered

    def _wrong(self, fault: str, *, fix: str = "") -> ModelError:
        return ModelError(
            f"the model server {self.meta.name}: {fault}",
            fix=fix or 'see the protocol in robust/victims/http.py ({"labels": […], "logits": [[…], …]})',
        )

    # ------------------------------------------------------------------ transport
    def _post(self, *inputs: Fields) -> httpx.Response:
        """One answer that is neither 429 nor 5xx."""
        fault = ""
        for attempt in range(self.patience.retries + 1):
            self._keep_pace()
            asked: float | None = None
            try:
                response = self._client.post(self.url, json={"inputs": [list(fields) for fields in inputs]})
            except httpx.TransportError as error:
                fault = f"it cannot be reached ({type(error).__name__}: {error})"
            else:
                if response.status_code != 429 and response.status_code < 500:
                    return response
                fault = f"it answered {response.status_code}: {_short(response.text)}"
                asked = _retry_after(response.headers.get("Retry-After"))
            if asked is not None and asked > LONGEST_WAIT:
                raise self._wrong(f"{fault}, and asks to wait {asked:.0f} s", fix="run again after that time")
            if attempt < self.patience.retries:
                pause = min(30.0, self.patience.backoff * 2**attempt) * (0.5 + self._jitter.random())
                self._sleep(pause if asked is None else asked)
        tries = self.patience.retries + 1
        raise self._wrong(
            f"{fault}, {tries} times", fix="check that the server runs and the URL is right, then run again"
        )

    def _keep_pace(self) -> None:
        if self.patience.max_per_second is None:
            return
        now = time.monotonic()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self.patience.max_per_second


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from a header that holds seconds or a date."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 120 else text[:119] + "…"

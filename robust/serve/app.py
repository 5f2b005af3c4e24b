"""The web application of a leaderboard."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import FastAPI, File, HTTPException, Query, Request, Response, UploadFile
from starlette.responses import JSONResponse

from robust import __version__
from robust.errors import RobustError
from robust.leaderboard import audit
from robust.leaderboard import check as checking
from robust.leaderboard.board import Line, build, line_json
from robust.leaderboard.canonical import sha256
from robust.leaderboard.schema import json_schema
from robust.leaderboard.site import site
from robust.leaderboard.store import Folder
from robust.pages.html import PageLang
from robust.serve.upload import MOST_BYTES, unpack

TYPES = {"html": "text/html; charset=utf-8", "json": "application/json", "csv": "text/csv; charset=utf-8"}
SLACK = 64 * 1024
"""What a form adds to the file in it."""
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}


def create_app(root: Folder, *, inbox: Folder | None = None, lang: PageLang = "en", leave_out: bool = False) -> FastAPI:
    """The application for the entries under `root`, which are read and checked once, now.

    `inbox`: where submissions that pass are put, for a maintainer to look at; None: they are checked and forgotten.
    Raises as `build` does.
    """
    lines = build(root, leave_out=leave_out)
    files = site(lines, lang)
    by_id = {line.opened.entry.entry_id: line for line in lines}
    app = FastAPI(
        title="robust leaderboard",
        docs_url=None,  # FastAPI's own pages fetch scripts from elsewhere
        redoc_url=None,
        version=__version__,
        description="Robustness of English and Spanish language models. All numbers follow from the rows of entries.",
    )

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        """Refuse bodies that are too large before they are read, and send the same headers with everything."""
        length = request.headers.get("content-length", "")
        if request.method == "POST" and not length.isdigit():
            return JSONResponse({"detail": "the length of the body has to be said"}, 411, HEADERS)
        if length.isdigit() and int(length) > MOST_BYTES + SLACK:
            return JSONResponse({"detail": f"more than {MOST_BYTES >> 20} MiB"}, 413, HEADERS)
        answer: Response = await call_next(request)
        answer.headers.update(HEADERS)
        return answer

    @app.get("/api/entries", summary="All entries, filtered", tags=["entries"])
    def entries(
        language: Annotated[str | None, Query(description="en or es")] = None,
        model: Annotated[str | None, Query(description="a model's name")] = None,
        benchmark: Annotated[str | None, Query(description="a benchmark's name")] = None,
        suite: Annotated[str | None, Query(description="a suite's id, such as textfooler")] = None,
        state: Annotated[str | None, Query(description="claimed, recomputed, …")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> dict[str, Any]:
        """Entries in the order of the board, with results, intervals, rank, state and flags."""
        wanted = {"language": language, "model": model, "benchmark": benchmark, "suite": suite, "state": state}
        asked = {key: value for key, value in wanted.items() if value is not None}
        found = [line for line in lines if all(_facets(line)[key] == value for key, value in asked.items())]
        return {"total": len(found), "entries": [line_json(line) for line in found[offset : offset + limit]]}

    @app.get("/api/entries/{entry_id}", summary="One entry", tags=["entries"])
    def entry(entry_id: str) -> dict[str, Any]:
        """An entry with its recipes, its environment and its history."""
        line = _known(by_id, entry_id)
        said = line.opened.entry.model_dump(mode="json")
        events = [{"at": e.at, "by": e.by, "state": e.state, "note": e.note} for e in line.opened.events]
        return {**line_json(line), "entry": said, "history": events}

    @app.get("/api/entries/{entry_id}/rows", summary="The outcomes of an entry", tags=["entries"])
    def rows(
        entry_id: str,
        attack: Annotated[str | None, Query(description="the name of one attack")] = None,
        status: Annotated[str | None, Query(description="success, failure or skipped")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> dict[str, Any]:
        """The texts before and after each attack, with the model's logits."""
        kept = [
            row
            for row in _known(by_id, entry_id).opened.rows
            if attack in (None, row["attack"]) and status in (None, row["status"])
        ]
        return {"total": len(kept), "rows": kept[offset : offset + limit]}

    @app.get("/api/schema", summary="The JSON schema of an entry", tags=["submissions"])
    def schema() -> dict[str, Any]:
        """What entry.json has to look like."""
        return json_schema()

    @app.post("/api/submissions", summary="Check an entry", tags=["submissions"])
    def submissions(file: Annotated[UploadFile, File(description="the folder of an entry as a zip file")]) -> Response:
        """Take a zipped entry, check it as `robust leaderboard check` does, and say what was found.

        200: it passes. 422: it does not, or is no entry. 413: it is too large.
        """
        data = file.file.read(MOST_BYTES + 1)
        scratch = Folder.at(f"memory://submission-{secrets.token_hex(16)}")
        try:
            content = unpack(data)
            for name, part in content.items():
                scratch.write(name, part)
            opened, findings = checking.check(scratch)
            if opened is not None and checking.passed(findings):
                findings += audit.audit(opened, against=root)
            report = checking.as_json(opened, findings)
            if inbox is not None and opened is not None and report["passed"]:
                target = inbox.folder(f"{opened.entry.entry_id}-{sha256(data)[:8]}")
                for name, part in content.items():
                    target.write(name, part)
            return JSONResponse(report, 200 if report["passed"] else 422)
        except RobustError as error:
            return JSONResponse({"passed": False, "detail": error.message, "fix": error.fix}, 422)
        finally:
            if scratch.exists():
                scratch.fs.rm(scratch.path, recursive=True)

    @app.get("/{name:path}", include_in_schema=False)
    def page(name: str) -> Response:
        """A file of the site."""
        content = files.get(name or "index.html")
        if content is None:
            raise HTTPException(404, f"there is no page {name}")
        return Response(content, media_type=TYPES[(name or "index.html").rpartition(".")[2]])

    return app


def _facets(line: Line) -> dict[str, str]:
    entry = line.opened.entry
    return {
        "language": entry.track.language,
        "model": entry.model.id,
        "benchmark": entry.benchmark.name,
        "suite": entry.suite.id,
        "state": line.state,
    }


def _known(by_id: dict[str, Line], entry_id: str) -> Line:
    if entry_id not in by_id:
        raise HTTPException(404, f"there is no entry {entry_id}")
    return by_id[entry_id]

"""Pictures of the leaderboard and of a run's report, for the documentation.

    python -m benchmarks.page_screenshots

builds the board from `results/leaderboard/entries`, attacks 60 of the bundled reviews for the report, opens both in
Chromium without a window and writes `docs/images/*.png`, each below 200 kB. It needs Chromium, playwright and Pillow
(`pip install 'robust[browser]' pillow`). Examples are shown of the bundled reviews alone, whose texts may be passed on.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust.data.source import DataSpec
from robust.leaderboard.board import Line, build
from robust.leaderboard.site import site
from robust.leaderboard.store import Folder
from robust.pages.run import run_page
from robust.results.directory import open_finished
from robust.runner import AttackRequest, attack

MOST_BYTES = 200_000
TALLEST = 1100
"""Pixels; what is longer is cut there."""
PLACE = """([start, end, tallest]) => {
    const box = element => element.getBoundingClientRect(), one = query => box(document.querySelector(query));
    const top = one(start).top + scrollY, whole = end ? one(end).top + scrollY : document.documentElement.scrollHeight;
    if (whole - top <= tallest) return [top, whole];
    const rows = [...document.querySelectorAll("tbody tr, .pairs li, .table, figure")];
    const ends = rows.map(element => box(element).bottom + scrollY);
    return [top, Math.max(...ends.filter(at => at > top && at - top <= tallest - 2)) + 2];
}"""
"""Where a picture begins and ends, in pixels from the top of the page."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture: a page from the element `start` down to `end`, or to its bottom.

    What is longer than `tallest` pixels is cut after the last row or example that fits.
    """

    name: str
    page: Path
    dark: bool = False
    width: int = 1280
    start: str = "header"
    end: str | None = None
    before: Callable[[Any], object] = lambda page: None
    tallest: int = TALLEST


def main(argv: Sequence[str] | None = None) -> int:
    """Make all pictures; says what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", default="results/leaderboard/entries", help="a folder of entries")
    parser.add_argument("--out", type=Path, default=Path("docs/images"), help="where the pictures go")
    given = parser.parse_args(argv)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"no Chromium is installed (looked for {', '.join(BROWSERS)})", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as held:
        lines = build(Folder.at(given.entries))
        shots = [*_board(lines, Path(held)), *_report(Path(held))]
        given.out.mkdir(parents=True, exist_ok=True)
        for shot, picture in _taken(shots, browser):
            data = small(picture)
            (given.out / f"{shot.name}.png").write_bytes(data)
            print(f"{given.out / shot.name}.png: {len(data) / 1000:.0f} kB")
    return 0


def _board(lines: Sequence[Line], folder: Path) -> Iterator[Shot]:
    for lang in ("en", "es"):
        for name, data in site(lines, lang).items():
            path = folder / lang / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    english, spanish = folder / "en" / "index.html", folder / "es" / "index.html"
    heat, compare, files = "h2[data-t='h.heat']", "h2[data-t='h.compare']", "p.note"
    yield Shot(name="leaderboard-en", page=english, end=heat)
    yield Shot(name="leaderboard-es-dark", page=spanish, dark=True, end=heat)
    yield Shot(name="leaderboard-narrow", page=spanish, width=400, tallest=900)
    yield Shot(name="heat-map-en", page=english, start=heat, end=compare)
    pair = rivals(lines)
    if pair is not None:
        yield Shot(
            name="compare-en", page=english, start=compare, end=files, before=lambda page: _choose(page, "en", pair)
        )
    for lang, dark in (("en", False), ("es", True)):
        entry = next((line.opened for line in lines if _shows(line.opened, lang)), None)
        if entry is not None:
            page = folder / lang / "entries" / f"{entry.entry.entry_id}.html"
            name = f"explorer-{lang}{'-dark' if dark else ''}"
            yield Shot(name=name, page=page, dark=dark, start="h2[data-t='h.explorer']", tallest=900)


def _shows(opened: Any, lang: str) -> bool:
    """Whether an entry is of textfooler on the bundled reviews, with its texts."""
    entry = opened.entry
    return bool(opened.whole and entry.benchmark.name == f"starter-{lang}" and entry.suite.id == "textfooler")


def rivals(lines: Sequence[Line]) -> tuple[int, int] | None:
    """The places of two entries on the same texts: the best and the worst of the longest table."""
    tables: dict[tuple[str, str], list[int]] = {}
    for at, line in enumerate(lines):
        if line.rank is not None:
            entry = line.opened.entry
            tables.setdefault((entry.benchmark.fingerprint, entry.suite.id), []).append(at)
    most = max(tables.values(), key=lambda some: (len(some), lines[some[0]].opened.entry.track.language), default=[])
    if len(most) < 2:
        return None
    ranked = sorted(most, key=lambda at: (lines[at].rank or 0, at))
    return ranked[0], ranked[-1]


def _choose(page: Any, lang: str, pair: tuple[int, int]) -> None:
    for menu, at in zip(page.locator("[data-compare] select").all(), pair, strict=True):
        menu.select_option(str(at))


def _report(folder: Path) -> Iterator[Shot]:
    data = DataSpec(source="starter-es", limit=60)
    request = AttackRequest(recipe="textfooler", model="starter-es", data=data, out=folder / "run", device="cpu")
    attack(request)
    path = folder / "run.html"
    path.write_text(run_page(*open_finished(folder / "run"), "en"), "utf-8")
    yield Shot(name="report-en", page=path)


def _taken(shots: Sequence[Shot], executable: str) -> Iterator[tuple[Shot, bytes]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for shot in shots:
            scheme = "dark" if shot.dark else "light"
            context = browser.new_context(color_scheme=scheme, viewport={"width": shot.width, "height": 900})
            page = context.new_page()
            page.goto(shot.page.as_uri())
            shot.before(page)
            top, bottom = page.evaluate(PLACE, [shot.start, shot.end, shot.tallest])
            page.evaluate("document.activeElement.blur()")
            margin = 0 if shot.start == "header" else 12
            clip = {"x": 0, "y": top - margin, "width": shot.width, "height": bottom - top + margin}
            yield shot, page.screenshot(full_page=True, clip=clip)
            context.close()
        browser.close()


def small(picture: bytes) -> bytes:
    """The picture as a png with a palette, of as many colours as stay below the limit."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    data = picture
    for colours in (256, 128, 64, 32, 16):
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "png", optimize=True)
        data = out.getvalue()
        if len(data) < MOST_BYTES:
            break
    return data


if __name__ == "__main__":
    sys.exit(main())

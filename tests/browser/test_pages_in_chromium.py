"""The pages in a real browser: sorting, filtering, comparing, languages, themes, keyboard, hostile texts, many rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install 'robust[browser]'")

from playwright import sync_api

from robust.leaderboard.board import build
from robust.leaderboard.site import site
from robust.leaderboard.store import Folder
from robust.leaderboard.submit import submit
from robust.pages.html import page as whole_page
from robust.pages.run import run_page
from robust.pages.table import Column, table
from tests.unit.leaderboard.conftest import BY, Toy, run, runs  # noqa: F401 - a fixture
from tests.unit.pages.test_pages import EVIL, manifest, row

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Watched:
    """A page that remembers what went wrong on it, and every address that it asked for."""

    def __init__(self, browser: Any, path: Path, **options: Any) -> None:
        self.page = browser.new_context(**options).new_page()
        self.problems: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())


@pytest.fixture(scope="module")
def board(runs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    root = tmp_path_factory.mktemp("board")
    entries, out = Folder.at(f"{root}/entries"), Folder.at(f"{root}/site")
    for name in ("keyboard-typos", "other", "textfooler", "spanish"):
        submit([runs[name]], entries, BY)
    for name, data in site(build(entries), "en").items():
        out.write(name, data)
    return root / "site"


def column(watched: Watched, number: int) -> list[str]:
    return [cell.inner_text() for cell in watched.page.locator(f"[data-table=entries] td:nth-child({number})").all()]


def test_the_board_sorts_filters_compares_and_leads_to_entries(browser: Any, board: Path) -> None:
    watched = Watched(browser, board / "index.html")
    page = watched.page
    head = page.get_by_role("columnheader", name="Accuracy under attack")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    shown = [float(value.split("\u00a0")[0]) for value in column(watched, 3)]
    assert len(shown) == 4
    assert shown == sorted(shown, reverse=True)
    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert [float(value.split("\u00a0")[0]) for value in column(watched, 3)] == sorted(shown)

    page.get_by_label("Language").select_option("es")
    assert column(watched, 7) == ["Spanish"]
    page.get_by_label("Language").select_option("")
    page.get_by_label("Model").select_option("other")
    assert column(watched, 2) == ["other"]
    page.get_by_label("Model").select_option("")
    assert "4 rows" in page.locator("#live").inner_text()

    names = page.get_by_label("First entry").locator("option").all_inner_texts()
    first, second = (next(n for n in names if n.startswith(f"{m} · keyboard")) for m in ("toy", "other"))
    page.get_by_label("First entry").select_option(label=first)
    page.get_by_label("Second entry").select_option(label=second)
    told = page.locator("[data-compare] output").inner_text()
    counts = [int(part.split()[0]) for part in told.split(" · ")[:4]]
    assert sum(counts) == 20
    assert "p = " in told

    page.get_by_role("link", name="toy", exact=True).first.click()
    page.locator(".pairs li").first.wait_for()
    assert page.locator(".pairs ins").count() > 0
    page.get_by_role("link", name="Leaderboard").click()
    assert page.url.endswith("index.html")
    assert watched.problems == []
    assert all(address.startswith("file:") for address in watched.asked)


def test_language_and_theme_are_switched_and_kept(browser: Any, board: Path) -> None:
    watched = Watched(browser, board / "index.html", color_scheme="light")
    page = watched.page
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Español").click()
    assert page.evaluate("document.documentElement.lang") == "es"
    assert page.get_by_role("heading", level=1).inner_text() == "Clasificación de robustez"
    assert "," in column(watched, 3)[0]
    page.get_by_role("button", name="Claro / oscuro").click()
    assert page.evaluate(background) != light
    page.reload()
    assert page.evaluate("document.documentElement.lang") == "es"
    assert page.evaluate(background) != light
    page.get_by_role("button", name="English").click()
    assert "." in column(watched, 3)[0]
    assert watched.problems == []


def test_hostile_texts_stay_texts(browser: Any, tmp_path: Path) -> None:
    rows = [row(original=EVIL, adversarial="=cmd|' /C calc'!A0 " + EVIL, example_id=EVIL)]
    made = {**manifest(name=EVIL, labels=[EVIL, "positive"]), "command": EVIL}
    path = tmp_path / "run.html"
    path.write_text(run_page(made, rows, "en"), "utf-8")
    watched = Watched(browser, path)
    page = watched.page
    assert "pwned" in page.locator(".pairs .what").first.inner_text()
    page.get_by_role("button", name="Español").click()
    assert not page.title().startswith("pwned")
    assert page.locator("img").count() == 0
    # even markup that got in would not run
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')")
    page.wait_for_timeout(100)
    assert page.evaluate("window.ran") is None

    box = page.locator("[data-pairs]")
    with page.expect_download() as saved:
        box.get_by_role("link", name="Descargar csv").click()
    text = Path(saved.value.path()).read_text("utf-8")
    assert "'=cmd" in text


def test_a_table_downloads_what_is_shown(browser: Any, board: Path) -> None:
    watched = Watched(browser, board / "index.html")
    watched.page.get_by_label("Language").select_option("es")
    with watched.page.expect_download() as saved:
        watched.page.locator("[data-table=entries]").get_by_role("link", name="Download csv").click()
    lines = Path(saved.value.path()).read_text("utf-8").strip().split("\n")
    assert len(lines) == 2
    assert lines[0].split(",")[7:12] == ["clean", "clean_low", "clean_high", "clean_k", "clean_n"]
    assert lines[1].split(",")[11] == "5"


def test_a_hostile_name_of_a_model_stays_text_on_the_board(
    browser: Any,
    runs: dict[str, Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    root = Folder.at(f"{tmp_path}/entries")
    evil = run("keyboard-typos", tmp_path / "evil", victim=Toy(name=EVIL, revision="weights-3", lean=0.3))
    for one in (runs["keyboard-typos"], evil):
        submit([one], root, BY)
    for name, data in site(build(root), "en").items():
        Folder.at(f"{tmp_path}/site").write(name, data)
    watched = Watched(browser, tmp_path / "site" / "index.html", viewport={"width": 400, "height": 800})
    page = watched.page
    assert EVIL in [option.get_attribute("value") for option in page.get_by_label("Model").locator("option").all()]
    assert len(column(watched, 2)) == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.locator("[data-table=entries] td a").filter(has_text="pwned").click()
    page.locator(".pairs li").first.wait_for()
    assert not page.title().startswith("pwned")
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert watched.problems == []


def test_the_keyboard_reaches_everything(browser: Any, board: Path) -> None:
    watched = Watched(browser, board / "index.html")
    page = watched.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        told = page.evaluate("""() => {
            const e = document.activeElement, style = getComputedStyle(e);
            const label = e.labels && e.labels[0] ? e.labels[0].firstChild : e;
            const name = e.id || e.getAttribute("aria-label") || label.textContent;
            return { name: name.trim(), tag: e.tagName, seen: style.outlineStyle !== "none" };
        }""")
        if told["tag"] == "BODY":
            break
        assert told["seen"], told
        seen.append(told["name"])
        if told["name"] == "Second entry":
            before = page.locator("[data-compare] output").inner_text()
            page.keyboard.press("ArrowUp")
            page.keyboard.press("ArrowUp")
            assert page.locator("[data-compare] output").inner_text() != before
        if told["name"].startswith("Accuracy under attack"):
            page.keyboard.press("Space")
            sorted_by = page.get_by_role("columnheader", name="Accuracy under attack").get_attribute("aria-sort")
            assert sorted_by == "descending"
    wanted = {"lang", "theme", "Model", "Language", "Entries", "Accuracy under attack", "First entry", "Second entry"}
    assert wanted <= set(seen), seen
    page.locator("[data-table=entries] td a").first.focus()
    page.keyboard.press("Enter")
    page.locator(".pairs li").first.wait_for()
    assert watched.problems == []


def milliseconds(browser: Any, folder: Path, rows: int) -> tuple[float, Any]:
    """How long a table of so many rows takes to be sorted and filtered, and its page."""
    cells: list[Any] = [[f"word{i * 7919 % 100_000}", i] for i in range(rows)]
    columns = [Column(name="word", heading="c.word"), Column(name="n", heading="c.n", kind="count")]
    path = folder / f"{rows}.html"
    body = table("many", columns, cells, "en", caption="h.words")
    path.write_text(whole_page(title="", title_key="title.run", body=body, lang="en"), "utf-8")
    watched = Watched(browser, path)
    took = watched.page.evaluate("""() => {
        const began = performance.now();
        document.querySelector("th.n button").click();
        const find = document.querySelector("input[type=search]");
        find.value = "word4321"; find.dispatchEvent(new Event("input"));
        return performance.now() - began;
    }""")
    return float(took), watched


def test_a_hundred_thousand_rows_are_sorted_and_filtered(browser: Any, tmp_path: Path) -> None:
    """The page holds the rows that are seen alone; what grows is a sort, so ten times the rows take not much more than
    ten times as long."""
    few = min(milliseconds(browser, tmp_path, 10_000)[0] for _ in range(3))
    many, watched = milliseconds(browser, tmp_path, 100_000)
    assert watched.page.locator("tbody tr").count() == 11
    assert many < 100 * few, (few, many)


def test_a_hundred_thousand_examples_are_paged_and_filtered(browser: Any, tmp_path: Path) -> None:
    rows = [row(example_id=f"r{i}", original=f"A good film number{i}") for i in range(100_000)]
    path = tmp_path / "run.html"
    path.write_text(run_page(manifest(), rows, "en"), "utf-8")
    watched = Watched(browser, path)
    page = watched.page
    examples = page.locator("[data-pairs]")
    assert examples.locator("li").count() == 20
    examples.get_by_role("button", name="Next").click()
    assert examples.locator(".pages span").inner_text() == "21–40 of 100000"
    examples.locator("input[type=search]").fill("number98765")
    assert examples.locator("li").count() == 1
    assert watched.problems == []


def test_narrow_pages_do_not_scroll_sideways(browser: Any, board: Path) -> None:
    for name in ("index.html", next((board / "entries").iterdir()).relative_to(board)):
        watched = Watched(browser, board / name, viewport={"width": 360, "height": 800})
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, board: Path, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    for name in ("index.html", next((board / "entries").iterdir()).relative_to(board)):
        watched = Watched(browser, board / name, color_scheme=scheme)
        found = axe.Axe().run(watched.page)
        assert found.response["violations"] == [], found.generate_report()

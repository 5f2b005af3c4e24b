"""Pages hold what they should, in both languages, and no text of a run can become markup."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from robust.pages.curves import curve, ticks
from robust.pages.diff import alternating, differences
from robust.pages.html import data
from robust.pages.run import run_page
from robust.pages.table import Column, table
from robust.pages.texts import TEXTS
from robust.pages.words import breaking, changes

EVIL = "</script><script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\"> ' & \u2028 ]]>"


def row(**given: Any) -> dict[str, Any]:
    found = {
        **{"example_id": "x", "lang": "en", "status": "success", "label": 0, "before": [], "after": []},
        **{"original": "A good film", "adversarial": "A goof film", "clean_logits": [2.0, 0.0]},
        **{"adversarial_logits": [0.0, 1.0], "best_score": 0.7, "clean_answer": None, "adversarial_answer": None},
        **{"clean_counts": [], "adversarial_counts": [], "queries": 9, "unique_queries": 8, "words": 3},
        **{"words_changed": 1, "verified": True, "error": None},
    }
    return {**found, **given}


def manifest(**model: Any) -> dict[str, Any]:
    return {
        "recipe": {"name": "textfooler", "sha": "0" * 16},
        "model": {
            **{"name": "m", "revision": "r", "labels": ["negative", "positive"], "device": "cpu", "dtype": "float32"},
            **model,
        },
        "data": {"name": "d.csv", "fingerprint": "sha256:0"},
        **{"seed": 0, "seconds": 1.0, "robust": "0", "command": "robust attack"},
    }


class Page(HTMLParser):
    """Tags, and what stands in scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and self.scripts:
            self.scripts[-1] += data


def test_no_text_becomes_markup() -> None:
    rows = [row(original=EVIL, adversarial=EVIL + " x", example_id=EVIL)]
    made = manifest(name=EVIL, labels=[EVIL, "positive"], revision=EVIL)
    page = Page(run_page({**made, "command": EVIL}, rows, "en"))
    clean = Page(run_page(manifest(), [row()], "en"))
    assert [tag for tag, _ in page.tags if tag in ("script", "img")] == [t for t, _ in clean.tags if t == "script"]
    assert not [a for _, attributes in page.tags for a in attributes if a.startswith("on")]


def test_nothing_is_fetched_and_only_the_page_s_own_script_may_run() -> None:
    text = run_page(manifest(), [row()], "en")
    page = Page(text)
    assert not [a for t, a in page.tags if t in ("link", "img", "iframe", "object", "base") or "src" in a]
    assert not re.search(r"https?://|url\(|@import", text)
    policy = next(str(a["content"]) for t, a in page.tags if t == "meta" and a.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy
    assert "script-src 'sha256-" in policy


def test_data_come_through_as_they_went_in() -> None:
    value = {"texts": [EVIL, 'ñ 🍫 \\ " </SCRIPT <!--', ""]}
    written = data("x", value)
    inside = written.removeprefix('<script type="application/json" id="x">').removesuffix("</script>")
    assert json.loads(inside) == value
    assert not re.search(r"[<>&\u2028]", inside)


def test_the_same_run_gives_the_same_bytes() -> None:
    assert run_page(manifest(), [row()], "es") == run_page(manifest(), [row()], "es")


def test_both_languages_have_every_text_and_pages_use_no_other() -> None:
    assert TEXTS["en"].keys() == TEXTS["es"].keys()
    script = (Path(__file__).parents[3] / "robust/pages/page.js").read_text("utf-8")
    used = set(re.findall(r'(?:said|t)\("([a-z]+\.[a-z_.]+[a-z])"\)', script))
    used |= set(re.findall(r't: "([a-z.]+)"', script)) | set(re.findall(r'"data-t": "([a-z.]+)"', script))
    used |= set(re.findall(r'"(t\.[a-z_]+)"', script))
    assert len(used) > 15
    assert used <= TEXTS["en"].keys()
    spanish = run_page(manifest(), [row()], "es")
    assert '<html lang="es">' in spanish
    assert "Acierto bajo ataque" in html.unescape(spanish)
    assert "0,0\u00a0%" in spanish


def test_curve_by_hand() -> None:
    """Four texts: one wrong at first, one broken after 5 queries, one after 9, one that withstands 20."""
    rows = [
        row(status="skipped", label=1, queries=1),
        row(queries=5),
        row(queries=9),
        row(status="failure", adversarial=None, queries=20),
    ]
    assert [(s.queries, s.k) for s in curve(rows)] == [(1, 3), (5, 2), (9, 1), (20, 1)]
    assert curve([]) == []
    assert [s.n for s in curve([*rows, row(status="error")])] == [4] * 4


@pytest.mark.parametrize(
    ("most", "expected"), [(1, [0, 1]), (7, [0, 2, 4, 6]), (300, [0, 50, 100, 150, 200, 250, 300])]
)
def test_ticks_are_round_and_few(most: int, expected: list[int]) -> None:
    assert ticks(most) == expected


def test_words_that_break_by_hand() -> None:
    rows = [
        row(original="Good and good", adversarial="Goof and good"),
        row(original="A good play", adversarial="A fair play"),
        row(original="good", status="failure", adversarial=None),
        row(original="good", status="skipped", adversarial=None),
        row(original="An idea", adversarial="A thought"),
    ]
    found = {b.word: (b.broken, b.present, b.into) for b in breaking(rows)}
    assert found == {"good": (2, 3, ("fair", "goof")), "idea": (1, 1, ("thought",))}
    assert changes(["a", "b", "c"], ["a", "c"]) == [("b", "")]


def test_differences_alternate_and_lose_nothing() -> None:
    before, after = differences("A good, good film", "A bad, good  film!")
    assert "".join(alternating(before)) == "A good, good film"
    assert alternating(after)[:2] == ["A ", "bad"]
    assert alternating(differences("x y", "z y")[0]) == ["", "x", " y"]
    assert alternating([]) == [""]


def test_a_table_without_a_script_shows_its_first_rows() -> None:
    columns = [Column(name="word", heading="c.word"), Column(name="p", heading="c.rate", kind="estimate")]
    rows: list[Any] = [[f"<b>{i}</b>", [0.5, 0.25, 0.75, 1, 2]] for i in range(60)]
    made = table("t", columns, rows, "es", caption="h.words")
    assert made.count("<tr>") == 26
    assert "&lt;b&gt;0&lt;/b&gt;" in made
    assert "50,0\u00a0%" in made
    assert "[25,0; 75,0]" in made

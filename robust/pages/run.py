"""The page of one run of `robust attack`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from robust.pages import sections
from robust.pages.html import PageLang, page
from robust.results.rows import Row
from robust.results.summary import summarise


def run_page(manifest: Mapping[str, Any], rows: Sequence[Row], lang: PageLang) -> str:
    """A self-contained page: numbers, accuracy against queries, words that break the model, every example."""
    recipe, model, source = manifest["recipe"], manifest["model"], manifest["data"]
    task = model.get("task", "classification")
    groups = {recipe["name"]: rows}
    summary = summarise(rows, task)
    said = [
        ("c.model", f"{sections.plain(model['name'])} · {sections.code(model['revision'])}"),
        ("f.data", f"{sections.plain(source['name'])} · {sections.code(source['fingerprint'])}"),
        ("c.attack", f"{sections.plain(recipe['name'])} · {sections.code(recipe['sha'])}"),
        ("c.seed", sections.plain(manifest["seed"])),
        ("f.seconds", sections.plain(manifest["seconds"])),
        ("f.device", f"{sections.plain(model['device'])} · {sections.plain(model['dtype'])}"),
        ("f.version", sections.plain(manifest["robust"])),
        ("f.command", sections.code(manifest["command"])),
    ]
    body = "".join(
        [
            sections.overview(groups, task, summary.clean_accuracy, summary.accuracy_under_attack, lang),
            sections.attacks(groups, task, lang),
            sections.curves(groups, task, lang),
            sections.words(rows, lang),
            sections.explorer(groups, model["labels"], lang),
            sections.facts(said, lang),
        ]
    )
    return page(title=f"{model['name']} · {recipe['name']}", title_key="title.run", body=body, lang=lang)

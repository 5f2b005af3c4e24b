"""The pages of a board: an index, and one page for each entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from robust.leaderboard import recompute
from robust.leaderboard.board import Line, files
from robust.leaderboard.check import Opened
from robust.pages import sections
from robust.pages.html import PageLang, data, number, page, text
from robust.pages.table import Cell, Column, table
from robust.results.estimates import proportion


def site(lines: Sequence[Line], lang: PageLang) -> dict[str, bytes]:
    """Every file of the site by name: pages, and what programs read. The same board gives the same bytes."""
    made = {"index.html": index_page(lines, lang).encode("utf-8"), **files(lines)}
    for line in lines:
        made[f"entries/{line.opened.entry.entry_id}.html"] = entry_page(line, lang).encode("utf-8")
    return made


# ------------------------------------------------------------------ the index
def index_page(lines: Sequence[Line], lang: PageLang) -> str:
    """All entries in one table, models against attacks, and two entries side by side."""
    links = " · ".join(f'<a href="{name}" download>{name}</a>' for name in ("board.json", "board.csv"))
    body = "".join(
        [
            text("lead.board", lang, "p", class_="lead"),
            sections.heading("h.entries", lang, "lead.rank"),
            _entries(lines, lang),
            *_heat(lines, lang),
            _compare(lines, lang),
            f'<p class="note">{links}</p>',
        ]
    )
    return page(title="", title_key="title.board", body=body, lang=lang)


def _entries(lines: Sequence[Line], lang: PageLang) -> str:
    rows: list[list[Cell]] = []
    for line in lines:
        e, results = line.opened.entry, line.opened.entry.results
        where = e.benchmark.name + (" (hidden)" if e.benchmark.split == "hidden" else "")
        rows.append(
            [
                *(line.rank, [e.model.id, f"entries/{e.entry_id}.html"]),
                *(sections.estimate(results.robust), sections.estimate(results.clean), sections.estimate(line.known)),
                *(where, f"{e.track.language}", e.suite.id),
                *(e.threat_model.access, " ".join(e.threat_model.granularity)),
                *(e.benchmark.n, line.state, len(line.raised), e.entry_id[:8]),
            ]
        )
    columns = [
        Column(name="rank", heading="c.rank", kind="count"),
        Column(name="model", heading="c.model", kind="link", choose=True),
        Column(name="robust", heading="c.robust", kind="estimate"),
        Column(name="clean", heading="c.clean", kind="estimate"),
        Column(name="best_known", heading="c.known", kind="estimate"),
        Column(name="benchmark", heading="c.benchmark", choose=True),
        Column(name="language", heading="c.language", kind="key", prefix="lang.", choose=True),
        Column(name="suite", heading="c.suite", choose=True),
        Column(name="access", heading="c.access", kind="key", prefix="access.", choose=True),
        Column(name="edits", heading="c.edits", kind="key", prefix="edits.", choose=True),
        Column(name="n", heading="c.n", kind="count"),
        Column(name="state", heading="c.state", kind="key", prefix="state.", choose=True),
        Column(name="flags", heading="c.flags", kind="count"),
        Column(name="entry", heading="f.id"),
    ]
    return table("entries", columns, rows, lang, caption="h.entries")


def _heat(lines: Sequence[Line], lang: PageLang) -> list[str]:
    """For each set of texts a table of models by attacks, and what withstands them all."""
    sets: dict[tuple[str, str, str], list[Opened]] = defaultdict(list)
    for line in lines:
        if line.rank is not None:
            b = line.opened.entry.benchmark
            sets[line.opened.entry.track.language, b.name, b.fingerprint].append(line.opened)
    if not sets:
        return []
    made = [sections.heading("h.heat", lang, "lead.heat")]
    for (code, name, _), entries in sorted(sets.items()):
        made.append(f"<h3>{escape(name)} · {text(f'lang.{code}', lang)}</h3>{_grid(name, entries, lang)}")
    return made


def _grid(name: str, entries: Sequence[Opened], lang: PageLang) -> str:
    cells: dict[tuple[tuple[str, str], str], dict[str, bool]] = {}
    for opened in entries:
        model, task = (opened.entry.model.id, opened.entry.model.weights[-8:]), opened.entry.track.task
        for attack, rows in recompute.by_attack(opened.rows).items():
            found = recompute.survivors(rows, task)
            held = cells.setdefault((model, attack), found)
            cells[model, attack] = {i: held[i] and found.get(i, True) for i in held}  # the worst of several seeds
    attacks = sorted({attack for _, attack in cells})
    models = sorted({model for model, _ in cells})
    head = "".join(f'<th scope="col">{escape(attack)}</th>' for attack in attacks)
    body = []
    for model in models:
        mine = [cells[model, attack] for attack in attacks if (model, attack) in cells]
        worst = {i: all(one.get(i, True) for one in mine) for i in mine[0]}
        drawn = [_hot(cells.get((model, attack)), lang) for attack in attacks]
        called = f"{escape(model[0])} <small>{escape(model[1])}</small>"
        body.append(f'<tr><th scope="row">{called}</th>{"".join(drawn)}{_hot(worst, lang)}</tr>')
    first, last = text("c.model", lang, "th", scope="col"), text("c.worst", lang, "th", scope="col")
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}"><table class="heat">'
        f"<thead><tr>{first}{head}{last}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _hot(standing: dict[str, bool] | None, lang: PageLang) -> str:
    if not standing:
        return '<td class="none">–</td>'
    found = proportion(sum(standing.values()), len(standing))
    low, high = number(found.low, "bare", lang), number(found.high, "bare", lang)
    return f'<td style="--v:{found.value:.3f}">{number(found.value, "share", lang)}<small>[{low}; {high}]</small></td>'


def _compare(lines: Sequence[Line], lang: PageLang) -> str:
    if len(lines) < 2:
        return ""
    entries = []
    for line in lines:
        e = line.opened.entry
        standing = recompute.survivors(line.opened.rows, e.track.task)
        bits = "".join("1" if standing[name] else "0" for name in sorted(standing))
        name = f"{e.model.id} · {e.suite.id} · {e.benchmark.name} · {e.entry_id[:6]}"
        entries.append({"name": name, "texts": e.benchmark.fingerprint, "stands": bits})
    held = data("data-compare", {"entries": entries})
    return (
        f'{sections.heading("h.compare", lang, "lead.compare")}<div class="compare" data-compare="compare">'
        f'<output aria-live="polite"></output>{held}</div>'
    )


# ------------------------------------------------------------------ one entry
def entry_page(line: Line, lang: PageLang) -> str:
    """Everything an entry holds: numbers, flags, curves, words, examples, history, and how to get it again."""
    opened, entry = line.opened, line.opened.entry
    groups, task = recompute.by_attack(opened.rows), entry.track.task
    body = "".join(
        [
            sections.overview(groups, task, entry.results.clean, entry.results.robust, lang),
            sections.attacks(groups, task, lang),
            _flags(line, lang),
            sections.curves(groups, task, lang),
            *_texts(opened, lang),
            _external(opened, lang),
            _facts(line, lang),
            _history(opened, lang),
        ]
    )
    title = f"{entry.model.id} · {entry.suite.id} · {entry.benchmark.name}"
    return page(title=title, title_key="title.entry", body=body, lang=lang, home="../index.html")


def _texts(opened: Opened, lang: PageLang) -> list[str]:
    """The words that break the model, and the examples; not of an entry that withholds its texts."""
    if not opened.whole:
        return [sections.heading("h.explorer", lang), text("withheld", lang, "p", class_="note")]
    groups = recompute.by_attack(opened.rows)
    return [sections.words(opened.rows, lang), sections.explorer(groups, opened.entry.model.labels, lang)]


def _flags(line: Line, lang: PageLang) -> str:
    rows: list[list[Cell]] = [
        [flag.name, flag.verdict.replace(" ", "-"), [flag.why.said("en"), flag.why.said("es")]] for flag in line.flags
    ]
    columns = [
        Column(name="flag", heading="c.flag", kind="key", prefix="flag."),
        Column(name="verdict", heading="c.verdict", kind="key", prefix="verdict."),
        Column(name="why", heading="c.why", kind="said"),
    ]
    return sections.heading("h.flags", lang) + table("flags", columns, rows, lang, caption="h.flags")


def _history(opened: Opened, lang: PageLang) -> str:
    rows: list[list[Cell]] = [[e.at, e.state, e.by, e.note] for e in opened.events]
    columns = [
        Column(name="at", heading="c.when"),
        Column(name="state", heading="c.state", kind="key", prefix="state."),
        Column(name="by", heading="c.who"),
        Column(name="note", heading="c.note"),
    ]
    return sections.heading("h.history", lang) + table("history", columns, rows, lang, caption="h.history")


def _external(opened: Opened, lang: PageLang) -> str:
    if not opened.external:
        return ""
    originals = {row["example_id"]: row["original"] for row in opened.rows}
    rows: list[list[Cell]] = [
        [text.example_id, originals.get(text.example_id, ""), text.adversarial, text.by] for text in opened.external
    ]
    columns = [
        Column(name="example_id", heading="f.id"),
        Column(name="original", heading="x.before"),
        Column(name="adversarial", heading="x.after"),
        Column(name="by", heading="c.who"),
    ]
    return sections.heading("h.external", lang) + table("external", columns, rows, lang, caption="h.external")


def _facts(line: Line, lang: PageLang) -> str:
    e = line.opened.entry
    unlimited, unsaid = text("f.unlimited", lang), text("f.unsaid", lang)
    threat = [text(f"access.{e.threat_model.access}", lang)]
    threat += [text(f"edits.{kind}", lang) for kind in e.threat_model.granularity]
    pairs = [
        ("f.id", sections.code(e.entry_id)),
        ("c.state", text(f"state.{line.state}", lang)),
        ("f.by", sections.plain(e.submitted_by)),
        ("c.model", f"{sections.plain(e.model.id)} · {sections.code(e.model.weights)}"),
        ("f.licence", sections.plain(e.model.licence) if e.model.licence else unsaid),
        ("f.training", sections.plain(", ".join(e.training.datasets)) if e.training.datasets else unsaid),
        ("f.data", f"{sections.plain(e.benchmark.name)} · {sections.code(e.benchmark.fingerprint)}"),
        ("f.threat", f"{', '.join(threat)} · {sections.code(e.threat_model.id)}"),
        ("f.budget", unlimited if e.threat_model.max_queries is None else sections.plain(e.threat_model.max_queries)),
        (
            "f.share",
            unlimited
            if e.threat_model.max_words_changed is None
            else number(e.threat_model.max_words_changed, "share", lang),
        ),
        *[("c.attack", f"{sections.plain(a.name)} · {sections.code(a.sha)}") for a in e.suite.attacks],
        ("f.version", sections.plain(e.environment.robust)),
        ("f.seconds", sections.plain(e.environment.seconds)),
        *[("f.command", sections.code(command)) for command in e.environment.commands],
    ]
    return sections.facts(pairs, lang)

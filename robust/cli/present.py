"""How a run looks in a terminal: broken examples as before/after lines, and the table of numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from robust.pages.diff import differences

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from robust.runner import FinishedRun

_BREAKS = re.compile(r"\r\n|[\r\n\v\f\u2028\u2029]")


def console(*, stderr: bool = False) -> Console:
    """A console for people; wide enough not to cut when the output is a file. It takes no brackets for styles."""
    from rich.console import Console

    plain = Console(stderr=stderr, highlight=False, markup=False)
    return plain if plain.is_terminal else Console(stderr=stderr, highlight=False, markup=False, width=120)


def _line(pieces: Sequence[tuple[str, bool]], style: str, *, brackets: bool) -> Text:
    from rich.text import Text

    line = Text()
    for piece, changed in pieces:
        piece = _BREAKS.sub("⏎", piece)  # a text with line breaks still is one line here
        if not changed or not piece.strip():
            line.append(piece)
        else:
            line.append(f"[{piece}]" if brackets else piece, style=f"bold {style}")
    return line


def examples(out: Console, run: FinishedRun, most: int) -> None:
    """Print up to `most` broken examples, those with the fewest words changed and the shortest first."""
    labels = run.manifest["model"]["labels"]
    broken = [row for row in run.rows if row["status"] == "success"]
    broken.sort(key=lambda row: (row["words_changed"], row["words"], row["example_id"]))
    brackets = not out.color_system
    for row in broken[:most]:
        before, after = differences(row["original"], row["adversarial"])
        for which, style, pieces in (("clean", "green", before), ("adversarial", "red", after)):
            told = row.get(f"{which}_answer")
            said = verdict(row[f"{which}_logits"], labels, style) if told is None else answered(told, style)
            _put(out, said, _line(pieces, style, brackets=brackets))
        out.print()
    if not broken and most:
        out.print("No example was broken.\n")


def _put(out: Console, left: Text, right: Text) -> None:
    """Two columns on a terminal; one line, however long, in a file."""
    from rich.table import Table

    if not out.is_terminal:
        out.print(left.append("  ").append(right), soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(left, right)
    out.print(grid)


def verdict(logits: Sequence[float], labels: Sequence[str], style: str) -> Text:
    """What the model says and how sure it is: `positive 98 %`."""
    from rich.text import Text

    from robust.results.rows import probabilities

    chances = probabilities(logits)
    top = max(range(len(chances)), key=chances.__getitem__)
    return Text(f"{labels[top]} {100 * chances[top]:3.0f} %", style=style)


def answered(told: str, style: str, *, most: int = 40) -> Text:
    """What a model of another task says: its answer, or the entities it sees, shortened; a dash for nothing."""
    from rich.text import Text

    told = _BREAKS.sub("⏎", told)
    return Text((told if len(told) <= most else told[: most - 1] + "…") or "–", style=style)


def table(runs: Sequence[FinishedRun]) -> Table:
    """The numbers of runs side by side, one column a run."""
    from rich import box
    from rich.table import Table

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    grid.add_column("")
    for run in runs:
        grid.add_column(run.manifest["model"]["name"], justify="right", overflow="fold")
    for name, values in _lines(runs):
        grid.add_row(name, *values)
    return grid


def _lines(runs: Sequence[FinishedRun]) -> list[tuple[str, list[str]]]:
    said, sums = [run.manifest for run in runs], [run.summary for run in runs]
    lines = [
        ("recipe", [m["recipe"]["name"] for m in said]),
        ("data", [m["data"]["name"] for m in said]),
        ("examples", [str(s.n) for s in sums]),
        ("clean accuracy", [s.clean_accuracy.percent() for s in sums]),
        ("accuracy under attack", [s.accuracy_under_attack.percent() for s in sums]),
        ("attack success rate", [s.attack_success_rate.percent() for s in sums]),
        ("queries per attack", [_number(s.queries_mean) for s in sums]),
        ("distinct queries", [_number(s.unique_queries_mean) for s in sums]),
        ("words changed", [_share(s.words_changed_mean) for s in sums]),
        ("seconds", [f"{m['seconds']:.1f}" for m in said]),
    ]
    if any(s.clean_f1 for s in sums):
        at = next(row for row, (name, _) in enumerate(lines) if name == "clean accuracy")
        lines[at:at] = [
            ("clean F1", [s.clean_f1.percent() if s.clean_f1 else "–" for s in sums]),
            ("F1 under attack", [s.f1_under_attack.percent() if s.f1_under_attack else "–" for s in sums]),
        ]
    if any(s.overlap_under_attack for s in sums):
        shown = [s.overlap_under_attack.percent() if s.overlap_under_attack else "–" for s in sums]
        lines.append(("overlap under attack", shown))
    if any("draws" in m for m in said):
        lines.append(("draws of the vote", [_draws(m) for m in said]))
    if any(s.errors for s in sums):
        lines.append(("errors", [str(s.errors) for s in sums]))
    return lines


def _draws(manifest: Mapping[str, Any]) -> str:
    how = "in expectation" if "expectation" in manifest["identity"] else "fixed by the text"
    return f"{manifest['draws']}, {how}" if "draws" in manifest else "–"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def left_out(name: str, rows: Mapping[str, int]) -> str:
    """How many rows of a source were left out, by label; reasons that are none stand in brackets."""
    from robust.data.table import reasons

    return f"left out of {name}: {reasons(rows)}"


def notes(run: FinishedRun) -> list[str]:
    """What a reader must know besides the numbers: rows left out, errors, where the run lies."""
    from robust.results.directory import is_diagnosis
    from robust.results.flags import of_rows

    data: Mapping[str, Any] = run.manifest["data"]
    model: Mapping[str, Any] = run.manifest["model"]
    lines = []
    if is_diagnosis(run.manifest):
        lines.append(
            "a diagnosis: successes keep the model's answer, so these rates are those of texts that could be reduced, "
            "and say nothing of robustness"
        )
    foreign = {row["lang"] for row in run.rows} - set(model["languages"])
    if model["languages"] and foreign:
        lines.append(
            f"{model['name']} is for {', '.join(model['languages'])}; the data are {', '.join(sorted(foreign))}"
        )
    if data["left_out"]:
        lines.append(left_out(data["name"], data["left_out"]))
    if data["labels_matched"] != "by name":
        lines.append(f"labels matched {data['labels_matched']}")
    if errors := run.summary.errors:
        first = next(row for row in run.rows if row["status"] == "error")
        reason = first["error"].strip().splitlines()[-1]
        lines.append(f"{errors} examples ended in an error and count nowhere; {first['example_id']}: {reason}")
    identity: Mapping[str, Any] = run.manifest["identity"]
    if "draws" in run.manifest and "expectation" not in identity:
        lines.append(
            f"the model answers by a vote over {run.manifest['draws']} random draws, which each text fixes; "
            "--expectation attacks the mean over others"
        )
    lines += [f"flag: {line}" for line in of_rows(run.rows, model["labels"], calibrated="temperature" in identity)]
    lines.append(f"run: {run.path}")
    return lines


def show(run: FinishedRun, *, most: int, out: Console | None = None) -> None:
    """Print a finished run: broken examples, the table, the notes."""
    out = out or console()
    examples(out, run, most)
    out.print(table([run]))
    for line in notes(run):
        out.print(line, soft_wrap=True)

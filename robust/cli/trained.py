"""How a training against attacks looks while it runs and when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


def show(report: Mapping[str, Any], *, to_stderr: bool) -> None:
    """Print the report of one training, or of several that differ by their seeds: one table, cost, flags and notes."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from robust.cli.present import console
    from robust.results.estimates import Estimate

    screen = console(stderr=to_stderr)
    several = "seeds" in report
    after, spread = ("after, mean", "by seed") if several else ("after", "p")
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("", "n", "before", after, "points [95 %]", spread, "gap closed"):
        grid.add_column(name, justify="left" if not name else "right")
    clean = report["clean_accuracy"]
    grid.add_row("clean accuracy", str(clean["before"]["n"]), *_numbers(clean["before"], clean["after"], clean), "")
    attacks = report["attacks"]
    for title, chosen in (
        ("attacks trained on", [each for each in attacks if each["trained_on"]]),
        ("attacks held out", [each for each in attacks if not each["trained_on"] and not each.get("control")]),
        ("controls", [each for each in attacks if each.get("control")]),
    ):
        if chosen:
            grid.add_section()
            grid.add_row(Text(title, style="dim"))
        for each in chosen:
            before, after = (each[side]["accuracy_under_attack"] for side in ("before", "after"))
            grid.add_row(
                f"  {each['attack']}",
                str(each["before"]["n"]),
                *_numbers(before, after, {**each["after"], **each}),
                _percent(each["gap_closed"]),
            )
            if "expectation" in each:
                again = each["expectation"]["accuracy_under_attack"]
                cells = ["", Estimate(**again).percent(), "", "", ""]
                grid.add_row(f"    in expectation, {each['expectation'].get('draws')} draws", str(again["n"]), *cells)
        mean = report["mean"].get(title.removeprefix("attacks ").replace(" ", "_"))
        if mean and len(chosen) > 1:
            grid.add_row(
                "  mean", "", _percent(mean["before"]), _percent(mean["after"]), "", "", _percent(mean["gap_closed"])
            )
    screen.print(grid)
    screen.print(_cost(report))
    for line in _masking(report.get("masking", {})):
        screen.print(line, soft_wrap=True)
    for line in report["flags"]:
        screen.print(f"flag: {line}", style="yellow", soft_wrap=True)
    for line in report["notes"]:
        screen.print(f"note: {line}", soft_wrap=True)
    screen.print(f"{'models' if several else 'model'} and report: {report['model']['after']}", soft_wrap=True)


def _masking(told: Mapping[str, Any]) -> Iterator[str]:
    """What was seen of the gradients of each side."""
    from robust.cli.looks import gradients
    from robust.evaluation.masking import from_dict

    for side, found in told.items():
        yield f"gradients {side}: {gradients(from_dict(found))}"


def _numbers(before: Mapping[str, Any], after: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    """Before, after, their difference, and its p value, or what came of each seed."""
    from robust.results.estimates import Estimate, points

    difference = told["difference"]
    if "by_seed" in told:
        last = " ".join("–" if value is None else f"{100 * value:.1f}" for value in told["by_seed"])
    else:
        p = difference["p_value"]
        last = "–" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"
    apart = points(difference["value"], difference["low"], difference["high"])
    return [Estimate(**before).percent(), Estimate(**after).percent(), apart, last]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _cost(report: Mapping[str, Any]) -> str:
    from robust.stages.meter import Energy

    told = report["training"]
    energy = f", {Energy(**told['energy'])}" if told["energy"] else ""
    share = told["seconds_attacking"] / told["seconds"] if told["seconds"] else 0.0
    attacking = f", {100 * share:.0f} % of it attacking" if told["seconds_attacking"] else ""
    if "seeds" in report:
        rows = " + ".join(map(str, told["rows"]))
        return f"trainings: {rows} rows, {told['seconds']:.0f} s{attacking}{energy}; seeds {_list(report['seeds'])}"
    temperatures = [report["temperature"][side] for side in ("before", "after")]
    calibrated = "" if None in temperatures else "; temperatures {:.2f} before, {:.2f} after".format(*temperatures)
    return (
        f"training: {told['rows']} rows, {told['epochs']:g} epochs, {told['seconds']:.0f} s{attacking}{energy}; seed "
        f"{report['seed']}{calibrated}"
    )


def _list(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds))


@contextmanager
def bars(title: str) -> Iterator[tuple[Callable[..., None], Callable[..., None], Callable[[str], None]]]:
    """What to tell of the training, of attacks, and in words; bars on a terminal's standard error, lines elsewhere."""
    from robust.cli.present import console
    from robust.cli.training import bar

    screen = console(stderr=True)
    with bar(title) as progress:
        said: set[tuple[str, str]] = set()

        def listener(attack: str, side: str, news: Any) -> None:
            if screen.is_terminal:
                progress(news.done, news.total, {})
            elif news.done == news.total and (attack, side) not in said:
                said.add((attack, side))
                screen.print(f"{attack}, {side}: {news.total} examples, {news.seconds:.0f} s", soft_wrap=True)

        yield progress, listener, lambda line: screen.print(line, soft_wrap=True)

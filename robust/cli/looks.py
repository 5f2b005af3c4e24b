"""Slices, pairs, shift and calibration of a run: worked out from its rows, shown, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robust.cli.scores import grid, p_value

if TYPE_CHECKING:
    from rich.console import Console

    from robust.evaluation.calibration import Calibration
    from robust.evaluation.contrast import Contrast, Scores
    from robust.evaluation.masking import Masking
    from robust.evaluation.views import Shift, Slice
    from robust.results.estimates import Estimate
    from robust.results.rows import Row


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was asked for and found; empty where it was not asked for."""

    slices: Sequence[Slice] = ()
    pairs: Sequence[Contrast] = ()
    shift: Sequence[Shift] = ()
    calibration: Mapping[str, Calibration] | None = None
    masking: Masking | None = None

    def as_dict(self) -> dict[str, Any]:
        """Only what there is, as JSON-ready values."""
        lists = {
            "slices": [one.as_dict() for one in self.slices],
            "pairs": [one.as_dict() for one in self.pairs],
            "shift": [one.as_dict() for one in self.shift],
        }
        found: dict[str, Any] = {name: many for name, many in lists.items() if many}
        if self.calibration is not None:
            found["calibration"] = {name: one.as_dict() for name, one in self.calibration.items()}
        if self.masking is not None:
            found["masking"] = self.masking.as_dict()
        return found


def look(path: Path, rows: Sequence[Row], *, shift: bool = False, calibration: bool = False) -> Seen:
    """Slices, pairs and masking where the run has them beside its rows; shift and calibration where asked for."""
    from robust.evaluation import calibration as calibration_
    from robust.evaluation import contrast, facts, masking, views

    known = facts.read(path)
    return Seen(
        slices=views.slices(rows, known) if known else (),
        pairs=contrast.contrasts(rows, known) if known else (),
        shift=views.shift(rows) if shift else (),
        calibration=calibration_.of_rows(rows) if calibration else None,
        masking=masking.read(path),
    )


def show(seen: Seen, out: Console) -> None:
    """Print one table for each of them."""
    if seen.slices:
        table = grid("set", "slice", "n", "accuracy", "against the rest")
        for one in seen.slices:
            table.add_row(one.data, one.name, str(one.accuracy.n), one.accuracy.percent(), points(one.against_rest))
        out.print()
        out.print(table)
    if seen.pairs:
        _show_pairs(seen.pairs, out)
    if seen.shift:
        table = grid("set", "n", "accuracy", "against the first set")
        for away in seen.shift:
            table.add_row(away.data, str(away.accuracy.n), away.accuracy.percent(), points(away.difference))
        out.print()
        out.print(table)
    if seen.calibration:
        table = grid("texts", "n", "accuracy", "confidence", "ECE", "adaptive ECE", "Brier")
        for name, found in seen.calibration.items():
            shares = ("–" if value is None else f"{100 * value:.1f} %" for value in (found.accuracy, found.confidence))
            table.add_row(name, str(found.n), *shares, *map(_plain, (found.ece, found.adaptive_ece, found.brier)))
        out.print()
        out.print(table)
        bins = next(iter(seen.calibration.values())).bins
        out.print(f"ECE: {bins} bins of confidence of equal width; adaptive: {bins} of equal size", soft_wrap=True)

    if seen.masking is not None:
        out.print()
        out.print(f"gradients: {gradients(seen.masking)}", soft_wrap=True)
        for line in seen.masking.flags():
            out.print(f"flag: {line}", style="yellow", soft_wrap=True)


def _show_pairs(pairs: Sequence[Contrast], out: Console) -> None:
    """Accuracy on originals and revisions, and on whole pairs; a bag of words stands below the model."""
    table = grid("set", "pairs", "originals", "revisions", "difference", "McNemar p", "pairs right")

    def add(name: str, found: Scores) -> None:
        paired = (found.difference.points(), p_value(found.difference.p_value))
        shares = (found.original.percent(), found.revised.percent())
        table.add_row(name, str(found.consistency.n), *shares, *paired, found.consistency.percent())

    for one in pairs:
        add(one.data, one.model)
        if one.baseline is not None:
            add("  bag of words", one.baseline)
    out.print()
    out.print(table)
    for one in pairs:
        if one.against is not None:
            told = f"{one.against.points()}, McNemar p {p_value(one.against.p_value)}: {one.against.verdict}"
            out.print(f"{one.data}, pairs all right: model − bag of words {told}", soft_wrap=True)
        if one.unpaired:
            out.print(f"{one.data}: rows in no pair: {one.unpaired}", soft_wrap=True)


def gradients(found: Masking) -> str:
    """One line on what was seen of a model's gradients."""
    if found.vanishing is None or found.blind is None or found.gradient is None:
        return f"the model tells none; {100 * found.saturated:.1f} % of {found.n} answers have a probability of 1"
    return (
        f"zero on {found.vanishing.percent()} of {found.n} texts; accuracy under a search by gradients "
        f"{found.gradient.percent()}, under a blind one {found.blind.percent()}"
    )


def points(found: Estimate) -> str:
    """A difference in percentage points with its interval, or a dash."""
    if found.value is None or found.low is None or found.high is None:
        return "–"
    return f"{100 * found.value:+.1f} [{100 * found.low:+.1f}, {100 * found.high:+.1f}]"


def _plain(found: Estimate) -> str:
    if found.value is None:
        return "–"
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"

"""An entry as `model-index` metadata, which Hugging Face model cards show as evaluation results."""

from __future__ import annotations

from typing import Any

import yaml

from robust.leaderboard.check import Opened

_TASKS = {
    "classification": ("text-classification", "Text Classification"),
    "tagging": ("token-classification", "Token Classification"),
    "qa": ("question-answering", "Question Answering"),
}


def model_index(opened: Opened) -> dict[str, Any]:
    """The `model-index` of an entry: clean accuracy, robust accuracy, and accuracy under each attack, in percent."""
    entry = opened.entry
    kind, name = _TASKS[entry.track.task]
    metrics = [
        _metric("accuracy", "Accuracy", entry.results.clean),
        _metric("robust_accuracy", f"Accuracy under attack ({entry.suite.id})", entry.results.robust),
    ]
    if len(entry.results.attacks) > 1:
        metrics += [
            _metric("robust_accuracy", f"Accuracy under attack ({a.attack})", a.robust) for a in entry.results.attacks
        ]
    dataset = {
        "name": entry.benchmark.name,
        "type": entry.benchmark.name,
        "split": "test",
        "revision": entry.benchmark.fingerprint,
        "args": {"language": entry.track.language, "n": entry.benchmark.n, "entry": entry.entry_id},
    }
    result = {"task": {"type": kind, "name": name}, "dataset": dataset, "metrics": metrics}
    return {"model-index": [{"name": entry.model.id, "results": [result]}]}


def _metric(kind: str, name: str, interval: Any) -> dict[str, Any]:
    value = None if interval.value is None else round(100 * interval.value, 2)
    args = {"k": interval.k, "n": interval.n, "method": interval.method}
    if interval.low is not None:
        args |= {"ci_low": round(100 * interval.low, 2), "ci_high": round(100 * interval.high, 2)}
    return {"type": kind, "name": name, "value": value, "args": args}


def front_matter(opened: Opened) -> str:
    """The metadata between its two lines of dashes, ready for the top of a README.md."""
    body = yaml.safe_dump(model_index(opened), sort_keys=False, allow_unicode=True)
    return f"---\n{body}---\n"

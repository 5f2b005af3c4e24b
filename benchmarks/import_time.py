"""How long a command takes before it does anything: imports and help, in turns, next to TextAttack's where it is there.

    python benchmarks/import_time.py [--repeats 5] [--textattack .venv-bridges/bin/python]

Each number is the median processor time of a process of its own, in seconds; the first round, which fills the file
caches, does not count.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence

OURS = {
    "python alone": ["-c", "pass"],
    "import robust": ["-c", "import robust"],
    "robust --help": ["-m", "robust", "--help"],
    "robust recipes ls": ["-m", "robust", "recipes", "ls"],
    "import torch": ["-c", "import torch"],
    "import transformers' classifiers": ["-c", "from transformers import AutoModelForSequenceClassification"],
}
PEER = {"import textattack": ["-c", "import textattack"]}


def seconds(command: Sequence[str]) -> float:
    """Processor time of a command that has to end well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    if done.returncode:
        sys.exit(f"error: {' '.join(command)} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line for each command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5, help="counted rounds (default 5)")
    parser.add_argument("--textattack", metavar="PYTHON", help="a Python that has TextAttack")
    asked = parser.parse_args()
    commands: Mapping[str, list[str]] = {name: [sys.executable, *words] for name, words in OURS.items()}
    if asked.textattack:
        commands |= {name: [asked.textattack, *words] for name, words in PEER.items()}
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(asked.repeats + 1):
        for name, command in commands.items():
            spent[name].append(seconds(command))
    for name, counted in spent.items():
        print(f"{name:<34}{statistics.median(counted[1:]):>7.2f} s")


if __name__ == "__main__":
    main()

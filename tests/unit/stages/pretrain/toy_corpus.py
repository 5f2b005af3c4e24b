"""Made-up text in which words of a kind stand in the same places, in Spanish and English."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from robust.stages.workspace import Workspace

ANIMALS = ("caballo", "burro", "ternero", "cordero")
FRUITS = ("manzana", "ciruela", "naranja", "cereza")
TOOLS = ("hammer", "chisel", "spanner", "pliers")
FRAMES = (
    (ANIMALS, "el {} bebe agua y corre por el prado verde"),
    (ANIMALS, "un {} duerme en el establo cuando llueve"),
    (FRUITS, "la {} madura cuelga del árbol en otoño"),
    (FRUITS, "una tarta de {} con azúcar y canela"),
    (TOOLS, "she keeps the {} on the bench in her workshop"),
    (TOOLS, "that old {} needs oil before the next repair"),
)


class Toy:
    """Sentences drawn from the frames: the same ones every time."""

    fingerprint = "toy"

    def __init__(self, sentences: int = 600, seed: int = 4) -> None:
        self.sentences, self.seed, self.reads = sentences, seed, 0

    def texts(self) -> Iterator[str]:
        self.reads += 1
        draw = random.Random(self.seed)
        for _ in range(self.sentences):
            words, frame = draw.choice(FRAMES)
            yield f"¡{frame.format(draw.choice(words)).capitalize()}!"


def workspace(root: Path) -> Workspace:
    """An empty workspace in `root`."""
    for name in ("checkpoints", "result"):
        (root / name).mkdir(parents=True, exist_ok=True)
    return Workspace(out=root / "out", checkpoints=root / "checkpoints", result=root / "result", resumed=False)


def kin(vectors, nearest) -> float:
    """Of the three animals, fruits or tools nearest to each of them, the share of its own kind; by chance 3/11."""
    kinds = (ANIMALS, FRUITS, TOOLS)
    hits = 0
    for kind in kinds:
        for word in kind:
            near = [other for other, _ in nearest(vectors, word, len(vectors)) if other in sum(kinds, ())]
            hits += sum(other in kind for other in near[:3])
    return hits / 36

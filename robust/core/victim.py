"""The model under attack: texts in, logits out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from robust.core.types import Fields, Floats, Lang, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimMeta:
    """What a run records about a victim.

    `name` is how the user named it, `revision` pins its weights (commit, or a hash of the files), `labels` are the
    class names in the order of the logits, `langs` the languages it declares (empty when it declares none). `task`: of
    anything but classification, the victim is a `StructuredVictim` and `labels` name the columns of its arrays.
    """

    name: str
    revision: str
    labels: tuple[str, ...]
    langs: frozenset[Lang] = frozenset()
    dtype: str = "float32"
    device: str = "cpu"
    task: Task = "classification"

    def as_dict(self) -> dict[str, object]:
        """What the manifest of a run says of the victim."""
        return {
            "name": self.name,
            "revision": self.revision,
            "labels": list(self.labels),
            "languages": sorted(self.langs),
            "dtype": self.dtype,
            "device": self.device,
            **({"task": self.task} if self.task != "classification" else {}),
        }


class Victim(Protocol):
    """A pure batch function: it never counts, caches or retries, the engine does.

    A batch that does not fit in memory raises `robust.errors.OutOfMemory`. One that has an attribute
    `own_batches`, and it is true, cuts what it is given into batches itself, and is given more at a time.
    """

    @property
    def meta(self) -> VictimMeta: ...

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logits (or log-probabilities) of shape `(n, n_labels)`."""
        ...


class StructuredVictim(Protocol):
    """A pure batch function whose answer to one input is an array: `meta.task` says how a goal reads it.

    `tagging`: the fields are the words of a sentence, and the array has a row of logits for each word. `qa`: the fields
    are question and context, and the array has a row `(start, end, logit)` for each of the best answers, best first;
    `context[start:end]` is the answer. `seq2seq`: the array has one column, a row `(code point,)` for each character of
    the output.
    """

    @property
    def meta(self) -> VictimMeta: ...

    def arrays(self, batch: Sequence[Fields], /) -> Sequence[Floats]:
        """For each input `(rows, len(meta.labels))`; the rows are as many as the input calls for."""
        ...


AnyVictim: TypeAlias = Victim | StructuredVictim


@runtime_checkable
class CanonicalVictim(Protocol):
    """Optional: a victim whose fast path is not float32 and that can also answer in float32."""

    def canonical(self, item: Fields, /) -> Floats:
        """Logits `(n_labels,)`, or the array, of one input, alone in its batch, in float32."""
        ...

"""A scikit-learn classifier or pipeline that reads raw texts, in memory or from a `.skops` file.

Pickles and joblib files are never opened: unpickling runs whatever code the file holds. Save with
`skops.io.dump(pipeline, "model.skops")`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.errors import ModelError

_HARMLESS = frozenset(
    {
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
        "sklearn.utils._bunch.Bunch",
    }
)
"""Plain Python classes of scikit-learn that text classifiers hold and that skops does not list as trusted.

Trees and sparse matrices are left out on purpose: their compiled code reads where their arrays point, unchecked.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class SklearnVictim:
    """Any fitted classifier that takes a list of strings; make one with `SklearnVictim.of` or `SklearnVictim.load`.

    Logits are log-probabilities, or decision values where the classifier has no probabilities.
    """

    meta: VictimMeta
    pipeline: Any = field(repr=False)

    @classmethod
    def of(
        cls, pipeline: Any, *, name: str = "sklearn", labels: Sequence[str] | None = None, revision: str | None = None
    ) -> SklearnVictim:
        """Wrap a fitted pipeline. `labels` rename its classes, in the order of `pipeline.classes_`.

        `revision` is a hash of the fitted parameters if not given, or `unpinned` where they cannot be hashed. Raises
        `ModelError` for anything that is not a fitted classifier of strings.
        """
        classes = getattr(pipeline, "classes_", None)
        if not (hasattr(pipeline, "predict_proba") or hasattr(pipeline, "decision_function")):
            raise ModelError(
                f"{name} ({type(pipeline).__name__}) has neither predict_proba nor decision_function",
                fix="use a classifier, or wrap it in sklearn.calibration.CalibratedClassifierCV",
            )
        if classes is None:
            raise ModelError(f"{name} ({type(pipeline).__name__}) is not fitted", fix="call `fit(texts, labels)` first")
        if isinstance(classes, list) or len(classes) < 2:
            raise ModelError(f"{name} does not choose one of several classes", fix="fit it on one label for each text")
        known = tuple(str(label) for label in (classes if labels is None else labels))
        if len(known) != len(classes):
            raise ModelError(
                f"{name} has {len(classes)} classes and was given {len(known)} labels",
                fix=f"name them in this order: {', '.join(map(str, classes))}",
            )
        meta = VictimMeta(name=name, revision=revision or _pinned(pipeline), labels=known)
        victim = cls(meta=meta, pipeline=pipeline)
        try:
            shape = victim.logits([("text",), ("another text",)]).shape
        except Exception as error:
            raise ModelError(
                f"{name} ({type(pipeline).__name__}) does not take a list of strings: {error}".splitlines()[0],
                fix="put a vectoriser before the classifier: make_pipeline(TfidfVectorizer(), classifier)",
            ) from error
        if shape != (2, len(known)):
            raise ModelError(
                f"{name} gives {shape[-1]} values for a text and has {len(known)} classes",
                fix="use a classifier with one value for each class (for SVC: decision_function_shape='ovr')",
            )
        return victim

    @classmethod
    def load(cls, path: str | Path, *, name: str | None = None, trust: bool = False) -> SklearnVictim:
        """Read a `.skops` file; `trust` admits types that skops does not know to be safe.

        Raises `ModelError` for files that are missing, broken or hold such types.
        """
        path, name = Path(path), name or str(path)
        skops = _needs("skops.io")
        try:
            unknown = sorted(set(skops.get_untrusted_types(file=path)))
            asked = [kind for kind in unknown if kind not in _HARMLESS]
            if asked and not trust:
                raise ModelError(
                    f"{name} holds types that are not known to be safe: {', '.join(asked)}",
                    fix="if you trust whoever made the file, pass --trust-remote-code (trust_remote_code=True)",
                )
            pipeline = skops.load(path, trusted=unknown)
        except ModelError:
            raise
        except FileNotFoundError:
            raise ModelError(f"there is no file {name}", fix="check the path") from None
        except Exception as error:
            raise ModelError(
                f"cannot read {name} as a skops file: {type(error).__name__}: {error}".splitlines()[0],
                fix="save it with skops.io.dump, with the scikit-learn version that is installed here",
            ) from error
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls.of(pipeline, name=name, revision=f"sha256:{digest[:16]}")

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Log-probabilities or decision values, `(n, n_labels)`; every input has one field."""
        if not batch:
            return np.zeros((0, len(self.meta.labels)), dtype=np.float32)
        if any(len(fields) != 1 for fields in batch):
            raise ModelError(
                f"{self.meta.name} takes one text and got {max(map(len, batch))} fields",
                fix="attack a task with one text, or use a model that reads pairs",
            )
        texts = [text for (text,) in batch]
        if hasattr(self.pipeline, "predict_proba"):
            # The smallest double, not a round 1e-12: a search must see a saturated class move.
            values = np.log(np.clip(self.pipeline.predict_proba(texts), np.finfo(np.float64).tiny, 1.0))
        else:
            values = np.asarray(self.pipeline.decision_function(texts), dtype=np.float64)
            if values.ndim == 1:  # two classes: the softmax of these two columns is the sigmoid of the decision value
                values = np.stack([-values / 2, values / 2], axis=1)
        answer: Floats = values.astype(np.float32)
        return answer


def _pinned(pipeline: Any) -> str:
    joblib = _needs("joblib")
    try:
        return f"joblib:{joblib.hash(pipeline)[:16]}"
    except Exception:  # a lambda or a local class has no stable content
        return "unpinned"


def _needs(module: str) -> Any:
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError:
        raise ModelError(
            f"scikit-learn models need {module.partition('.')[0]}, which is not installed",
            fix="pip install 'robust[sklearn]'",
        ) from None

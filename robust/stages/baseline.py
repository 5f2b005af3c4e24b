"""What a bag of words reaches on the same data: the number that a neural model has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from robust.core.types import Floats
from robust.data.table import Table
from robust.errors import UserError

DESCRIPTION = "TF-IDF of words and word pairs (sublinear), logistic regression (C = 4)"


@dataclass(frozen=True, slots=True)
class BagOfWords:
    """A fitted TF-IDF and logistic-regression model."""

    features: Any = field(repr=False)
    model: Any = field(repr=False)

    def predict(self, table: Table) -> list[str]:
        """The label of each row."""
        return [str(label) for label in self.model.predict(self.features.transform(_texts(table)))]

    def probabilities(self, table: Table, labels: Sequence[str]) -> Floats:
        """Probabilities `(n, labels)` of each row, columns in the order of `labels`; 0 for one it never saw."""
        found = self.model.predict_proba(self.features.transform(_texts(table)))
        columns = {str(label): at for at, label in enumerate(self.model.classes_)}
        given = np.zeros((len(table.rows), len(labels)), dtype=np.float32)
        for at, label in enumerate(labels):
            if label in columns:
                given[:, at] = found[:, columns[label]]
        return given


def fit(train: Table) -> BagOfWords:
    """Fit the model that `DESCRIPTION` names. Raises `UserError` when scikit-learn is not installed."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise UserError("the baseline needs scikit-learn", fix="pip install 'robust[sklearn]'") from error
    features = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1 if len(train.rows) < 1000 else 2)
    counts = features.fit_transform(_texts(train))
    model = LogisticRegression(C=4, max_iter=500).fit(counts, [row.label for row in train.rows])
    return BagOfWords(features, model)


def baseline(train: Table, tests: Mapping[str, Table]) -> dict[str, int]:
    """How many rows of each test table a bag of words fitted on `train` gets right; raises as `fit` does."""
    fitted = fit(train)
    return {
        name: sum(said == row.label for said, row in zip(fitted.predict(table), table.rows, strict=True))
        for name, table in tests.items()
    }


def _texts(table: Table) -> list[str]:
    return [" \n ".join(row.fields) for row in table.rows]

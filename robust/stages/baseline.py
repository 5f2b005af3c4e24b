"""What a bag of words reaches on the same data: the number that a neural model has to beat."""

from __future__ import annotations

from collections.abc import Mapping

from robust.data.table import Table
from robust.errors import UserError

DESCRIPTION = "TF-IDF of words and word pairs (sublinear), logistic regression (C = 4)"


def baseline(train: Table, tests: Mapping[str, Table]) -> dict[str, int]:
    """How many rows of each test table a TF-IDF and logistic-regression model trained on `train` gets right.

    Raises `UserError` when scikit-learn is not installed.
    """
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise UserError("the baseline needs scikit-learn", fix="pip install 'robust[sklearn]'") from error
    counts = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1 if len(train.rows) < 1000 else 2)
    features = counts.fit_transform([_text(row.fields) for row in train.rows])
    model = LogisticRegression(C=4, max_iter=500).fit(features, [row.label for row in train.rows])
    found = {}
    for name, table in tests.items():
        predicted = model.predict(counts.transform([_text(row.fields) for row in table.rows]))
        found[name] = sum(str(p) == row.label for p, row in zip(predicted, table.rows, strict=True))
    return found


def _text(fields: tuple[str, ...]) -> str:
    return " \n ".join(fields)

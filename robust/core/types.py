"""Small types that every other module speaks."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]
Bools: TypeAlias = npt.NDArray[np.bool_]

Lang: TypeAlias = Literal["en", "es"]
LANGS: tuple[Lang, ...] = ("en", "es")

Task: TypeAlias = Literal["classification", "tagging", "qa", "seq2seq"]
"""What a model does: a class for a text, a tag for each word, the span that answers a question, or another text."""

Fields: TypeAlias = tuple[str, ...]
"""What a victim reads: `(sentence,)`, `(premise, hypothesis)`, `(question, context)`, or the words of a sentence."""

Span: TypeAlias = tuple[int, int]
"""Half-open range of characters, `string[start:end]`."""

"""What a model takes besides token ids."""

from __future__ import annotations

import inspect
from typing import Any


def takes_types(model: Any) -> bool:
    """Whether a model tells the two texts of a pair apart by token types.

    A RoBERTa has a single type, and would look up a second one for the second text.
    """
    known = "token_type_ids" in inspect.signature(model.forward).parameters
    return known and (getattr(model.config, "type_vocab_size", None) or 2) > 1

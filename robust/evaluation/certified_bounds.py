"""Certificates by interval bounds: one row an example, without draws."""

from __future__ import annotations

import traceback

import numpy as np

from robust.core.example import Example
from robust.core.types import Fields
from robust.errors import RobustError
from robust.evaluation.certificates import synonym_set
from robust.results.rows import Row
from robust.victims.bounded import BoundedVictim


def certify(bounded: BoundedVictim, example: Example, synonyms: int) -> Row:
    """Whether the answer stays while any words become any of their first `synonyms` synonyms, all at once.

    Those synonyms count that the model reads as one token in the place of one. `radius` is the number of words where
    it does, 0 where nothing is shown; a text that the model reads to a part is not certified. `lower` is the least lead
    of the predicted class's logit.
    """
    label = int(example.target) if isinstance(example.target, int) else -1
    row: Row = {"example_id": example.id, "lang": example.lang, "label": label, "words": len(example.text)}
    item = example.fields(example.text)
    try:
        predicted = int(np.argmax(bounded.victim.canonical(item)))
        options = bounded.options(item, substitutions(example, synonyms))
        if options is None:
            return {**row, "predicted": predicted, "radius": 0}
        lead, certain = bounded.lead(item, predicted, options)
    except RobustError:
        raise
    except Exception as error:
        return {**row, "error": "".join(traceback.format_exception(error)).strip()}
    return {**row, "predicted": predicted, "radius": len(example.text) if certain else 0, "lower": lead}


def substitutions(example: Example, synonyms: int) -> dict[int, list[Fields]]:
    """For each word, the inputs in which one of its synonyms stands in its place."""
    text = example.text
    return {
        at: [example.fields(text.replace(at, other)) for other in synonym_set(example.lang, word, synonyms)[1:]]
        for at, word in enumerate(text.words)
    }

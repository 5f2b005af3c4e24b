"""An error model as a stage: pairs of a misspelt and a right word in, counts of edits out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from robust.core.types import Lang
from robust.data.columns import same_name
from robust.data.delimited import parse
from robust.data.files import decode, load
from robust.errors import DataError, UserError
from robust.lang import error_model
from robust.lang.error_model import ErrorModel, countable, is_held_out, plain
from robust.lang.error_model_file import NAME, encoded
from robust.lang.frequency import frequencies
from robust.recipe import pretrain_models
from robust.recipe.pretrain import PretrainRecipe
from robust.stages.pretrain.corpus import Corpus, Source
from robust.stages.pretrain.outcome import Outcome
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace

MISSPELT = ("misspelt", "misspelled", "misspelling", "typo", "error", "wrong", "incorrect")
RIGHT = ("right", "correct", "correction", "intended", "word", "target")
"""Names of the two columns; without them the first is misspelt."""
KINDS = (".csv", ".tsv")
AMONG = (10, 50)

Pair = tuple[str, str]


def train(
    recipe: PretrainRecipe, corpus: Corpus, place: Workspace, *, device: str, progress: Progress | None
) -> Outcome:
    """Learn the model from the files of `corpus` and write `typos.json` to `place.result`.

    Files are csv or tsv of two columns, misspelt and right, or of more with names in the first row. Pairs of other than
    letters, apostrophes and hyphens are left out, and repeats count once. `numbers` has how many pairs there were and
    how many are one edit apart; of the held-out ones, in what share the misspelling is `among_10` and `among_50` of the
    likeliest, those that take several edits included. No `device` is used. Raises `UserError` and `DataError`.
    """
    made = recipe.model
    assert isinstance(made, pretrain_models.ErrorModel)  # what `run.py` calls this for
    if len(recipe.languages) != 1:
        raise UserError("an error model is of one language", fix="say which: --lang en, or --lang es")
    if corpus.skip:
        raise UserError("--skip is for text, and an error model learns from pairs", fix="leave it out")
    begun = time.monotonic()
    read = [pair for source in corpus.sources for pair in _pairs(source, recipe.languages[0], corpus.limit)]
    pairs = sorted(set(read))
    names = ", ".join(source.path.name for source in corpus.sources)
    model = error_model.learn(((*pair, 1.0) for pair in pairs), source=names, held_out=made.held_out)
    if not model.pairs:
        raise DataError(f"{names}: no pair is one edit apart", fix="give more pairs of a misspelt and a right word")
    held = [pair for pair in pairs if is_held_out(pair[1], made.held_out)]
    (place.result / NAME).write_bytes(encoded(model, recipe.languages[0]))
    return Outcome(
        parameters=len(model.places) + len(model.before) + len(model.behind),
        tokens=0,
        seconds=time.monotonic() - begun,
        numbers={
            "pairs": float(len(pairs)),
            "counted": float(model.pairs),
            "held_out": float(len(held)),
            **{f"held_out_among_{most}": _among(model, held, most) for most in AMONG},
        },
    )


def _among(model: ErrorModel, pairs: Sequence[Pair], most: int) -> float | None:
    """The share of pairs whose misspelling is among the `most` likeliest of the right word."""
    found = [wrong in {word for word, _ in model.ranked(right, most)} for wrong, right in pairs]
    return sum(found) / len(found) if found else None


def _pairs(source: Source, lang: Lang, limit: int | None) -> Iterator[Pair]:
    name = str(source.path)
    if source.share != 1 or source.text != "text":
        raise UserError(f"{name}: a share and --text are for text, not for pairs", fix="leave them out")
    content = load(name, kinds=KINDS)
    cells = parse(decode(content, source.encoding), content.kind, name)
    head = cells.rows[0]
    wrong, right = (next((i for i, cell in enumerate(head) if _any(cell, names)), -1) for names in (MISSPELT, RIGHT))
    named = wrong >= 0 and right >= 0
    if not named:
        wrong, right = 0, 1
        if len(head) != 2:
            raise DataError(
                f"{name}:1: {len(head)} column{'s' * (len(head) != 1)}, and no names that say which are which",
                fix="give two columns, misspelt and right, or name them so in the first row",
            )
    pairs = [(plain(row[wrong].strip()), plain(row[right].strip())) for row in cells.rows[named:][:limit]]
    pairs = [(one, other) for one, other in pairs if one != other and countable(one) and countable(other)]
    if not named and _turned(pairs, lang):
        raise DataError(
            f"{name}: the first column has more known words than the second, which should be the right ones",
            fix="put the misspelt words first, or name the columns misspelt and right in the first row",
        )
    return iter(pairs)


def _any(cell: str, names: Sequence[str]) -> bool:
    return any(same_name(name, cell) for name in names)


def _turned(pairs: Sequence[Pair], lang: Lang) -> bool:
    known = frequencies(lang)
    return sum(one in known for one, _ in pairs) > sum(other in known for _, other in pairs)

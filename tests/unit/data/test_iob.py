from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import BILOU, IOB2, IOBES, Entities

from robust.data.iob import iob2, marks_spans


def spans(tags: tuple[str, ...], scheme: type) -> set[tuple[str, int, int]]:
    return {(found.tag, found.start, found.end) for found in Entities([list(tags)], scheme).entities[0]}


KINDS = ("PER", "LOC")


@given(st.lists(st.sampled_from(["O", *(f"{prefix}-{kind}" for prefix in "BI" for kind in KINDS)]), max_size=12))
def test_rewritten_tags_mark_the_spans_that_conlleval_finds(tags: list[str]) -> None:
    written = iob2(tags)
    assert spans(written, IOB2) == {(kind, start, last + 1) for kind, start, last in get_entities(tags)}
    assert iob2(written) == written


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        ("S-PER O B-LOC I-LOC E-LOC S-LOC", IOBES),
        ("B-PER E-PER B-PER E-PER", IOBES),
        ("U-PER O B-LOC I-LOC L-LOC U-LOC", BILOU),
    ],
)
def test_dialects_that_mark_last_words(tags: str, scheme: type) -> None:
    assert spans(iob2(tags.split()), IOB2) == spans(tuple(tags.split()), scheme)


@pytest.mark.parametrize(
    ("tags", "said"),
    [("O B-PER I-PER", True), ("O O", False), ("NOUN VERB O", False), ("", False), ("I-NP O", True), ("B- O", False)],
)
def test_which_tags_mark_spans(tags: str, said: bool) -> None:
    assert marks_spans(tags.split()) == said

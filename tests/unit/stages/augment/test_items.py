"""Tags stay with their words and answers in their places, whatever was edited."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from robust.core.example import Answers, TokenLabels
from robust.core.text import Text
from robust.lang.tokenise import spans
from robust.stages.augment.items import answers, tags
from robust.stages.augment.tasks import joined

TAGS = st.lists(st.sampled_from(["O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC"]), min_size=1, max_size=8)
EDITS = st.lists(st.tuples(st.sampled_from(["replace", "delete", "insert", "swap"]), st.integers(0, 9)), max_size=5)


def iob2(found: list[str]) -> list[str]:
    """Tags that begin every run with B-, by the book."""
    made, last = [], "O"
    for tag in found:
        made.append("B-" + tag[2:] if tag[0] == "I" and last[2:] != tag[2:] else tag)
        last = made[-1]
    return made


def edited(text: Text, edits: list[tuple[str, int]]) -> Text:
    for number, (kind, at) in enumerate(edits):
        if not len(text):
            return text
        at %= len(text)
        if kind == "replace":
            text = text.replace(at, f"new{number}")
        elif kind == "delete":
            text = text.delete(at)
        elif kind == "insert":
            text = text.insert(at, f"added{number}")
        elif at + 1 < len(text):
            first, second = text.words[at], text.words[at + 1]
            text = text.replace(at, second).replace(at + 1, first)
    return text


def kind_of(tag: str) -> str:
    return tag[2:]


@given(TAGS, EDITS)
@example(["O", "O", "B-PER", "O"], [("insert", 3), ("swap", 2), ("delete", 7)])
def test_each_word_keeps_its_type(written: list[str], edits: list[tuple[str, int]]) -> None:
    labels = iob2(written)
    words = tuple(f"w{at}" for at in range(len(labels)))
    text = edited(joined(words), edits)
    found = tags(TokenLabels(tuple(labels)), text, spans=True)
    if found is None:
        return
    assert len(found) == len(text.words)
    assert list(found) == iob2(list(found)), "valid IOB2"
    of = dict(zip(words, labels, strict=True))
    for word, tag in zip(text.words, found, strict=True):
        if word in of:  # the words are all different, so a word in another place was moved there
            assert kind_of(tag) == kind_of(of[word])
    whole = [tag for tag in found if tag.startswith("B-")]
    assert len(whole) <= sum(label.startswith("B-") for label in labels), "no entity was torn in two"


def test_only_edits_within_entities_are_refused() -> None:
    text, target = (
        joined(("Ana", "de", "la", "Fuente", "vive", "en", "Quito")),
        TokenLabels(("B-PER", "I-PER", "I-PER", "I-PER", "O", "O", "B-LOC")),
    )
    assert tags(target, text.insert(1, "x"), spans=True) is None
    assert tags(target, text.replace(4, "x y"), spans=True) is None, "a word with a space is no word of a list"
    assert tags(target, text.delete(0), spans=True) == ("B-PER", "I-PER", "I-PER", "O", "O", "B-LOC")
    swapped = text.replace(3, "vive").replace(4, "Fuente")
    assert tags(target, swapped, spans=True) is None, "the name has another word in it"
    moved = text.replace(5, "Quito").replace(6, "en")
    assert tags(target, moved, spans=True) == ("B-PER", "I-PER", "I-PER", "I-PER", "O", "B-LOC", "O")


def test_tags_that_mark_no_spans() -> None:
    text, target = joined(("the", "old", "man")), TokenLabels(("DET", "ADJ", "NOUN"))
    assert tags(target, text.replace(1, "man").replace(2, "old"), spans=False) == ("DET", "NOUN", "ADJ")
    assert tags(target, text.insert(1, "very"), spans=False) is None, "an added word has no tag"


@given(st.integers(0, 4), st.integers(1, 3), EDITS)
def test_answers_are_where_they_say(first: int, length: int, edits: list[tuple[str, int]]) -> None:
    string = "uno, dos; tres (cuatro) cinco seis siete."
    text = Text(string, spans(string))
    start, end = text.spans[first][0], text.spans[first + length - 1][1]
    made = edited(text, edits)
    found = answers(Answers(((start, end),)), made)
    if found is not None:
        lo, hi = found[0]
        assert str(made)[lo:hi] == string[start:end]

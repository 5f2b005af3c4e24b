"""The algebra of edits, on any string at all."""

from __future__ import annotations

import pickle
import re

from hypothesis import given
from hypothesis import strategies as st

from robust.constraints.levenshtein import within
from robust.core.path import spread
from robust.core.text import INSERTED, Text

PIECES = st.sampled_from(
    [
        "hola",
        "niño",
        "nin\u0303o",
        "don't",
        "1",
        "👩‍👩‍👧",
        "¿",
        "?",
        " ",
        "  ",
        "\t",
        "\n",
        "—",
        "«",
        "»",
        "http://a.b/c",
        "É",
        "-",
        "'",
    ]
)
STRINGS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=14).map("".join))
WORDS = st.text(st.characters(exclude_categories=["Zs", "Cc", "Cs"]), min_size=1, max_size=6).filter(str.strip)


def marked(string: str) -> Text:
    return Text(string, [m.span() for m in re.finditer(r"\w+", string)])


@st.composite
def edited(draw: st.DrawFn) -> Text:
    text = marked(draw(STRINGS))
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(["replace", "delete", "insert", "prepend"] if len(text) else ["insert"]))
        if kind == "prepend":
            text = text.prepend(draw(WORDS))
        elif kind == "insert":
            text = text.insert(draw(st.integers(0, len(text))), draw(WORDS))
        else:
            index = draw(st.integers(0, len(text) - 1))
            text = text.replace(index, draw(WORDS)) if kind == "replace" else text.delete(index)
    return text


@given(STRINGS)
def test_an_unedited_text_is_the_input(string: str) -> None:
    text = marked(string)
    assert str(text) == string
    assert text.edited == frozenset()
    assert text.words_changed == 0


@given(edited())
def test_words_are_what_the_spans_cut_out(text: Text) -> None:
    assert text.words == tuple(str(text)[lo:hi] for lo, hi in text.spans)
    assert list(text.spans) == sorted(text.spans)
    assert len(text.words) == len(text.origins)


@given(edited(), STRINGS, st.data())
def test_replaced_words_are_the_edited_ones_that_stand_for_a_word(text: Text, other: str, data: st.DataObject) -> None:
    texts = [text, text.rewrite(other, marked(other).spans)]
    for each in [each for each in texts if len(each)]:
        index = data.draw(st.integers(0, len(each) - 1))
        texts += [each.replace(index, data.draw(st.one_of(WORDS, st.sampled_from(each.root.words or ("a",)))))]
    for each in [*reversed(texts), text.root]:
        pairs = [(each.origins[at], each.words[at]) for at in each.edited]
        assert sorted(each.replaced) == sorted(pair for pair in pairs if pair[0] != INSERTED)


@given(edited(), STRINGS)
def test_the_spread_of_edits_bounds_the_edit_distance(text: Text, other: str) -> None:
    for each in (text, text.rewrite(other, marked(other).spans)):
        assert within(str(each.root), str(each), spread(each))


@given(edited())
def test_replaying_the_edits_gives_the_text(text: Text) -> None:
    again = text.root.apply(text.edits)
    assert (again, again.words, again.spans, again.origins) == (text, text.words, text.spans, text.origins)


@given(edited())
def test_unedited_words_are_those_of_the_root(text: Text) -> None:
    before = text.root.words
    for i, (word, origin) in enumerate(zip(text.words, text.origins, strict=True)):
        assert (i in text.edited) == (origin == INSERTED or word != before[origin])
    assert text.words_changed == len(text.edited) + len(set(range(len(before))) - set(text.origins))
    kept = [origin for origin in text.origins if origin != INSERTED]
    assert kept == sorted(set(kept))


@given(edited(), st.data())
def test_replacing_back_undoes_a_replacement(text: Text, data: st.DataObject) -> None:
    if len(text):
        index = data.draw(st.integers(0, len(text) - 1))
        assert text.replace(index, "otra").replace(index, text.words[index]) == text


@given(edited(), st.data())
def test_a_located_span_holds_the_same_characters(text: Text, data: st.DataObject) -> None:
    root = str(text.root)
    lo = data.draw(st.integers(0, len(root)))
    hi = data.draw(st.integers(lo, len(root)))
    place = text.locate((lo, hi))
    if place is not None and hi > lo:
        assert str(text)[place[0] : place[1]] == root[lo:hi]


@given(edited())
def test_a_word_that_no_edit_touched_can_be_located(text: Text) -> None:
    for i, origin in enumerate(text.origins):
        if origin != INSERTED and not any(e.kind == "replace" for e in text.edits) and i not in text.edited:
            assert text.locate(text.root.spans[origin]) == text.spans[i]


@given(edited())
def test_texts_travel_between_processes(text: Text) -> None:
    again = pickle.loads(pickle.dumps(text))
    assert (again, again.words, again.edits, again.root) == (text, text.words, text.edits, text.root)


@given(edited(), st.data())
def test_words_are_found_one_by_one_where_they_all_are(text: Text, data: st.DataObject) -> None:
    """In any order, in a text whose places nobody asked for before."""
    fresh = text.root.apply(text.edits)
    if not len(text):
        return
    for index in data.draw(st.lists(st.integers(0, len(text) - 1), max_size=6)):
        lo, hi = fresh.span(index)
        assert str(fresh)[lo:hi] == text.words[index]
        assert (lo, hi) == text.spans[index]


@given(st.lists(st.sampled_from(["a", "an", "ana", "banana", "n"]), min_size=1, max_size=8), st.data())
def test_words_that_hold_one_another_are_told_apart(words: list[str], data: st.DataObject) -> None:
    text = Text.of_words(" ".join(words), tuple(words))
    starts = [sum(map(len, words[:at])) + at for at in range(len(words))]
    for index in data.draw(st.lists(st.integers(0, len(words) - 1), max_size=6)):
        assert text.span(index) == (starts[index], starts[index] + len(words[index]))
        changed = text.replace(index, "new")
        assert str(changed) == " ".join([*words[:index], "new", *words[index + 1 :]])
        other = data.draw(st.integers(0, len(words) - 1))
        assert str(changed)[slice(*changed.span(other))] == changed.words[other]

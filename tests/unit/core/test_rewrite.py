"""A text written anew as a whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust.core.alike import lined_up
from robust.core.text import INSERTED, Text
from robust.lang.tokenise import spans


def text(string: str) -> Text:
    return Text(string, spans(string))


def rewritten(old: Text, string: str) -> Text:
    return old.rewrite(string, spans(string))


def test_words_are_lined_up_with_those_that_were_there() -> None:
    old = text("The soup was cold, sadly.")
    new = rewritten(old, "Sadly, the soup was really quite cold!")
    assert str(new) == "Sadly, the soup was really quite cold!"
    assert new.words == ("Sadly", "the", "soup", "was", "really", "quite", "cold")
    assert new.origins == (INSERTED, 0, 1, 2, INSERTED, INSERTED, 3)
    assert new.edited == frozenset({0, 1, 4, 5})
    assert new.words_changed == 5  # four here, and the last word is gone
    assert (new.root, old.apply(new.edits)) == (old, new)
    assert old.apply(new.edits).origins == new.origins


def test_changed_stretches_stand_for_each_other_word_by_word() -> None:
    assert lined_up(["a", "b", "c", "d"], ["a", "x", "y", "z", "d"]) == [0, 1, 2, None, 3]
    assert lined_up(["A", "b", "c"], ["a", "x"]) == [0, 1]
    assert lined_up([], ["a"]) == [None]


def test_what_stands_outside_the_change_can_be_located() -> None:
    old = text("Ann met Bob in Rome.")
    new = rewritten(old, "Ann saw poor Bob in Rome.")
    assert [new.locate(span) for span in ((0, 3), (4, 7), (8, 11), (15, 19))] == [(0, 3), None, (13, 16), (20, 24)]


def test_rewrites_and_other_edits_go_on_from_each_other() -> None:
    old = text("uno dos tres").replace(1, "DOS")
    new = rewritten(old, "uno DOS y tres").replace(3, "cuatro").delete(0)
    assert (str(new), new.origins) == ("DOS y cuatro", (1, INSERTED, 2))
    assert old.root.apply(new.edits).origins == new.origins
    assert rewritten(old, "uno dos tres").edited == frozenset()


words = st.lists(st.sampled_from(["a", "b", "A", "niño", "x,", "¡y!"]), max_size=6).map(" ".join)


@given(words, words)
def test_any_text_becomes_any_other(old: str, new: str) -> None:
    made = rewritten(text(old), new)
    assert (str(made), made.words) == (new, text(new).words)
    assert len(made.origins) == len(made.words)
    kept = [origin for origin in made.origins if origin != INSERTED]
    assert kept == sorted(set(kept))
    for at, (word, origin) in enumerate(zip(made.words, made.origins, strict=True)):
        same = origin != INSERTED and text(old).words[origin] == word
        assert (at in made.edited) != same
    for span in text(old).spans:
        place = made.locate(span)
        assert place is None or new[slice(*place)] == old[slice(*span)]


def test_spans_must_fit() -> None:
    with pytest.raises(ValueError, match="outside of 1 characters"):
        text("a b").rewrite("c", [(0, 5)])

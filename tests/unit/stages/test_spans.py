"""Windows over long contexts lose no answer, and the best span is the one that trying all of them finds."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust.data.questions import Answer, Question
from robust.models.windows import Window, best, positions, spans, windows
from tests.tiny_models import byte_bpe, wordpiece

LONG = (
    "¿Quién pintó la casa? La niña pequeña la pintó en mañana de otoño, según dijo el señor Núñez. "
    "The waiter — a slow man, they said — saw 3.5 storks (cigüeñas) near the café… and left; nobody knew why! "
    "Después comió piña y ñoquis 🙂 en el menú."
)


def ask(context: str, *answers: Answer, question: str = "¿Dónde?", number: int = 0) -> Question:
    return Question(id=str(number), question=question, context=context, answers=answers)


@pytest.fixture(params=["wordpiece", "byte_bpe", "left_padded"])
def tokenizer(request: pytest.FixtureRequest) -> Any:
    return wordpiece() if request.param == "wordpiece" else byte_bpe(special=request.param == "byte_bpe")


def test_every_short_answer_is_whole_in_a_window_and_read_back(tokenizer: Any) -> None:
    stride = 12
    found = windows([ask("short one"), ask(LONG)], tokenizer, max_length=40, stride=stride)
    mine = [window for window in found if window.row == 1]
    assert [window.row for window in found] == [0, *[1] * len(mine)]
    assert len(mine) > 3
    assert all(len(window.ids) <= 40 for window in found)
    offsets = tokenizer(LONG, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    words = [match.span() for match in re.finditer(r"\S+", LONG)]
    held = 0
    for (start, _), (_, end) in itertools.combinations_with_replacement(words, 2):
        if sum(e > start and s < end for s, e in offsets) > stride:
            continue
        answer = Answer(LONG[start:end], start)
        places = [(window, *positions(window, answer)) for window in mine]
        inside = [(w, first, last) for w, first, last in places if first != w.cls]
        assert inside, f"{answer} is in no window"
        held += len(inside) < len(mine)
        for window, first, last in inside:
            assert LONG[window.starts[first - window.first] : window.ends[last - window.first]].strip() == answer.text
    assert held, "the test never met an answer that a window lacks"


def test_neighbours_share_the_stride_and_together_hold_all(tokenizer: Any) -> None:
    mine = windows([ask(LONG)], tokenizer, max_length=32, stride=5)
    assert (mine[0].low, mine[-1].high) == (0, len(LONG))
    for before, after in itertools.pairwise(mine):
        assert list(after.starts[:5]) == list(before.starts[-5:])
        assert list(after.ends[:5]) == list(before.ends[-5:])
    every = np.concatenate([mine[0].starts, *(window.starts[5:] for window in mine[1:])])
    alone = tokenizer(LONG, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    assert [int(at) for at in every] == [start for start, _ in alone]


def test_an_answer_cut_by_the_border_is_in_the_other_window_only() -> None:
    tokenizer = wordpiece()
    context = "la sopa buena y el camarero muy bueno"  # all words are tokens
    first, second = windows([ask(context, question="¿")], tokenizer, max_length=9, stride=2)
    assert context[first.low : first.high] == "la sopa buena y el"
    assert context[second.low : second.high] == "y el camarero muy bueno"
    crossing = Answer("el camarero", context.index("el camarero"))
    assert positions(first, crossing) == (first.cls, first.cls) == (0, 0)
    start, end = positions(second, crossing)
    assert tokenizer.convert_ids_to_tokens(second.ids[start : end + 1].tolist()) == ["el", "camarero"]


def test_an_answer_with_spaces_or_dropped_characters_at_its_ends() -> None:
    context = "\ufeffel niño comió piña"
    (window,) = windows([ask(context)], wordpiece(), max_length=64, stride=8)
    spaced = Answer(" niño ", context.index(" niño "))
    start, end = positions(window, spaced)
    assert context[window.starts[start - window.first] : window.ends[end - window.first]] == "niño"
    marked = Answer("\ufeffel", 0)  # the tokeniser drops the mark
    start, end = positions(window, marked)
    assert start == end == window.first


def test_an_answer_whose_last_letter_has_its_accent_behind_it() -> None:
    from tokenizers import normalizers

    tokenizer = wordpiece()
    backend = tokenizer.backend_tokenizer
    backend.normalizer = normalizers.Sequence([normalizers.NFC(), backend.normalizer])
    context = unicodedata.normalize("NFD", "la niña comió piña en el menú")
    answer = Answer(unicodedata.normalize("NFD", "comió"), context.index("com"))
    found = windows([ask(context)], tokenizer, max_length=12, stride=4)
    places = [(window, *positions(window, answer)) for window in found]
    (window, start, end) = next(place for place in places if place[1] != place[0].cls)
    assert context[window.starts[start - window.first] : window.ends[end - window.first]] == answer.text


def test_a_context_of_which_no_token_remains() -> None:
    (window,) = windows([ask("\ufeff")], wordpiece(), max_length=64, stride=8)
    assert positions(window, Answer("\ufeff", 0)) == (0, 0)
    logits = np.zeros(len(window.ids), dtype=np.float32)
    assert best(logits, logits, window, max_tokens=5) == []


def test_a_long_question_is_cut_to_leave_room() -> None:
    tokenizer = wordpiece()
    question = "why " * 100
    found = windows([ask(LONG, question=question)], tokenizer, max_length=32, stride=8)
    assert all(len(window.starts) > 8 for window in found[:-1])
    assert found[0].first == 2 + (32 - 3 - 8) // 2  # [CLS], the question's part, [SEP]
    assert found[-1].high == len(LONG)


def by_hand(start: np.ndarray, end: np.ndarray, window: Window, most: int) -> list[tuple[float, int, int]]:
    pairs = []
    for i in range(len(window.starts)):
        for j in range(i, min(len(window.starts), i + most)):
            score = float(start[window.first + i] + end[window.first + j])
            pairs.append((score, int(window.starts[i]), int(window.ends[j])))
    return sorted(pairs, reverse=True)


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 30))
def test_the_best_spans_are_those_of_trying_all(seed: int, most: int, n: int) -> None:
    (window,) = windows([ask("the cat sat on a wall, and fell")], wordpiece(), max_length=64, stride=8)
    rng = np.random.default_rng(seed)
    start, end = rng.normal(size=(2, len(window.ids) + 3)).astype(np.float32)  # padded, as in a batch
    wanted = by_hand(start, end, window, most)[:n]
    found = best(start, end, window, max_tokens=most, n=n)
    assert [(span.start, span.end) for span in found] == [(a, b) for _, a, b in wanted]
    assert [span.score for span in found] == pytest.approx([score for score, _, _ in wanted])


def test_the_best_over_windows_wins_and_a_shared_span_counts_once() -> None:
    rows = [ask("short one"), ask(LONG)]
    found = windows(rows, wordpiece(), max_length=40, stride=12)
    width = max(len(window.ids) for window in found)
    rng = np.random.default_rng(5)
    start, end = rng.normal(size=(2, len(found), width)).astype(np.float32)
    told = spans(found, start, end, n_rows=2, max_tokens=6, n=4000)
    for row in (0, 1):
        tried = [
            pair
            for at, window in enumerate(found)
            if window.row == row
            for pair in by_hand(start[at], end[at], window, 6)
        ]
        score, first, last = max(tried)
        assert told[row][0] == pytest.approx((first, last, score))
        assert len(told[row]) == len({span[:2] for span in told[row]}) == len({pair[1:] for pair in tried})
    assert spans(found, start * np.nan, end, n_rows=2, max_tokens=6) == [[], []]

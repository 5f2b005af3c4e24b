"""The tokeniser: what is a word, what is never split, and that time grows with length only."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust.lang import language, tokenise
from robust.lang.tokenise import spans

EMOJI = ["👩‍👩‍👧", "1️⃣", "#️⃣", "ℹ️", "🇪🇸", "👍🏽", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🙂", "🏳️‍🌈", "7⃣"]


def words(string: str) -> list[str]:
    return [string[start:end] for start, end in spans(string)]


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("", []),
        ("it 's a mess , they do n't care .", ["it", "'s", "a", "mess", "they", "do", "n't", "care"]),
        ("-lrb- good -rrb-", ["good"]),
        ("Don’t miss this well-made rock'n'roll film!", ["Don’t", "miss", "this", "well-made", "rock'n'roll", "film"]),
        ("the actors' 'best' work", ["the", "actors", "best", "work"]),
        ("¿Qué tal? ¡Cuesta 3,5 o 1.000 €!", ["Qué", "tal", "Cuesta", "3,5", "o", "1.000"]),
        ("«pingüino» y “niño”…", ["pingüino", "y", "niño"]),
        ("see https://a.b/c?d=e. and www.x.es, ok", ["see", "https://a.b/c?d=e", "and", "www.x.es", "ok"]),
        ("me@x.co.uk wrote to @user_1 #MeToo", ["me@x.co.uk", "wrote", "to", "@user_1", "#MeToo"]),
        ("cafe\u0301 nin\u0303o", ["cafe\u0301", "nin\u0303o"]),
        ("go1️⃣ up👍🏽down", ["go", "up", "down"]),
        ("- -- ' '' . , ...", []),
        ("snake_case and _emphasis_", ["snake_case", "and", "emphasis"]),
    ],
)
def test_words(string: str, expected: list[str]) -> None:
    assert words(string) == expected


@pytest.mark.parametrize("emoji", EMOJI)
@pytest.mark.parametrize("around", ["{}", "a{}b", "hola {}!", "x{0}{0}y", "http://a.es/{}"])
def test_no_word_reaches_into_an_emoji(emoji: str, around: str) -> None:
    string = around.format(emoji)
    inside = {i for at in range(len(string)) if string.startswith(emoji, at) for i in range(at, at + len(emoji))}
    assert not any(inside.intersection(range(start, end)) for start, end in spans(string))


pieces = st.one_of(
    st.text(),
    st.sampled_from(
        [*EMOJI, "e\u0301", "n\u0303", "a\u0301\u0323", "don't", "'s", "-lrb-", "@x", "http://a.b", "1.5", "\u0301"]
    ),
    st.sampled_from([" ", "-", "'", ".", ",", "_", "@", "#", "¿"]),
)


@given(st.lists(pieces).map("".join))
def test_spans_are_sorted_disjoint_and_hold_whole_letters(string: str) -> None:
    end = 0
    for start, stop in spans(string):
        assert end <= start < stop <= len(string)
        end = stop
        following = string[stop : stop + 1]
        assert not unicodedata.combining(following or " "), "a mark was cut off its letter"
        assert not unicodedata.combining(string[start]), "a word begins with a mark"
    assert str(language("es").text(string)) == string


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "-",
        "a-",
        "a.a",
        "a@",
        "@",
        "http://",
        "1.",
        "'",
        "a'",
        "a.b@c.",
        "a_",
        "a\u0301",
        "\u0301",
        "www.!",
        "ab 's ",
    ],
)
def test_linear_time(unit: str) -> None:
    string = unit * (100_000 // len(unit))
    started = time.process_time()
    spans(string)
    assert time.process_time() - started < 2.0


USUAL = st.lists(
    st.one_of(
        st.sampled_from(
            [*"abzAZéñÜß019 '’-.,!¿", "-lrb-", "'s", "'ll", "http://x.y", "www.a.b", "wWw.", "\n", "3,5", "n't"]
        ),
        st.characters(min_codepoint=32, max_codepoint=255),
    ),
    max_size=30,
).map("".join)


@given(USUAL)
def test_the_short_way_finds_the_same_words(string: str) -> None:
    whole = [match.span() for match in tokenise._pattern().finditer(string) if match.lastgroup is None]
    assert list(spans(string)) == whole


def test_usual_sentences_take_the_short_way() -> None:
    assert tokenise._is_usual("¿Qué tal? «Don’t miss» it – 3,5 (o 1.000) €!")
    for other in ("see www.x.es", "http://a.b", "-LRB- good", "me@x.es", "cafe\u0301", "👍", "a_b", "ª"):
        assert not tokenise._is_usual(other)
    assert tokenise._plain_words("It's a well-made film (24 nights): ¡qué más da!")
    for other in ("it 's", "- no -", "rock 'n' roll", "3,5", "www.x", "“so”", "x--y"):
        assert tokenise._plain_words(other) is None


@given(USUAL)
def test_words_are_found_again_in_the_string(string: str) -> None:
    words = tokenise.usual_words(string)
    if words is not None:
        text = language("en").text(string)
        assert text.spans == spans(string)
        assert text.words == words == tuple(string[lo:hi] for lo, hi in spans(string))

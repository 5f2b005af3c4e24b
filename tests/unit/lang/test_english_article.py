"""*A* and *an* before words, letters and numbers."""

import pytest

from robust.lang.en.article import article

AN = """hour heir honest honourable apple idea MBA FBI HTML X-ray 8 11 18 80 88,000 11,000 umbrella unimportant
uninterested uncle under onerous oncologist ugly urge utter usher upset
Italian AI LED F ytterbium SUV uber uproar ultra"""
A = """house hero university unit unique uniform union unanimous user usual useful European ewe one once one-off UFO US
UK URL BBC CD PhD yellow year 1 7 10 100 110 180 1,800 utensil utopia Ukrainian ubiquitous uranium urinary Uruguayan
table U B hypothesis unilateral eulogy oneself"""


@pytest.mark.parametrize(
    ("word", "expected"), [*((one, "an") for one in AN.split()), *((one, "a") for one in A.split())]
)
def test_article(word: str, expected: str) -> None:
    assert article(word) == expected


@pytest.mark.parametrize("word", ["herb", "historic", "NASA", "NATO", "1800", "", "…", "SARS", "Euler"])
def test_not_settled(word: str) -> None:
    assert article(word) is None

"""Words for triggers, and which of them praise or blame."""

from __future__ import annotations

import pytest

from robust.core.types import LANGS, Lang
from robust.lang.vocabulary import LEANING, orientation, vocabulary

PLAIN: dict[Lang, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (("lovely", "superb", "wonderful", "charming"), ("awful", "terrible", "horrible", "boring", "stupid")),
    "es": (("maravilloso", "genial", "magnífico", "encantar"), ("horrible", "pésimo", "sucio", "basura", "odiar")),
}
"""Words of plain sentiment that are no seeds."""


@pytest.mark.parametrize("lang", LANGS)
def test_praise_is_above_and_blame_below(lang: Lang) -> None:
    good, bad = PLAIN[lang]
    assert min(orientation(lang)[word] for word in good) >= LEANING
    assert max(orientation(lang)[word] for word in bad) <= -LEANING


@pytest.mark.parametrize("lang", LANGS)
def test_each_kind_is_a_part_of_the_next(lang: Lang) -> None:
    function, neutral, every = (vocabulary(lang, kind, 3000) for kind in ("function", "neutral", "all"))
    assert set(function) | set(neutral) < set(every)
    assert len(set(every)) == len(every)
    assert all(word.isalpha() and word == word.lower() for word in every)
    denying = {"not", "never"} if lang == "en" else {"no", "nunca", "ningún"}
    assert denying < set(every)
    assert not denying & (set(neutral) | set(function))
    assert not {word for pair in PLAIN[lang] for word in pair} & set(neutral)
    assert len(vocabulary(lang, "all", 100)) < len(every)

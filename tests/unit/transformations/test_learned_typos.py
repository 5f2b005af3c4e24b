"""`learned_typos`: which of the model's misspellings are offered, and how they are written."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import DataError, PluginError
from robust.lang.base import language
from robust.lang.error_model import learn
from robust.lang.error_model_file import NAME, encoded, shipped
from robust.lang.spelling import known
from robust.registry import identify
from robust.transformations.learned_typos import LearnedTypos


def offered(word: str, lang: Lang = "en", plugin: LearnedTypos | None = None) -> list[str]:
    text = language(lang).text(word)
    return [str(text) for text in (plugin or LearnedTypos())([Site(text, 0, lang)])[0]]


@pytest.fixture
def own(tmp_path: Path) -> str:
    model = learn([("zthe", "the", 5.0), ("te", "the", 1.0)])
    (tmp_path / NAME).write_bytes(encoded(model, "en"))
    return str(tmp_path)


def test_the_likeliest_come_first_and_real_words_are_left_out() -> None:
    ranked = [word for word, _ in shipped("en").ranked("form", 400)]
    every = offered("form", plugin=LearnedTypos(k=30, real_words=True))
    assert every == ranked[:30]
    some = offered("form", plugin=LearnedTypos(k=30))
    assert some == [word for word in ranked if not known(word, "en")][:30]
    assert "from" in every
    assert "from" not in some


def test_spanish_accents_are_left_out_unless_that_is_a_word() -> None:
    assert offered("también", "es")[0] == "tambien"
    assert "esta" not in offered("está", "es")
    assert offered("está", "es", LearnedTypos(real_words=True))[0] == "esta"
    assert LearnedTypos().preserves_meaning
    assert not LearnedTypos(real_words=True).preserves_meaning


def test_case_apostrophe_and_normal_form_are_kept() -> None:
    small = offered("tomorrow")
    assert offered("Tomorrow") == [word[0].upper() + word[1:] for word in small]
    assert offered("TOMORROW") == [word.upper() for word in small]
    assert offered("don’t") == [word.replace("'", "’") for word in offered("don't")]
    assert "dont" in offered("don't")
    assert offered("cafe\u0301", "es") == [unicodedata.normalize("NFD", word) for word in offered("café", "es")]
    for word in ("iPhone", "2nd", "42"):
        assert offered(word) == []


def test_few_letters_give_fewer_than_k(own: str) -> None:
    found = offered("the", plugin=LearnedTypos(model=own, k=500, real_words=True))
    assert found[0] == "zthe"
    assert len(found) < 500


def test_a_model_of_ones_own_pins_its_file(own: str) -> None:
    plugin = LearnedTypos(model=own, real_words=True)
    first = identify(plugin)
    assert offered("the", plugin=plugin)[0] == "zthe"
    (Path(own) / NAME).write_bytes(encoded(learn([("thee", "the", 9.0), ("te", "the", 1.0)]), "en"))
    assert offered("the", plugin=plugin)[0] == "thee"
    assert identify(plugin) != first


def test_what_does_not_fit_is_said(own: str, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="is of the language en, the text of es"):
        LearnedTypos(model=own).ready({"es"})
    with pytest.raises(DataError, match="no error model here"):
        LearnedTypos(model=str(tmp_path / "nowhere")).ready({"en"})
    with pytest.raises(PluginError, match="k is 0"):
        LearnedTypos(k=0)

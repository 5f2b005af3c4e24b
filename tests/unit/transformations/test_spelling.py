"""Spelling by ear, homophones and short forms."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.base import language
from robust.transformations.homophones import Homophones
from robust.transformations.phonetic_spelling import PhoneticSpelling
from robust.transformations.texting import Texting
from tests.unit.transformations.helpers import proposed


# ------------------------------------------------------------------ phonetic_spelling
def by_ear(word: str, **options) -> list[str]:
    return proposed(PhoneticSpelling(**options), word, lang="es")


def test_confusions_in_the_order_of_the_rules() -> None:
    assert by_ear("habitación") == ["havitación", "abitación", "habitasión", "habitazión"]
    assert by_ear("habitación", variety="distincion") == ["havitación", "abitación", "habitazión"]
    assert by_ear("Quiero") == ["Kiero"]
    assert by_ear("HUEVO", rules=("hue",)) == ["GÜEVO"]
    assert by_ear("tiempo") == ["tienpo"]


def test_other_words_are_left_to_homophones() -> None:
    for word in ("hola", "vaca", "tuvo", "a", "y", "hasta"):
        assert by_ear(word) == []
    assert "caza" not in by_ear("casa")
    assert by_ear("ves") == ["bes"]


def test_enye_and_accents_stay() -> None:
    assert by_ear("año") == ["haño"]
    assert by_ear("ñandú") == []
    assert by_ear("vergu\u0308enza") == ["bergu\u0308enza", "vergu\u0308ensa"]
    assert by_ear("iPhone") == []  # what its case would be cannot be told


def test_wrong_parameters_are_refused() -> None:
    with pytest.raises(PluginError, match="b_w"):
        PhoneticSpelling(rules=("b_w",))
    with pytest.raises(PluginError, match="ceceo"):
        PhoneticSpelling(variety="ceceo")
    with pytest.raises(PluginError, match="ceceo"):
        Homophones(variety="ceceo")


# ------------------------------------------------------------------ homophones
def test_homophones() -> None:
    assert proposed(Homophones(), "Their soup", lang="en") == ["There soup", "They're soup"]
    assert proposed(Homophones(), "You’re right", lang="en") == ["Your right"]
    assert proposed(Homophones(), "TUVO", lang="es") == ["TUBO"]
    assert proposed(Homophones(), "casa", lang="es") == ["caza"]
    assert proposed(Homophones(variety="distincion"), "casa", lang="es") == []
    assert proposed(Homophones(), "año", lang="es") == []
    assert not Homophones.preserves_meaning


def test_one_word_for_two_and_two_for_one() -> None:
    assert proposed(Homophones(), "Va a haber fiesta", 2, lang="es") == ["Va a a ver fiesta"]
    assert "Haber si vienes" in proposed(Homophones(), "A ver si vienes", lang="es")
    assert "Haber si vienes" not in proposed(Homophones(), "A, ver si vienes", lang="es")
    text = language("es").text("vamos a ver")
    joined = Homophones()([Site(text, 1, "es")])[0][-1]
    assert (str(joined), joined.origins) == ("vamos haber", (0, 1))


# ------------------------------------------------------------------ texting
def test_short_forms() -> None:
    assert proposed(Texting(), "Great!", lang="en") == ["Gr8!"]
    assert proposed(Texting(), "Thank you 🙂", lang="en") == ["Ty 🙂", "Thx 🙂"]
    assert proposed(Texting(), "QUE", lang="es") == ["Q", "K"]
    assert proposed(Texting(), "también", lang="es") == ["tmb", "tb"]
    assert proposed(Texting(), "tambie\u0301n", lang="es") == ["tmb", "tb"]
    assert proposed(Texting(), "por favor", lang="es") == ["x favor", "xfa", "porfa"]
    assert proposed(Texting(), "ñandú", lang="es") == []

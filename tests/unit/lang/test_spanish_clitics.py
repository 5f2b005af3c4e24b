"""Pronouns written with their verb: joined, and taken apart again."""

import pytest

from robust.lang.es.morphology import joined, split


@pytest.mark.parametrize(
    ("host", "clitics", "word"),
    [
        ("da", ("me", "lo"), "dámelo"),
        ("da", ("me",), "dame"),
        ("dé", ("me",), "deme"),
        ("decir", ("lo",), "decirlo"),
        ("decir", ("se", "lo"), "decírselo"),
        ("viendo", ("las",), "viéndolas"),
        ("oír", ("lo",), "oírlo"),
        ("reír", ("se",), "reírse"),
        ("ríe", ("te",), "ríete"),
        ("está", ("te",), "estate"),
        ("vamos", ("nos",), "vámonos"),
        ("digamos", ("se", "lo"), "digámoselo"),
        ("digamos", ("lo",), "digámoslo"),
        ("sentad", ("os",), "sentaos"),
        ("vestid", ("os",), "vestíos"),
        ("id", ("os",), "idos"),
        ("haced", ("lo",), "hacedlo"),
        ("haz", ("lo",), "hazlo"),
        ("ve", ("te",), "vete"),
        ("di", ("se", "lo"), "díselo"),
        ("mantén", ("te",), "mantente"),
        ("mirá", ("lo",), "miralo"),
        ("comprá", ("me", "lo"), "comprámelo"),
        ("siente", ("se",), "siéntese"),
        ("devolviendo", ("me", "la"), "devolviéndomela"),
    ],
)
def test_join_and_split(host: str, clitics: tuple[str, ...], word: str) -> None:
    assert joined(host, clitics) == word
    if (host, clitics) != ("siente", ("se",)):  # `siéntese` is `siente` (sentar, usted) + `se`
        assert (host, clitics) in {(found.host, found.clitics) for found in split(word)}


def test_readings_of_the_host() -> None:
    (found,) = split("siéntese")
    assert [f"{one.lemma} {one.form}" for one in found.readings] == ["sentar imperative él"]


@pytest.mark.parametrize("clitics", [(), ("lo", "me"), ("lo", "la"), ("me", "se"), ("si",), ("te", "os")])
def test_pronouns_out_of_order(clitics: tuple[str, ...]) -> None:
    assert joined("dar", clitics) is None


@pytest.mark.parametrize(
    "word", ["casa", "noche", "martes", "arte", "este", "parte", "", "se", "sentados", "sentáos", "dijole", "hablándo"]
)
def test_other_words_are_left_alone(word: str) -> None:
    assert split(word) == ()

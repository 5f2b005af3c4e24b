"""Building the tables: the shipped files are what the build makes of its sources, byte for byte."""

from importlib.resources import files
from pathlib import Path

import pytest

from robust.lang import build_spanish, build_synonyms, mythes
from robust.lang.build_english import opposed_by_form

WORDNET, MYTHES = Path("/usr/share/wordnet"), Path("/usr/share/mythes/th_es_ES_v2.dat")
needs_wordnet = pytest.mark.skipif(
    not (WORDNET / "data.noun").is_file(), reason="Debian's wordnet-base is not installed"
)
needs_mythes = pytest.mark.skipif(not MYTHES.is_file(), reason="Debian's mythes-es is not installed")


def shipped(lang: str, name: str) -> bytes:
    return files("robust.lang").joinpath(lang, name).read_bytes()


@needs_wordnet
def test_irregular_forms_are_reproduced() -> None:
    assert build_synonyms.irregular(WORDNET) == shipped("en", "irregular.tsv.xz")


@needs_wordnet
@pytest.mark.slow
def test_english_is_reproduced() -> None:
    assert build_synonyms.english(WORDNET)["synonyms.tsv.xz"] == shipped("en", "synonyms.tsv.xz")


@needs_mythes
@pytest.mark.slow
def test_spanish_is_reproduced() -> None:
    made = build_synonyms.spanish(MYTHES)
    assert {name: data == shipped("es", name) for name, data in made.items()} == dict.fromkeys(made, True)
    assert set(made) == {"synonyms.tsv.xz", "synonyms_crossing.tsv.xz"}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_licences_lie_beside_the_tables(lang: str) -> None:
    licences = [entry for entry in files("robust.lang").joinpath(lang).iterdir() if entry.name.startswith("LICENSE")]
    assert [licence.name for licence in licences] == [{"en": "LICENSE.wordnet", "es": "LICENSE.mythes"}[lang]]
    assert "Copyright" in licences[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("perfect", "imperfect", True),
        ("careless", "careful", True),
        ("like", "dislike", True),
        ("perfect", "spotless", False),
        ("happy", "happier", False),
    ],
)
def test_opposed_by_form(one: str, other: str, expected: bool) -> None:
    assert opposed_by_form(one, other) is expected
    assert opposed_by_form(other, one) is expected


def test_thesaurus_sets_are_put_together_again(tmp_path: Path) -> None:
    source = tmp_path / "th.dat"
    lines = ["ISO8859-1", "bello|1", "-|hermoso|lindo (fig.)|a la moda", "hermoso|1", "-|bello|lindo|a la moda"]
    lines += [
        "lindo|1",
        "-|bello|hermoso|a la moda",
        "feo|1",
        "(adj.)|horrible|bello (Antónimo)",
        "horrible|1",
        "(adj.)|feo",
    ]
    source.write_bytes("\n".join(lines).encode("latin-1"))
    thesaurus = mythes.read(source)
    assert [sorted(group.words) for group in thesaurus.sets] == [["bello", "hermoso", "lindo"], ["feo", "horrible"]]
    assert thesaurus.sets[0].head == "bello"
    assert ("feo", "bello") in thesaurus.antonyms
    rows = build_spanish.rows(thesaurus, closed=frozenset(), unwanted=frozenset(["horrible"]), antonyms=[])
    assert {lemma: synonyms for lemma, code, _, synonyms in rows if code == "a"}["bello"] == [
        "hermoso",
        "lindo",
    ]
    assert not [lemma for lemma, _, _, synonyms in rows if "horrible" in synonyms]

"""Templates become sentences, and answers are judged as each kind of test says."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from robust.errors import DataError, RecipeError
from robust.evaluation.behaviour_csv import read_cases
from robust.evaluation.cases import Case, expand
from robust.recipe.behaviour import BehaviourRecipe
from robust.recipe.load import load, shipped
from tests.realdata import path

SUITE = """\
schema_version: 1
name: mine
languages: [en]
labels: [negative, positive]
cases: 4
lexicons: {city: [Rome, Lima, Oslo], good: [fine, grand]}
tests:
  - {name: praise, capability: words, kind: MFT, description: d, templates: ["{city} was {good}.", "{good}!"],
     label: positive}
  - {name: cities, capability: names, kind: INV, description: d, templates: ["{city} is {good}, not {city:2}."],
     vary: good}
  - {name: praised, capability: words, kind: DIR, description: d, label: positive, direction: up,
     variants: [["In {city}.", "In {city}. It was {good}."]]}
  - {name: shouted, capability: case, kind: INV, description: d, templates: ["{city} was {good}."],
     change: {transformation: {casing: {style: upper}}, share: 1.0}}
"""


def suite(text: str, tmp_path: Path) -> BehaviourRecipe:
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    return load(tmp_path / "mine.yaml", family="behaviour", schema=BehaviourRecipe)


def test_templates_are_filled(tmp_path: Path) -> None:
    recipe = suite(SUITE, tmp_path)
    cases: dict[str, list[Case]] = {}
    for case in expand(recipe):
        cases.setdefault(case.test, []).append(case)
    praise = [case.texts[0] for case in cases["praise"]]
    assert len(set(praise)) == 4
    assert set(praise[2:]) == {"Fine!", "Grand!"}  # a list of two gives two
    assert all(re.fullmatch(r"(Rome|Lima|Oslo) was (fine|grand)\.", text) for text in praise[:2])
    for case in cases["cities"]:
        first, second = case.texts
        assert first.replace("fine", "grand") == second
        one, other = re.fullmatch(r"(\w+) is fine, not (\w+)\.", first).groups()  # type: ignore[union-attr]
        assert one != other
    assert all(case.texts[1].startswith(case.texts[0] + " It was ") for case in cases["praised"])
    assert all(case.texts[1] == case.texts[0].upper() for case in cases["shouted"])
    assert expand(recipe) == expand(recipe)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{good}!", "{nice}!", "there is no list 'nice'"),
        ("label: positive}", "label: joyful}", "none of the labels"),
        ("name: cities", "name: praise", "two tests are called 'praise'"),
        (",\n     vary: good", "", "one of variants, vary and change"),
        (", direction: up", "", "a DIR has variants, a label and a direction"),
        ('["In {city}.", "In {city}. It was {good}."]', '["In {city}."]', "variants are two sentences or more"),
        ("vary: good", "vary: planet", "a template lacks {planet}"),
    ],
)
def test_mistakes_in_a_suite(old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=re.escape(message)):
        suite(SUITE.replace(old, new, 1), tmp_path)


LABELS = ("negative", "positive")


def case(kind: str, **more: object) -> Case:
    plain = {"test": "t", "capability": "c", "kind": kind, "id": "0", "texts": ("a", "b")}
    return Case(**{**plain, **more})  # type: ignore[arg-type]


def test_how_each_kind_is_judged() -> None:
    negative, unsure, positive = [2.0, 0.0], [0.0, 0.1], [0.0, 2.0]  # P(positive): 0.12, 0.52, 0.88
    assert case("MFT", label="positive").passes([unsure, positive], LABELS)
    assert not case("MFT", label="positive").passes([positive, negative], LABELS)
    assert case("INV").passes([unsure, positive], LABELS)
    assert not case("INV").passes([unsure, positive, negative], LABELS)
    up, down = (case("DIR", label="positive", direction=way) for way in ("up", "down"))
    assert up.passes([unsure, positive], LABELS)
    assert not up.passes([positive, unsure], LABELS)
    assert down.passes([positive, unsure], LABELS)
    assert not down.passes([unsure, positive], LABELS)
    assert up.passes([unsure, [0.0, 0.0]], LABELS)  # 0.02 lower is within the tolerance of 0.1
    assert not case("DIR", label="positive", direction="up", tolerance=0.0).passes([unsure, [0.0, 0.0]], LABELS)
    watched = case("DIR", label="negative", direction="up")
    assert watched.passes([positive, negative], LABELS)


@pytest.mark.parametrize("one", shipped("behaviour"), ids=lambda one: one.name)
def test_the_shipped_suites_are_whole(one: object) -> None:
    recipe = load(one.name, family="behaviour", schema=BehaviourRecipe)  # type: ignore[attr-defined]
    cases = expand(recipe)
    by_test = {test.name: [c for c in cases if c.test == test.name] for test in recipe.tests}
    assert min(map(len, by_test.values())) >= 20, {name: len(found) for name, found in by_test.items()}
    assert len({test.capability for test in recipe.tests}) >= 12
    assert {test.kind for test in recipe.tests} == {"MFT", "INV", "DIR"}
    used = {slot for test in recipe.tests for text in test.sentences() for slot in re.findall(r"\{(\w+)", text)}
    used |= {test.vary for test in recipe.tests if test.vary}
    assert used == set(recipe.lexicons), "a list that nothing uses, or the other way round"
    texts = [text for c in cases for text in c.texts]
    assert not [text for text in texts if "{" in text or "}" in text or "  " in text or not text[0].strip()]
    assert all(len(set(c.texts)) == len(c.texts) for c in cases)
    if "en" in recipe.languages:
        assert not [text for text in texts if re.search(r"\b(an [^aeiou]|a [aeiou])", text, re.IGNORECASE)]
    for test in recipe.tests:
        if test.kind != "MFT":
            assert all(len(c.texts) > 1 for c in by_test[test.name])


HATECHECK = """\
,functionality,case_id,test_case,label_gold,target_ident,direction
0,greets,1,Good morning.,non-hateful,,general
1,greets,2,Good night. ,non-hateful,,general
2,curses,3,"Go away, you.",hateful,,directed
"""
CHECKLIST = """\
capability,test_name,type,case,text,label,expected_direction
Robustness,typos,INV,1,It was fine.,,
Robustness,typos,INV,1,It was fien.,,
Sentiment,praise added,DIR,1,It was there.,positive,up
Sentiment,praise added,DIR,1,It was there. Lovely!,positive,up
Sentiment,plain,MFT,1,Lovely.,positive,
Sentiment,plain,MFT,1,Lovely!,positive,
"""


def test_csv_files_of_both_kinds(tmp_path: Path) -> None:
    (tmp_path / "hate.csv").write_text(HATECHECK, "utf-8")
    hate = read_cases(str(tmp_path / "hate.csv"))
    assert [(c.test, c.kind, c.id, c.texts, c.label) for c in hate] == [
        ("greets", "MFT", "1", ("Good morning.",), "non-hateful"),
        ("greets", "MFT", "2", ("Good night.",), "non-hateful"),
        ("curses", "MFT", "3", ("Go away, you.",), "hateful"),
    ]
    (tmp_path / "list.csv").write_text(CHECKLIST, "utf-8")
    found = read_cases(str(tmp_path / "list.csv"))
    assert [(c.test, c.capability, c.kind, c.texts, c.label, c.direction) for c in found] == [
        ("typos", "Robustness", "INV", ("It was fine.", "It was fien."), None, None),
        ("praise added", "Sentiment", "DIR", ("It was there.", "It was there. Lovely!"), "positive", "up"),
        ("plain", "Sentiment", "MFT", ("Lovely.",), "positive", None),
        ("plain", "Sentiment", "MFT", ("Lovely!",), "positive", None),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "no column for the test"),
        ("test,text\nx,\n", "row 2: no text"),
        ("test,text,type\nx,y,FOO\n", "row 2: 'FOO' is no kind of test"),
        ("test,text\nx,y\n", "row 2: MFT without a label"),
        ("test,text,type,case\nx,y,INV,1\n", "has one text alone"),
        ("test,text,type,case,label\nx,y,DIR,1,p\nx,z,DIR,1,p\n", "needs a direction"),
    ],
)
def test_mistakes_in_a_csv_file(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(text, "utf-8")
    with pytest.raises(DataError, match=re.escape(message)):
        read_cases(str(tmp_path / "t.csv"))


@pytest.mark.realdata
def test_hatecheck_itself() -> None:
    file = path("en", "hatecheck", "test_suite_cases.csv")
    cases = read_cases(str(file))
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(cases) == len(rows) == 3728
    assert {c.test for c in cases} == {row["functionality"] for row in rows}
    assert sum(c.label == "hateful" for c in cases) == 2563

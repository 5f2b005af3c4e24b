"""The tables of translations: what is in them, how they are made, and whether people translate so."""

from __future__ import annotations

import json
import lzma
import os
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.lang import build_translations, wordnet
from robust.lang.base import language
from robust.lang.build_translations import Joined, best, joined, own
from robust.lang.lexicon import read
from robust.lang.translations import NAME, translations
from robust.transformations.code_switching import CodeSwitching
from tests import realdata

IRREGULAR = frozenset(
    ["men", "women", "children", "feet", "teeth", "mice", "businessmen", "policemen", "lives", "wives"]
)
SAME_IN_BOTH = frozenset(["people", "clothes", "species", "series", "gymnastics", "mes", "país"])
"""Words whose last letter does not show the number."""
WORDNET = Path(os.environ.get("ROBUST_WORDNET", ""))
"""WordNet 3.0 as it was published; one built anew, as Debian's is, lacks synsets that the Spanish wordnets name."""


def other(word: str, part: str, lang: Lang) -> str | None:
    found = [entry.synonyms for entry in translations(lang).entries(word) if entry.part_of_speech == part]
    return found[0][0] if found else None


@pytest.mark.parametrize(
    ("spanish", "english"),
    [("película", "movie"), ("perro", "dog"), ("ventana", "window"), ("ayuda", "help"), ("libertad", "freedom")],
)
def test_everyday_words_go_both_ways(spanish: str, english: str) -> None:
    assert other(spanish, "noun", "es") == english
    assert other(english, "noun", "en") == spanish


def test_words_that_mean_too_many_things_have_none() -> None:
    assert other("vez", "noun", "es") is None
    assert other("carta", "noun", "es") is None
    assert other("lot", "noun", "en") is None


@pytest.mark.parametrize("lang", LANGS)
def test_each_word_has_one_other_word(lang: Lang) -> None:
    lines = read(lang, NAME)
    assert len(lines) > 2000
    assert len({line.split("\t")[0] for line in lines}) == len(lines)
    for line in lines:
        lemma, *parts = line.split("\t")
        for part in parts:
            code, zero, word = part.split(" ")
            assert (code in ("n", "a"), zero, word != lemma) == (True, "0", True)
    closed = frozenset(read(lang, "stopwords.txt"))
    assert not closed & {line.split("\t")[0] for line in lines} - {word for word, _ in own(lang)}


def test_our_own_list_has_no_word_twice() -> None:
    lines = [line.split(" ") for line in read("es", build_translations.OWN)]
    assert {line[0] for line in lines} == {"n", "a"}
    assert [word for word, n in Counter((c, s) for c, s, *_ in lines if s != "-").items() if n > 1] == []
    assert all(len(line) > 2 for line in lines)


def test_the_likelier_sense_wins_and_words_spelt_alike_win_a_tie() -> None:
    """By hand: root of the chance back, times 1 plus the shared letters; `instant` shares 7 of 8 + 7 letters."""
    there = {("instante", "n"): {"while": 0.6, "instant": 0.4}}
    back = {("while", "n"): {"instante": 0.36}, ("instant", "n"): {"instante": 0.81}}
    assert best(("instante", "n"), there, back) == ("instant", pytest.approx(0.4 * 0.9 * (1 + 14 / 15)))
    assert best(("qzxkv", "n"), there, back) is None


def test_chances_of_a_word_add_up_to_one() -> None:
    """Two senses: `bank` as money (tagged 3 times) and as shore (once), each with one Spanish name."""
    money, shore = ("n", "1"), ("n", "2")
    made = wordnet.WordNet(
        synsets={
            key: wordnet.Synset(words=("bank",), pointers=(), gloss="", satellite=False) for key in (money, shore)
        },
        senses={("bank", "n"): (money, shore)},
        counts={("bank", "n", 1): 3, ("bank", "n", 2): 1},
        commonness={},
        unkind=frozenset(),
        dated=frozenset(),
    )
    found: Joined = joined(made, {money: {"banco": 1}, shore: {"orilla": 2}})
    # 3 + 1 and 1 + 1/2 of 5.5: tagged occurrences, and one more divided by the rank
    assert dict(found.to_spanish["bank", "n"]) == {"banco": pytest.approx(8 / 11), "orilla": pytest.approx(3 / 11)}
    assert dict(found.to_english["banco", "n"]) == {"bank": pytest.approx(1.0)}


@pytest.mark.slow
@pytest.mark.realdata
@pytest.mark.skipif(
    not (WORDNET / "data.noun").is_file(), reason="ROBUST_WORDNET is not set to the folder of WordNet 3.0"
)
def test_the_tables_are_reproduced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [str(realdata.path("lexicons", "mcr_spa", f"wn-{name}.tab")) for name in ("data-spa", "wikt-spa")]
    for lang in LANGS:
        (tmp_path / lang).mkdir()
    words = ["build", "--wordnet", str(WORDNET), "--spanish", *sources, "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", words)
    build_translations.main()
    for lang in LANGS:
        assert (tmp_path / lang / NAME).read_bytes() == files("robust.lang").joinpath(lang, NAME).read_bytes()


def _premises(lang: Lang) -> list[str]:
    lines = realdata.path("enes", "nli", f"xnli_dev.{lang}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["premise"] for line in lines]


@pytest.mark.slow
@pytest.mark.realdata
@pytest.mark.parametrize("lang", LANGS)
def test_people_translate_so(lang: Lang) -> None:
    """Of the words put into a text of XNLI, the share that its translation by people has, in that form or another."""
    there: Lang = "en" if lang == "es" else "es"
    swaps = hits = 0
    for string, translated in dict.fromkeys(zip(_premises(lang), _premises(there), strict=True)):
        text, known = language(lang).text(string), {w.lower() for w in language(there).text(translated).words}
        for i, found in enumerate(CodeSwitching(parts=("noun",))([Site(text, i, lang) for i in range(len(text))])):
            for candidate in found:
                swaps += 1
                hits += candidate.words[i].lower()[:4] in {word[:4] for word in known}
    print(lang, swaps, hits / swaps)  # noqa: T201
    assert swaps > 500
    assert hits / swaps > 0.7


def _tagged(*path: str) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Words, parts of speech and features of each sentence of a treebank that has no contractions."""
    for block in lzma.decompress(realdata.path(*path).read_bytes()).decode("utf-8").strip().split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if not line.startswith("#")]
        if all(row[0].isdigit() for row in rows):
            yield [row[1] for row in rows], [row[3] for row in rows], [row[5] for row in rows]


@pytest.mark.slow
@pytest.mark.realdata
@pytest.mark.parametrize(
    ("lang", "path"),
    [
        ("es", ("es", "ud_ancora", "es_ancora-ud-dev.conllu.xz")),
        ("es", ("es", "ud_gsd", "es_gsd-ud-test.conllu.xz")),
        ("en", ("en", "ud_ewt", "en_ewt-ud-test.conllu.xz")),
    ],
    ids=["ancora", "gsd", "ewt"],
)
def test_what_is_replaced_as_a_noun_or_an_adjective_is_one(lang: Lang, path: tuple[str, ...]) -> None:
    """Against the tags that people gave; a plural stays one."""
    counts: Counter[str] = Counter()
    for words, tags, features in _tagged(*path):
        text = language(lang).text(" ".join(words))
        if text.words != tuple(word for word, tag in zip(words, tags, strict=True) if tag not in ("PUNCT", "SYM")):
            continue
        places = [i for i, tag in enumerate(tags) if tag not in ("PUNCT", "SYM")]
        for part, tag in (("noun", "NOUN"), ("adj", "ADJ")):
            sites = [Site(text, i, lang) for i in range(len(text))]
            for i, found in enumerate(CodeSwitching(parts=(part,))(sites)):  # type: ignore[arg-type]
                if found:
                    counts[part] += 1
                    counts[f"{part} right"] += tags[places[i]] == tag
                    if part == "noun" and tags[places[i]] == tag and "Number=" in features[places[i]]:
                        new = found[0].words[i].lower()
                        counts["numbered"] += new not in SAME_IN_BOTH
                        plural = new in IRREGULAR or (new.endswith("s") and not new.endswith(("ss", "us", "is")))
                        same = ("Number=Plur" in features[places[i]]) == plural
                        counts["number right"] += same and new not in SAME_IN_BOTH
    print(path[-1], counts)  # noqa: T201
    assert counts["noun"] > 100
    assert counts["noun right"] / counts["noun"] > 0.98
    assert counts["adj right"] / counts["adj"] > 0.9
    assert counts["number right"] / counts["numbered"] > 0.98

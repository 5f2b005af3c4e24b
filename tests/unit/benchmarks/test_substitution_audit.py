"""The audit's judges and rules, on made-up words and sentences."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import ClassVar

import pytest

from benchmarks.substitution_audit.judges import Reading, agree
from benchmarks.substitution_audit.neighbours import broken
from benchmarks.substitution_audit.nltk_folder import lexnames, lost, tagger
from benchmarks.substitution_audit.peer_side import place
from benchmarks.substitution_audit.sample import Asked, Change, ours, put
from benchmarks.substitution_audit.score import form_kept, judged
from robust.core.types import Lang
from robust.lang.base import language


def reading(text: str) -> Reading:
    return frozenset(text.split())


class Table:
    """A judge of a few words."""

    words: ClassVar[dict[str, str]] = {
        "casa": "POS=NOUN Gender=Fem Number=Sing",
        "hogar": "POS=NOUN Gender=Masc Number=Sing",
        "águila": "POS=NOUN Gender=Fem Number=Sing",
        "día": "POS=NOUN Gender=Masc Number=Sing",
        "blanca": "POS=ADJ Gender=Fem Number=Sing",
        "bueno": "POS=ADJ Gender=Masc Number=Sing",
        "bonito": "POS=ADJ Gender=Masc Number=Sing",
    }

    def readings(self, word: str) -> set[Reading]:
        found = self.words.get(word.lower())
        return {reading(found)} if found else set()


def changed(before: str, after: str, lang: Lang) -> Change:
    """A change of the last word that differs."""
    old, new = (language(lang).text(string).words for string in (before, after))
    at = max(i for i, (one, other) in enumerate(zip(old, new, strict=True)) if one != other)
    return Change(old, new, at, at, lang)


@pytest.mark.parametrize(
    ("lang", "before", "after", "expected"),
    [
        ("en", "a good day", "a ideal day", ["a/an"]),
        ("en", "a good day", "an ideal day", []),
        ("en", "a good hour", "a honest hour", ["a/an"]),
        ("en", "an ideal day", "an unique day", ["a/an"]),
        ("es", "caro y malo", "caro y inútil", ["y/e"]),
        ("es", "agua y vino", "agua y hielo", []),
        ("es", "plata o cobre", "plata o oro", ["o/u"]),
        ("es", "la casa", "la hogar", ["determiner"]),
        ("es", "una casa blanca", "un hogar blanca", ["noun and adjective"]),
        ("es", "un bonito día", "un bueno día", ["short form"]),
        ("es", "la casa", "la águila", ["el/la"]),
        ("es", "he visto", "he aspecto", ["compound tense"]),
        ("es", "he visto", "he observado", []),
        ("es", "la hogar", "la día", []),  # the author's own slip
    ],
)
def test_rules(lang: Lang, before: str, after: str, expected: list[str]) -> None:
    assert broken(changed(before, after, lang), Table()) == expected


def test_readings_agree_where_they_do_not_contradict() -> None:
    feminine, common = reading("POS=ADJ Gender=Fem Number=Sing"), reading("POS=ADJ Number=Sing")
    masculine, verb = reading("POS=ADJ Gender=Masc Number=Sing"), reading("POS=VERB Number=Sing")
    assert agree([feminine], [common])
    assert agree([masculine, feminine], [feminine])
    assert not agree([feminine], [masculine])
    assert not agree([common], [verb])


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("la casa", "la águila", True),
        ("la casa", "la hogar", False),  # only the noun is of another gender
        ("la casa", "el hogar", True),  # its determiner changed with it: whether they agree is for the neighbours
        ("mi casa y", "mi hogar e", False),  # *y* changes for its sound, not to agree
        ("la casa", "la zzz", None),
    ],
)
def test_the_form_is_judged_with_what_changed_beside_it(before: str, after: str, kept: bool | None) -> None:
    change = changed(before, after, "es")
    at = 1  # the noun, whatever else differs
    assert form_kept(Change(change.before, change.after, at, at, "es"), Table()) is kept


def test_a_row_counts_what_it_lists() -> None:
    text = language("es").text("la casa blanca")
    phrase = put(Asked(text, 1, "es"), "casa grande")
    assert phrase.after == ("la", "casa grande", "blanca")
    row = judged([changed("la casa", "la hogar", "es"), changed("la casa", "la águila", "es"), phrase], Table(), set())
    assert (row["n"], row["judged"], row["phrases"], row["form kept"]["k"]) == (3, 2, 1, 1)
    assert row["pairs"]["form"] == ["casa → hogar"]
    assert row["neighbours broken"]["k"] == 2
    assert row["rules broken"] == {"determiner": 1, "el/la": 1}
    assert row["pairs"]["not judged"] == ["casa → casa grande"]


def test_ours_replaces_the_word_it_is_asked_for() -> None:
    text = language("en").text("We saw an unforgettable film in the rain")
    asked = [Asked(text, at, "en") for at in range(len(text))]
    found = list(ours(asked, 0))
    assert found == list(ours(asked, 0))
    assert found[0] is None  # a stop word
    for one, change in zip(asked, found, strict=True):
        if change is not None:
            assert change.pair[0] == text.words[one.at] != change.pair[1]
    assert found[3] is not None
    assert found[4] is not None


@pytest.mark.parametrize(
    ("word", "tokens", "expected"),
    [
        ("bad", ["Not", "bad", ",", "not", "good"], 1),
        ("good", ["Not", "bad", ",", "not", "good"], 4),
        ("good", ["Not", "bad", ",", "not good"], None),  # cut otherwise
        ("bad", ["Not", "bad,", "not", "good"], None),
    ],
)
def test_a_peers_token_is_found_by_its_characters(word: str, tokens: list[str], expected: int | None) -> None:
    text = "Not bad, not good"
    start = text.index(word)
    assert place(text, tokens, start, start + len(word)) == expected


def test_lexnames_are_those_of_the_manual_page() -> None:
    rows = [line.split("\t") for line in lexnames().splitlines()]
    assert [row[0] for row in rows] == [f"{at:02d}" for at in range(45)]
    assert rows[3] == ["03", "noun.Tops", "1"]
    assert rows[28:30] == [["28", "noun.time", "1"], ["29", "verb.body", "2"]]
    assert rows[44] == ["44", "adj.ppl", "3"]


def test_lemmas_of_another_wordnet_are_missed(tmp_path: Path) -> None:
    for pos, offset in (("noun", "00000010"), ("verb", "00000020"), ("adj", "00000030"), ("adv", "00000040")):
        (tmp_path / f"data.{pos}").write_text(f"  1 licence\n{offset} 00 x 01 word\n")
    omw = tmp_path / "wn.tab"
    omw.write_text("# name\n00000010-n\tlemma\tcasa\n00000030-s\tlemma\tbueno\n00000021-v\tlemma\tir\n")
    assert lost(tmp_path, omw) == 1


def test_a_tagger_is_read_without_running_anything(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pickle", tmp_path / "bad.pickle"
    good.write_bytes(pickle.dumps(({"bias": {"NN": 1.0}}, {"the": "DT"}, {"NN", "DT"}), protocol=2))
    assert tagger(good) == {"weights": {"bias": {"NN": 1.0}}, "tagdict": {"the": "DT"}, "classes": ["DT", "NN"]}
    bad.write_bytes(pickle.dumps((Path, {}, set())))
    with pytest.raises(pickle.UnpicklingError, match=r"pathlib.*Path"):
        tagger(bad)

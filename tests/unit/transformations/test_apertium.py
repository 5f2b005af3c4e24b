"""Apertium as a translator: the contract with programs that a test writes, and with the real ones where they are."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import ModelError, PluginError, RobustError
from robust.lang.tokenise import spans
from robust.testing.contract import check_transformation
from robust.transformations import _apertium, _translators
from robust.transformations.back_translation import BackTranslation
from robust.transformations.paraphrase import Paraphrase
from tests import tiny_models as tiny
from tests.fake_apertium import COPY, TAGGER, install

ODD = (
    "a [ b ] c ^d$ {e} f/g @h *i *j* #k \\ l \\n <m> n+o ~p| q&amp;r",
    "[[t:b:1]]house[[/]] ^house/house<n><sg>$ @house #house *house [<STREAMCMD:SETVAR:x>]",
    "One. Two? Three!\nFour\r\n\n\tfive… Six.[]",
    "NUL\0here, \ud800 half a pair, \uffff the end",
    "😀👍🏽 café café ñ 東京 𝜆",
    "",
    " \n ",
    "[]",
    ".",
)


def spaced(text: str) -> str:
    """A text that nothing was translated in."""
    return " ".join(re.sub("[\0\ud800-\udfff\uffff]", " ", text).split())


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return install(monkeypatch, tmp_path, {"copy": COPY}, {"aaa-bbb": "copy | copy $1 -b | copy $2"})


def test_texts_come_back_whole_and_in_order(fake: Path) -> None:
    writer = _translators.load("apertium:aaa-bbb")
    texts = [*ODD, *ODD[::-1]]
    assert writer.write(texts, 5) == [[spaced(text)] if spaced(text) else [] for text in texts]
    assert writer.write([], 5) == []


def test_any_text_comes_back(fake: Path) -> None:
    writer = _translators.load("apertium:aaa-bbb")
    odd = st.text(st.one_of(st.characters(exclude_characters="\ue000"), st.sampled_from("[]{}^$/\\@<>~.\0\uffff\n")))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(odd, max_size=8))
    def check(texts: list[str]) -> None:
        assert writer.write(texts, 1) == [[spaced(text)] if spaced(text) else [] for text in texts]

    check()


def test_many_texts_are_one_call_but_for_the_tagger(
    fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, tmp_path, {"apertium-tagger": TAGGER, "count": TAGGER}, {"aaa-bbb": "apertium-tagger -g $2"})
    install(monkeypatch, tmp_path, {}, {"bbb-aaa": "count"})
    words = [f"w{i}" for i in range(5)]
    assert _apertium.load("aaa-bbb").write(words, 1) == [[f"1 {word}"] for word in words]
    assert _apertium.load("bbb-aaa").write(words, 1) == [[f"{i} {word}"] for i, word in enumerate(words, 1)]
    monkeypatch.setattr(_apertium, "PORTION", 4)
    assert _apertium.load("bbb-aaa").write(words, 1) == [[f"{1 + i % 2} {word}"] for i, word in enumerate(words)]


FAULTS = """#!/bin/sh
given=$(mktemp)
cat > "$given"
if grep -q crashing "$given"; then echo first >&2; echo 'a rule is broken' >&2; exit 3; fi
if grep -q hanging "$given"; then sleep 30 & wait; fi
if grep -q losing "$given"; then tr -d '\\000' < "$given"; else cat "$given"; fi
rm "$given"
"""


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("crashing", "`faulty` ended with code 3: a rule is broken over the text 'the crashing one'"),
        ("hanging", "`faulty` took more than 1.5 s over the text 'the hanging one'"),
        ("losing", "`faulty` lost count of its texts over the text 'the losing one'"),
    ],
)
def test_the_text_that_a_program_fails_on_is_named(
    word: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, tmp_path, {"faulty": FAULTS}, {"aaa-bbb": "faulty"})
    monkeypatch.setattr(_apertium, "SECONDS", 1.5)
    writer, start = _apertium.load("aaa-bbb"), time.monotonic()
    with pytest.raises(ModelError) as raised:
        writer.write(["a good one", f"the {word} one"], 1)
    assert raised.value.message == f"apertium:aaa-bbb: {said}"
    assert time.monotonic() - start < 25  # what a program has started ends with it
    assert writer.write(["a good one", "another"], 1) == [["a good one"], ["another"]]


def test_what_is_missing_is_said(fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(mode: str) -> str:
        with pytest.raises(RobustError) as raised:
            _translators.load(f"apertium:{mode}")
        assert raised.value.fix
        return str(raised.value)

    assert said("aaa-bbc").startswith(f"apertium:aaa-bbc: Apertium has no such mode in {fake / 'modes'} (aaa-bbb)")
    assert "did you mean 'aaa-bbb'?" in said("aaa-bbc")
    assert "apt-get install apertium-eng-spa" in said("spa-eng")
    install(monkeypatch, tmp_path, {}, {"bbb-ccc": "copy 'DATA/bbb.bin'", "ccc-ddd": "copy | no-such-program -g"})
    assert "/bbb.bin is missing, which the mode uses" in said("bbb-ccc")
    assert "no-such-program is missing, which the mode uses" in said("ccc-ddd")
    for line in ("copy; copy", "copy > x", "copy $(x)", "copy | ", "copy `x`", "copy || copy", "copy $3", ""):
        install(monkeypatch, tmp_path, {}, {"ddd-eee": line})
        assert "no plain pipeline of programs" in said("ddd-eee"), line
    for name in ("../aaa-bbb", "aaa-bbb.mode", "aaa", "", "-u", "aaa-bbb x", "aaa-bbb\n"):
        assert "is no mode of Apertium" in said(name), name
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "there is no program `apertium` on the PATH" in said("aaa-bbb")
    assert _translators.fingerprint(["apertium:aaa-bbb"]) == {"apertium:aaa-bbb": "absent"}


def test_the_fingerprint_is_of_the_version_the_mode_and_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pinned(data: bytes, line: str = "copy 'DATA/a.bin'", version: str = "Apertium 3.8.3") -> str:
        folder = install(monkeypatch, tmp_path, {"copy": COPY}, {"aaa-bbb": line}, version=version)
        (folder / "a.bin").write_bytes(data)
        return _translators.fingerprint(["apertium:aaa-bbb"])["apertium:aaa-bbb"]

    (tmp_path / "share" / "apertium").mkdir(parents=True)
    (tmp_path / "share" / "apertium" / "a.bin").touch()
    first = pinned(b"one")
    assert first.startswith("Apertium 3.8.3 ")
    assert first == pinned(b"one")
    others = {pinned(b"two"), pinned(b"one", "copy 'DATA/a.bin' | copy"), pinned(b"one", version="Apertium 3.9")}
    assert len(others) == 3
    assert first not in others


def test_translators_of_both_kinds_go_together(fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny.seq2seq(tmp_path / "seq2seq")
    text = Text("the soup was nice", spans("the soup was nice"))
    site = Site(text, 0, "en")
    written = _translators.load(model).write([str(text)], 4)[0]
    plugin = BackTranslation(there="apertium:aaa-bbb", back=model, k=4)
    assert [str(made) for made in plugin([site])[0]] == [line for line in written if line != str(text)]
    plugin = BackTranslation(there=model, back="apertium:aaa-bbb", k=4)
    assert [str(made) for made in plugin([site])[0]] == [line for line in written[:1] if line != str(text)]
    pins = plugin.fingerprint()
    assert list(pins) == sorted([model, "apertium:aaa-bbb"])
    assert "absent" not in pins.values()
    with pytest.raises(ModelError, match="no such directory"):
        Paraphrase(model="apertium:aaa-bbb").ready(["en"])


@pytest.mark.parametrize(
    ("there", "back", "lang", "fix"),
    [
        ("spa-eng", "eng-spa", "en", "exchange them"),
        ("eng-spa", "spa-eng", "es", "exchange them"),
        ("eng-cat", "cat-eng", "es", "name one that translates from that language, one into it"),
        ("eng-spa", "cat-eng", "en", "name one that translates from that language, one into it"),
        ("eng-spa", "auto", "es", "exchange them"),
    ],
)
def test_directions_that_do_not_lead_back_are_refused(there: str, back: str, lang: Lang, fix: str) -> None:
    plugin = BackTranslation(there=f"apertium:{there}", back=back if back == "auto" else f"apertium:{back}")
    with pytest.raises(PluginError) as raised:
        plugin.ready([lang])
    assert raised.value.fix == fix


@pytest.mark.parametrize("name", ["apertium:", "apertium:eng", "apertium:../../x-y"])
def test_a_name_that_can_be_no_mode_is_refused_with_the_recipe(name: str) -> None:
    with pytest.raises(PluginError, match="is no mode of Apertium"):
        BackTranslation(there=name, back="apertium:spa-eng")


def missing() -> str:
    try:
        _apertium.load("eng-spa")
        _apertium.load("spa-eng")
    except ModelError as error:
        return str(error)
    return ""


real = pytest.mark.skipif(bool(missing()), reason=f"Apertium for English and Spanish is not installed ({missing()})")
SENTENCES: dict[str, tuple[str, ...]] = {
    "eng-spa": (
        "The heroine's a complete bore.",  # the tagger never saw these three readings of a word before
        "The ballads moved me to tears and the upbeat tracks are irresistible.",
        "How can two such attractive actors kiss so coldly, for two interminable hours?",
        "The waiting list is long but worth it: I've never tasted silkier pasta!",
        "It is a soulless, badly written love story, and the heroine's a complete bore",  # its last word needs an end
    ),
    "spa-eng": (
        "¿Qué tal la habitación? ¡Qué bonita era!",
        "El baño estaba limpio y la cama era cómoda.",
        "No volveremos nunca más a este hotel.",
    ),
}


@real
@pytest.mark.parametrize("mode", SENTENCES)
def test_the_pipeline_is_that_of_the_program(mode: str) -> None:
    ours = _apertium.load(mode)._translated(SENTENCES[mode])
    for text, line in zip(SENTENCES[mode], ours, strict=True):
        done = subprocess.run([shutil.which("apertium") or "", "-u", mode], input=text, capture_output=True, text=True)
        assert line.split() == done.stdout.split()


@real
@pytest.mark.parametrize("mode", SENTENCES)
def test_a_translation_does_not_depend_on_other_texts(mode: str) -> None:
    writer = _apertium.load(mode)
    texts = [*SENTENCES[mode], *ODD]
    together = writer.write(texts, 1)
    assert together == writer.write(texts[::-1], 1)[::-1]
    assert together[1::3] == [writer.write([text], 1)[0] for text in texts[1::3]]
    for text, lines in zip(texts, together, strict=True):
        line = "".join(lines)
        assert {char: line.count(char) for char in "[]{}^$/\\@<>*#~+|😀"} == {
            char: text.count(char) for char in "[]{}^$/\\@<>*#~+|😀"
        }


@real
def test_translations_read_as_they_should() -> None:
    there, back = _apertium.load("eng-spa"), _apertium.load("spa-eng")
    assert there.write(["The house is big.", "Is the house big?", "xyzzyq"], 3) == [
        ["La casa es grande."],
        ["¿Es la casa grande?"],
        ["xyzzyq"],
    ]
    assert back.write(["¡La niña comió pan, señor!"], 3) == [["The girl ate bread, gentleman!"]]


@real
@pytest.mark.parametrize(("lang", "there", "back"), [("en", "eng-spa", "spa-eng"), ("es", "spa-eng", "eng-spa")])
def test_the_contract_of_transformations(lang: Lang, there: str, back: str) -> None:
    plugin = BackTranslation(there=f"apertium:{there}", back=f"apertium:{back}")
    plugin.ready([lang])
    check_transformation(plugin, langs=[lang])

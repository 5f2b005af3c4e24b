"""Paraphrase and back-translation, with a random model."""

from __future__ import annotations

from pathlib import Path

import pytest
import transformers

from robust.core.text import Text
from robust.core.transformation import Site
from robust.engine.services import TransformationService
from robust.errors import ModelError, PluginError
from robust.lang.tokenise import spans
from robust.transformations import _seq2seq
from robust.transformations.back_translation import BackTranslation
from robust.transformations.paraphrase import Paraphrase
from tests import tiny_models as tiny

STRINGS = ("the soup was nice", "we loved the old house", "un café muy bueno.", "the soup was bad and the room dull")


@pytest.fixture(scope="module", params=[tiny.seq2seq, tiny.bert2bert], ids=["t5", "bert2bert"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    made: str = request.param(tmp_path_factory.mktemp("seq2seq"))
    return made


def site(string: str, index: int = 0) -> Site:
    return Site(Text(string, spans(string)), index, "en")


def test_a_text_is_written_alike_alone_and_among_others(model: str) -> None:
    writer = _seq2seq.load(model)
    together = writer.write(STRINGS, 3)
    assert together == [writer.write([string], 3)[0] for string in STRINGS]
    assert together[::-1] == writer.write(STRINGS[::-1], 3)
    assert any(together)
    assert all(len(set(lines)) == len(lines) <= 3 for lines in together)
    assert writer.write([], 3) == []


def test_candidates_are_what_the_model_wrote_and_survive_the_store(model: str) -> None:
    sites = [site(string, index) for string in STRINGS for index in (0, 1)]
    plugin = Paraphrase(model=model, k=3)
    found = plugin(sites)
    assert not any(found[1::2])
    for string, texts in zip(STRINGS, found[::2], strict=True):
        lines = _seq2seq.load(model).write([string], 3)[0]
        assert [str(text) for text in texts] == [line for line in lines if spans(line) and line != string]
    service = TransformationService(plugin)
    for asked, edits, texts in zip(sites, service(sites), found, strict=True):
        kept = service.decode(asked, service.encode(asked, edits))
        again = [asked.text.apply(some) for some in kept]
        assert [(str(t), t.words, t.origins) for t in again] == [(str(t), t.words, t.origins) for t in texts]


def test_there_and_back_are_two_passes(model: str) -> None:
    writer = _seq2seq.load(model)
    pivot = writer.write([STRINGS[0]], 1)[0][0]
    found = BackTranslation(there=model, back=model, k=2)([site(STRINGS[0])])[0]
    assert [str(text) for text in found] == [line for line in writer.write([pivot], 2)[0] if line != STRINGS[0]]


def test_two_models_of_two_lengths_read_and_write_what_both_can(tmp_path: Path) -> None:
    path = tiny.bert2bert(tmp_path, reads=40, writes=30)
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    tokenizer.model_max_length = 10**30  # as of a tokeniser that does not say
    tokenizer.save_pretrained(path)
    writer = _seq2seq.load(path)
    assert writer.max_length == 30
    assert writer.write(["the soup was nice " * 30], 2)[0]


def test_mistakes(model: str, tmp_path: Path) -> None:
    with pytest.raises(PluginError):
        Paraphrase(model="")
    with pytest.raises(PluginError):
        BackTranslation(k=0)
    with pytest.raises(ModelError, match="no such directory"):
        Paraphrase(model="path/to/paraphraser").ready(["en"])
    other = tiny.bert(tmp_path / "mlm", head="MaskedLM")
    with pytest.raises(ModelError, match="a masked language model"):
        Paraphrase(model=other).ready(["en"])

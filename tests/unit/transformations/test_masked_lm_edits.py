"""Words put in, added and merged are what the model expects at the very place where they end up."""

from __future__ import annotations

from pathlib import Path

import pytest

from robust.core.text import Text
from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.base import language
from robust.transformations import _masked_lm
from robust.transformations.masked_lm_edits import OPERATIONS, MaskedLMEdits, Operation
from tests import tiny_models as tiny

STRINGS = [
    ("The film was good, bad and (very) long!", "en"),
    ("¿Qué tal? ¡Muy bien!", "es"),
    ("Dijo «hola» y fue", "es"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny.bert(tmp_path_factory.mktemp("mlm"), head="MaskedLM")


def sites(string: str, lang: str) -> list[Site]:
    known = language(lang)
    text = known.text(string)
    return [Site(text, i, known.code) for i in range(len(text))]


def place(site: Site, operation: Operation) -> int:
    return site.index + (operation == "insert_after")


def masked(text: Text, index: int, mask: str) -> str:
    start, end = text.spans[index]
    return str(text)[:start] + mask + str(text)[end:]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("string", "lang"), STRINGS)
def test_each_word_is_among_those_expected_where_it_stands(
    model: str, string: str, lang: str, operation: Operation
) -> None:
    import torch

    lm, k = _masked_lm.load(model), 30
    asked = sites(string, lang)
    found = MaskedLMEdits(model=model, operations=(operation,), k=k)(asked)
    assert any(found)
    for site, texts in zip(asked, found, strict=True):
        for text in texts:
            question = masked(text, place(site, operation), lm.tokenizer.mask_token)
            encoded = lm.tokenizer(question, return_tensors="pt")
            at = encoded["input_ids"][0].tolist().index(lm.tokenizer.mask_token_id)
            with torch.inference_mode():
                best = lm.model(**encoded).logits[0, at].topk(k).indices.tolist()
            word = text.words[place(site, operation)].casefold()
            assert word in {lm.surface[token].casefold() for token in best}, (question, word)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("string", "lang"), STRINGS)
def test_what_is_asked_is_what_is_made(model: str, string: str, lang: str, operation: Operation) -> None:
    lm = _masked_lm.load(model)
    edits = MaskedLMEdits(model=model, operations=(operation,), k=30)
    for site, texts in zip(sites(string, lang), edits(sites(string, lang)), strict=True):
        questions = edits._questions(lm, site)
        for text in texts:
            assert [masked(text, place(site, operation), lm.tokenizer.mask_token)] == [each.text for each in questions]


def test_two_words_become_one_only_where_a_space_parts_them(model: str) -> None:
    found = MaskedLMEdits(model=model, operations=("merge",), k=30)(sites(*STRINGS[0]))
    parted = [bool(texts) for texts in found]
    assert parted == [True, True, True, False, True, False, False, False]
    assert all(len(text) == 7 for texts in found for text in texts)


@pytest.mark.parametrize(
    ("wrong", "said"), [({"operations": ("swap",)}, "swap"), ({"k": 0}, "k is 0"), ({"minimum": 1.0}, "1.0")]
)
def test_wrong_parameters_are_said(wrong: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=said):
        MaskedLMEdits(model=str(tmp_path), **wrong)  # type: ignore[arg-type]

"""Masked-LM candidates: alignment, filters, word pieces, batching, and clear errors; on tiny and on scripted models."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from robust.core.transformation import Site
from robust.errors import ModelError, PluginError
from robust.lang.base import language
from robust.transformations import _masked_lm
from robust.transformations.masked_lm import MaskedLM
from tests import tiny_models as tiny


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny.bert(tmp_path_factory.mktemp("mlm"), head="MaskedLM")


def sites(string: str, lang: str = "en") -> list[Site]:
    text = language(lang).text(string)
    return [Site(text, i, lang) for i in range(len(text))]


def words(found: list, site: Site) -> list[str]:
    return [candidate.words[site.index] for candidate in found]


def test_candidates_are_what_the_model_ranks_highest_at_the_word(model: str) -> None:
    import torch

    lm = _masked_lm.load(model)
    site = sites("The waiter, so sad, was never GOOD!")[1]
    encoded = lm.tokenizer(str(site.text), return_tensors="pt")
    at = lm.tokenizer.convert_ids_to_tokens(encoded["input_ids"][0]).index("waiter")
    with torch.inference_mode():
        ranked = lm.model(**encoded).logits[0, at].argsort(descending=True)[:20]
    tokens = lm.tokenizer.convert_ids_to_tokens(ranked)
    expected = [t for t in tokens if t.isalpha() and t != "waiter"]
    assert words(MaskedLM(model=model, k=20)([site])[0], site) == expected


def test_special_tokens_pieces_signs_and_the_word_itself_are_dropped(model: str) -> None:
    for site in sites("The waiter was never good"):
        found = words(MaskedLM(model=model, k=1000)([site])[0], site)
        assert found
        assert all(word.isalpha() for word in found)
        assert site.word.lower() not in [word.lower() for word in found]
        assert len(set(found)) == len(found)


def test_case_of_the_word_is_kept(model: str) -> None:
    upper, title, lower = sites("GOOD Good good")
    transformation = MaskedLM(model=model, k=30)
    assert all(word.isupper() for word in words(transformation([upper])[0], upper))
    assert all(word[0].isupper() for word in words(transformation([title])[0], title))
    assert all(word.islower() for word in words(transformation([lower])[0], lower))


def test_words_of_several_pieces_get_whole_words(model: str) -> None:
    (site,) = [s for s in sites("la niña comí felizmente", "es") if s.word == "felizmente"]
    lm = _masked_lm.load(model)
    assert lm.tokenizer.tokenize("felizmente") == ["feliz", "##mente"]
    found = words(MaskedLM(model=model)([site])[0], site)
    assert 0 < len(found) <= 24
    assert all("#" not in word and " " not in word and len(word) > 1 for word in found)


def test_combinations_are_the_best_by_summed_log_probability() -> None:
    class Fake:
        surface = ("", "a", "b", "c", "d", "e", "f")
        marked = (False, False, False, True, True, True, True)
        marks_begin = False

    def piece(token: int, *ranked: tuple[float, int]) -> _masked_lm.Piece:
        return _masked_lm.Piece(token, [(math.log(p), t) for p, t in ranked])

    pieces = [
        piece(1, (0.5, 1), (0.2, 3), (0.1, 2)),
        piece(3, (0.6, 4), (0.3, 2), (0.1, 3)),
        piece(5, (0.9, 5), (0.2, 6)),
    ]
    # token 3 may not begin a word, token 2 may not go on with one
    assert MaskedLM()._words(Fake(), pieces) == ["ade", "adf", "bde", "ace", "bdf", "acf", "bce", "bcf"]


def test_mask_hides_the_word_from_the_model(model: str) -> None:
    first, second = sites("The soup was good")[1], sites("The film was good")[1]
    hidden = MaskedLM(model=model, mask=True, k=1000)
    seen = [w for w in words(hidden([first])[0], first) if w != "film"]
    assert seen == [w for w in words(hidden([second])[0], second) if w != "soup"]
    plain = MaskedLM(model=model, k=1000)
    assert words(plain([first])[0], first) != words(hidden([first])[0], first)


@pytest.mark.parametrize("mask", [False, True])
def test_byte_level_vocabularies_work_too(tmp_path: Path, mask: bool) -> None:
    strings = ["Good soup, good niña and año", "the waiter was slow", "la sopa está fría", "muy buenísimo service"]
    roberta = tiny.roberta(tmp_path, strings)
    lm = _masked_lm.load(roberta)
    assert lm.marks_begin
    for site in sites("Good soup, niña waiter xyzzy muy soup", "es"):
        found = MaskedLM(model=roberta, k=300, mask=mask)([site])[0]
        assert found
        for candidate in found:
            assert len(language("es").text(str(candidate))) == len(site.text)  # still one word each
            assert lm.tokenizer.decode(lm.tokenizer(str(candidate))["input_ids"], skip_special_tokens=True) == str(
                candidate
            )
    niña = sites("Good soup, niña", "es")[2]
    starts = {t.removeprefix("Ġ") for t in lm.tokenizer.get_vocab() if t.startswith("Ġ")}
    known = {lm.tokenizer.convert_tokens_to_string([t]) for t in starts}
    assert set(words(MaskedLM(model=roberta, k=1000, mask=True)([niña])[0], niña)) <= known


def test_one_pass_for_all_words_of_a_text(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lm, rows = _masked_lm.load(model), []
    forward = lm.model.forward
    monkeypatch.setattr(lm.model, "forward", lambda **kw: (rows.append(len(kw["input_ids"])), forward(**kw))[1])
    MaskedLM(model=model)([*sites("The soup was good"), *sites("The waiter was so very bad")])
    assert sum(rows) == 2


def test_words_beyond_the_model_have_no_candidates(model: str) -> None:
    long = sites("good " * 100)
    found = MaskedLM(model=model, k=10)(long)
    assert found[0]
    assert found[99] == []


def test_an_encoder_without_a_language_model_head_is_refused(tmp_path: Path) -> None:
    encoder = tiny.bert(tmp_path, head="Model")
    with pytest.raises(ModelError, match="is not a masked language model"):
        MaskedLM(model=encoder)(sites("good"))


@pytest.mark.parametrize("missing", ["./nowhere", "somebody/nothing"])
def test_a_model_that_is_not_there_says_how_to_name_another(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError) as raised:
        MaskedLM(model=missing)(sites("good"))
    assert missing in str(raised.value)
    assert "--set attack.transformation.masked_lm.model=DIR" in str(raised.value)


def test_fingerprint_follows_the_weights(model: str, tmp_path: Path) -> None:
    other = tiny.bert(tmp_path, head="MaskedLM")
    assert MaskedLM(model=model).fingerprint()[model] == MaskedLM(model=other).fingerprint()[other]
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x07")
    assert MaskedLM(model=model).fingerprint()[model] != MaskedLM(model=other).fingerprint()[other]
    assert set(MaskedLM().fingerprint().values()) == {"absent"} or len(MaskedLM().fingerprint()) == 2


@pytest.mark.parametrize("wrong", [{"k": 0}, {"model": ""}])
def test_wrong_parameters_are_refused(wrong: dict) -> None:
    with pytest.raises(PluginError):
        MaskedLM(**wrong)

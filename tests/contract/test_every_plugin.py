"""Every registered plugin keeps the contract of its family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from robust import registry
from robust.testing import (
    LetterSwaps,
    check_constraint,
    check_defence,
    check_goal,
    check_search,
    check_transformation,
)
from tests import tiny_models as tiny

CHECKS: dict[registry.Family, Callable[[Any], None]] = {
    "searches": check_search,
    "transformations": check_transformation,
    "constraints": check_constraint,
    "goals": check_goal,
    "defences": check_defence,
}

VARIANTS: dict[str, list[dict[str, Any]]] = {
    "greedy_word_ranking": [{"rank_by": by} for by in ("delete", "unk", "weighted_saliency", "random", "gradient")],
    "beam": [{"width": 1}, {"width": 4}],
    "hotflip": [{"width": 1, "steps": 4}, {"width": 3, "steps": 2}],
    "genetic": [
        {},
        {"initial": "every_word", "crossover": "one_point", "repeat": True},
        {"parents": "proportional", "draw_words": "uniform"},
    ],
    "character_edits": [{}, {"neighbours": "keyboard", "keep_ends": True}, {"operations": ("swap",)}],
    "embedding_cosine": [{}, {"minimum": 0.3, "unknown": False}],
    "embedding_neighbours": [{"minimum": 0.5}, {"k": 3}],
    "same_part_of_speech": [{}, {"noun_for_verb": True}],
    "masked_lm": [{"model": "MLM"}, {"model": "MLM", "mask": True, "k": 5}],
    "masked_lm_edits": [
        {"model": "MLM", "k": 5},
        {"model": "MLM", "operations": ("insert_before", "insert_after", "merge"), "k": 3, "minimum": 0.0001},
    ],
    "sentence_similarity": [{"model": "ENCODER", "minimum": 0.9}, {"model": "ENCODER", "metric": "angular"}],
    "entailment": [{"model": "NLI", "minimum": 0.3}, {"model": "NLI", "direction": "forward"}],
    "fluency": [{"model": "CAUSAL"}, {"model": "MLM", "ratio": None, "drop": 2.0}],
    "any_of": [{"transformations": "PARTS"}],
    "all_character_edits": [{}, {"keep_ends": False, "operations": ("swap", "delete")}],
    "keyboard_typos": [
        {"layout": layout, "accents": layout != "auto", "keep_ends": layout == "us"}
        for layout in ("auto", "us", "es-ES", "es-419", "phone-en", "phone-es")
    ],
    "homoglyphs": [{"look": look, "letters": n} for look in ("confusable", "marked") for n in ("one", "all")],
    "leet": [{}, {"letters": "all"}, {"symbols": False}],
    "ocr": [{}, {"accents": True}],
    "spacing": [{}, {"operations": ("join",)}],
    "casing": [{"style": style} for style in ("upper", "lower", "title", "alternate")],
    "diacritics": [{"kind": kind} for kind in ("drop", "misplace", "add", "real_word", "dieresis", "nfd", "tilde_n")],
    "phonetic_spelling": [{}, {"variety": "distincion"}, {"rules": ("h", "hue")}],
    "homophones": [{}, {"variety": "distincion"}],
    "address": [{"direction": way} for way in ("tu_to_vos", "vos_to_tu", "vosotros_to_ustedes")],
    "code_switching": [{}, {"gender": "masculine"}, {"parts": ("noun",)}],
    "regional_words": [{"variety": variety} for variety in ("es-ES", "es-MX", "es-AR", "es-CO", "es-CL", "es-PE")],
    "diminutives": [{}, {"variety": "es-419"}],
    "inflections": [{}, {"categories": ("number", "gender")}],
    **{name: [{}, {"k": 3}] for name in ("swap_names", "swap_places", "swap_numbers")},
    "insert_synonym": [{}, {"k": 1}],
    "input_reduction": [{"width": 1}, {"width": 3}],
    "reduced": [{}, {"words": 1}],
    "inverted_marks": [{}, {"marks": "all"}],
    "targeted": [{"label": "label 0"}, {"label": "label 2"}],
    "paraphrase": [{"model": "SEQ2SEQ", "k": 3}],
    "back_translation": [{"there": "SEQ2SEQ", "back": "SEQ2SEQ", "k": 2}],
    "append_irrelevance": [{}, {"times": 5}],
    "prepend_words": [{"words": ("zoning", "tapping")}, {"words": ("zonificación",), "place": "end"}],
    "tagging_drop": [{}, {"f1": 0.0}],
    "answer_drop": [{}, {"f1": 0.5}],
    "overlap_drop": [{}, {"measure": "positions", "maximum": 0.0}, {"measure": "bleu"}],
    "margin": [{"margin": 0.0}, {"margin": 0.3}],
}
"""Parameters to try a plugin with; the default is none. Capital values stand for what the fixture builds."""

CASES = [
    (family, name, number)
    for family in registry.FAMILIES
    for name in registry.names(family)
    if name in registry._modules(family)  # not what other tests register
    for number in range(len(VARIANTS.get(name, [{}])))
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("models")
    edits = registry.get("transformations", "character_edits")()
    synonyms = registry.get("transformations", "synonyms")(k=3)
    return {
        "MLM": tiny.bert(folder / "mlm", head="MaskedLM"),
        "ENCODER": tiny.bert(folder / "encoder", head="Model"),
        "CAUSAL": tiny.gpt2(folder / "causal"),
        "NLI": tiny.nli(folder / "nli", "bert"),
        "SEQ2SEQ": tiny.seq2seq(folder / "seq2seq"),
        "PARTS": (edits, synonyms, registry.get("transformations", "character_edits")(operations=("swap",))),
    }


@pytest.mark.parametrize(("family", "name", "number"), CASES, ids=lambda value: str(value))
def test_contract(family: registry.Family, name: str, number: int, built: dict[str, Any]) -> None:
    given = VARIANTS.get(name, [{}])[number]
    ready = {key: built.get(value, value) if isinstance(value, str) else value for key, value in given.items()}
    CHECKS[family](registry.get(family, name)(**ready))


def test_every_family_is_covered() -> None:
    assert set(CHECKS) == set(registry.FAMILIES)
    assert {family for family, _, _ in CASES} == set(registry.FAMILIES)


def test_the_fake_transformation_keeps_the_contract_but_for_its_name() -> None:
    with pytest.raises(AssertionError, match="is not registered"):
        check_transformation(LetterSwaps())

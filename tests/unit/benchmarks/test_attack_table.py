"""The cells of the table of attacks are commands that a bundled classifier can run."""

from typing import Any

from benchmarks.attack_table.cells import PLACES, cells
from benchmarks.attack_table.page import page
from robust.results.estimates import mean, proportion

FOUND = {cell.name: cell for cell in cells()}


def test_there_is_a_cell_for_every_recipe_of_classifiers_in_its_languages() -> None:
    assert {"textfooler-en", "textfooler-es", "diacritics-es", "contractions-en"} <= FOUND.keys()
    assert not {"diacritics-es-es", "diacritics-es-en", "contractions-es"} & FOUND.keys()
    others = ("ner-", "qa-", "addsent", "seq2seq-", "textattack-", "openattack-")
    assert not [name for name in FOUND if name.startswith(others)]


def test_models_that_have_to_be_given_are_named_by_language() -> None:
    assert FOUND["bert-attack-es"].needs == ("masked_es",)
    assert set(FOUND["back-translation-en"].needs) == {"there_en", "back_en"}
    assert not FOUND["textfooler-es"].needs
    said = FOUND["paraphrase-en"].command(PLACES)
    assert said[-1] == "attack.transformation.paraphrase.model=PARAPHRASER_EN"


def test_records_name_what_is_public_and_no_folder() -> None:
    places = dict.fromkeys(PLACES, "/home/someone/model") | {"there_en": "apertium:eng-spa"}
    words = FOUND["back-translation-en"].record(places).split()
    there, back = (word.rpartition("=")[2] for word in words if "back_translation." in word)
    assert (there, back) == ("apertium:eng-spa", "BACK_EN")
    assert places["back_en"] in FOUND["back-translation-en"].command(places)[-1]


def record(name: str) -> dict[str, Any]:
    share, number = proportion(3, 4).as_dict(), mean([1.0, 2.0]).as_dict()
    rates = dict.fromkeys(("clean_accuracy", "accuracy_under_attack", "attack_success_rate"), share)
    return {
        "command": FOUND[name].record(PLACES),
        "recipe": FOUND[name].recipe,
        "lang": FOUND[name].lang,
        "summary": {**rates, "n": 4, "errors": 0, "seconds": 1.5},
        "measured": dict.fromkeys(("queries", "words_changed", "chrf", "similarity"), number),
    }


def test_the_page_says_what_makes_the_models_that_commands_name() -> None:
    assert "benchmarks.paraphraser" not in page([record("textfooler-en")])
    told = page([record("textfooler-en"), record("bae-es")])
    assert "MASKED_EN and MASKED_ES are masked language models" in told
    assert "benchmarks.paraphraser" not in told
    assert "PARAPHRASER_ES are encoder-decoders" in page([record("paraphrase-es")])

"""Inflection, form by form, and that what is not certain is not inflected."""

import pytest

from robust.lang.case import like
from robust.lang.en import inflection as en
from robust.lang.es import inflection as es
from robust.lang.es.gender import gender
from robust.lang.lexicon import Analysis, lexicon


@pytest.mark.parametrize(
    ("lemma", "part_of_speech", "form", "expected"),
    [
        ("film", "noun", "plural", "films"),
        ("story", "noun", "plural", "stories"),
        ("child", "noun", "plural", "children"),
        ("serviceman", "noun", "plural", "servicemen"),
        ("photo", "noun", "plural", "photos"),
        ("hero", "noun", "plural", "heroes"),
        ("monarch", "noun", "plural", "monarchs"),
        ("realism", "noun", "plural", None),
        ("write", "verb", "past", "wrote"),
        ("write", "verb", "participle", "written"),
        ("write", "verb", "past or participle", None),
        ("adore", "verb", "past or participle", "adored"),
        ("stop", "verb", "gerund", "stopping"),
        ("stop", "verb", "past", "stopped"),
        ("cost", "verb", "past", "cost"),
        ("show", "verb", "past", "showed"),
        ("show", "verb", "participle", "shown"),
        ("learn", "verb", "past", "learned"),
        ("keep", "verb", "past", "kept"),
        ("sing", "verb", "participle", "sung"),
        ("begin", "verb", "past", "began"),
        ("lie", "verb", "gerund", "lying"),
        ("handwrite", "verb", "past", None),
        ("try", "verb", "third person", "tries"),
        ("happy", "adj", "comparative", "happier"),
        ("big", "adj", "superlative", "biggest"),
        ("good", "adj", "superlative", "best"),
        ("tedious", "adj", "comparative", None),
    ],
)
def test_english_forms(lemma: str, part_of_speech: str, form: str, expected: str | None) -> None:
    assert en.inflect(lemma, Analysis(lemma, part_of_speech, form)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "lemma", "form"),
    [
        ("stories", "story", "plural"),
        ("wrote", "write", "past"),
        ("learnt", "learn", "past or participle"),
        ("stopping", "stop", "gerund"),
        ("better", "good", "comparative"),
    ],
)
def test_english_analyses(word: str, lemma: str, form: str) -> None:
    assert (lemma, form) in {(found.lemma, found.form) for found in en.analyses(word, lexicon("en"))}


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("joven", "jóvenes"),
        ("francés", "franceses"),
        ("canción", "canciones"),
        ("luz", "luces"),
        ("raíz", "raíces"),
        ("país", "países"),
        ("crisis", "crisis"),
        ("fácil", "fáciles"),
        ("imagen", "imágenes"),
        ("carácter", "caracteres"),
        ("gas", "gases"),
        ("jardín", "jardines"),
        ("café", "cafés"),
        ("israelí", "israelíes"),
        ("lápiz", "lápices"),
        ("bien", "bienes"),
        ("margen", "márgenes"),
        ("autobús", "autobuses"),
    ],
)
def test_spanish_plurals(singular: str, plural: str) -> None:
    assert es.plural(singular) == plural


@pytest.mark.parametrize(
    ("masculine", "feminine"),
    [
        ("perfecto", "perfecta"),
        ("impecable", "impecable"),
        ("encantador", "encantadora"),
        ("francés", "francesa"),
        ("cortés", "cortés"),
        ("superior", "superior"),
        ("mejor", "mejor"),
        ("burlón", "burlona"),
        ("holgazán", "holgazana"),
        ("español", "española"),
        ("optimista", "optimista"),
        ("feliz", "feliz"),
    ],
)
def test_spanish_feminines(masculine: str, feminine: str) -> None:
    assert es.feminine(masculine) == feminine


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("actor", "m"),
        ("casa", "f"),
        ("mano", "f"),
        ("problema", "m"),
        ("canción", "f"),
        ("camión", "m"),
        ("artista", "c"),
        ("agua", "F"),
        ("capital", ""),
        ("película", "f"),
        ("viaje", "m"),
        ("alfeizarque", ""),
    ],
)
def test_spanish_gender(noun: str, expected: str) -> None:
    assert gender(noun) == expected


def test_every_spanish_form_is_found_again() -> None:
    table = lexicon("es")
    for lemma in table.lines:
        for part_of_speech in table.parts_of_speech(lemma):
            for form in es.forms(lemma, part_of_speech):
                surface = es.inflect(lemma, Analysis(lemma, part_of_speech, form))
                assert surface is not None
                readings = {(found.lemma, found.part_of_speech) for found in es.analyses(surface, table)}
                assert (lemma, part_of_speech) in readings, (lemma, surface)


@pytest.mark.parametrize(
    ("model", "word", "expected"),
    [
        ("Perfect", "spotless", "Spotless"),
        ("PERFECT", "spotless", "SPOTLESS"),
        ("perfect", "spotless", "spotless"),
        ("A", "one", "One"),
        ("Ótimo", "íntegro", "Íntegro"),
        ("tra\u0301gico", "lúgubre", "lu\u0301gubre"),
        ("iPhone", "phone", "phone"),
    ],
)
def test_case(model: str, word: str, expected: str) -> None:
    assert like(model, word) == expected

"""Number, gender and short forms of Spanish nouns and adjectives."""

from __future__ import annotations

import pytest

from robust.lang.es.inflection import analyses, forms, inflect
from robust.lang.es.morphology.nominal import feminine, lengthened, plural, shortened
from robust.lang.lexicon import Analysis, lexicon


@pytest.mark.parametrize(
    ("singular", "expected"),
    [
        ("casa", "casas"),
        ("sofá", "sofás"),
        ("té", "tés"),
        ("marroquí", "marroquíes"),
        ("menú", "menús"),
        ("esquí", "esquís"),
        ("tabú", "tabúes"),
        ("vez", "veces"),
        ("nuez", "nueces"),
        ("andaluz", "andaluces"),
        ("canción", "canciones"),
        ("examen", "exámenes"),
        ("orden", "órdenes"),
        ("mohín", "mohínes"),
        ("ruin", "ruines"),
        ("baúl", "baúles"),
        ("mes", "meses"),
        ("tos", "toses"),
        ("lunes", "lunes"),
        ("tórax", "tórax"),
        ("fax", "faxes"),
        ("ciempiés", "ciempiés"),
        ("bíceps", "bíceps"),
        ("interés", "intereses"),
        ("reloj", "relojes"),
        ("rey", "reyes"),
        ("jersey", "jerséis"),
        ("récord", "récords"),
        ("robot", "robots"),
        ("club", "clubes"),
        ("álbum", "álbumes"),
        ("gasoil", "gasoiles"),
        ("régimen", "regímenes"),
        ("carácter", "caracteres"),
        ("ciudad", "ciudades"),
        ("cualquiera", "cualesquiera"),
    ],
)
def test_plural(singular: str, expected: str) -> None:
    assert plural(singular) == expected


@pytest.mark.parametrize(
    "word", ["test", "póney", "oxímoron", "telefax", "voyeur", "psst", "", "kibutz", "guardia-civil"]
)
def test_plurals_that_are_not_settled(word: str) -> None:
    assert plural(word) is None


@pytest.mark.parametrize(
    ("masculine", "expected"),
    [
        ("trabajador", "trabajadora"),
        ("tricolor", "tricolor"),
        ("anterior", "anterior"),
        ("descortés", "descortés"),
        ("montañés", "montañesa"),
        ("bailarín", "bailarina"),
        ("alemán", "alemana"),
        ("regordete", "regordeta"),
        ("belga", "belga"),
        ("iraní", "iraní"),
        ("andaluz", "andaluza"),
        ("ruin", "ruin"),
        ("joven", "joven"),
        ("común", "común"),
        ("azul", "azul"),
    ],
)
def test_feminine(masculine: str, expected: str) -> None:
    assert feminine(masculine) == expected


@pytest.mark.parametrize(
    ("word", "following", "expected"),
    [
        ("bueno", "día", "buen"),
        ("primero", "paso", "primer"),
        ("alguno", "día", "algún"),
        ("grande", "casa", "gran"),
        ("cualquiera", "cosa", "cualquier"),
        ("santo", "Juan", "san"),
        ("santo", "Tomás", "santo"),
        ("santo", "varón", "santo"),
        ("bonito", "día", "bonito"),
    ],
)
def test_short_forms(word: str, following: str, expected: str) -> None:
    assert shortened(word, following) == expected
    assert lengthened(expected) == word or word == "santo"


def test_a_word_without_a_settled_plural_has_a_singular_only() -> None:
    assert forms("test", "noun") == ("s",)
    assert inflect("test", Analysis("libro", "noun", "p")) is None


@pytest.mark.parametrize(
    ("word", "lemma", "form", "other", "expected"),
    [
        ("cerraron", "cerrar", "indicative preterite ellos", "concluir", "concluyeron"),
        ("recomiendo", "recomendar", "indicative present yo", "sugerir", "sugiero"),
        ("cerraba", "cerrar", "indicative imperfect yo | indicative imperfect él", "poner", "ponía"),
        ("hablamos", "hablar", "indicative present nosotros | indicative preterite nosotros", "decir", None),
        ("hablamos", "hablar", "indicative present nosotros | indicative preterite nosotros", "charlar", "charlamos"),
        ("encanta", "encantar", "indicative present él | imperative tú", "poner", None),
        ("diciéndole", "decir", "gerund + le", "oír", "oyéndole"),
        ("cómpralo", "comprar", "imperative tú + lo", "obtener", "obtenlo"),
        ("cerraron", "cerrar", "indicative preterite ellos", "marcharse", None),
        ("cerraron", "cerrar", "indicative preterite ellos", "qzxrir", None),
    ],
)
def test_verbs_of_the_table(word: str, lemma: str, form: str, other: str, expected: str | None) -> None:
    (found,) = [one for one in analyses(word, lexicon("es")) if one.lemma == lemma]
    assert found == Analysis(lemma, "verb", form)
    assert inflect(lemma, found) == word
    assert inflect(other, found) == expected


def test_a_noun_is_not_read_as_a_verb() -> None:
    assert {found.part_of_speech for found in analyses("casa", lexicon("es"))} == {"noun"}
    for word in ("guía", "cuenta", "cuentas", "entre", "hecho", "guías"):  # not all of them are in the table as nouns
        assert "verb" not in {found.part_of_speech for found in analyses(word, lexicon("es"))}, word

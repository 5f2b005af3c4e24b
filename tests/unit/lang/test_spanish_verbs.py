"""Spanish verbs: whole paradigms, single forms of every class, and that nothing uncertain is conjugated."""

from __future__ import annotations

from pathlib import Path

import pytest

from robust.lang import build_verbs
from robust.lang.es.morphology import (
    GERUND,
    INFINITIVE,
    VerbForm,
    conjugate,
    conjugations,
    readings,
    verb_form,
    verb_forms,
)
from robust.lang.es.morphology.forms import PERSONS
from robust.lang.es.morphology.spelling import marked, nuclei, spelled
from robust.lang.es.morphology.stems import infinitives
from tests import realdata


def paradigms() -> list[tuple[str, str, list[str]]]:
    """(infinitive, tense, cells) from the hand-checked file; the line of the infinitive itself is `nonfinite`."""
    found, verb = [], ""
    for line in Path(__file__).with_name("spanish_paradigms.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("  "):
            tense, cells = line.strip().split(": ")
            found.append((verb, tense, cells.split()))
        else:
            verb, *cells = line.split()
            found.append((verb, "nonfinite", cells))
    return found


@pytest.mark.parametrize(("verb", "tense", "cells"), paradigms(), ids=lambda value: str(value))
def test_paradigm(verb: str, tense: str, cells: list[str]) -> None:
    if tense == "nonfinite":
        forms = [GERUND, verb_form("participle ms")]
    else:
        persons = PERSONS[1:] if tense == "imperative" else PERSONS
        forms = [verb_form(f"{tense} {person}") for person in persons]
    assert ["/".join(conjugations(verb, form)) or "-" for form in forms] == cells


@pytest.mark.parametrize(
    ("verb", "form", "expected"),
    [
        ("tocar", "indicative preterite yo", "toqué"),
        ("pagar", "subjunctive present nosotros", "paguemos"),
        ("cruzar", "indicative preterite yo", "crucé"),
        ("vencer", "indicative present yo", "venzo"),
        ("coger", "indicative present yo", "cojo"),
        ("distinguir", "indicative present yo", "distingo"),
        ("delinquir", "subjunctive present él", "delinca"),
        ("conocer", "subjunctive present tú", "conozcas"),
        ("mecer", "indicative present yo", "mezo"),
        ("entumecer", "indicative present yo", "entumezco"),
        ("cocer", "indicative present yo", "cuezo"),
        ("conducir", "indicative preterite ellos", "condujeron"),
        ("lucir", "indicative present yo", "luzco"),
        ("lucir", "indicative preterite él", "lució"),
        ("caer", "indicative preterite él", "cayó"),
        ("traer", "subjunctive imperfect él", "trajera"),
        ("huir", "indicative preterite yo", "hui"),
        ("rehuir", "indicative present él", "rehúye"),
        ("argüir", "indicative present yo", "arguyo"),
        ("argüir", "indicative preterite él", "arguyó"),
        ("bullir", "indicative preterite él", "bulló"),
        ("tañer", "gerund", "tañendo"),
        ("actuar", "indicative present yo", "actúo"),
        ("cambiar", "indicative present yo", "cambio"),
        ("guiar", "indicative preterite él", "guio"),
        ("aislar", "indicative present él", "aísla"),
        ("causar", "indicative present él", "causa"),
        ("peinar", "indicative present él", "peina"),
        ("prohibir", "indicative present él", "prohíbe"),
        ("prohibir", "indicative present nosotros", "prohibimos"),
        ("rehusar", "indicative present ellos", "rehúsan"),
        ("ahuecar", "indicative present él", "ahueca"),
        ("zaherir", "indicative present él", "zahiere"),
        ("errar", "indicative present yo", "yerro"),
        ("degollar", "indicative present él", "degüella"),
        ("desosar", "indicative present él", "deshuesa"),
        ("adquirir", "indicative present él", "adquiere"),
        ("discernir", "indicative preterite él", "discernió"),
        ("elegir", "indicative present yo", "elijo"),
        ("seguir", "indicative present yo", "sigo"),
        ("morir", "participle fs", "muerta"),
        ("escribir", "participle mp", "escritos"),
        ("devolver", "participle ms", "devuelto"),
        ("imprimir", "participle ms", "impreso"),
        ("saber", "indicative present yo", "sé"),
        ("saber", "subjunctive present yo", "sepa"),
        ("caber", "indicative preterite él", "cupo"),
        ("andar", "subjunctive imperfect-se él", "anduviese"),
        ("contradecir", "imperative tú", "contradice"),
        ("contradecir", "indicative future él", "contradecirá"),
        ("bendecir", "participle ms", "bendecido"),
        ("bendecir", "indicative future yo", "bendeciré"),
        ("satisfacer", "indicative preterite él", "satisfizo"),
        ("deshacer", "imperative tú", "deshaz"),
        ("detener", "imperative tú", "detén"),
        ("proponer", "imperative tú", "propón"),
        ("proponer", "participle fp", "propuestas"),
        ("sobresalir", "imperative tú", "sobresal"),
        ("convenir", "indicative preterite yo", "convine"),
        ("desoír", "indicative preterite él", "desoyó"),
        ("freír", "participle ms", "frito"),
        ("roer", "indicative present yo", "roo"),
        ("tuitear", "indicative present él", "tuitea"),
        ("escanear", "indicative preterite yo", "escaneé"),
    ],
)
def test_one_form(verb: str, form: str, expected: str) -> None:
    assert conjugate(verb, verb_form(form)) == expected


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("balbucir", "indicative present yo"),  # defective
        ("soler", "indicative future él"),
        ("acontecer", "indicative present yo"),
        ("haber", "imperative tú"),
        ("blegar", "indicative present él"),  # no verb, and `e` may become `ie`
        ("blestiar", "indicative present él"),  # `blestia` or `blestía`
        ("blegir", "indicative preterite él"),
        ("casa", "infinitive"),
        ("", "infinitive"),
        ("ar", "indicative present él"),
    ],
)
def test_what_is_not_certain_is_not_conjugated(verb: str, form: str) -> None:
    assert conjugate(verb, verb_form(form)) is None


def test_an_unknown_verb_has_the_forms_that_are_certain() -> None:
    assert conjugate("blegar", verb_form("indicative preterite yo")) == "blegué"
    assert conjugate("blegar", verb_form("indicative imperfect nosotros")) == "blegábamos"


def test_accepted_variants_come_after_the_usual_form() -> None:
    assert conjugations("haber", verb_form("indicative present él")) == ("ha", "hay")
    assert conjugations("plegar", verb_form("indicative present él")) == ("pliega", "plega")
    assert conjugations("licuar", verb_form("indicative present él")) == ("licua", "licúa")
    assert conjugations("predecir", verb_form("indicative future él")) == ("predecirá", "predirá")


def test_forms_are_named() -> None:
    assert [verb_form(str(form)) for form in verb_forms()] == list(verb_forms())
    assert len(verb_forms()) == 9 * 7 + 6 + 2 + 4
    assert VerbForm("indicative", "present", "vos").finite
    assert not INFINITIVE.finite
    assert VerbForm("imperative", None, "ellos").plural
    with pytest.raises(KeyError):
        verb_form("indicative pluperfect yo")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("fue", {"ser indicative preterite él", "ir indicative preterite él"}),
        ("huela", {"oler subjunctive present yo", "oler subjunctive present él", "oler imperative él"}),
        ("mantén", {"mantener imperative tú"}),
        ("tenés", {"tener indicative present vos"}),
        ("muertas", {"morir participle fp"}),
        ("hay", {"haber indicative present él"}),
        ("sonrió", {"sonreír indicative preterite él"}),
        ("tradujeron", {"traducir indicative preterite ellos"}),
        ("continuo", set()),
        ("contino", set()),
        ("mesa", {"mesar indicative present él", "mesar imperative tú"}),
        ("esta", set()),
        ("", set()),
        ("qzx", set()),
    ],
)
def test_readings(word: str, expected: set[str]) -> None:
    assert {f"{found.lemma} {found.form}" for found in readings(word)} == expected


@pytest.mark.parametrize(
    "word",
    [
        "canción",
        "joven",
        "país",
        "raíz",
        "reír",
        "construir",
        "averiguáis",
        "oíais",
        "huis",
        "rio",
        "guion",
        "prohíbe",
        "rehúso",
        "cambio",
        "envío",
        "viaje",
        "robots",
        "bíceps",
        "estoy",
        "ciudad",
        "pingüino",
        "quien",
        "guía",
        "ahí",
        "buey",
        "habláramos",
        "ahueca",
        "desahucio",
        "zahiere",
        "récords",
        "convoy",
    ],
)
def test_marking_and_spelling_are_inverse(word: str) -> None:
    assert spelled(marked(word)) == word


def test_syllables() -> None:
    assert [len(nuclei(word)) for word in ("guion", "país", "ahumar", "ahuecar", "quien", "aéreo", "huis")] == [
        *(1, 2, 2, 3, 1, 4, 1),
    ]


def test_every_listed_verb_is_an_infinitive() -> None:
    assert len(infinitives()) > 10_000
    assert all(verb.endswith(("ar", "er", "ir", "ír")) for verb in infinitives())


@pytest.mark.realdata
def test_infinitives_are_reproduced() -> None:
    lines = realdata.path("lexicons", "lemario", build_verbs.VERBS).read_text(encoding="utf-8").splitlines()
    shipped = Path(build_verbs.__file__).parent.joinpath("es", "verbs.txt.xz").read_bytes()
    assert build_verbs.verbs(lines) == shipped


@pytest.mark.realdata
@pytest.mark.slow
def test_homographs_are_reproduced() -> None:
    lines = realdata.path("lexicons", "lemario", build_verbs.HEADWORDS).read_text(encoding="utf-8").splitlines()
    shipped = Path(build_verbs.__file__).parent.joinpath("es", "verb_homographs.txt.xz").read_bytes()
    assert build_verbs.homographs(lines) == shipped

"""Spanish pronouns before and after a periphrasis."""

from __future__ import annotations

import pytest

from robust.core.text import Text
from robust.core.transformation import Site
from robust.lang.base import language
from robust.transformations.clitic_placement import CliticPlacement


def moved(string: str) -> list[Text]:
    text = language("es").text(string)
    found = CliticPlacement()([Site(text, at, "es") for at in range(len(text))])
    return [candidate for of_word in found for candidate in of_word]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("lo quiero ver", "quiero verlo"),
        ("Se lo voy a decir.", "Voy a decírselo."),
        ("SE LO VOY A DECIR", "VOY A DECÍRSELO"),
        ("Ana lo está haciendo", "Ana está haciéndolo"),
        ("Os las estamos dando", "Estamos dándooslas"),
        ("no te lo puedo creer", "no puedo creértelo"),
        ("¿Me puedes decir la hora?", "¿Puedes decirme la hora?"),
        ("No había luz.\nNos tuvimos que ir", "No había luz.\nTuvimos que irnos"),
        ("Ayer.  La acabo de oír", "Ayer.  Acabo de oírla"),
        ("lo suelo leer", "suelo leerlo"),
        ("le debe de doler", "debe de dolerle"),
        ("la fuimos a buscar", "fuimos a buscarla"),
        ("no lo he podido ver", "no he podido verlo"),
        ("ya nos han vuelto a llamar", "ya han vuelto a llamarnos"),
        ("lo debe haber visto", "debe haberlo visto"),
        ("la voy a dejar salir", "voy a dejarla salir"),
        ("no lo vuelvas a hacer", "no vuelvas a hacerlo"),
        ("no la sigue viendo", "no sigue viéndola"),
        ("Lo voy a ver y me voy", "Voy a verlo y me voy"),
        ("me lo voy a comer", "voy a comérmelo"),
        ("lo sé hacer", "sé hacerlo"),
        ("los he de freír", "he de freírlos"),
    ],
)
def test_there_and_back(before: str, after: str) -> None:
    assert [*map(str, moved(before))] == [after]
    assert [*map(str, moved(after))] == [before]


@pytest.mark.parametrize(
    "string",
    [
        "Hay que verlo",
        "se puede comer bien, y puede comerse bien",
        "se le puede decir",
        "me voy a comer",  # I leave in order to eat, or I eat it up
        "voy a comerme",
        "se volvió a mirar",
        "Sigue haciéndolo",  # or a command
        "Vuelva a leerlo, vamos a verlo",
        "lo puedo ver y tocar",
        "puedo verlo y tocarlo",
        "lo puedo ver, oír",
        "quiero y puedo hacerlo",
        "lo quiero y puedo hacer",
        "lo voy a poder ver",
        "lo puede estar haciendo",
        "lo voy a dejar de ver",
        "lo quiero intentar hacer",
        "lo siguió corriendo",
        "en el suelo verlo",
        "quiero no verlo",
        "quiero, verlo",
        "puede usted decirme",
        "le puede verlo",
        "Puedo Verlo",
        "dímelo, díselo, hazlo",
        "me te puede ver",
        "quiero ver",
        "verlo",
        "",
    ],
)
def test_what_stays(string: str) -> None:
    assert moved(string) == []


def test_the_last_verb_has_the_candidate_and_each_pronoun_counts() -> None:
    text = language("es").text("Hoy te lo quiero dar aquí")
    found = CliticPlacement()([Site(text, at, "es") for at in range(len(text))])
    assert [len(of_word) for of_word in found] == [0, 0, 0, 0, 1, 0]
    (candidate,) = found[4]
    assert candidate.words_changed == 3
    assert candidate.origins == (0, 3, 4, 5)
    assert candidate.root.apply(candidate.edits) == text.root.apply(candidate.edits)


def test_decomposed_letters_stay() -> None:
    assert moved("esta\u0301 hacie\u0301ndolo") == []

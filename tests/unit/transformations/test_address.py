"""Spanish forms of address, a whole text at once."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.base import language
from robust.transformations.address import Address


def changed(string: str, direction: str) -> str:
    """What every candidate of the text is; an empty string where there is none."""
    text = language("es").text(string)
    found = Address(direction=direction)([Site(text, at, "es") for at in range(len(text))])
    candidates = {str(candidate) for of_word in found for candidate in of_word}
    assert len(candidates) <= 1
    return "".join(candidates)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Tú tienes razón.", "Vos tenés razón."),
        ("TÚ ERES MI AMIGO", "VOS SOS MI AMIGO"),
        ("Si quieres, ven conmigo y dime qué prefieres.", "Si querés, vení conmigo y decime qué preferís."),
        ("¿Qué haces, Ana?", "¿Qué hacés, Ana?"),
        ("Esto es para ti y contigo iré.", "Esto es para vos y con vos iré."),
        ("Contigo no puedo", "Con vos no puedo"),
        ("Siéntate y cuéntame todo", "Sentate y contame todo"),
        ("Hazlo ya, que puedes", "Hacelo ya, que podés"),
        ("Ten cuidado y verás que sabes mucho", "Tené cuidado y verás que sabés mucho"),
        ("No tengas miedo, puedes venir.", "No tengas miedo, podés venir."),
        ("Tú cuentas mucho", "Vos contás mucho"),
        ("¿Te tomas un café?", "¿Te tomás un café?"),
        ("Tienes buenas notas.", "Tenés buenas notas."),
        ("Tienes ganas de salir, y vives cerca.", "Tenés ganas de salir, y vivís cerca."),
        ("Juegas muy bien, pero no sirves para esto", "Jugás muy bien, pero no servís para esto"),
        ("tu\u0301 vienes", "vos venís"),
    ],
)  # fmt: skip
def test_from_tu_to_vos(before: str, after: str) -> None:
    assert changed(before, "tu_to_vos") == after


@pytest.mark.parametrize(
    "string",
    [
        "Cuentas claras",  # nouns or verbs
        "Compra este libro si quieres",  # compra: an imperative, or what somebody does
        "Los niños ven la tele.",
        "Hay muchas casas y pocas dudas.",
        "Hablaste mucho y comías poco.",  # the same for vos
        "No te sientes ahí.",  # sentar or sentir
        "Le das un beso y te vas.",
        "Tu eres así.",  # tú without its accent
        "Creo que tú hijo vendrá.",  # and tu with one
        "Haz sido muy amable.",  # has
        "Felicitas vino ayer con Mercedes.",
        "Las arepas resecas no gustan.",
        "Me habló de tú a tú.",
        "Él tiene razón y ustedes vienen.",
        "tIenes",
        "",
    ],
)
def test_what_is_not_certain_stays_as_a_whole(string: str) -> None:
    assert changed(string, "tu_to_vos") == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Vos tenés razón", "Tú tienes razón"),
        ("VOS SOS GENIAL", "TÚ ERES GENIAL"),
        ("Vení acá, decime qué querés", "Ven acá, dime qué quieres"),
        ("Esto es para vos, salgo con vos", "Esto es para ti, salgo contigo"),
        ("Con vos todo cambia", "Contigo todo cambia"),
        ("Entre vos y yo", "Entre tú y yo"),
        ("Vos vivís lejos", "Tú vives lejos"),
        ("Sentate", "Siéntate"),
        ("Mirala bien y creeme", "Mírala bien y créeme"),
        ("Un pan con tomate, ¿querés?", "Un pan con tomate, ¿quieres?"),
        ("Me gustan los musicales", ""),
        ("Es de Santo Tomás", ""),
        ("Tomate fresco", ""),
        ("Vivís lejos", ""),  # or vosotros
        ("Vos sois mi rey", ""),  # the vos of old
        ("Tú tienes razón", ""),
    ],
)
def test_from_vos_to_tu(before: str, after: str) -> None:
    assert changed(before, "vos_to_tu") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Vosotros tenéis razón", "Ustedes tienen razón"),
        ("VOSOTRAS SOIS AMIGAS", "USTEDES SON AMIGAS"),
        ("Sentaos y decidme qué queréis", "Siéntense y díganme qué quieren"),
        ("¿Habéis comido en vuestra casa?", "¿Han comido en su casa?"),
        ("Os recomiendo este hotel", "Les recomiendo este hotel"),
        ("Os va a gustar", "Les va a gustar"),
        ("Os ENCANTARÁ", "Les ENCANTARÁ"),
        ("Os vais mañana", "Se van mañana"),
        ("Os lo digo", "Se lo digo"),
        ("No os habéis enterado", "No se han enterado"),
        ("La libertad es bella y tenéis sed", "La libertad es bella y tienen sed"),
        ("Id con Dios", "Vayan con Dios"),
        ("Estabais allí y hablasteis", "Estaban allí y hablaron"),
        ("Haced lo que queráis", "Hagan lo que quieran"),
        ("Vosotros vivís lejos", "Ustedes viven lejos"),
        ("Vivís lejos", ""),  # or vos
        ("Os quiero y tenéis razón", ""),  # los or las
        ("Quiero veros si podéis", ""),
        ("Un amigo vuestro, ¿lo tenéis?", ""),
        ("La libertad y la salud", ""),
    ],
)
def test_from_vosotros_to_ustedes(before: str, after: str) -> None:
    assert changed(before, "vosotros_to_ustedes") == after


def test_every_form_offers_the_same_text_and_other_words_nothing() -> None:
    text = language("es").text("Tú no puedes, Ana")
    found = Address()([Site(text, at, "es") for at in range(len(text))])
    assert [[str(one) for one in of_word] for of_word in found] == [
        ["Vos no podés, Ana"],
        [],
        ["Vos no podés, Ana"],
        [],
    ]
    assert found[0][0].words_changed == 2


def test_the_direction_must_be_known() -> None:
    with pytest.raises(PluginError, match="tu_to_usted"):
        Address(direction="tu_to_usted")  # type: ignore[arg-type]

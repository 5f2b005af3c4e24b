"""Sentences for the golden files, made up for the purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from robust.core.example import Example
from robust.core.types import LANGS, Lang
from robust.core.victim import Victim
from robust.testing import toy_example

SENTENCES: dict[Lang, tuple[str, ...]] = {
    "en": (
        "The kitchen sent out a cold soup, and nobody apologised for it.",
        "A quiet, generous film that trusts its audience from the first scene.",
        "Our guide knew every street in the old town and told wonderful stories!",
        "I wanted to love this novel, but the second half drags terribly.",
        "Cheap plastic, weak battery, and the screen broke within 2 weeks…",
        "The naïve hero's journey isn't new; still, the songs are delightful 🙂",
        "We waited an hour at the counter while the staff chatted about football.",
        "Bright rooms, friendly people and a huge breakfast: we will be back.",
        "The plot makes little sense and the jokes feel older than the actors.",
        "Everything arrived early, carefully packed, and worked at once.",
        "Never again: the pool was dirty and our door would not lock.",
        "An honest and moving portrait of two brothers who hardly speak.",
    ),
    "es": (
        "La sopa llegó fría y nadie pidió disculpas en toda la noche.",
        "Una película tranquila y generosa que confía en su público desde la primera escena.",
        "¡Nuestro guía conocía cada calle del casco antiguo y contaba historias maravillosas!",
        "Quería disfrutar de esta novela, pero la segunda mitad se hace muy larga.",
        "Plástico barato, batería débil y la pantalla se rompió a los 2 meses…",
        "El viaje del héroe no es nuevo; aun así, las canciones son una delicia 🙂",
        "Esperamos una hora en el mostrador mientras los empleados hablaban de fútbol.",
        "Habitaciones luminosas, gente amable y un desayuno enorme: volveremos el próximo año.",
        "La trama tiene poco sentido y los chistes parecen más viejos que los actores.",
        "Todo llegó pronto, bien embalado, y funcionó a la primera.",
        "Nunca más: la piscina estaba sucia y la puerta no cerraba.",
        "Un retrato honesto y emocionante de dos hermanos que apenas se hablan.",
    ),
}

ADDRESSED = (
    "Si tienes tiempo, ven conmigo a la piscina y verás qué tranquila está.",
    "Yo quiero una casa en la playa, pero tú no puedes vivir sin tu coche.",
    "Vosotros tenéis un camarero muy amable, y el zumo os va a gustar.",
    "¿Eres capaz de llegar en autobús? Yo prefiero dejar mi coche en casa.",
    "Os recomiendo el hotel: desde la ventana veis el parque y el museo.",
    "Tú sabes que nosotros pedimos unas patatas y un café, y llegó una sopa.",
    "Dime si quieres el ordenador viejo o prefieres un móvil barato.",
    "El camarero trajo la tarta tarde, y yo pagué la cena de mis amigos.",
)
"""Spanish sentences that speak to somebody, in the words of Spain, for recipes that most texts give nothing to do."""

ASKING: dict[Lang, tuple[str, ...]] = {
    "en": (),
    "es": (
        "¿Me puedes decir dónde comen los camareros? ¡Nadie lo quiere contar!",
        "¡Qué bien lo están haciendo los niños pequeños! ¿Quién les va a dar el premio?",
        "¿Por qué tenemos que pagarlo nosotros? ¡Todos los clientes se lo van a decir!",
        "No lo voy a olvidar: ¡nuestros vecinos acaban de salvarnos la tarde!",
        "¿Los alumnos nuevos? Ana los suele ayudar, y sus amigos también.",
        "¡Los pasajeros no lo han podido creer! ¿Y quién puede explicárselo?",
        "¿Para niños? Quiero verlo antes: ¡me están vendiendo humo!",
        "Lo debe de saber el jefe de los empleados, ¿no? ¡Te lo puedo jurar!",
    ),
}
"""Spanish sentences that ask and exclaim, with groups of persons and with pronouns beside a periphrasis."""

NAMED: dict[Lang, tuple[str, ...]] = {
    "en": (
        "Helen and her husband waited 40 minutes for a cold pizza.",
        "Thanks to Brian, our week in Lisbon was a delight!",
        "The best curry outside India, and twelve kinds of bread.",
        "Laura's room in Dublin smelled of smoke for three nights.",
        "Nobody in Boston makes worse coffee, and Peter knows it.",
        "The film follows Nathan from Ghana to Norway and never bores.",
        "We bought five of them in Toronto; they broke within 20 days.",
        "Emily explained everything twice and smiled all the time.",
    ),
    "es": (
        "Esperamos 40 minutos y Laura se fue sin cenar.",
        "Gracias a Tomás, nuestra semana en Lisboa fue una delicia.",
        "El mejor asado fuera de Argentina, y doce clases de pan.",
        "La habitación de Inés en Sevilla olía a humo desde hacía tres noches.",
        "Nadie en Bogotá hace peor café, y Pedro lo sabe.",
        "La película sigue a Raquel de México a Noruega y no aburre nunca.",
        "Compramos cinco en Monterrey y se rompieron a los 20 días…",
        "Andrés lo explicó todo dos veces y no dejó de sonreír.",
    ),
}
"""Sentences with names, places and numbers."""

CONTRACTED: dict[Lang, tuple[str, ...]] = {
    "en": (
        "It's a lovely place and they're never in a hurry, so I'd go again.",
        "We didn't like the soup, and the waiter would not take it back.",
        "I have never seen a film that doesn't care so much about its own ending.",
        "You'll love the garden; it is quiet, and there's shade all day.",
        "She wasn't rude, but she could not find our booking.",
        "They've painted the rooms, yet the beds haven't been changed.",
        "The sequel isn't bad. It does not try to be clever, and that's fine.",
        "We cannot recommend the tour: the guide hadn't learned a single date.",
    ),
    "es": (),
}
"""English sentences with contractions, and with words that can be contracted."""


def examples(
    victim: Victim, sentences: Mapping[Lang, Sequence[str]] = SENTENCES, *, addressed: bool = False
) -> list[Example]:
    """The sentences as examples that the victim gets right; `addressed`: with those that speak to somebody."""
    more = [toy_example(string, lang="es", victim=victim, id=f"es/addressed/{i}") for i, string in enumerate(ADDRESSED)]
    return (more if addressed else []) + [
        toy_example(string, lang=lang, victim=victim, id=f"{lang}/{i}")
        for lang in LANGS
        for i, string in enumerate(sentences[lang])
    ]

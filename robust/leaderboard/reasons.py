"""Why a flag is raised, clear or not checked, in English and in Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Value: TypeAlias = "str | int | float"
"""A float is written with one decimal, as the language does."""

_SAID: Mapping[str, tuple[str, str]] = {
    "rerun.same": ("run again, same answers", "al repetirla, las mismas respuestas"),
    "rerun.other": ("run again, other answers", "al repetirla, otras respuestas"),
    "repeated.none": ("no text was asked twice", "ningún texto se consultó dos veces"),
    "repeated.differ": (
        "{differing} of {compared} repeated answers differ",
        "difieren {differing} de {compared} respuestas repetidas",
    ),
    "repeated.same": (
        "{compared} repeated answers are the same",
        "coinciden las {compared} respuestas repetidas",
    ),
    "answers.few": ("too few answers", "hay muy pocas respuestas"),
    "answers.all": ("{found} different answers for all texts", "{found} respuestas distintas para todos los textos"),
    "answers.many": ("{found} different answers", "{found} respuestas distintas"),
    "edits.none": (
        "no attack with gradients and one without make the same edits",
        "ningún ataque con gradientes hace los mismos cambios que otro sin ellos",
    ),
    "edits.missed": (
        "{edits}: gradients miss {missed} examples that scores alone break, and find {gained}",
        "{edits}: con gradientes no caen {missed} ejemplos que caen con las puntuaciones solas, y caen otros {gained}",
    ),
    "edits.compared": ("compared on {edits}", "comparados con {edits}"),
    "budget.none": ("no budget", "sin límite de consultas"),
    "budget.used": (
        "{hits} of {attacked} attacks failed with their budget used up",
        "{hits} de {attacked} ataques fracasaron tras agotar sus consultas",
    ),
    "cleaning.declared": ("the model reads texts after: {steps}", "el modelo lee los textos después de: {steps}"),
    "cleaning.nothing": ("no attack succeeded", "ningún ataque tuvo éxito"),
    "cleaning.undone": (
        "normalising letters, marks and case undoes {undone} of {broken} successes",
        "normalizar letras, signos y mayúsculas deshace {undone} de {broken} éxitos",
    ),
    "seeds.differ": (
        "{attack}: seeds {one} and {two} differ by {examples} examples",
        "{attack}: las semillas {one} y {two} difieren en {examples} ejemplos",
    ),
    "seeds.compared": ("compared: {which}", "comparadas: {which}"),
    "seeds.one": ("one seed", "una sola semilla"),
    "hidden.none": ("no entry on hidden texts", "no hay ninguna entrada con textos ocultos"),
    "hidden.clean": (
        "clean accuracy: {public} % in public, {hidden} % hidden",
        "acierto sin ataque: {public} % en los públicos, {hidden} % en los ocultos",
    ),
    "hidden.robust": (
        "accuracy under attack: {public} % in public, {hidden} % hidden",
        "acierto bajo ataque: {public} % en los públicos, {hidden} % en los ocultos",
    ),
    "hidden.compared": ("compared with {entry}", "comparada con {entry}"),
    "training.none": ("no training data were given", "no se dieron los datos de entrenamiento"),
    "training.shared": (
        "{hits} of {n} texts share a run of words with the training data",
        "{hits} de {n} textos comparten una serie de palabras con los datos de entrenamiento",
    ),
    "texts.withheld": ("the entry withholds its texts", "la entrada no publica sus textos"),
    "rows.few": ("{rows} rows are too few", "{rows} filas son muy pocas"),
    "ece": (
        "ECE {found} points; a calibrated model shows up to {limit}",
        "ECE de {found} puntos; un modelo calibrado llega hasta {limit}",
    ),
    "lean": (
        "says {label} of {said} % of the unchanged texts; it is true of {true} %",
        "dice {label} del {said} % de los textos sin cambios; es cierto del {true} %",
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason by its key, with the values that its sentence tells."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def said(self, lang: Literal["en", "es"]) -> str:
        """The sentence in a language."""
        sentence = _SAID[self.key][lang == "es"]
        return sentence.format(**{name: _written(value, lang) for name, value in self.values.items()})


def reason(key: str, **values: Value) -> Reason:
    """A reason; what it is told is written when it is said."""
    return Reason(key, values)


def _written(value: Value, lang: str) -> str:
    if not isinstance(value, float):
        return str(value)
    digits = f"{value:.1f}"
    return digits.replace(".", ",") if lang == "es" else digits

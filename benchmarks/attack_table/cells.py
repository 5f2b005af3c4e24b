"""The cells of the table: a recipe, a language, and the `robust attack` command that fills it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from robust.core.goal import TaskGoal
from robust.core.types import LANGS, Lang
from robust.recipe.load import load_attack, shipped

PLACES: Mapping[str, str] = {
    f"{place}_{lang}": f"{place.upper()}_{lang.upper()}"
    for place in ("masked", "paraphraser", "there", "back")
    for lang in LANGS
}
"""Places that the user gives, and how they are called in records, which say nothing of a machine."""
PUBLIC = "apertium:"
"""What begins the names of places that are the same on every machine: records have them as they are."""

EXTRA: Mapping[str, str] = {
    "bert-attack": "--set attack.transformation.masked_lm.model={masked}",
    "bae": "--set attack.transformation.masked_lm_edits.model={masked}",
    "clare": "--set attack.transformation.masked_lm_edits.model={masked}",
    "paraphrase": "--set attack.transformation.paraphrase.model={paraphraser}",
    "back-translation": "--set attack.transformation.back_translation.there={there} "
    "--set attack.transformation.back_translation.back={back}",
}
"""What a recipe is asked for besides: models of the language that have to be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One recipe in one language; `words` are the arguments of `robust attack`, places in braces."""

    recipe: str
    lang: Lang
    words: str

    @property
    def name(self) -> str:
        return f"{self.recipe}-{self.lang}".replace("-es-es", "-es")

    @property
    def needs(self) -> tuple[str, ...]:
        """Places that the command names."""
        return tuple(place for place in PLACES if f"{{{place}}}" in self.words)

    def command(self, places: Mapping[str, str]) -> list[str]:
        """The arguments with the places filled in."""
        return ["attack", *(word.format(**places) for word in shlex.split(self.words))]

    def record(self, places: Mapping[str, str]) -> str:
        """The command as it is told to others."""
        said = {name: place if place.startswith(PUBLIC) else PLACES[name] for name, place in places.items()}
        return shlex.join(["robust", *self.command(said)])


def cells() -> Iterator[Cell]:
    """Every shipped attack recipe for classifiers in every language it is for, on the bundled model and sentences."""
    for recipe in shipped("attack"):
        if recipe.name.startswith(("textattack-", "openattack-")):  # need packages of their own
            continue
        loaded = load_attack(recipe.name)
        if isinstance(loaded.attack.goal.build(), TaskGoal):
            continue
        for lang in LANGS:
            if lang in loaded.languages:
                extra = EXTRA.get(recipe.name, "").replace("}", f"_{lang}}}")
                words = f"--recipe {recipe.name} --model starter-{lang} --data starter-{lang} {extra}".strip()
                yield Cell(recipe=recipe.name, lang=lang, words=words)

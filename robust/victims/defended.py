"""A classifier behind a defence of its inputs: what an attack sees is the defended model.

`spelling` corrects words by a noisy channel, `context` by one that looks at the words around, `normalise` undoes
disguises and puts accents back, `fgws` doubts texts whose rare words, put in common ones, change the answer. Several
stand one behind the other, the first one foremost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import cast

from robust.core.types import LANGS, Lang
from robust.core.victim import AnyVictim, Victim
from robust.errors import ModelError, UserError, did_you_mean
from robust.lang.base import language
from robust.lang.context import NAME as PAIRS
from robust.lang.context import a_name, in_context
from robust.lang.frequency import NAME, frequencies, total
from robust.lang.normal import normalise
from robust.lang.spelling import correct
from robust.victims.cleaned import behind
from robust.victims.doubting import doubting

NAMES: tuple[str, ...] = ("spelling", "context", "normalise", "fgws")
RARE = 60.0
"""Occurrences per ten million words below which `fgws` takes a word for rare."""


def corrected(text: str, lang: Lang) -> str:
    """The text with every misspelt word corrected; capitalised words inside a sentence are names, and stay."""
    return _word_by_word(text, lang, lambda at, word: word if a_name(text, at, word) else correct(word, lang))


def common(text: str, lang: Lang, rare: float = RARE) -> str:
    """The text with each rare word replaced by its commonest synonym, where that is commoner.

    `rare` is in occurrences per ten million words; stop words have no synonyms, so negations stay.
    """
    return _word_by_word(text, lang, lambda _, word: _commoner(word, lang, rare))


@lru_cache(maxsize=1 << 16)
def _commoner(word: str, lang: Lang, rare: float) -> str:
    counted = frequencies(lang)
    here = counted.get(word.lower(), 0)
    if here >= rare * total(lang) / 1e7:
        return word
    others = language(lang).synonyms(word)
    best = max(others, key=lambda other: counted.get(other.lower(), 0), default=word)
    return best if counted.get(best.lower(), 0) > here else word


def _word_by_word(text: str, lang: Lang, change: Callable[[int, str], str]) -> str:
    """`change` is called with the place of each word and the word."""
    parts, end = list[str](), 0
    for lo, hi in language(lang).spans(text):
        parts += [text[end:lo], change(lo, text[lo:hi])]
        end = hi
    return "".join([*parts, text[end:]])


CLEANERS: Mapping[str, Callable[..., str]] = {
    "spelling": corrected,
    "context": in_context,
    "normalise": normalise,
}
"""The defences that make another text of one, which a model can be trained behind."""
SAVED = "input-defences.json"
"""Beside a model's weights: the defences that it was trained behind, and always stands behind."""


def cleaner(name: str, lang: Lang) -> Callable[[str], str]:
    """What the defence `name`, one of `CLEANERS`, makes of a text in `lang`."""
    return partial(CLEANERS[name], lang=lang)


def defended(victim: AnyVictim, defences: Sequence[str]) -> AnyVictim:
    """The victim behind `defences`, each a name of `NAMES` or `name:lang`; its name and revision say so.

    Without `lang` the language is the one that the victim declares. Raises `UserError` for a defence that does not
    exist, a language that is not known, and a victim that is no classifier.
    """
    for written in reversed(defences):
        name, _, code = written.partition(":")
        if name not in NAMES:
            fix = did_you_mean(name, NAMES) or f"use {', '.join(NAMES)}"
            raise UserError(f"--defence {written}: there is no such defence", fix=fix)
        if victim.meta.task != "classification" or not hasattr(victim, "logits"):
            raise UserError(f"--defence {written}: {victim.meta.name} is no classifier", fix="leave --defence out")
        if not code and len(victim.meta.langs) != 1:
            fix = " or ".join(f"--defence {name}:{lang}" for lang in LANGS)
            raise UserError(f"--defence {written}: {victim.meta.name} does not say its language", fix=fix)
        lang = language(code).code if code else next(iter(victim.meta.langs))
        victim = _behind(cast(Victim, victim), name, lang)
    return victim


def _behind(victim: Victim, name: str, lang: Lang) -> Victim:
    tables = (NAME, PAIRS) if name == "context" else (NAME,)
    read = b"".join([files("robust.lang").joinpath(lang, table).read_bytes() for table in tables])
    pinned = hashlib.sha256(read).hexdigest()[:8]
    meta = replace(
        victim.meta,
        name=f"{victim.meta.name}+{name}:{lang}",
        revision=f"{victim.meta.revision}+{name}:{lang}@{pinned}",
    )
    if name == "fgws":
        return doubting(victim, meta, partial(common, lang=lang), lang)
    return behind(victim, meta, cleaner(name, lang), lang)


def saved(folder: Path) -> list[str]:
    """The defences that `folder` says its model was trained behind. Raises `ModelError` for what says nothing."""
    path = folder / SAVED
    if not path.is_file():
        return []
    try:
        return [str(written) for written in json.loads(path.read_text(encoding="utf-8"))["defences"]]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise _unclear(path, error) from error


def as_saved(folder: Path, victim: Victim) -> Victim:
    """`victim` behind the defences that `folder` says it was trained behind. Raises `ModelError` for unknown ones."""
    try:
        return cast(Victim, defended(victim, saved(folder)))
    except UserError as error:
        raise _unclear(folder / SAVED, error) from error


def _unclear(path: Path, error: Exception) -> ModelError:
    said = str(error).partition("\n")[0]
    return ModelError(f"{path} does not say what stands before the model: {said}", fix="train the model again")

"""What the name of a translator means: `apertium:MODE`, or else the directory or hub id of an encoder-decoder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from robust.core.types import Lang
from robust.errors import PluginError
from robust.transformations import _apertium, _seq2seq

APERTIUM = "apertium:"


class Translator(Protocol):
    """What writes translations."""

    def write(self, texts: Sequence[str], k: int) -> list[list[str]]:
        """Up to `k` for each text, best first, without repeats or empty ones; the same whatever else is asked."""


def languages(name: str) -> tuple[str | None, str | None]:
    """What a translator is known to translate from and into. Raises `PluginError` for what can be no translator."""
    return _apertium.languages(name.removeprefix(APERTIUM)) if name.startswith(APERTIUM) else (None, None)


def fitting(there: str, back: str, lang: Lang) -> None:
    """Raise `PluginError` where two translators are known not to lead from a language and back to it."""
    way = (lang, *languages(there), *languages(back), lang)
    if not _leads(way):
        exchanged = (lang, *languages(back), *languages(there), lang)
        raise PluginError(
            f"back_translation: there is {there!r} and back {back!r}, and the texts are {lang}",
            fix="exchange them" if _leads(exchanged) else "name one that translates from that language, one into it",
        )


def _leads(way: Sequence[str | None]) -> bool:
    return all(None in pair or pair[0] == pair[1] for pair in zip(way[::2], way[1::2], strict=True))


def load(name: str) -> Translator:
    """The translator, ready to write. Raises `ModelError` where it, or what it needs, is not there."""
    return _apertium.load(name.removeprefix(APERTIUM)) if name.startswith(APERTIUM) else _seq2seq.load(name)


def fingerprint(names: Iterable[str]) -> dict[str, str]:
    """What pins each translator: version and data of Apertium, files or commit of a model ("absent" if not there)."""
    pins: dict[str, str] = {}
    for name in names:
        if name.startswith(APERTIUM):
            pins[name] = _apertium.fingerprint(name.removeprefix(APERTIUM))
        else:
            pins |= _seq2seq.fingerprint([name])
    return pins

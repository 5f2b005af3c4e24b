"""nlpaug's augmenters and flows as a transformation, for attacks and for `robust augment`."""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import signature
from typing import Any, ClassVar, Literal

import numpy as np

from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError, did_you_mean
from robust.lang.base import language
from robust.registry import register

_MODULES = ("char", "word", "sentence")


@register("transformations", "nlpaug")
@dataclass(frozen=True, kw_only=True)
class NlpaugTransformation:
    """Augmenters of nlpaug (Ma 2019), one after the other: `augmenters: [{KeyboardAug: {aug_char_max: 1}}]`.

    Each is the name of a class with its parameters. `flow: Sometimes` draws which of them are used, as nlpaug's flow
    does. Augmenters of letters are given the word alone, and what they make takes its place; with one of words or
    sentences among them the text is rewritten as a whole. Up to `k` different results, each from draws of its own,
    which follow from `site.seed`: nlpaug draws from Python's and NumPy's global generators, which are set for it and
    given back as they were. Say `costly` of augmenters that run a model.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    random: ClassVar[bool] = True

    augmenters: tuple[Mapping[str, Any], ...]
    flow: Literal["Sequential", "Sometimes"] = "Sequential"
    k: int = 1
    costly: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "augmenters", tuple(self.augmenters))
        if not self.augmenters or self.k < 1 or any(len(one) != 1 for one in self.augmenters):
            raise PluginError("nlpaug: needs augmenters and k of 1 or more", fix="write [{KeyboardAug: {}}]")
        if self.flow not in ("Sequential", "Sometimes"):
            raise PluginError(f"nlpaug: there is no flow {self.flow!r}", fix="use Sequential or Sometimes")

    def __hash__(self) -> int:
        return hash(json.dumps([list(map(dict, self.augmenters)), self.flow, self.k, self.costly], sort_keys=True))

    @cached_property
    def whole(self) -> bool:
        """Whether the text is rewritten as a whole."""
        return any(_found(next(iter(one)))[0] != "char" for one in self.augmenters)

    def ready(self, langs: Collection[Lang], /) -> None:
        """Make the augmenters. Raises `PluginError` where nlpaug, or what it needs, is missing."""
        _ = self._made

    @cached_property
    def _made(self) -> Any:
        parts = [_built(name, params or {}) for one in self.augmenters for name, params in one.items()]
        return parts[0] if len(parts) == 1 and self.flow == "Sequential" else _flow(self.flow, parts)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates for each site; of whole texts, at the first word alone."""
        return [[] if self.whole and site.index else self._candidates(site) for site in sites]

    def _candidates(self, site: Site) -> list[Text]:
        given = str(site.text) if self.whole else site.word
        found: dict[str, None] = {}
        for number in range(self.k):
            with _seeded(derive(site.seed, number)):
                for made in self._made.augment(given):
                    if made and made != given:
                        found[made] = None
        if self.whole:
            spans = language(site.lang).spans
            return [site.text.rewrite(made, spans(made)) for made in found if spans(made)]
        return [site.text.replace(site.index, made) for made in found]


def _found(name: str) -> tuple[str, type]:
    """The kind of an augmenter and its class. Raises `PluginError` for a name that is none."""
    known: dict[str, tuple[str, type]] = {}
    for kind in _MODULES:
        try:
            module = import_module(f"nlpaug.augmenter.{kind}")
        except ImportError as error:
            raise PluginError(f"nlpaug cannot be imported ({error})", fix="pip install 'robust[nlpaug]'") from None
        known |= {key: (kind, value) for key, value in vars(module).items() if key.endswith("Aug")}
    if name not in known:
        hint = did_you_mean(name, known) or f"known: {', '.join(sorted(known))}"
        raise PluginError(f"nlpaug has no augmenter {name!r}", fix=hint)
    return known[name]


def _built(name: str, parameters: Mapping[str, Any]) -> Any:
    cls = _found(name)[1]
    accepted = signature(cls).parameters
    for key in parameters:
        if key not in accepted:
            hint = did_you_mean(key, accepted) or f"known: {', '.join(accepted)}"
            raise PluginError(f"nlpaug's {name} takes no {key!r}", fix=hint)
    try:
        return cls(**parameters)
    except ModuleNotFoundError as error:
        said = str(error).rstrip(".")
        raise PluginError(f"nlpaug's {name} needs another package ({said})", fix="install it") from None
    except (LookupError, OSError, TypeError, ValueError) as error:
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise PluginError(f"nlpaug's {name} cannot be made ({said})", fix="see its documentation") from None


def _flow(name: str, parts: list[Any]) -> Any:
    return getattr(import_module("nlpaug.flow"), name)(parts)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Both global generators set to `seed`, and given back as they were."""
    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002

"""TextAttack and its parts by name; what it lacks (packages, corpora, downloads) becomes one message with the fix."""

from __future__ import annotations

import inspect
import io
import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, TypeAlias

from robust.errors import PluginError, RobustError, did_you_mean

Kind: TypeAlias = Literal["attack_recipes", "transformations", "constraints", "search_methods", "goal_functions"]
"""The packages of TextAttack that hold its parts."""

_INSTALL = "install it in an environment of its own: pip install 'robust[textattack]' (it needs transformers below 5)"
_LOGGER = "textattack.shared.utils.install"
"""Where all of TextAttack logs."""
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@cache
def library() -> Any:
    """The package `textattack`. Raises `PluginError` where it, or a corpus that it reads when imported, is missing."""
    if find_spec("textattack") is None:
        raise PluginError("TextAttack is not installed", fix=_INSTALL)
    try:
        with _quiet_import():
            return import_module("textattack")
    except ImportError as error:
        raise PluginError(f"TextAttack is installed, but cannot be imported: {error}", fix=_INSTALL) from error
    except LookupError as error:
        explained = explain(error, "TextAttack")
        if explained is None:
            raise
        raise explained from error


@contextmanager
def _quiet_import() -> Iterator[None]:
    """TextAttack's first import tries to download six corpora and says so in thirty lines."""
    with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        try:
            yield
        finally:
            for handler in logging.getLogger(_LOGGER).handlers:
                if isinstance(handler, logging.StreamHandler):
                    handler.setStream(sys.__stderr__)


def part(kind: Kind, name: str) -> type:
    """A class of TextAttack, of one kind, by its name. Raises `PluginError` with the closest name."""
    library()
    known = dict(_classes(kind))
    if name not in known:
        noun = kind.removesuffix("s").replace("_", " ")
        fix = did_you_mean(name, known) or f"known: {', '.join(sorted(known))}"
        raise PluginError(f"TextAttack has no {noun} called {name!r}", fix=fix)
    return known[name]


def _classes(kind: Kind) -> Iterator[tuple[str, type]]:
    package = import_module(f"textattack.{kind}")
    # constraints lie in sub-packages (`textattack.constraints.overlap`), which the package imports
    modules = [package, *[m for _, m in inspect.getmembers(package, inspect.ismodule) if kind == "constraints"]]
    for module in modules:
        for name, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__.startswith(f"textattack.{kind}") and not inspect.isabstract(cls):
                yield name, cls


def made(kind: Kind, name: str, parameters: Mapping[str, Any]) -> Any:
    """An instance of a class of TextAttack, made once; a goal's victim cannot be asked.

    Raises `PluginError` where there is no such class, or where it cannot be made.
    """
    return _made(kind, name, json.dumps(dict(parameters), sort_keys=True))


@cache
def _made(kind: Kind, name: str, parameters: str) -> Any:
    cls = part(kind, name)
    from robust.adapters.textattack.wrapper import unasked

    with explaining(f"TextAttack's {name}"):
        return cls(*([unasked()] if kind == "goal_functions" else []), **json.loads(parameters))


@cache
def _recipe(name: str, parameters: str) -> Any:
    cls: Any = part("attack_recipes", name)
    from robust.adapters.textattack.wrapper import unasked

    with explaining(f"TextAttack's recipe {name}"):
        return cls.build(unasked(), **json.loads(parameters))


def recipe(name: str, parameters: Mapping[str, Any]) -> Any:
    """The `textattack.Attack` of a recipe, built once; its victim cannot be asked, so use a clone with another.

    Raises `PluginError` where there is no such recipe, or where it cannot be built: a package, a corpus or a download
    is missing, or a parameter does not fit.
    """
    return _recipe(name, json.dumps(dict(parameters), sort_keys=True))


@contextmanager
def explaining(what: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into a `PluginError` about `what`, quietly."""
    quiet = logging.getLogger(_LOGGER)
    level = quiet.level
    quiet.setLevel(logging.ERROR)
    try:
        yield
    except RobustError:
        raise
    except Exception as error:
        raise explain(error, what) or PluginError(
            f"{what} cannot be made: {_first_line(error)}",
            fix="if it is not a parameter, it may be TextAttack's own fault: its recipes differ in what they need",
        ) from error
    finally:
        quiet.setLevel(level)


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn what is missing inside into a `PluginError` about `what`; any other error passes as it is."""
    try:
        yield
    except (LookupError, OSError, ImportError) as error:
        if (told := explain(error, what)) is not None:
            raise told from error
        raise


def explain(error: BaseException, what: str) -> PluginError | None:
    """What is missing and how to get it, where an error of TextAttack's is about that; None for any other error."""
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain:
        chain.append(at)
        at = at.__cause__ or at.__context__
    for one in chain:
        if type(one) is LookupError and (resource := _nltk_resource(str(one))):
            return PluginError(
                f"{what} needs NLTK's {resource}, which is not there",
                fix=f"where there is a network: python -m nltk.downloader {resource}; "
                "or set NLTK_DATA to a folder that has it",
            )
    for one in chain:
        if isinstance(one, ModuleNotFoundError) and one.name:
            return PluginError(f"{what} needs the package {one.name}, which is missing", fix=f"pip install {one.name}")
    for one in chain:
        if _is_network(one):
            return PluginError(
                f"{what} needs a file that cannot be downloaded: {_first_line(one)}",
                fix="run it once where there is a network and copy ~/.cache/textattack and ~/.cache/huggingface here; "
                "DeepWordBugGao2018, Pruthi2019 and InputReductionFeng2018 need no download",
            )
    return None


def _nltk_resource(message: str) -> str | None:
    found = re.search(r"Resource '?([\w./-]+?)'? not found", " ".join(_ANSI.sub("", message).split()))
    return found.group(1) if found else None


def _is_network(error: BaseException) -> bool:
    owner = type(error).__module__.partition(".")[0]
    if owner in ("requests", "urllib3", "huggingface_hub", "httpx") or isinstance(error, ConnectionError):
        return True
    said = str(error)
    return "Could not reach http" in said or "couldn't connect to 'https://huggingface.co'" in said.replace('"', "'")


def _first_line(error: BaseException) -> str:
    said = _ANSI.sub("", str(error)).strip().splitlines()
    text = said[0] if said else ""
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__

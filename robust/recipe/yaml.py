"""YAML with a line and a column for every key and value.

Scalars follow the YAML 1.2 core schema, so `no`, `on` and `1_000` are text and `1e-3` is a number. Files are composed
into nodes and never constructed: no tag can make an object.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from robust.errors import RecipeError
from robust.recipe.problems import Loc, Place, Problem, error, problem

_TAG = "tag:yaml.org,2002:"
_MAX_VALUES = 20_000

# The core schema of YAML 1.2.2, section 10.3.2: tag, pattern, characters it may start with.
_CORE: tuple[tuple[str, str, str], ...] = (
    ("null", r"(?:~|null|Null|NULL|)", "~nN"),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", "tTfF"),
    ("int", r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)", "-+0123456789"),
    (
        "float",
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))",
        "-+.0123456789",
    ),
)


class _Loader(yaml.SafeLoader):
    """PyYAML's composer with the core schema in place of YAML 1.1."""


class _Dumper(yaml.SafeDumper):
    """Quotes what the core schema, rather than YAML 1.1, would misread; every list item on its own line, indented."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


for _class in (_Loader, _Dumper):
    _class.yaml_implicit_resolvers = {}
    for _name, _pattern, _first in _CORE:
        # The empty string is how PyYAML asks for the tag of a missing value.
        _starts = [*_first, ""] if _name == "null" else list(_first)
        _class.add_implicit_resolver(_TAG + _name, re.compile(rf"{_pattern}\Z"), _starts)


def _int(text: str) -> int:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text[2:] if base != 10 else text, base)


def _float(text: str) -> float:
    number = float(text.replace(".inf", "inf").replace(".nan", "nan"))
    if not math.isfinite(number):
        raise ValueError("numbers in recipes are finite")
    return number


_READ: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "null": lambda text: None,
    "bool": lambda text: text.lower() == "true",
    "int": _int,
    "float": lambda text: _float(text.lower()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML mapping as plain Python, with the place of every key and value.

    `problems` are the mistakes that leave the rest readable (a duplicate key), to be reported with all others.
    """

    file: str
    data: dict[str, Any]
    keys: Mapping[Loc, Place]
    values: Mapping[Loc, Place]
    problems: tuple[Problem, ...] = ()

    def place(self, loc: Loc) -> Place:
        """Where `loc` is written: a scalar at its value, anything else at its key; else the nearest thing around it."""
        known = next(loc[:n] for n in range(len(loc), -1, -1) if loc[:n] in self.values)
        if known == loc and isinstance(self.at(loc), (str, int, float)):
            return self.values[loc]
        return self.keys.get(known, self.values[known])

    def has(self, loc: Loc) -> bool:
        """Whether the document has a value there."""
        node: Any = self.data
        for key in loc:
            inside = key in node if isinstance(node, dict) else isinstance(node, list) and key in range(len(node))
            if not inside:
                return False
            node = node[key]
        return True

    def at(self, loc: Loc) -> Any:
        """The value at `loc`, or None where there is none."""
        node: Any = self.data
        for key in loc if self.has(loc) else ():
            node = node[key]
        return node if self.has(loc) else None


def read(path: Path) -> Document:
    """Read a YAML file. Raises `RecipeError` with the line where it is not YAML, or not a mapping."""
    return parse(read_text(path), shown(path))


def read_text(path: Path) -> str:
    """The text of a recipe file. Raises `RecipeError` where it is missing, unreadable or not UTF-8."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise error([Problem(shown(path), 0, "", "no such file")]) from None
    except OSError as e:
        reason = "is a folder, not a file" if path.is_dir() else f"cannot be read: {e.strerror or e}"
        raise error([Problem(shown(path), 0, "", reason)]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = raw.count(b"\n", 0, e.start) + 1
        hint = "save the file as UTF-8"
        raise error([Problem(shown(path), line, "", f"byte 0x{raw[e.start]:02x} is not UTF-8 text", hint)]) from None


def shown(path: Path) -> str:
    """A path as messages show it: relative where the file is below the working directory."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)


def parse(text: str, file: str) -> Document:
    """Parse the text of a recipe; `file` is the name that messages use. Raises `RecipeError`."""
    root = _compose(text, file)
    if root is None:
        raise error([Problem(file, 1, "", "the file is empty", "see `robust recipes show` for an example")])
    walk = _Walk(file)
    if not isinstance(root, yaml.MappingNode):
        raise error([problem(walk.place(root), (), "a recipe is a mapping (`key: value` lines), not a list or a text")])
    data = walk.value(root, ())
    return Document(file=file, data=data, keys=walk.keys, values=walk.values, problems=tuple(walk.problems))


def parse_value(text: str) -> Any:
    """Parse one value, as in `--set key=value`. Raises `RecipeError` without a place."""
    walk = _Walk("value")
    try:
        root = _compose(text, "value")
    except RecipeError as e:
        raise RecipeError(re.sub(r"^value:\d+: ", "", e.message)) from None
    value = None if root is None else walk.value(root, ())
    if walk.problems:
        raise RecipeError(walk.problems[0].message)
    return value


def dump(data: Any) -> str:
    """Write plain data as block-style YAML that `parse` reads back to the same values."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False
    )
    return text


def summary(text: str) -> str:
    """The first paragraph of the comment that opens a recipe, without the command that follows it."""
    said: list[str] = []
    for line in text.splitlines():
        body = line.removeprefix("#").removeprefix(" ")
        ends = not line.startswith("#") or not body.strip() or body[:1].isspace()
        if ends and (said or not line.startswith("#")):
            break
        if not ends and not body.startswith("yaml-language-server"):
            said.append(body.strip())
    return " ".join(said)


def _compose(text: str, file: str) -> yaml.Node | None:
    try:
        loader = _Loader(text)
        try:
            node: yaml.Node | None = loader.get_single_node()
        finally:
            loader.dispose()
        return node
    except yaml.MarkedYAMLError as e:
        raise error([_syntax(e, text, file)]) from None
    except yaml.reader.ReaderError as e:
        line = text.count("\n", 0, int(e.position)) + 1
        code = e.character if isinstance(e.character, int) else ord(e.character)
        raise error([Problem(file, line, "", f"the character U+{code:04X} is not allowed in YAML")]) from None
    except RecursionError:
        raise error([Problem(file, 1, "", "nested too deeply to be a recipe")]) from None


def _syntax(e: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    at_end = "end" in (e.problem or "") and "stream" in (e.problem or "")
    mark = (e.context_mark if at_end else e.problem_mark) or e.problem_mark or e.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    for number, content in enumerate(text.splitlines()[: line + 1], 1):
        if "\t" in content[: len(content) - len(content.lstrip())]:
            return Problem(file, number, "", "a tab is used for indentation", "indent with spaces", 1)
    what = ", ".join(filter(None, (e.context, e.problem)))
    hint = {
        "mapping values are not allowed here": "quote text that contains ': ', and check the indentation",
        "could not find expected ':'": "a key needs ': ' and a value",
    }.get(e.problem or "", "")
    if at_end:
        line = min(line, len(text.rstrip().splitlines()))
        hint = "a quote or bracket opened here is never closed"
    return Problem(file, line, "", f"not valid YAML: {what}", hint, column)


class _Walk:
    """Turns nodes into plain values, noting where each was written and what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[Loc, Place] = {}
        self.values: dict[Loc, Place] = {}
        self.problems: list[Problem] = []
        self._open: set[int] = set()
        self._count = 0

    def place(self, node: yaml.Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        self.values[loc] = self.place(node)
        self._count += 1
        if id(node) in self._open:
            raise error([problem(self.place(node), loc, "an alias that contains itself")])
        if self._count > _MAX_VALUES:
            raise error([problem(self.place(node), loc, f"more than {_MAX_VALUES} values: aliases of aliases?")])
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
                return self._mapping(node, loc)
            if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
                return [self.value(item, (*loc, i)) for i, item in enumerate(node.value)]
            return self._scalar(node, loc)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self.place(key_node)
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != f"{_TAG}str":
                written = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "a list or mapping"
                self.problems.append(
                    problem(place, loc, f"a key is a name, not {written}", "quote it if you mean text")
                )
                continue
            key = str(key_node.value)
            if key in found:
                first = self.keys[(*loc, key)].line
                self.problems.append(problem(place, (*loc, key), f"duplicate key, first on line {first}", "keep one"))
                continue
            self.keys[(*loc, key)] = place
            found[key] = self.value(value_node, (*loc, key))
        return found

    def _scalar(self, node: yaml.Node, loc: Loc) -> Any:
        read = _READ.get(node.tag.removeprefix(_TAG)) if isinstance(node, yaml.ScalarNode) else None
        if read is None:
            tag = node.tag.replace(_TAG, "!!")
            self.problems.append(
                problem(self.place(node), loc, f"the tag {tag} is not allowed in a recipe", "remove it")
            )
            return None
        try:
            value = read(node.value)
            str(value).encode("utf-8")
        except UnicodeEncodeError:
            self.problems.append(problem(self.place(node), loc, "half of a surrogate pair is not text"))
            return None
        except ValueError as e:
            reason = "numbers in recipes are finite" if "finite" in str(e) else "not a number recipes can hold"
            hint = "leave the key out, or write null, for no limit" if "finite" in str(e) else ""
            self.problems.append(problem(self.place(node), loc, f"{node.value[:40]!r}: {reason}", hint))
            return None
        return value

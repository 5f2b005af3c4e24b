"""Apertium, the rule-based translator (Forcada et al. 2011, Machine Translation 25:127-144), as a writer of texts.

A *mode* of Apertium (`eng-spa`) is a pipeline of small programs, kept in a file of one line. Its programs are run one
after the other, each on many texts at once with a NUL between them, and no shell is started.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from robust.checkpoints.locate import ABSENT
from robust.errors import ModelError, PluginError, did_you_mean
from robust.transformations._tidied import tidied

SECONDS = 60.0
"""The most that a program may take over one portion of texts."""
PORTION = 200_000
"""The most characters of texts that a program is given at once, unless one text has more."""
LANGUAGES = {"eng": "en", "spa": "es"}
"""What Apertium calls the languages that texts may have; some modes have our names."""

_INSTALL = (
    "install Apertium with its data for English and Spanish (Debian, Ubuntu: apt-get install apertium-eng-spa; other "
    "systems: the packages of apertium.org), or name a translation model"
)
_MODE = re.compile(r"([a-z]{2,3})(?:_\w+)?-([a-z]{2,3})(?:_\w+)?", re.ASCII)
_ALONE = "apertium-tagger"  # learns classes of words that it never saw, across NULs: a text would change the next ones
_SPECIAL = re.compile(r"[][{}^$/\\@<>]")  # what the stream format of Apertium means something by
_TILDE = "\ue000"  # stands for `~`, which would be lost even with a backslash
_UNSENT = re.compile("[\0\ud800-\udfff\uffff]")  # NUL parts texts, no surrogate is UTF-8, and U+FFFF ends a stream
_END = ".[]"  # a full stop that belongs to no text: without one, the tagger drops or misreads what comes last


class _Failed(Exception):
    """A program did not do what it should with the texts that it was given."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Apertium:
    """An installed mode; `programs` are the commands of its pipeline, `files` the mode's own file and its data."""

    mode: str
    programs: Sequence[Sequence[str]]
    files: Sequence[Path]

    def write(self, texts: Sequence[str], k: int) -> list[list[str]]:
        """The one translation of each text, whatever `k`; none where nothing comes out.

        The same for a text whatever else is asked; white space becomes single spaces. Words that Apertium does not know
        stay as they are, unmarked. Raises `ModelError`, which names the text, where a program crashes or is too slow.
        """
        plain = [" ".join(_UNSENT.sub(" ", text).split()) for text in texts]
        made = [line for portion in _portions(plain) for line in self._translated(portion)]
        lines = [tidied(line, text, languages(self.mode)[1]) for line, text in zip(made, plain, strict=True)]
        return [[line] if line else [] for line in lines]

    def _translated(self, texts: Sequence[str]) -> list[str]:
        try:
            return self._through(texts)
        except _Failed as failed:
            if len(texts) == 1:
                raise ModelError(
                    f"apertium:{self.mode}: {failed} over the text {texts[0][:60]!r}",
                    fix="leave that text out, try another version of Apertium, or name a translation model",
                ) from failed
        half = len(texts) // 2  # look for the text that does it
        return self._translated(texts[:half]) + self._translated(texts[half:])

    def _through(self, texts: Sequence[str]) -> list[str]:
        stream = [_to_stream(text) for text in texts]
        for program in self.programs:
            if Path(program[0]).name == _ALONE:
                stream = [answer for one in stream for answer in _passed(program, [one])]
            else:
                stream = _passed(program, stream)
        return [_from_stream(one) for one in stream]


def languages(mode: str) -> tuple[str, str]:
    """What a mode translates from and into: `en`, `es`, or Apertium's code of a language that texts do not have.

    Raises `PluginError` where that is no name of a mode.
    """
    if not (found := _MODE.fullmatch(mode)):
        raise PluginError(f"{mode!r} is no mode of Apertium", fix="use apertium:eng-spa or apertium:spa-eng")
    return LANGUAGES.get(found[1], found[1]), LANGUAGES.get(found[2], found[2])


def load(mode: str) -> Apertium:
    """The mode as it is installed, beside the program `apertium` of the PATH or where APERTIUM_DATADIR says.

    Raises `PluginError` for what is no name of a mode, `ModelError` where the program, the mode, a program of its
    pipeline or a file of its data is missing, or its pipeline is more than programs with arguments.
    """
    languages(mode)
    program = shutil.which("apertium")
    if program is None:
        raise ModelError(f"apertium:{mode}: there is no program `apertium` on the PATH", fix=_INSTALL)
    data = os.environ.get("APERTIUM_DATADIR") or Path(program).resolve().parent.parent / "share" / "apertium"
    folder = Path(data) / "modes"
    file = folder / f"{mode}.mode"
    if not file.is_file():
        names = sorted(path.stem for path in folder.glob("*.mode"))
        raise ModelError(
            f"apertium:{mode}: Apertium has no such mode in {folder} ({', '.join(names) or 'there are none'})",
            fix=did_you_mean(mode, names) or _INSTALL,
        )
    commands = _commands(file.read_text(encoding="utf-8"))
    if not commands:
        raise ModelError(f"apertium:{mode}: no plain pipeline of programs is in {file}", fix="use another mode")
    where = os.pathsep.join([str(Path(program).resolve().parent), os.environ.get("PATH", os.defpath)])
    programs = [[shutil.which(name, path=where) or name, "-z", *words] for name, *words in commands]
    files = [Path(word) for _, *words in commands for word in words if "/" in word]
    missing = [name for name, *_ in programs if not Path(name).is_absolute()]
    if missing := [*missing, *(str(path) for path in files if not path.exists())]:
        raise ModelError(f"apertium:{mode}: {missing[0]} is missing, which the mode uses", fix=_INSTALL)
    return Apertium(mode=mode, programs=programs, files=[file, *files])


def fingerprint(mode: str) -> str:
    """The version of Apertium and a hash of the mode and of its data files ("absent" if it is not installed)."""
    try:
        files = load(mode).files
        version = _run(["apertium", "-V"], b"").decode("utf-8", "replace").strip()
    except (ModelError, _Failed):
        return ABSENT
    hashed = hashlib.sha256()
    for file in files:
        hashed.update(hashlib.sha256(file.read_bytes()).digest())
    return f"{version} {hashed.hexdigest()[:16]}"


def _commands(line: str) -> list[list[str]]:
    """The programs of a pipeline with their arguments; none where a shell would do more than that.

    A mode leaves two places open: `$1` is how unknown words are written (`-n`: without marks), `$2` an option of the
    tagger that is not used.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    commands: list[list[str]] = [[]]
    for word in lexer:
        if word == "|":
            commands.append([])
        elif word == "$1":
            commands[-1].append("-n")
        elif set(word) <= set("();<>|&") or set(word) & set("$`"):
            if word != "$2":
                return []
        else:
            commands[-1].append(word)
    return commands if all(commands) else []


def _portions(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for at, text in enumerate(texts):
        if at > start and size + len(text) > PORTION:
            yield texts[start:at]
            start, size = at, 0
        size += len(text)
    if start < len(texts):
        yield texts[start:]


def _to_stream(text: str) -> bytes:
    return (_SPECIAL.sub(r"\\\g<0>", text).replace("~", _TILDE) + _END).encode()


def _from_stream(answer: bytes) -> str:
    line = answer.decode("utf-8", "replace").strip()
    line = line.removesuffix(_END) if line.endswith(_END) else line.removesuffix("[]")
    return re.sub(r"\\(.)", r"\1", line).replace(_TILDE, "~")


def _passed(program: Sequence[str], stream: Sequence[bytes]) -> list[bytes]:
    """What a program makes of each text. Raises `_Failed`, also where it gives more texts back, or fewer."""
    answers = _run(program, b"".join(one + b"\0" for one in stream)).split(b"\0")
    if len(answers) <= len(stream) or any(answers[len(stream) :]):  # it may write a NUL of its own at the end
        raise _Failed(f"`{Path(program[0]).name}` lost count of its texts")
    return answers[: len(stream)]


def _run(command: Sequence[str], given: bytes) -> bytes:
    name, pipe = Path(command[0]).name, subprocess.PIPE
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        started = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, process_group=0)
    except OSError as error:
        raise _Failed(f"`{name}` does not start ({error.strerror})") from error
    with started:
        try:
            out, said = started.communicate(given, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise _Failed(f"`{name}` took more than {SECONDS:g} s") from error
        finally:
            if started.poll() is None:  # with all that it may have started
                os.killpg(started.pid, signal.SIGKILL)
    if started.returncode:
        last = said.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise _Failed(": ".join([f"`{name}` ended with code {started.returncode}", *last]))
    return out

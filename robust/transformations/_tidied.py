"""A rule-based translation in the spelling of its source: spaces, capitals, the marks that open in Spanish."""

from __future__ import annotations

import re

_GAP = re.compile(r" +(?=[,.;:!?…)])")
_PRONOUN = re.compile(r"\b[Pp]rpers\b ?")
"""Apertium's lemma of all personal pronouns, which it writes where it has no form."""
_CAPITALS = re.compile(r"\b([^\W\d_]+) (?!I\b)([^\W\d_]\w*)")
_CLOSING = re.compile(r"[?!]++(?![\w=&%/])")  # not inside a web address
_BEGINNING = re.compile(
    r"""[.…:;][)»”"'’]*\s+  # after a sentence, a colon or a semicolon
    | (?<!\S)[–—]\s*        # after a dash
    | (?<!\S)(?:\((?=[^)]*$)|"(?=[^"]*$)|«(?=[^»]*$)|“(?=[^”]*$))  # in brackets or quotes that are still open
    """,
    re.VERBOSE,
)
_BETWEEN = re.compile(r"[^\w@#¿¡$€£+-]*")
_OPENING = str.maketrans("?!", "¿¡")


def tidied(made: str, source: str, lang: str) -> str:
    """The translation `made` of `source` into `lang`, mended where the translator is careless of spelling.

    - Single spaces, and none before punctuation unless the source has one somewhere.
    - A capital where the source begins with one, and none on the word after one that the translator did not know
      (`Skip The`) where the source has none there.
    - In Spanish, `¿` and `¡` where a sentence, or what follows a colon, a semicolon, a dash or an open quote or bracket
      in it, ends in `?` or `!` (RAE and ASALE 2010, *Ortografía de la lengua española*, chapter III, 3.4.9).
    """
    if not _PRONOUN.search(source):
        made = _PRONOUN.sub("", made)
    made = " ".join(made.split())
    if not _GAP.search(source):
        made = _GAP.sub("", made)
    first = next((at for at, char in enumerate(made) if char.isalnum()), None)
    if first is not None and next((char for char in source if char.isalnum()), "").isupper():
        made = made[:first] + made[first].upper() + made[first + 1 :]
    made = _CAPITALS.sub(lambda pair: _small(pair, source), made)
    return _opened(made) if lang == "es" else made


def _small(pair: re.Match[str], source: str) -> str:
    """The second word without the capital that it has because the first, an unknown one, begins a sentence."""
    before, word = pair.groups()
    after = re.search(rf"\b{before} ([^\W\d_])", source)
    if before[0].isupper() and word.istitle() and after and after[1].islower():
        return f"{before} {word.lower()}"
    return pair[0]


def _opened(line: str) -> str:
    parts, done = [], 0
    for closing in _CLOSING.finditer(line):
        between = _BETWEEN.match(line, done, closing.start())
        begin = between.end() if between else done
        for found in _BEGINNING.finditer(line, begin, closing.start()):
            begin = found.end()
        clause = line[begin : closing.start()]
        asks = any(map(str.isalnum, clause)) and not {"¿", "¡"} & set(clause)
        parts += [line[done:begin], closing[0][::-1].translate(_OPENING) if asks else "", line[begin : closing.end()]]
        done = closing.end()
    return "".join([*parts, line[done:]])

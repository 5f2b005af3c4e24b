"""Make two Spanish word lists from the *lemario general del español* (github.com/olea/lemarios).

    python -m robust.lang.build_verbs --out robust/lang/es --lemario FOLDER

The infinitives, and the headwords that are spelt like a form of a verb (`casa`, `cuenta`, `guía`). Its authors put the
lemario in the public domain. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import lzma
import re
from collections.abc import Iterable
from pathlib import Path

from robust.lang.es.morphology.nominal import plural
from robust.lang.es.morphology.readings import readings
from robust.lang.es.morphology.stems import infinitives

_SOURCE = """, from the lemario general del español
# (github.com/olea/lemarios), which its authors put in the public domain.
"""
VERBS, HEADWORDS = "verbos-espanol.txt", "lemario-general-del-espanol.txt"
"""The files of the lemario that are read."""
_WORD = re.compile(r"[a-záéíóúüñ]+")
_INFINITIVE = re.compile(r"([a-záéíóúüñ]*(?:ar|er|ir|ír))(?:se)?")


def verbs(lines: list[str]) -> bytes:
    """The shipped file from the lines of the source: infinitives, pronominal ones without *se*."""
    found = [_INFINITIVE.fullmatch(line.strip().lower()) for line in lines]
    return _packed("# Spanish infinitives without `se`", {match[1] for match in found if match})


def homographs(lines: list[str]) -> bytes:
    """The shipped file from the headwords: those that are, or whose plural is, a form of a verb, but no infinitive."""
    words = {line.strip() for line in lines if _WORD.fullmatch(line.strip())}
    others = [word for word in words if word.removesuffix("se") not in infinitives()]
    same = [word for word in others if readings(word) or readings(plural(word) or "")]
    return _packed("# Spanish headwords spelt like a form of a verb, alone or in the plural", same)


def _packed(title: str, words: Iterable[str]) -> bytes:
    text = title + _SOURCE + "\n".join(sorted(words)) + "\n"
    return lzma.compress(text.encode("utf-8"), format=lzma.FORMAT_XZ, preset=9)


def main() -> None:
    """Write `verbs.txt.xz` and, with the verbs of that file, `verb_homographs.txt.xz`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lemario", type=Path, required=True)
    options = parser.parse_args()
    lists = [(options.lemario / name).read_text(encoding="utf-8").splitlines() for name in (VERBS, HEADWORDS)]
    (options.out / "verbs.txt.xz").write_bytes(verbs(lists[0]))
    (options.out / "verb_homographs.txt.xz").write_bytes(homographs(lists[1]))


if __name__ == "__main__":
    main()

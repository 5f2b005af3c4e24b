r"""Print how many one-word substitutions keep the form of the word, mean its opposite, or clash with their neighbours.

    python -m benchmarks.substitution_audit --data DATA --seed 1 --out results/substitution-audit \
        [--hunspell es_ES.dic] [--spacy spacy_lookups_data/data] [--wordnet /usr/share/wordnet]

`--data` holds the public data sets and lexicons; `--hunspell` (Debian's `hunspell-es`), `--spacy` (PyPI's
`spacy-lookups-data`) and `--wordnet` (Debian's `wordnet-base`) let more words be judged. Only word pairs and counts are
written, no text.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.substitution_audit import antonyms, baseline
from benchmarks.substitution_audit.judges import English, Spanish, agree
from benchmarks.substitution_audit.neighbours import Judge, broken
from benchmarks.substitution_audit.sample import Change, draw
from robust.core.types import Lang
from robust.results.estimates import proportion

FILES: dict[Lang, tuple[str, ...]] = {
    "es": ("es/reviews/train.jsonl", "es/tass/general_train.jsonl"),
    "en": ("en/sst2/train.tsv",),
}


_NOTE = (
    "A form is kept if some reading of the new word contradicts some reading of the old one nowhere (part of speech,",
    "gender, number, person, tense, mood). The reading is not the one of the sentence, so a verb read as a noun can",
    "pass; pairs that no source knows are left out of that column and listed.",
)


def judged(changes: Sequence[Change], judge: Judge, known: set[frozenset[str]]) -> dict[str, Any]:
    """Counts, and the word pairs that failed a check or could not be judged."""
    pairs: dict[str, list[str]] = {"form": [], "opposite": [], "neighbours": [], "not judged": []}
    rules: Counter[str] = Counter()
    kept = seen = 0
    for change in changes:
        old, new = change.pair
        shown = f"{old} → {new}"
        first, second = judge.readings(old), judge.readings(new)
        if first and second:
            seen += 1
            kept += (fits := agree(first, second))
            if not fits:
                pairs["form"].append(shown)
        else:
            pairs["not judged"].append(shown)
        if antonyms.opposites(change.pair, change.lang, known):
            pairs["opposite"].append(shown)
        if faults := broken(change, judge):
            rules.update(faults)
            pairs["neighbours"].append(f"{shown} ({', '.join(faults)})")
    n = len(changes)
    return {
        "n": n,
        "judged": seen,
        "form kept": _rate(kept, seen),
        "opposites": _rate(len(pairs["opposite"]), n),
        "neighbours broken": _rate(len(pairs["neighbours"]), n),
        "rules broken": dict(rules),
        "pairs": {name: sorted(found) for name, found in pairs.items()},
    }


def _rate(k: int, n: int) -> dict[str, Any]:
    found = proportion(k, n)
    return {
        "k": k,
        "n": n,
        "low": round(found.low or 0.0, 4),
        "high": round(1.0 if found.high is None else found.high, 4),
    }


def page(found: dict[str, Any], seed: int) -> str:
    """The table as Markdown."""
    lines = [
        f"One-word substitutions drawn at random (seed {seed}); 95 % Wilson intervals.",
        "",
        *_NOTE,
        "",
        "| substitutions | n | judged | form kept | opposites | neighbours broken |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in found.items():
        shares = [_shown(row[key]) for key in ("form kept", "opposites", "neighbours broken")]
        lines.append(f"| {name} | {row['n']} | {row['judged']} | {' | '.join(shares)} |")
    for name, row in found.items():
        lines += ["", f"## {name}", ""]
        lines += [f"- {check} ({len(p)}): {', '.join(p) or 'none'}" for check, p in row["pairs"].items()]
    return "\n".join(lines) + "\n"


def _shown(rate: dict[str, float]) -> str:
    share = 100 * rate["k"] / rate["n"] if rate["n"] else 0.0
    return f"{share:.1f} % ({rate['k']}/{rate['n']}; {100 * rate['low']:.1f}–{100 * rate['high']:.1f})"


def main() -> None:
    """Draw, judge, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.substitution_audit", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    for source in ("--hunspell", "--spacy", "--wordnet"):
        parser.add_argument(source, type=Path)
    asked = parser.parse_args()
    drawn = {
        lang: draw([str(asked.data / file) for file in files], lang, asked.number, asked.seed)
        for lang, files in FILES.items()
    }
    plain = baseline.same_words(drawn["es"], baseline.wordnet(asked.data), asked.seed)
    needed = [word for change in (*drawn["es"], *plain) for word in change.pair]
    spanish, english = Spanish(asked.data, asked.hunspell, asked.spacy, needed), English(asked.data, asked.wordnet)
    opposites = antonyms.own() | (antonyms.through_wordnet(asked.data, asked.wordnet) if asked.wordnet else set())
    found = {
        "robust synonyms, es": judged(drawn["es"], spanish, opposites),
        "WordNet lemmas as they are, es, same words": judged(plain, spanish, opposites),
        "robust synonyms, en": judged(drawn["en"], english, antonyms.listed(asked.data)),
    }
    found["robust synonyms, es"]["own antonyms"] = sum(
        antonyms.opposites(change.pair, "es", antonyms.own()) for change in drawn["es"]
    )
    text = page(found, asked.seed)
    print(text)
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "audit.md").write_text(text, encoding="utf-8")
        record = {"seed": asked.seed, "files": FILES, "found": found}
        (asked.out / "audit.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""What a WordNet substitution does without inflection: lemmas of the Spanish synsets of the word as it stands.

This stands for TextAttack's `WordSwapWordNet` and nlpaug's `SynonymAug(aug_src="wordnet")` in Spanish. It is written
anew and runs neither package: both ask the Open Multilingual Wordnet for the synsets of the surface form and put one
of their lemmas in its place. TextAttack's Spanish recipe as shipped cannot run: it asks for the language `esp`, which
the wordnet calls `spa`, and takes the letters of the word `spanish` for its stop words. Both are mended here, the
second by asking for the words that our own stop-word rule left in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.substitution_audit.sample import Change
from robust.lang.case import like


def wordnet(data: Path) -> Mapping[str, list[str]]:
    """Lemma → the other single-word lemmas of its synsets."""
    synsets: dict[str, list[str]] = defaultdict(list)
    for line in (data / "lexicons" / "mcr_spa" / "wn-data-spa.tab").read_text("utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) == 3 and cells[1] == "lemma":
            synsets[cells[0]].append(cells[2].lower())
    table: dict[str, dict[str, None]] = defaultdict(dict)
    for lemmas in synsets.values():
        for lemma in lemmas:
            table[lemma].update(dict.fromkeys(o for o in lemmas if o != lemma and " " not in o and "_" not in o))
    return {lemma: sorted(others) for lemma, others in table.items() if others}


def same_words(changes: Sequence[Change], table: Mapping[str, list[str]], seed: int) -> list[Change]:
    """The same words of the same texts, each replaced by a lemma drawn at random; words without any are left out."""
    rng, found = np.random.default_rng(seed), []
    for change in changes:
        word = change.before[change.old]
        if options := table.get(word.lower()):
            other = like(word, options[int(rng.integers(len(options)))])
            after = (*change.before[: change.old], other, *change.before[change.old + 1 :])
            found.append(replace(change, after=after, new=change.old))
    return found

"""The peers' side of the audit: runs in an environment that has them, and knows nothing of ours.

    NLTK_DATA=DIR PYTHON peer_side.py nlpaug < asked.json > answers.json

Standard input holds `{"lang": "en" or "es", "seed": int, "words": [[text, start, end], …]}`, `start` and `end` in
characters; standard output `{"version": …, "as shipped": …, "answers": [word or phrase, or null, …]}`. Each package
tokenises, tags, looks up and draws by itself; all that is said to it is which word. What had to be mended for that is
in `benchmarks.substitution_audit.peers.MENDS`.
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
import warnings
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

CODES = {"en": ("eng", "english"), "es": ("spa", "spanish")}
"""Language → its code in NLTK's WordNet, its name among NLTK's stop words."""

Word = tuple[str, int, int]


def place(text: str, tokens: Sequence[str], start: int, end: int) -> int | None:
    """The index of the token that is exactly these characters; None where the package cuts otherwise."""
    at = 0
    for index, token in enumerate(tokens):
        at = text.find(token, at)
        if at < 0 or at > start:
            return None
        if (at, at + len(token)) == (start, end):
            return index
        at += len(token)
    return None


def nlpaug(words: Sequence[Word], lang: str, seed: int) -> Iterator[str | None]:
    """`SynonymAug`: it tags the text, drops determiners, and draws among the lemmas of the word's synsets."""
    from nlpaug.augmenter.word import SynonymAug

    class Here(SynonymAug):  # type: ignore[misc]
        here: int

        def _get_aug_idxes(self, tokens: Any) -> list[int] | None:
            free = self.skip_aug(self.pre_skip_aug(tokens, tuple_idx=0), tokens)
            return [self.here] if self.here in free else None

    augmenter = Here(lang=CODES[lang][0], aug_min=1, aug_max=1)
    augmenter.include_detail = True
    for number, (text, start, end) in enumerate(words):
        index = place(text, augmenter.tokenizer(text), start, end)
        random.seed(f"{seed}:{number}")
        changes: list[dict[str, str]] = []
        if index is not None:
            augmenter.here = index
            _, changes = augmenter.substitute(text)
        yield changes[0]["new_token"] if changes else None


def textattack(words: Sequence[Word], lang: str, seed: int) -> Iterator[str | None]:
    """The WordNet swap of `SpanishRecipe` under the recipe's constraints; one of all candidates is drawn."""
    from textattack.shared import AttackedText

    attack = _recipe(lang)
    swap = attack.transformation.transformations[0]
    for number, (text, start, end) in enumerate(words):
        known = AttackedText(text)
        index = place(text, known.words, start, end)
        made = [] if index is None else swap(known, attack.pre_transformation_constraints, [index])
        found = sorted(one.words[index] for one in made)
        yield random.Random(f"{seed}:{number}").choice(found) if found else None


def _recipe(lang: str) -> Any:
    """The recipe with its constants mended, and in English with English ones."""
    from nltk.corpus import wordnet
    from textattack.attack_recipes import spanish_recipe as module
    from textattack.constraints.pre_transformation import StopwordModification
    from textattack.transformations import WordSwapWordNet

    code, name = CODES[lang]
    wordnet.add_omw()
    module.WordSwapWordNet = lambda language: WordSwapWordNet(language=code)
    module.StopwordModification = lambda stopwords: StopwordModification(language=name)
    return module.SpanishRecipe.build(_nobody())


def _nobody() -> Any:
    from textattack.models.wrappers import ModelWrapper

    class Nobody(ModelWrapper):  # type: ignore[misc]
        model = None

        def __call__(self, text_input_list: Any, **kwargs: Any) -> Any:
            raise RuntimeError("no model is asked in this audit")

    return Nobody()


def as_shipped(peer: str) -> str:
    """What building the recipe says before anything is mended; empty where nothing is wrong."""
    if peer != "textattack":
        return ""
    from textattack.attack_recipes import SpanishRecipe

    try:
        SpanishRecipe.build(_nobody())
    except Exception as error:  # whatever it raises is what we report
        return f"{type(error).__name__}: {error}"
    return ""


def main() -> None:
    """Answer one request."""
    peer = sys.argv[1]
    asked = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(sys.stderr):
        shipped = as_shipped(peer)
        answers = list({"nlpaug": nlpaug, "textattack": textattack}[peer](asked["words"], asked["lang"], asked["seed"]))
    json.dump({"version": version(peer), "as shipped": shipped, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()

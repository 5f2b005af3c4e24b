"""Copies a second of one core: `robust augment`'s own work next to nlpaug 1.1.11, alternating on the same sentences.

    python -m venv nlpaug-env && nlpaug-env/bin/pip install 'torch>=2.6,<2.14' nlpaug==1.1.11
    python benchmarks/augment_throughput.py --nlpaug nlpaug-env/bin/python

Both change one word of every sentence of `--data`, from a list of strings to a list of strings: tokenising, drawing
and putting together, without files. Every alternation draws anew, ours by another seed. nlpaug runs in a process of
its own, in its own environment; each of the two is timed while the other waits, and the ratio is the median over the
alternations. Times are those of the processor.
nlpaug's synonyms need NLTK's WordNet (`pip install nltk`, `nltk.download("wordnet")`); without it that row is empty.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

from robust.core.types import LANGS, Lang
from robust.data.source import DataSpec, read
from robust.lang.base import language
from robust.stages.augment import Augmenter, Item
from robust.stages.augment.plan import of_transformation

PAIRS = {
    "keyboard": ("keyboard_typos", "nac.KeyboardAug(aug_word_max=1, aug_char_max=1)"),
    "ocr": ("ocr", "nac.OcrAug(aug_word_max=1, aug_char_max=1)"),
    "letters": ("character_edits", "nac.RandomCharAug(action='substitute', aug_word_max=1, aug_char_max=1)"),
    "swap words": ("swap_words", "naw.RandomWordAug(action='swap', aug_max=1)"),
    "delete word": ("delete_word", "naw.RandomWordAug(action='delete', aug_max=1)"),
    "split word": ("{spacing: {operations: [split]}}", "naw.SplitAug(aug_max=1)"),
    "synonyms": ("synonyms", "naw.SynonymAug(aug_max=1)"),
}
"""Operation → our transformation, nlpaug's augmenter."""

PEER = """
import json, sys, time
import nlpaug.augmenter.char as nac, nlpaug.augmenter.word as naw
texts, code = json.loads(sys.stdin.readline()), json.loads(sys.stdin.readline())
made = {}
for name, written in code.items():
    try:
        made[name] = eval(written)
        made[name].augment(texts[:8])
    except Exception as error:
        made[name] = None
        print(f"{name}: {type(error).__name__}", file=sys.stderr)
print("ready", flush=True)
for line in sys.stdin:
    augmenter = made[line.strip()]
    began = time.process_time()
    if augmenter is not None:
        augmenter.augment(texts)
    print(time.process_time() - began if augmenter is not None else "none", flush=True)
"""


def ours(augmenter: Augmenter, texts: list[str], lang: Lang) -> float:
    """Seconds of processor time for a copy of each text."""
    began, known = time.process_time(), language(lang)
    for start in range(0, len(texts), 256):
        some = texts[start : start + 256]
        items = [Item(id=str(start + at), text=known.text(text), lang=lang) for at, text in enumerate(some)]
        _ = [str(copy.text) for copies in augmenter(items) for copy in copies]
    return time.process_time() - began


def main() -> None:
    """Print one line for each operation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nlpaug", help="Python of an environment with nlpaug; without it our side alone is timed.")
    parser.add_argument("--alternations", type=int, default=9)
    parser.add_argument("--data", default="starter-en", help="Texts: what `robust augment --data` takes.")
    parser.add_argument("--lang", choices=LANGS, help="Their language. Default: what the data say, else English.")
    parser.add_argument("--rows", type=int, default=960, help="Texts; of a shorter source, all of them several times.")
    asked = parser.parse_args()
    table = read(DataSpec(source=asked.data, lang=asked.lang, limit=asked.rows))
    found, lang = [row.fields[0] for row in table.rows], table.lang or "en"
    texts = (found * -(-asked.rows // len(found)))[: asked.rows]
    peer = None
    if asked.nlpaug:
        pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
        peer = subprocess.Popen([asked.nlpaug, "-c", PEER], stdin=pipe, stdout=pipe, stderr=quiet, text=True)
        assert peer.stdin is not None
        assert peer.stdout is not None
        code = {name: written for name, (_, written) in PAIRS.items()}
        peer.stdin.write(f"{json.dumps(texts)}\n{json.dumps(code)}\n")
        peer.stdin.flush()
        if peer.stdout.readline().strip() != "ready":
            sys.exit("nlpaug could not be started: see the top of this file for how to install it")
    print(f"{'operation':<14}{'robust: median/s':>18}{'best/s':>10}{'nlpaug: median/s':>18}{'best/s':>10}{'ratio':>8}")
    for name, (transformation, _) in PAIRS.items():
        recipe = of_transformation(transformation)
        ours(Augmenter(recipe=recipe), texts, lang)  # the first round reads the tables
        mine: list[float] = []
        theirs: list[float] = []
        for seed in range(1, asked.alternations + 1):
            mine.append(ours(Augmenter(recipe=recipe, seed=seed), texts, lang))
            if peer is not None:
                assert peer.stdin is not None
                assert peer.stdout is not None
                peer.stdin.write(f"{name}\n")
                peer.stdin.flush()
                if (told := peer.stdout.readline().strip()) != "none":
                    theirs.append(float(told))
        line = f"{name:<14}{len(texts) / statistics.median(mine):>18.0f}{len(texts) / min(mine):>10.0f}"
        if theirs:
            ratio = statistics.median([them / me for me, them in zip(mine, theirs, strict=True)])
            line += f"{len(texts) / statistics.median(theirs):>18.0f}{len(texts) / min(theirs):>10.0f}{ratio:>8.1f}"
        print(line, flush=True)
    if peer is not None:
        peer.kill()


if __name__ == "__main__":
    main()

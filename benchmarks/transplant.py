"""Make a Spanish encoder of an English one: the layers stay, the table of word vectors is written anew.

    python -m benchmarks.transplant --model MINILM --data WORK/prepared/starter-es/text.jsonl \\
        --data WORK/prepared/starter-es/train.jsonl --data WORK/prepared/starter-es/unlabelled-reviews.jsonl --out OUT

A new tokeniser is learnt from Spanish text. The vector of a word is the mean of the English vectors of its translation
by Apertium (Debian, Ubuntu: apt-get install apertium-eng-spa); a word that Apertium does not know takes those of a word
that is the same without accents; what both languages have, such as numbers and names, keeps its own; all other pieces
are drawn near the mean. As in WECHSEL (Minixhofer et al. 2022, arXiv:2112.06598) word vectors are put where those of
their translations are; there by nearest neighbours in aligned vectors, here by a dictionary. OUT is a checkpoint to
fine-tune: `robust finetune classifier --model OUT …`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from robust.lang.build_frequencies import lines
from robust.lang.frequency import bare

SPREAD = 0.5
"""Of pieces without a translation: the standard deviation around the mean vector, in that of the table."""
FILLERS = frozenset(["to", "the", "a", "an", "of", "it", "they", "he", "she", "i", "you", "we"])
"""What translations of single words bring with them: `comieron` → `they ate`."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 2 a mistake of the user."""
    asked = _parser().parse_args(words)
    if shutil.which("apertium") is None:
        print("error: there is no program `apertium`; apt-get install apertium-eng-spa", file=sys.stderr)
        return 2
    from transformers import AutoModel, AutoTokenizer

    english, model = AutoTokenizer.from_pretrained(asked.model), AutoModel.from_pretrained(asked.model)
    spanish = _tokenizer(asked.data, asked.vocabulary)
    vocabulary: Mapping[str, int] = spanish.get_vocab()
    found = glosses(sorted(word for word in vocabulary if word.isalpha() and len(word) > 1))
    table, known = vectors(vocabulary, found, english, model.get_input_embeddings().weight.data)
    layer = torch.nn.Embedding(len(table), table.shape[1], padding_idx=vocabulary["[PAD]"])
    layer.weight.data = table
    model.set_input_embeddings(layer)
    model.config.vocab_size, model.config.pad_token_id = len(table), vocabulary["[PAD]"]
    model.save_pretrained(asked.out)
    spanish.save_pretrained(asked.out)
    print(f"{len(table)} pieces, {known} with the vectors of a translation or of their own → {asked.out}")
    return 0


def glosses(words: Sequence[str]) -> dict[str, str]:
    """English for the words that Apertium knows, in small letters, and for words that are those without accents."""
    given = "".join(f"{word} .\n\n" for word in words)
    done = subprocess.run(["apertium", "spa-eng"], input=given.encode(), stdout=subprocess.PIPE, check=True)
    lines = [line.strip().rstrip(".").strip() for line in done.stdout.decode().split("\n") if line.strip()]
    if len(lines) != len(words):
        raise SystemExit(f"error: Apertium gave {len(lines)} lines for {len(words)} words")
    pairs = zip(words, lines, strict=True)
    found = {word: line.lower() for word, line in pairs if line and not set("*#@") & set(line)}
    accented: dict[str, str] = {}
    for word in sorted(found):
        accented.setdefault(bare(word), found[word])
    return {word: english for word in words if (english := found.get(word) or accented.get(bare(word)))}


def vectors(
    vocabulary: Mapping[str, int], found: Mapping[str, str], english: Any, own: torch.Tensor
) -> tuple[torch.Tensor, int]:
    """The new table `(pieces, width)`, and how many pieces have a vector that means something."""
    known, ids = 0, english.get_vocab()
    drawn = torch.randn(len(vocabulary), own.shape[1], generator=torch.Generator().manual_seed(0))
    table = own.mean(0) + SPREAD * own.std(0) * drawn
    for piece, at in vocabulary.items():
        words = found.get(piece, "").split()
        words = [word for word in words if word not in FILLERS] or words
        places = english(" ".join(words), add_special_tokens=False)["input_ids"] if words else []
        if not places and piece in ids:
            places = [ids[piece]]
        if places:
            table[at] = own[places].mean(0)
            known += 1
    return table, known


def _tokenizer(files: Sequence[Path], size: int) -> Any:
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizerFast

    made = BertWordPieceTokenizer(lowercase=True, strip_accents=False)
    made.train_from_iterator(lines(map(str, files)), vocab_size=size, min_frequency=2, show_progress=False)
    return BertTokenizerFast(
        tokenizer_object=made._tokenizer, do_lower_case=True, strip_accents=False, model_max_length=256
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="directory of an English encoder of BERT's kind")
    parser.add_argument("--data", type=Path, action="append", required=True, help="jsonl with `text`; repeatable")
    parser.add_argument("--vocabulary", type=int, default=24000, help="word pieces")
    parser.add_argument("--out", type=Path, required=True)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

"""Make a small paraphraser without a hub: an encoder-decoder that turns round trips of Apertium into the sentences.

    python -m benchmarks.paraphraser --lang en --model LM --data text.jsonl --out DIR [--sentences 20000] [--minutes 20]
    robust attack --recipe paraphrase --model starter-en --data starter-en \
        --set attack.transformation.paraphrase.model=DIR

Sentences are translated into the other language and back; the model reads the round trip and learns to write the
sentence as people wrote it, as in Wieting and Gimpel 2018 (ParaNMT-50M, aclanthology.org/P18-1042). Encoder and decoder
start from the masked language model LM (`robust pretrain bert-mini-en`), as in Rothe et al. 2020 (arXiv:1907.12461,
BERT2BERT, with shared weights). DIR has the model, and `training.json`: pairs, steps, losses, and what becomes of
sentences that it has not seen when it is asked as the attack asks it: how many come back as they were, and chrF of the
rest. So small a model changes short sentences a little and loses the thread of long ones: hold its rewrites to the
meaning (a constraint), and do not read its success as that of a paraphraser.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from robust.core.types import LANGS
from robust.data.source import DataSpec, read
from robust.lang.overlap import chrf
from robust.transformations import _apertium, _seq2seq

AWAY = {"en": ("eng-spa", "spa-eng"), "es": ("spa-eng", "eng-spa")}
"""The modes of Apertium that lead into the other language, and back."""
WORDS = (4, 16)
"""Shortest and longest sentence, in words."""
LIKENESS = (0.4, 0.98)
"""chrF (0 to 1) of a round trip to its sentence: below, Apertium has lost the thread; above, little is to be learnt."""
UNSEEN = 200
"""Sentences that are not trained on."""


def sentences(rows: Sequence[str]) -> Iterator[str]:
    """The sentences of texts, each once, with spaces single."""
    seen = set()
    for row in rows:
        for one in re.split(r"(?<=[.!?])\s+|\s*\n\s*", row):
            line = " ".join(one.split())
            if WORDS[0] <= len(line.split()) <= WORDS[1] and line not in seen and "http" not in line:
                seen.add(line)
                yield line


def pairs(lang: str, lines: Sequence[str]) -> list[tuple[str, str]]:
    """Round trips beside the sentences, of those that came back changed and recognisable. Raises `ModelError`."""
    there, back = (_apertium.load(mode) for mode in AWAY[lang])
    abroad = [found[0] if found else "" for found in there.write(lines, 1)]
    home = [found[0] if found else "" for found in back.write(abroad, 1)]
    return [
        (trip, line)
        for trip, line in zip(home, lines, strict=True)
        if LIKENESS[0] <= chrf(line.lower(), trip.lower()) <= LIKENESS[1]
    ]


def trained(start: str, learnt: Sequence[tuple[str, str]], out: Path, *, minutes: float, seed: int) -> dict[str, Any]:
    """Train and save the model; the numbers of the training."""
    from datasets import Dataset
    from transformers import AutoTokenizer, EncoderDecoderModel, TrainerCallback, set_seed
    from transformers import DataCollatorForSeq2Seq as Collator
    from transformers import Seq2SeqTrainer as Trainer
    from transformers import Seq2SeqTrainingArguments as Arguments

    class Clock(TrainerCallback):  # type: ignore[misc]
        """Ends the training when its minutes are over."""

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            control.should_training_stop = time.monotonic() - began > 60 * minutes

    set_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(start)
    model = EncoderDecoderModel.from_encoder_decoder_pretrained(start, start, tie_encoder_decoder=True)
    model.config.decoder_start_token_id = model.generation_config.decoder_start_token_id = tokenizer.cls_token_id
    model.config.pad_token_id = model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.generation_config.bos_token_id = tokenizer.cls_token_id
    model.generation_config.eos_token_id = tokenizer.sep_token_id
    encoded = tokenizer([trip for trip, _ in learnt], truncation=True, max_length=64)
    told = tokenizer([line for _, line in learnt], truncation=True, max_length=64)["input_ids"]
    data = Dataset.from_dict(
        {
            "input_ids": encoded["input_ids"],
            "attention_mask": encoded["attention_mask"],
            "labels": [t[1:] for t in told],
        }
    )
    arguments = Arguments(
        output_dir=str(out / "checkpoints"),
        per_device_train_batch_size=32,
        learning_rate=5e-4,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=200,
        num_train_epochs=100,
        train_sampling_strategy="group_by_length",
        save_strategy="no",
        logging_steps=100,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
        seed=seed,
    )
    trainer = Trainer(
        model=model, args=arguments, train_dataset=data, data_collator=Collator(tokenizer), callbacks=[Clock()]
    )
    began = time.monotonic()
    trainer.train()
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    steps = trainer.state.global_step
    return {"steps": steps, "seconds": round(time.monotonic() - began), "losses": [round(loss, 3) for loss in losses]}


def judged(model: str, lines: Sequence[str]) -> dict[str, float]:
    """How many sentences come back as they were, and the mean chrF to them of the others, by the best of each."""
    written = _seq2seq.load(model).write(lines, 1)
    both = [(line.lower(), found[0].lower() if found else "") for line, found in zip(lines, written, strict=True)]
    changed = [chrf(line, new) for line, new in both if "".join(line.split()) != "".join(new.split())]
    return {"unseen": len(both), "copies": 1 - len(changed) / len(both), "chrf": fmean(changed) if changed else 1.0}


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lang", choices=LANGS, required=True)
    parser.add_argument("--model", required=True, help="directory of a masked language model")
    parser.add_argument("--data", action="append", required=True, help="file with a column `text`; repeatable")
    parser.add_argument("--out", type=Path, required=True, help="directory of the paraphraser")
    parser.add_argument("--sentences", type=int, default=20_000, help="sentences to translate (default 20000)")
    parser.add_argument("--minutes", type=float, default=20.0, help="how long to train (default 20)")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rows = [row.fields[0] for one in asked.data for row in read(DataSpec(source=one, text="text", label="")).rows]
    lines = [line for line, _ in zip(sentences(rows), range(UNSEEN + asked.sentences), strict=False)]
    unseen, rest = lines[:UNSEEN], lines[UNSEEN:]
    learnt = pairs(asked.lang, rest)
    print(f"{len(learnt)} pairs of {len(rest)} sentences", flush=True)
    told = {"sentences": len(rest), "pairs": len(learnt), "seed": asked.seed}
    told |= trained(asked.model, learnt, asked.out, minutes=asked.minutes, seed=asked.seed)
    told |= judged(str(asked.out), unseen)
    (asked.out / "training.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: value for key, value in told.items() if key != "losses"}))


if __name__ == "__main__":
    main()

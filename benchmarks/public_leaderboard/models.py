"""The models of the board, each with the commands that make it.

`{work}` is a folder for models, `{prepared}` what `python -m robust.starter.prepare` wrote for the language,
`{vectors}` and `{recurrent}` word vectors and an AWD-LSTM, `{bert}` a small BERT and `{minilm}` the all-MiniLM-L6-v2
encoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TRAIN = {"en": "{prepared}/train.jsonl", "es": "{prepared}/tweets-train.jsonl"}
DEV = {"en": "{prepared}/dev.jsonl", "es": "{prepared}/tweets-dev.jsonl"}
TEST = {"en": "{prepared}/test-sst2-test.jsonl", "es": "{prepared}/test-politics.jsonl"}
SETS = {"en": "SST-2 train", "es": "InterTASS train"}
ROWS = {"en": 6920, "es": 5203}
"""Labelled rows that every model but the starters learns from."""
BAG_OF_WORDS = "bag-of-words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model. The last of its commands writes `{work}/<name>`; a shipped one has none."""

    name: str
    lang: str
    commands: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Places that somebody has to give."""
    adversarial_from: tuple[str, ...] = ()
    """Attacks whose texts it was trained on."""
    trained_on: tuple[str, ...] = ()

    @property
    def shipped(self) -> bool:
        """Whether it is a bundled model, which is loaded by its name."""
        return self.name in ("starter-en", "starter-es")

    def filled(self, places: Mapping[str, str]) -> list[list[str]]:
        """The words of each command, with the places filled in."""
        return [[word.format(**places) for word in command.split()] for command in self.commands]


def _data(lang: str) -> str:
    return f"--data {TRAIN[lang]} --dev {DEV[lang]} --lang {lang} --limit {ROWS[lang]}"


def _recurrent(cell: str, lang: str) -> tuple[str, ...]:
    made = f"{{work}}/{cell}-{lang}"
    return (
        f"pretrain {cell} --lang {lang} --data {{prepared}}/text.jsonl --minutes 3 --out {{work}}/{cell}-lm-{lang}",
        f"finetune ulmfit --model {{work}}/{cell}-lm-{lang} {_data(lang)} "
        f"--set train.epochs=4 --set train.max_length=64 --set adapt.language_model=null --out {made}",
    )


def _defended(defence: str, lang: str, model: str, name: str, *more: str) -> str:
    rest = " ".join(more)
    return (
        f"train --recipe {defence} --model {model} --data {TRAIN[lang]} --dev {DEV[lang]} --lang {lang} --no-measure "
        f"{rest} --out {{work}}/{name}"
    )


def models() -> Iterator[Model]:
    """All of them, cheap ones first."""
    for lang in ("en", "es"):
        sets = (SETS[lang],)
        starter = f"starter-{lang}"
        of = f"{{work}}/cnn-{lang}"
        card = f"the sets that robust/starter/models/{starter}/README.md lists"
        short = ("--rows 2000", "--set train.epochs=1")
        yield Model(name=f"{BAG_OF_WORDS}-{lang}", lang=lang, trained_on=sets)
        yield Model(name=starter, lang=lang, trained_on=(card,))
        yield Model(
            name=f"cnn-{lang}",
            lang=lang,
            commands=(f"finetune cnn {_data(lang)} --set train.epochs=4 --out {of}",),
            trained_on=sets,
        )
        yield Model(
            name=f"cnn-ibp-{lang}",
            lang=lang,
            commands=(_defended("ibp", lang, of, f"cnn-ibp-{lang}", "--rows 2500", "--set train.epochs=5"),),
            trained_on=sets,
        )
        for cell in ("lstm", "gru"):
            yield Model(
                name=f"{cell}-{lang}", lang=lang, commands=_recurrent(cell, lang), trained_on=(*sets, "texts alone")
            )
        yield Model(
            name=f"vectors-{lang}",
            lang=lang,
            commands=(f"finetune word-vectors --model {{vectors}} {_data(lang)} --out {{work}}/vectors-{lang}",),
            needs=("vectors",),
            trained_on=sets,
        )
        for defence, attack in (("augmented-characters", "deepwordbug"), ("freelb", None), ("r3f", None)):
            name = f"{starter}-{defence}"
            yield Model(
                name=name,
                lang=lang,
                commands=(_defended(defence, lang, starter, name, *short),),
                trained_on=(card, *sets),
                adversarial_from=(attack,) if attack else (),
            )
        yield Model(
            name=f"ulmfit-{lang}",
            lang=lang,
            commands=(
                f"finetune ulmfit --model {{recurrent}} {_data(lang)} --set train.epochs=4 --set train.max_length=64 "
                f"--set adapt.language_model.epochs=1 --out {{work}}/ulmfit-{lang}",
            ),
            needs=("recurrent",),
            trained_on=sets,
        )
        encoder = "minilm" if lang == "en" else "bert"
        yield Model(
            name=f"{encoder}-{lang}",
            lang=lang,
            commands=(
                f"finetune classifier --model {{{encoder}}} {_data(lang)} --set train.epochs=1 "
                f"--set train.learning_rate=1e-4 --set train.max_length=64 --out {{work}}/{encoder}-{lang}",
            ),
            needs=(encoder,),
            trained_on=sets,
        )

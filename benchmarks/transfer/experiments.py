"""The experiments, each a command that can be given by hand, in an order in which each finds what it starts from.

`{data}` is the folder of the public data sets, `{work}` a folder for models, `{prepared}` what
`python -m robust.starter.prepare` wrote, `{minilm}` a local directory of the all-MiniLM-L6-v2 encoder.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Group = Literal["pretrain", "starter", "task", "curves"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One command. `module` is what `python -m` runs; `words` are its arguments, with places in braces."""

    name: str
    group: Group
    words: str
    module: str = "robust"

    def command(self, places: Mapping[str, str]) -> list[str]:
        """The arguments with the places filled in; what is trained goes to `{work}/<name>`."""
        trained = f" --out {{work}}/{self.name} --json" if self.module == "robust" else ""
        return [word.format(**places) for word in shlex.split(self.words + trained)]

    @property
    def needs(self) -> set[str]:
        """Names of experiments whose models it starts from."""
        return {other.name for other in EXPERIMENTS if f"{{work}}/{other.name}" in shlex.split(self.words)}


_SPANISH_TEXT = (
    "--data {prepared}/starter-es/text.jsonl --data {prepared}/starter-es/reviews-train.jsonl "
    "--data {data}/corpora/es_activ_es_film_tv.txt.xz --data {data}/corpora/es_un_news.txt.xz@0.3 "
    "--data {data}/corpora/es_textbox_spanish.txt.xz@0.5 --data {data}/corpora/es_discursos_cfk_ar.txt.xz@0.2 "
    "--data {data}/corpora/es_novelas_hispanoamericanas_conha19.txt.xz@0.1 "
    "--data {data}/corpora/es_novelas_eltec_spa.txt.xz@0.15 --skip '^(## |-----)'"
)
_ENGLISH_TEXT = "--data {prepared}/starter-en/text.jsonl --data {data}/corpora/en_wikipedia.txt.xz@0.2"
_SMALL_NER = "--set train.epochs=4 --set train.learning_rate=5e-4"
_SMALL_QA = "--set train.max_length=256 --set qa.stride=64 --set train.learning_rate=3e-4"
_TEACHER = (
    "--set model.dropout=0.1 --set train.epochs=2 --set train.batch_size=64 --set train.learning_rate=3e-4 "
    "--set train.label_smoothing=0.05 --set train.word_dropout=0.1 --set train.max_length=192"
)
_STARTER_ES = (
    "--data {prepared}/starter-es/train.jsonl --dev {prepared}/starter-es/dev.jsonl "
    "--test {prepared}/starter-es/test-reviews.jsonl --test {prepared}/starter-es/test-tass.jsonl "
    "--test {prepared}/starter-es/test-politics.jsonl --test {prepared}/starter-es/test-opener.jsonl "
    "--test starter-es --baseline"
)
_SST2 = "--train {data}/en/sst2/train.tsv --dev {data}/en/sst2/dev.tsv --test {data}/en/sst2/test.tsv"
_TASS = (
    "--train {prepared}/starter-es/tweets-train.jsonl --dev {prepared}/starter-es/tweets-dev.jsonl "
    "--test {prepared}/starter-es/test-politics.jsonl"
)


def _curves(name: str, words: str) -> Experiment:
    return Experiment(name=name, group="curves", module="benchmarks.learning_curves", words=words)


def _finetune(name: str, words: str, group: Group = "task") -> Experiment:
    return Experiment(name=name, group=group, words=f"finetune {words}")


def _pretrain(name: str, words: str) -> Experiment:
    return Experiment(name=name, group="pretrain", words=f"pretrain {words}")


EXPERIMENTS: tuple[Experiment, ...] = (
    _pretrain("bert-mini-en", f"bert-mini-en {_ENGLISH_TEXT} --minutes 45"),
    _pretrain("bert-mini-es", f"bert-mini-es {_SPANISH_TEXT} --minutes 45"),
    _pretrain(
        "bert-domain-es",
        "continue --model {work}/bert-mini-es --lang es --data {prepared}/starter-es/text.jsonl "
        "--data {prepared}/starter-es/reviews-train.jsonl --minutes 9 --set train.learning_rate=5e-4 "
        "--set train.batch_size=16 --set model.masked=0.3",
    ),
    _pretrain("awd-lstm-en", f"awd-lstm --lang en {_ENGLISH_TEXT} --minutes 30"),
    _pretrain("awd-lstm-es", f"awd-lstm --lang es {_SPANISH_TEXT} --minutes 8"),
    _pretrain("vectors-en", f"cbow --lang en {_ENGLISH_TEXT}"),
    _pretrain("vectors-es", f"cbow --lang es {_SPANISH_TEXT}"),
    _finetune(
        "teacher-en",
        "classifier --model {minilm} --data {prepared}/starter-en/train.jsonl --dev {prepared}/starter-en/dev.jsonl "
        "--test {prepared}/starter-en/test-sst2-test.jsonl --lang en "
        "--set train.epochs=1 --set train.learning_rate=1e-4",
        "starter",
    ),
    _finetune(
        "student-en",
        "starter-en --model {work}/bert-mini-en --teacher {work}/teacher-en --data {prepared}/starter-en/train.jsonl "
        "--unlabelled {prepared}/starter-en/unlabelled.jsonl --dev {prepared}/starter-en/dev.jsonl "
        "--test {prepared}/starter-en/test-sst2-dev.jsonl --test {prepared}/starter-en/test-sst2-test.jsonl "
        "--test {prepared}/starter-en/test-imdb.jsonl --test starter-en --baseline",
        "starter",
    ),
    _finetune(
        "starter-en",
        "starter-en --model {work}/student-en --teacher {work}/teacher-en --data {prepared}/starter-en/train.jsonl "
        "--unlabelled {prepared}/starter-en/unlabelled-reviews.jsonl --set distil.balance=true "
        "--dev {prepared}/starter-en/dev.jsonl --test {prepared}/starter-en/test-sst2-dev.jsonl "
        "--test {prepared}/starter-en/test-sst2-test.jsonl --test {prepared}/starter-en/test-imdb.jsonl "
        "--test starter-en --baseline --set train.epochs=1 --set train.learning_rate=1e-4",
        "starter",
    ),
    *(
        _finetune(
            f"teacher-es-{seed}",
            "classifier --model {work}/bert-mini-es --data {prepared}/starter-es/train.jsonl "
            f"--dev {{prepared}}/starter-es/dev.jsonl --lang es --seed {seed} {_TEACHER}",
            "starter",
        )
        for seed in (1, 2)
    ),
    _finetune(
        "student-es",
        "starter-es --model {work}/bert-domain-es --teacher bag-of-words --teacher {work}/teacher-es-1 "
        f"--teacher {{work}}/teacher-es-2 {_STARTER_ES}",
        "starter",
    ),
    _finetune(
        "starter-es",
        "starter-es --model {work}/student-es --teacher bag-of-words@reviews- --teacher {work}/student-es "
        f"--unlabelled {{prepared}}/starter-es/unlabelled-reviews.jsonl {_STARTER_ES} "
        "--set train.epochs=2 --set train.batch_size=32 --set train.learning_rate=1e-4 --set adapt.weight_ensemble=0.5",
        "starter",
    ),
    _finetune(
        "ner-en",
        "ner --model {work}/bert-mini-en --data {data}/en/conll2003/eng.train --test {data}/en/conll2003/eng.testa "
        f"--lang en {_SMALL_NER}",
    ),
    _finetune(
        "ner-es",
        "ner --model {work}/bert-mini-es --data {data}/es/conll2002/esp.train --test {data}/es/conll2002/esp.testa "
        f"--lang es {_SMALL_NER}",
    ),
    _finetune(
        "nli-en",
        "classifier --model {work}/bert-mini-en --data {data}/en/snli_cad/all_combined/train.tsv "
        "--dev {data}/en/snli_cad/all_combined/dev.tsv --test {data}/en/snli_cad/all_combined/test.tsv --lang en "
        "--text sentence1 --pair sentence2 --label gold_label --baseline --set train.epochs=4 "
        "--set train.learning_rate=3e-4",
    ),
    _finetune(
        "nli-es",
        "classifier --model {work}/bert-mini-es --data {data}/enes/nli/xnli_dev.es.jsonl "
        "--test {data}/enes/nli/xnli_test.es.jsonl --lang es --text premise --pair hypothesis --label label --baseline "
        "--set train.epochs=4 --set train.learning_rate=3e-4",
    ),
    _finetune(
        "qa-en",
        "qa --model {work}/bert-mini-en --data {data}/enes/mlqa/dev-context-en-question-en.json "
        f"--test {{data}}/enes/xquad/xquad.en.json --lang en {_SMALL_QA} --set train.epochs=4",
    ),
    _finetune(
        "qa-es",
        "qa --model {work}/bert-mini-es --data {data}/es/squad_dev/v1.1.no_xquad.json "
        f"--test {{data}}/enes/xquad/xquad.es.json --lang es {_SMALL_QA} --set train.epochs=2 --limit 2500",
    ),
    _finetune(
        "multitask-es",
        "multitask --model {work}/bert-mini-es --data sentiment={prepared}/starter-es/tweets-train.jsonl "
        "--dev sentiment={prepared}/starter-es/tweets-dev.jsonl "
        "--test sentiment={prepared}/starter-es/test-politics.jsonl --data entities={data}/es/conll2002/esp.train "
        "--test entities={data}/es/conll2002/esp.testa --lang es --set train.epochs=3 --set train.learning_rate=5e-4",
    ),
    _curves(
        "curves-en",
        f"--language en {_SST2} --resources vectors={{work}}/vectors-en --resources ulmfit={{work}}/awd-lstm-en "
        "--resources bert={work}/bert-mini-en --resources minilm={minilm} --dev-limit 200 --max-length 64",
    ),
    _curves(
        "curves-es",
        f"--language es {_TASS} --resources vectors={{work}}/vectors-es --resources ulmfit={{work}}/awd-lstm-es "
        "--resources bert={work}/bert-mini-es --methods scratch,vectors,ulmfit,bert --dev-limit 200 --max-length 64",
    ),
    _curves(
        "ulmfit-ablation",
        f"--language es {_TASS} --methods ulmfit,ulmfit-no-language-model,ulmfit-no-discriminative,"
        "ulmfit-no-triangle,ulmfit-no-unfreezing,ulmfit-no-concat --sizes 500 --dev-limit 200 --max-length 64 "
        "--out results/ulmfit-ablation "
        + " ".join(
            f"--resources {method}={{work}}/awd-lstm-es"
            for method in (
                "ulmfit",
                "ulmfit-no-language-model",
                "ulmfit-no-discriminative",
                "ulmfit-no-triangle",
                "ulmfit-no-unfreezing",
                "ulmfit-no-concat",
            )
        ),
    ),
)

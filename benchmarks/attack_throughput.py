"""Speed of an attack beside TextAttack's: same victim, texts and candidates, in turn.

    make test-bridges                                   # makes the environment with TextAttack
    .venv-bridges/bin/python -m benchmarks.attack_throughput --victim starter --attack wir-delete --limit 20
    .venv-bridges/bin/python -m benchmarks.attack_throughput --victim bert-base --data starter-es --lang es

Each contestant is a process of its own in one group; they run one after the other, `--repeats` times round, and the
table has medians. `robust` is our own search. `bridge` is TextAttack's code under our engine. `textattack` is
TextAttack as installed, whose wrapper pads every text to the model's maximum length; `textattack-padded` is the same
with texts padded to the longest of their batch. Time is from the first text to the last result, without loading.
`victim` is the share of it spent in the tokeniser and the model. `MiB` is the most memory that a process ever had,
with TextAttack imported in all of them. `of mm` is the share of the core's float32 matrix products, measured just
before: those of the linear layers for the tokens asked, without padding, in its processor time. `same` counts
examples whose status, text and queries are the first one's.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, ClassVar

from benchmarks.products import Tokens, products
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang

SIZES = {"minilm": (384, 6, 12), "bert-base": (768, 12, 12)}
"""Hidden size, layers and heads of victims with random weights."""
POSITIONS = 512
"""Tokens that those read, as BERT and MiniLM do; TextAttack pads to it."""
ATTACKS = {"wir-delete": "delete", "wir-unk": "unk", "pwws": "weighted_saliency"}
CONTESTANTS = ("robust", "bridge", "textattack", "textattack-padded")
Result = tuple[str, str | None, int]


@dataclass(frozen=True, kw_only=True)
class Task:
    """What all contestants do."""

    victim: str
    attack: str
    data: str
    lang: Lang
    limit: int
    threads: int
    dtype: str
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run of one contestant."""

    seconds: float
    victim_seconds: float
    peak_mib: float
    of_products: float
    rows: tuple[Result, ...]

    @property
    def queries(self) -> int:
        """Texts that were asked for, over all examples."""
        return sum(queries for _, _, queries in self.rows)


@cache
def synonyms(word: str, lang: Lang, most: int = 8) -> tuple[str, ...]:
    """The candidates of a word, the same for all contestants, in alphabetical order."""
    from robust.lang.base import language

    found = [w for w in language(lang).synonyms(word) if w.isalpha() and w != word]
    return tuple(sorted(dict.fromkeys(found))[:most])


@dataclass(frozen=True, kw_only=True)
class Synonyms:
    """The candidates as a transformation of ours."""

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """In the order in which TextAttack asks for them: by the edited text."""
        return [sorted([s.text.replace(s.index, w) for w in synonyms(s.word, s.lang)], key=str) for s in sites]


def load(task: Task) -> tuple[Any, list[Any]]:
    """The victim and the examples; victims with random weights are attacked where they stand."""
    import torch

    from robust.checkpoints.device import in_format
    from robust.data.labels import to_examples
    from robust.data.source import DataSpec, read
    from robust.victims.load import load_victim
    from robust.victims.transformers import TransformersVictim

    torch.set_num_threads(task.threads)
    starter = load_victim(f"starter-{task.lang}", device="cpu", dtype="float32")
    if task.victim == "starter":
        victim: Any = starter if task.dtype == "float32" else load_victim(f"starter-{task.lang}", dtype=task.dtype)
    else:
        from transformers import BertConfig, BertForSequenceClassification

        hidden, layers, heads = SIZES[task.victim]
        torch.manual_seed(task.seed)
        sizes = {"hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads}
        tokenizer = starter.tokenizer
        longest = {"max_position_embeddings": POSITIONS}
        config = BertConfig(vocab_size=len(tokenizer), intermediate_size=4 * hidden, **sizes, **longest)
        config.id2label = dict(enumerate(starter.meta.labels))
        exact = BertForSequenceClassification(config).eval()
        tokenizer.model_max_length = POSITIONS
        fast, reload = in_format(copy.deepcopy(exact), getattr(torch, task.dtype), lambda: exact)
        dtype = None if reload is None else task.dtype
        victim = TransformersVictim.of(fast, tokenizer, name=task.victim, reload=reload, dtype=dtype)
    labels = tuple(victim.meta.labels)
    found = to_examples(read(DataSpec(source=task.data, lang=task.lang)), labels).examples[: task.limit]
    right = [replace(e, target=int(victim.canonical((str(e.text),)).argmax())) for e in found]
    return victim, right


def run_ours(task: Task, victim: Any, examples: Sequence[Any], *, bridge: bool) -> tuple[float, list[Result]]:
    """Seconds in the victim, and the rows, of our own search or of TextAttack's under our engine."""
    from robust.adapters.textattack.constraint import TextAttackConstraint
    from robust.core.attack import Attack
    from robust.engine.answers import Stats
    from robust.engine.run import run_attack
    from robust.goals.untargeted import Untargeted
    from robust.searches.greedy_word_ranking import GreedyWordRanking

    search: Any = GreedyWordRanking(rank_by=ATTACKS[task.attack])  # type: ignore[arg-type]
    limits = tuple(TextAttackConstraint(name=name) for name in ("RepeatModification", "StopwordModification"))
    if bridge:
        from robust.adapters.textattack import load as loading
        from robust.adapters.textattack.search import TextAttackSearch

        made = recipe_of(task)
        loading.part = lambda kind, name: made  # type: ignore[assignment]
        search, limits = TextAttackSearch(recipe="benchmark"), ()
    parts = {"search": search, "transformation": Synonyms(), "constraints": limits, "goal": Untargeted()}
    stats = Stats()
    outcomes = list(run_attack(Attack(name=task.attack, **parts), victim, examples, seed=task.seed, stats=stats))
    if failed := [o.error for o in outcomes if o.error]:
        sys.exit(failed[0])
    by_id = {o.example_id: (o.status, o.adversarial, o.queries) for o in outcomes}
    return sum(stats.seconds.values()), [by_id[e.id] for e in examples]


def recipe_of(task: Task) -> Any:
    """TextAttack's own attack over the same candidates, as a recipe."""
    import textattack
    from textattack.constraints.pre_transformation import RepeatModification, StopwordModification
    from textattack.goal_functions import UntargetedClassification
    from textattack.search_methods import GreedyWordSwapWIR
    from textattack.transformations import WordSwap

    class Swap(WordSwap):  # type: ignore[misc]
        def _get_replacement_words(self, word: str) -> list[str]:
            return list(synonyms(word, task.lang))

    class Recipe:
        @staticmethod
        def build(model_wrapper: Any) -> Any:
            search = GreedyWordSwapWIR(ATTACKS[task.attack].replace("_", "-"))
            limits = [RepeatModification(), StopwordModification()]
            return textattack.Attack(UntargetedClassification(model_wrapper), limits, Swap(), search)

    return Recipe


def run_theirs(task: Task, victim: Any, examples: Sequence[Any], *, padded: bool) -> tuple[float, list[Result]]:
    """Seconds in the victim, and the rows, of TextAttack by itself; `padded`: to the longest text of a batch."""
    import torch
    from textattack.attack_results import FailedAttackResult, SkippedAttackResult
    from textattack.models.wrappers import HuggingFaceModelWrapper

    spent = 0.0
    victim.tokenizer.model_max_length = victim.max_length

    class Timed(HuggingFaceModelWrapper):  # type: ignore[misc]
        def __call__(self, text_input_list: Any) -> Any:
            nonlocal spent
            began = time.perf_counter()
            if not padded:
                answer = super().__call__(text_input_list)
            else:
                how = {"padding": True, "truncation": True, "max_length": victim.max_length, "return_tensors": "pt"}
                inputs = self.tokenizer(text_input_list, **how).to(self.model.device)
                with torch.no_grad():
                    answer = self.model(**inputs).logits
            spent += time.perf_counter() - began
            return answer

    attack = recipe_of(task).build(Timed(victim.exact, victim.tokenizer))
    rows: list[Result] = []
    for example in examples:
        result = attack.attack(str(example.text), example.target)
        if isinstance(result, SkippedAttackResult):
            rows.append(("skipped", None, result.original_result.num_queries))
        elif isinstance(result, FailedAttackResult):
            rows.append(("failure", None, result.perturbed_result.num_queries))
        else:
            rows.append(("success", result.perturbed_text(), result.perturbed_result.num_queries))
    return spent, rows


def contestant(name: str, task: Task, line: Connection) -> None:
    """A process: load, say so, and run whenever told to."""
    import logging

    from robust.adapters.textattack.load import library

    library()
    logging.getLogger("textattack.shared.utils.install").setLevel(logging.ERROR)
    victim, examples = load(task)
    counted = Tokens(victim.model if name in ("robust", "bridge") else victim.exact, victim.exact)
    line.send(len(examples))
    while line.recv():
        rate = products()
        counted.work()
        began, worked = time.perf_counter(), time.process_time()
        if name in ("robust", "bridge"):
            spent, rows = run_ours(task, victim, examples, bridge=name == "bridge")
        else:
            spent, rows = run_theirs(task, victim, examples, padded=name == "textattack-padded")
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
        share = counted.work() / (time.process_time() - worked) / rate
        line.send(Measured(seconds=seconds, victim_seconds=spent, peak_mib=peak, of_products=share, rows=tuple(rows)))


# ------------------------------------------------------------------ the table
def table(names: Sequence[str], runs: dict[str, list[Measured]]) -> None:
    """Print one line for each contestant, medians over the repeats."""
    first = runs[names[0]][0]
    print(
        f"{'':<20}{'examples/s':>11}{'queries/s':>11}{'victim':>8}{'MiB':>7}{'of mm':>8}"
        f"{'same':>10}{'success':>9}{'queries':>9}"
    )
    for name in names:
        some = runs[name]
        seconds = statistics.median(run.seconds for run in some)
        share = statistics.median(run.victim_seconds / run.seconds for run in some)
        used = statistics.median(run.of_products for run in some)
        rows = some[0].rows
        same = sum(a == b for a, b in zip(rows, first.rows, strict=True))
        won = sum(status == "success" for status, _, _ in rows)
        n = len(rows)
        print(
            f"{name:<20}{n / seconds:>11.2f}{some[0].queries / seconds:>11.1f}{share:>8.0%}{some[0].peak_mib:>7.0f}"
            f"{used:>8.0%}{f'{same}/{n}':>10}{won:>9}{some[0].queries / n:>9.1f}"
        )


def main() -> None:
    """Run the contestants in turn and print the table."""
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("--victim", choices=("starter", *SIZES), default="starter")
    about.add_argument("--attack", choices=tuple(ATTACKS), default="wir-delete")
    about.add_argument("--data", default="starter-en", help="a starter set or a file with text and label columns")
    about.add_argument("--lang", choices=LANGS, default="en")
    about.add_argument("--limit", type=int, default=60)
    about.add_argument("--repeats", type=int, default=5)
    about.add_argument("--threads", type=int, default=1)
    about.add_argument("--dtype", default="float32", help="number format of robust's search; TextAttack's is float32")
    about.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    given = vars(about.parse_args())
    repeats, names = given.pop("repeats"), given.pop("only")
    task = Task(**given)
    context = multiprocessing.get_context("spawn")
    lines: dict[str, Connection] = {}
    for name in names:  # loading is not timed, and one loads at a time
        lines[name], other = context.Pipe()
        context.Process(target=contestant, args=(name, task, other), daemon=True).start()
        other.close()
        lines[name].recv()
    runs: dict[str, list[Measured]] = {name: [] for name in names}
    for repeat in range(repeats):
        for name in names:
            lines[name].send(True)
            runs[name].append(lines[name].recv())
            print(f"round {repeat + 1}: {name} {runs[name][-1].seconds:.1f} s", file=sys.stderr)
    for line in lines.values():
        line.send(False)
    print(f"{task.victim}, {task.attack}, {task.data}, {task.threads} thread(s), robust's search in {task.dtype}")
    table(names, runs)


if __name__ == "__main__":
    main()

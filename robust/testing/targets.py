"""The contract of what knows the target: goals of other tasks than classification, and constraints on gold parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from robust.core.constraint import TargetConstraint
from robust.core.example import Answers, Example, Reference, Target, TokenLabels
from robust.core.goal import TaskGoal
from robust.core.text import Text
from robust.core.types import LANGS, Floats, Lang
from robust.errors import RobustError
from robust.lang.tokenise import spans

_STRINGS: dict[Lang, str] = {"en": "Ana flew to New York, and wept.", "es": "Íñigo voló a Santa Fe, ¡y lloró!"}
_TAGS = ("B-PER", "O", "O", "B-LOC", "I-LOC", "O", "O")
LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def example(target: Target, lang: Lang) -> Example:
    """An example with that target, of seven words."""
    string = _STRINGS[lang]
    return Example(id="0", text=Text(string, spans(string)), target=target, lang=lang, before=("Who?",))


def check_task_goal(goal: TaskGoal, expect: Callable[[bool, object, str], None]) -> None:
    """Pure functions of the answers, each judged alone; refuses targets of another task."""
    targets: dict[str, Target] = {
        "tagging": TokenLabels(_TAGS),
        "qa": Answers(((0, 3),)),
        "seq2seq": Reference("y se fue"),
    }
    labels = {"tagging": LABELS, "qa": ("start", "end", "logit")}.get(goal.task, ("character",))
    for lang in LANGS:
        one = example(targets[goal.task], lang)
        texts = [one.text, one.text.replace(1, "x"), one.text.delete(2), one.text.insert(4, "y"), one.text.append("z")]
        answers = [_answer(goal, text, seed) for seed, text in enumerate(texts)]
        score, met = goal.judge(answers, texts, one, labels)
        expect(score.shape == (5,) and score.dtype == np.float32, goal, "score is not float32 of shape (n,)")
        expect(met.shape == (5,) and met.dtype == np.bool_, goal, "success is not bool of shape (n,)")
        expect(bool(np.isfinite(score).all()), goal, "gives scores that are not finite")
        for at, (answer, text) in enumerate(zip(answers, texts, strict=True)):
            alone = goal.judge([answer], [text], one, labels)
            expect(alone[0][0] == score[at] and alone[1][0] == met[at], goal, "depends on the batch")
            reading = goal.reading(answer, text, one, labels)
            expect(all(np.isfinite(reading.counts)), goal, "reads counts that are not finite")
        expect(len(goal.judge([], [], one, labels)[0]) == 0, goal, "does not answer an empty batch")
        expect(isinstance(goal.skips(answers[0], one, labels), bool), goal, "does not say what it skips")
        _refuses(partial(goal.judge, answers, texts, example(0, lang), labels), goal, expect)


def _answer(goal: TaskGoal, text: Text, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    if goal.task == "tagging":
        return (rng.normal(size=(len(text), len(LABELS))) * 10).astype(np.float32)
    if goal.task == "seq2seq":
        return np.array([[ord(sign)] for sign in str(text)[seed:]], np.float32)
    rows = [(*text.spans[at], logit) for at, logit in zip(rng.permutation(len(text)), (3.0, 1.0, -1.0), strict=False)]
    return np.array(rows, np.float32)


def check_guard(
    guard: TargetConstraint, texts: Sequence[Text], lang: Lang, expect: Callable[[bool, object, str], None]
) -> None:
    """One bool for each word, and for each text; keeps the unedited text, and any edit of words that it leaves free."""
    targets: list[Target] = [TokenLabels(_TAGS), Answers(((0, 3),))]
    fitting = [target for target in targets if not _raises(partial(guard.keeps, [], target))]
    expect(bool(fitting), guard, "accepts neither tags nor answers")
    for target in fitting:
        text = example(target, lang).text
        free = guard.free(text, target)
        expect(free.shape == (len(text),) and free.dtype == np.bool_, guard, "does not give one bool for each word")
        expect(bool(guard.keeps([text], target)[0]), guard, "refuses the unedited text")
        edited = [text.replace(int(at), "otro") for at in np.flatnonzero(free)]
        kept = guard.keeps(edited, target)
        expect(kept.shape == (len(edited),) and kept.dtype == np.bool_, guard, "does not give one bool for each text")
        expect(bool(kept.all()), guard, "refuses edits of words that it leaves free")
        held = [text.replace(int(at), "otro") for at in np.flatnonzero(~free)]
        expect(not guard.keeps(held, target).any(), guard, "lets edits of words through that it does not leave free")
    _refuses(partial(guard.keeps, texts, 0), guard, expect)


def _raises(call: Callable[[], Any]) -> bool:
    try:
        call()
    except RobustError:
        return True
    return False


def _refuses(call: Callable[[], Any], plugin: object, expect: Callable[[bool, object, str], None]) -> None:
    expect(_raises(call), plugin, "accepts a class index as target")

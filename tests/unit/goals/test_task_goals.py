"""Goals of taggers and of models that answer questions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from seqeval.scheme import IOB2, Entities

from robust.core.attack import Attack
from robust.core.example import Answers, Example, TokenLabels
from robust.core.goal import for_victim
from robust.core.text import Text
from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.engine.run import EngineOptions, run_attack
from robust.errors import DataError, PluginError
from robust.goals._entities import entities, projected
from robust.goals.answer_drop import AnswerDrop
from robust.goals.tagging_drop import TaggingDrop
from robust.goals.untargeted import Untargeted
from robust.lang.squad import f1
from robust.lang.tokenise import spans
from robust.searches.greedy import Greedy
from robust.testing import LetterSwaps
from robust.testing.contract import check_goal

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def text(string: str) -> Text:
    return Text(string, spans(string))


def tagged(string: str, *tags: str) -> Example:
    return Example(id=string, text=text(string), target=TokenLabels(tags), lang="es")


def said(*tags: str, chance: float = 0.9) -> Floats:
    """Logits of these tags, each with that probability."""
    rows = np.full((len(tags), len(TAGS)), (1 - chance) / (len(TAGS) - 1))
    rows[np.arange(len(tags)), [TAGS.index(tag) for tag in tags]] = chance
    return np.log(rows).astype(np.float32)


def test_entities_are_seqevals_strict_ones() -> None:
    rng = np.random.default_rng(1)
    for _ in range(500):
        tags = rng.choice(TAGS, size=int(rng.integers(1, 9))).tolist()
        theirs = {(e.tag, e.start, e.end) for e in Entities([tags], IOB2).entities[0]}
        assert set(entities(tags)) == theirs, tags


def test_gold_tags_follow_the_words() -> None:
    one = tagged("Ana Ruiz vive en Quito", "B-PER", "I-PER", "O", "O", "B-LOC")
    assert isinstance(one.target, TokenLabels)

    def gold(edited: Text) -> list[str | None]:
        return projected(one.target.aligned(edited), spans=True)  # type: ignore[union-attr]

    assert gold(one.text.replace(2, "está")) == ["B-PER", "I-PER", "O", "O", "B-LOC"]
    assert gold(one.text.insert(1, "María")) == ["B-PER", "I-PER", "I-PER", "O", "O", "B-LOC"]
    assert gold(one.text.insert(0, "Hoy")) == ["O", "B-PER", "I-PER", "O", "O", "B-LOC"]
    assert gold(one.text.delete(0)) == ["B-PER", "O", "O", "B-LOC"]
    assert gold(one.text.append("fin")) == ["B-PER", "I-PER", "O", "O", "B-LOC", "O"]


def test_success_is_an_f1_at_the_limit_and_the_score_is_doubt_about_entity_words() -> None:
    one = tagged("Ana vive en Quito", "B-PER", "O", "O", "B-LOC")
    answers = [
        said("B-PER", "O", "O", "B-LOC"),
        said("B-PER", "O", "O", "O"),  # F1 2/3
        said("B-PER", "O", "O", "B-PER"),  # F1 1/2
        said("O", "O", "O", "O"),
    ]
    score, met = TaggingDrop().judge(answers, [one.text] * 4, one, TAGS)
    assert met.tolist() == [False, False, True, True]
    assert score == pytest.approx([0.1, (0.1 + 0.975) / 2, (0.1 + 0.975) / 2, 0.975], abs=1e-6)
    assert TaggingDrop(f1=0.0).judge(answers, [one.text] * 4, one, TAGS)[1].tolist() == [False, False, False, True]


def test_nothing_to_lose_is_skipped_and_no_success() -> None:
    none = tagged("Vive en casa", "O", "O", "O")
    assert TaggingDrop().skips(said("O", "O", "O"), none, TAGS)
    one = tagged("Ana vive", "B-PER", "O")
    assert TaggingDrop().skips(said("O", "O"), one, TAGS)
    assert not TaggingDrop().skips(said("B-PER", "O"), one, TAGS)
    gone = one.text.delete(0)
    assert not TaggingDrop().judge([said("O")], [gone], one, TAGS)[1][0]


def test_parts_of_speech_count_words() -> None:
    labels = ("NOUN", "VERB")
    one = Example(id="0", text=text("Ana canta"), target=TokenLabels(("NOUN", "VERB")), lang="es")
    logits = np.array([[1, 0], [1, 0]], np.float32)
    assert TaggingDrop().reading(logits, one.text, one, labels).counts == (1.0, 2.0, 2.0)
    assert TaggingDrop().judge([logits], [one.text], one, labels)[1][0]


def question(context: str, *answers: str) -> Example:
    found = tuple((context.index(answer), context.index(answer) + len(answer)) for answer in answers)
    return Example(id=context, text=text(context), target=Answers(found), lang="en", before=("Who?",))


def test_an_answer_drops_by_its_f1_and_scores_by_what_is_expected() -> None:
    one = question("Old Ann met Bob Ray.", "Ann", "Old Ann")
    string = str(one.text)
    places = [(string.index(a), string.index(a) + len(a)) for a in ("Old Ann", "Bob", "Ann met Bob Ray")]
    logits = [2.0, 1.0, 0.0]
    answer = np.array([(*place, logit) for place, logit in zip(places, logits, strict=True)], np.float32)
    worth = [f1(string[lo:hi], ["Ann", "Old Ann"]) for lo, hi in places]
    assert worth == pytest.approx([1.0, 0.0, 0.4])
    chances = np.exp(logits) / np.exp(logits).sum()
    score, met = AnswerDrop().judge([answer, answer[1:], answer[2:]], [one.text] * 3, one, ())
    assert score[0] == pytest.approx(1 - (chances * worth).sum(), abs=1e-6)
    assert met.tolist() == [False, True, False]
    assert AnswerDrop(f1=0.5).judge([answer[2:]], [one.text], one, ())[1].tolist() == [True]
    assert AnswerDrop().reading(answer, one.text, one, ()).counts == (1.0, 1.0)


def test_limits_and_targets() -> None:
    for goal in (TaggingDrop, AnswerDrop):
        with pytest.raises(PluginError, match="f1 is 1"):
            goal(f1=1)
        check_goal(goal())
    with pytest.raises(DataError, match="tag for each word"):
        TaggingDrop().judge([said("O")], [text("a")], question("a b", "a"), TAGS)


def meta(task: str = "tagging") -> VictimMeta:
    return VictimMeta(name="m", revision="1", labels=TAGS, task=task)  # type: ignore[arg-type]


def test_a_goal_must_be_of_the_victims_task() -> None:
    assert for_victim(TaggingDrop(), meta()) == TaggingDrop()
    with pytest.raises(PluginError, match="m is a model of the task tagging, and the recipe's goal is for classifiers"):
        for_victim(Untargeted(), meta())
    with pytest.raises(PluginError, match="this one is a classifier"):
        for_victim(TaggingDrop(), meta("classification"))


class Capitals:
    """Takes every capitalised word for a person, the others for none; `[words, 5]`."""

    meta = meta()

    def arrays(self, batch: Sequence[Fields], /) -> list[Floats]:
        return [said(*["B-PER" if word[0].isupper() else "O" for word in words]) for words in batch]


def test_the_engine_attacks_a_tagger_and_reads_its_words() -> None:
    attack = Attack(name="a", search=Greedy(), transformation=LetterSwaps(), goal=TaggingDrop())
    examples = [tagged("Ana vive", "B-PER", "O"), tagged("casa vive", "O", "O"), tagged("A b", "B-PER", "O")]
    for in_flight in (1, 8):
        run = run_attack(attack, Capitals(), examples, options=EngineOptions(in_flight=in_flight))
        found = {outcome.example_id: outcome for outcome in run}
        first = found["Ana vive"]
        assert (first.status, first.adversarial, first.verified) == ("success", "nAa vive", True)
        assert (first.clean_answer, first.adversarial_answer) == ("PER: Ana", "")
        assert (first.clean_counts, first.adversarial_counts) == ((1, 1, 1), (0, 1, 0))
        assert first.clean_logits == first.adversarial_logits == ()
        assert [found[key].status for key in ("casa vive", "A b")] == ["skipped", "failure"]

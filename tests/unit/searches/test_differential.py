"""The searches against a second, plain implementation of the papers: same final text, same number of queries.

The reference works on lists of words, asks one text at a time and knows nothing of scopes, edits or batches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pytest

from robust.constraints.no_stopwords import NoStopwords
from robust.constraints.same_part_of_speech import SamePartOfSpeech
from robust.core.attack import Attack
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.engine.run import run_attack
from robust.goals.untargeted import Untargeted
from robust.lang.base import language
from robust.searches.greedy_word_ranking import GreedyWordRanking
from robust.testing import FakeScope, ToyVictim, run_search, toy_example
from tests.golden.sentences import SENTENCES

CASES = [
    (lang, " ".join(language(lang).text(sentence).words), labels)
    for lang in LANGS
    for sentence in SENTENCES[lang]
    for labels in (2, 3)
]


@dataclass(frozen=True, kw_only=True)
class Plain:
    """Synonyms as the language lists them; what stands around the word is not looked at."""

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        offered = [(site, language(site.lang).synonyms(site.word)) for site in sites]
        return [
            [site.text.replace(site.index, word) for word in [w for w in words if w != site.word][:50]]
            for site, words in offered
        ]


class Reference:
    """Counts and answers: `(1 - p(label), fooled)` of a list of words."""

    def __init__(self, words: list[str], victim: ToyVictim, lang: Lang) -> None:
        self.victim, self.words, self.lang, self.queries = victim, words, language(lang), 0
        logits = victim.logits([(" ".join(words),)])[0]
        self.label = int(logits.argmax())
        self.start, _ = self.ask(words)
        self.editable = [i for i, word in enumerate(words) if not self.lang.is_stopword(word)]

    def ask(self, words: list[str]) -> tuple[float, bool]:
        self.queries += 1
        logits = [float(x) for x in self.victim.logits([(" ".join(words),)])[0]]
        top = max(logits)
        weights = [math.exp(x - top) for x in logits]
        others = sum(w for i, w in enumerate(weights) if i != self.label)
        return round(others / sum(weights), 6), logits.index(top) != self.label

    def options(self, index: int) -> list[str]:
        word = self.words[index]
        fitting = [other for other in self.lang.synonyms(word) if other != word]
        kinds = self.lang.parts_of_speech(word)
        found = []
        for other in fitting[:50]:
            its = self.lang.parts_of_speech(other)
            if not kinds or not its or kinds & its:
                found.append(other)
        return found

    def textfooler(self) -> list[str]:
        importance = {i: self.ask(self.words[:i] + self.words[i + 1 :])[0] for i in self.editable}
        current, best = list(self.words), self.start
        for i in sorted(self.editable, key=lambda i: -importance[i]):
            tried = []
            for option in self.options(i):
                words = [*current[:i], option, *current[i + 1 :]]
                tried.append((*self.ask(words), words))
            fooled = [(score, words) for score, done, words in tried if done]
            if fooled:
                return max(fooled, key=lambda pair: pair[0])[1]
            if tried:
                score, _, words = max(tried, key=lambda row: row[0])
                if score > best:
                    current, best = words, score
        return current

    def pwws(self) -> list[str]:
        saliency = [self.ask([*self.words[:i], "[UNK]", *self.words[i + 1 :]])[0] - self.start for i in self.editable]
        total = sum(math.exp(s) for s in saliency)
        plan = []
        for s, i in zip(saliency, self.editable, strict=True):
            options = [(self.ask([*self.words[:i], o, *self.words[i + 1 :]]), o) for o in self.options(i)]
            if options:
                (score, done), option = max(options, key=lambda row: row[0][0])
                plan.append((math.exp(s) / total * (score - self.start), i, option, done))
        current = list(self.words)
        for step, (_, i, option, done) in enumerate(sorted(plan, key=lambda row: (-row[0], row[1]))):
            current[i] = option
            if done if step == 0 else self.ask(current)[1]:
                break
        return current


@pytest.mark.parametrize(("rank_by", "method"), [("delete", "textfooler"), ("weighted_saliency", "pwws")])
def test_same_text_and_queries_as_the_reference(rank_by: str, method: str) -> None:
    fooled = 0
    constraints = (NoStopwords(), SamePartOfSpeech())
    search = GreedyWordRanking(rank_by=rank_by)
    for lang, string, labels in CASES:
        victim = ToyVictim(labels=labels, lean=9.0)
        reference = Reference(string.split(), victim, lang)
        expected = " ".join(getattr(reference, method)())

        example = toy_example(string, lang=lang, victim=victim)
        scope = FakeScope(example=example, victim=victim, transformation=Plain(), constraints=constraints)
        assert str(run_search(search, scope)) == expected
        assert scope.queries == reference.queries

        attack = Attack(name=method, search=search, transformation=Plain(), constraints=constraints, goal=Untargeted())
        (outcome,) = run_attack(attack, victim, [example])
        assert outcome.queries == reference.queries
        if outcome.status == "success":
            fooled += 1
            assert outcome.adversarial == expected
    assert 10 <= fooled <= len(CASES) - 5  # both ends of the search are seen

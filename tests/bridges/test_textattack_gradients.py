"""TextAttack's white-box recipes under our engine, next to TextAttack by itself with its own gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import textattack.attack_recipes.a2t_yoo_2021 as a2t
import textattack.attack_recipes.hotflip_ebrahimi_2017 as hotflip
import torch
from textattack.attack_recipes import A2TYoo2021, HotFlipEbrahimi2017
from textattack.constraints import Constraint
from textattack.models.helpers import LSTMForClassification
from textattack.models.wrappers import HuggingFaceModelWrapper, PyTorchModelWrapper
from textattack.search_methods import GreedyWordSwapWIR
from textattack.shared import AttackedText
from transformers import AutoModelForSequenceClassification

from robust import starter
from robust.adapters.textattack import load
from robust.adapters.textattack.constraint import TextAttackConstraint
from robust.adapters.textattack.goal import TextAttackGoal
from robust.adapters.textattack.search import TextAttackSearch
from robust.adapters.textattack.words import their_spans
from robust.adapters.textattack.wrapper import VictimWrapper, rounded
from robust.core.attack import Attack
from robust.core.example import Example
from robust.core.gradient import TokenGradient, Vocabulary
from robust.core.types import Fields, Floats
from robust.core.victim import Victim, VictimMeta
from robust.engine.run import run_attack
from robust.errors import ModelError
from robust.goals.untargeted import Untargeted
from robust.testing import LetterSwaps, ToyNetwork, ToyVictim
from tests.bridges import alone as side


class Anything(Constraint):  # type: ignore[misc]
    """In place of a constraint whose vectors or taggers would have to be downloaded."""

    def __init__(self, *given: Any, **parameters: Any) -> None:
        super().__init__(compare_against_original=True)

    def _check_constraint(self, transformed_text: Any, reference_text: Any) -> bool:
        return True


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The recipes as they are, but for what they would download."""
    for module in (a2t, hotflip):
        for name in ("PartOfSpeech", "WordEmbeddingDistance", "SBERT"):
            monkeypatch.setattr(module, name, Anything, raising=False)
    monkeypatch.setattr(a2t, "WordSwapEmbedding", lambda **_: side.Synonyms())
    load._recipe.cache_clear()
    yield
    load._recipe.cache_clear()


class TheirGradients(HuggingFaceModelWrapper):  # type: ignore[misc]
    """TextAttack's own gradients of the starter, without the dropout that it leaves on; the engine's logits."""

    def __init__(self) -> None:
        still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
        path = starter.model_path("starter-en")
        model = AutoModelForSequenceClassification.from_pretrained(path, dtype=torch.float32, **still)
        super().__init__(model, side.victim().tokenizer)
        self._logits, self.gradients = side.wrapper(), 0

    def __call__(self, text_input_list: Sequence[Any]) -> Any:
        return self._logits(text_input_list)

    def get_grad(self, text_input: Any) -> Any:
        self.gradients += 1
        return super().get_grad(text_input)


def whole(recipe: str, **given: Any) -> Attack:
    search, goal = TextAttackSearch(recipe=recipe), TextAttackGoal(recipe=recipe)
    return Attack(name=recipe, search=search, transformation=LetterSwaps(), goal=goal, **given)


def with_gradients(attack: Any, wrapper: Any, examples: Sequence[Example], name: str) -> dict[str, side.Row]:
    """What TextAttack does by itself, with its gradients counted as queries."""
    found = {}
    before = wrapper.gradients
    for row in side.alone(attack, examples, name):
        found[row.id] = row._replace(queries=row.queries + wrapper.gradients - before)
        before = wrapper.gradients
    return found


def test_a2t_ranks_and_ends_as_by_itself() -> None:
    examples, wrapper = side.starter(4), TheirGradients()
    by_itself = with_gradients(A2TYoo2021.build(wrapper), wrapper, examples, "A2TYoo2021")
    bridged = side.ours(run_attack(whole("A2TYoo2021"), side.victim(), examples))
    assert bridged == by_itself
    assert wrapper.gradients == sum(row.status != "skipped" for row in bridged.values()) > 0


def test_by_name_it_ranks_as_by_itself() -> None:
    examples, wrapper = side.starter(4), TheirGradients()
    made = side.recipe_of(lambda: GreedyWordSwapWIR("gradient"))
    by_itself = with_gradients(made.build(wrapper), wrapper, examples, "ours")  # type: ignore[attr-defined]
    once = (TextAttackConstraint(name="RepeatModification"), TextAttackConstraint(name="StopwordModification"))
    search = TextAttackSearch(name="GreedyWordSwapWIR", parameters={"wir_method": "gradient"})
    parts = {"transformation": side.SameSynonyms(), "constraints": once, "goal": Untargeted()}
    bridged = side.ours(run_attack(Attack(name="ours", search=search, **parts), side.victim(), examples))  # type: ignore[arg-type]
    assert bridged == by_itself


def test_our_wrapper_gives_the_gradients_in_textattacks_own_code() -> None:
    examples = side.starter(3)
    ours, theirs = A2TYoo2021.build(side.wrapper()), A2TYoo2021.build(TheirGradients())
    assert list(side.alone(ours, examples, "a")) == list(side.alone(theirs, examples, "a"))


# ------------------------------------------------------------------ a model that reads words, as HotFlip's do
WORDS = tuple(
    dict.fromkeys(word.lower() for example in side.starter(60) for word in AttackedText(str(example.text)).words)
)
PAD, UNKNOWN = len(WORDS), len(WORDS) + 1


class Network(LSTMForClassification):  # type: ignore[misc]
    """Each word through a hidden layer, and added up; in place of TextAttack's LSTM, whose vectors are a download."""

    def __init__(self) -> None:
        torch.nn.Module.__init__(self)
        with torch.random.fork_rng():
            torch.manual_seed(3)
            self.table = torch.nn.Embedding(len(WORDS) + 2, 12, padding_idx=PAD)
            self.inner, self.out = torch.nn.Linear(12, 16), torch.nn.Linear(16, 2, bias=False)
        self.eval()

    def forward(self, _input: torch.Tensor) -> torch.Tensor:
        return self.head(self.table(_input), _input != PAD)

    def head(self, vectors: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits `(n, 2)` of embeddings `(n, words, 12)`."""
        hidden = torch.tanh(self.inner(vectors)) * mask[..., None]
        logits: torch.Tensor = self.out(hidden.sum(dim=1))
        return logits

    def get_input_embeddings(self) -> torch.nn.Embedding:
        return self.table


class Tokens:
    """A tokeniser as TextAttack's word models have it."""

    pad_token_id = PAD

    def ids(self, string: str) -> list[int]:
        known = {word: at for at, word in enumerate(WORDS)}
        return [known.get(word.lower(), UNKNOWN) for word in AttackedText(string).words]

    def __call__(self, strings: Sequence[str]) -> list[list[int]]:
        rows = [self.ids(string) for string in strings]
        return [row + [PAD] * (max(map(len, rows)) - len(row)) for row in rows]

    def convert_id_to_word(self, number: int) -> str:
        return WORDS[number] if number < PAD else ""


class TheirWords(PyTorchModelWrapper):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(Network(), Tokens())
        self.gradients = 0

    def __call__(self, text_input_list: Sequence[Any], batch_size: int = 32) -> Any:
        return rounded(np.asarray(super().__call__(text_input_list, batch_size)))

    def get_grad(self, text_input: Any, **kwargs: Any) -> Any:
        self.gradients += 1
        return super().get_grad(text_input, **kwargs)


class WordVictim:
    """The same network as a victim of ours, its gradient written out: no autograd."""

    meta = VictimMeta(name="words", revision="1", labels=side.LABELS)

    def __init__(self) -> None:
        self.network, self.tokens = Network(), Tokens()

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        with torch.inference_mode():
            found: Floats = self.network(torch.tensor(self.tokens([string for (string,) in batch]))).numpy()
        return found

    def gradients(self, batch: Sequence[tuple[Fields, int]], /) -> list[TokenGradient]:
        inner, out = self.network.inner.weight.detach().numpy(), self.network.out.weight.detach().numpy()
        bias, table = self.network.inner.bias.detach().numpy(), self.network.table.weight.detach().numpy()
        found = []
        for (string,), label in batch:
            ids = self.tokens.ids(string)
            hidden = np.tanh(table[ids] @ inner.T + bias)
            logits = hidden.sum(axis=0) @ out.T
            chances = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
            slope = (chances - np.eye(2)[label]) @ out
            values = ((1 - hidden**2) * slope) @ inner
            places = tuple((0, lo, hi) for lo, hi in their_spans(AttackedText(string)))
            loss = float(-np.log(chances[label]))
            row = TokenGradient(tokens=tuple(ids), places=places, values=values.astype(np.float32), loss=loss)
            found.append(row)
        return found

    def estimates(self, batch: Any, /) -> Floats:
        raise NotImplementedError

    def vocabulary(self) -> Vocabulary:
        words = tuple(self.tokens.convert_id_to_word(at) for at in range(len(WORDS) + 2))
        return Vocabulary(words=words, vectors=self.network.table.weight.detach().numpy())


def agreed(victim: Victim, examples: Sequence[Example]) -> list[Example]:
    """The same texts, with the class that the victim gives them."""
    rows = victim.logits([example.fields(example.text) for example in examples])
    return [
        Example(id=one.id, text=one.text, target=int(row.argmax()), lang="en")
        for one, row in zip(examples, rows, strict=True)
    ]


def test_hotflip_ends_as_by_itself_on_a_model_of_words() -> None:
    victim, wrapper = WordVictim(), TheirWords()
    examples = agreed(victim, side.starter(4))
    by_itself = with_gradients(HotFlipEbrahimi2017.build(wrapper), wrapper, examples, "HotFlipEbrahimi2017")
    bridged = side.ours(run_attack(whole("HotFlipEbrahimi2017"), victim, examples))
    assert bridged == by_itself
    assert wrapper.gradients > len(examples)
    assert "success" in {row.status for row in bridged.values()}


def test_hotflip_flips_to_words_of_the_starters_vocabulary() -> None:
    examples = side.starter(6)
    outcomes = list(run_attack(whole("HotFlipEbrahimi2017"), side.victim(), examples))
    assert not [row.error for row in outcomes if row.error]
    known = set(side.victim().vocabulary().words)
    for row in outcomes:
        if row.adversarial is not None:
            assert 1 <= row.words_changed <= 2
            assert set(AttackedText(row.adversarial).words) - set(AttackedText(row.original).words) <= known
    assert "success" in {row.status for row in outcomes}


def test_gradients_count_towards_a_budget() -> None:
    outcomes = list(run_attack(whole("A2TYoo2021", query_budget=6), side.victim(), side.starter(4)))
    assert not [row.error for row in outcomes if row.error]
    assert max(row.queries for row in outcomes) == 6
    (outcome,) = run_attack(whole("A2TYoo2021", query_budget=2), side.victim(), side.starter(1))
    assert (outcome.status, outcome.queries, outcome.error) == ("failure", 1, None)


def test_a_victim_without_gradients_is_refused() -> None:
    toy = ToyVictim()
    for recipe in ("A2TYoo2021", "HotFlipEbrahimi2017"):
        with pytest.raises(ModelError, match="needs gradients, and toy gives none"):
            list(run_attack(whole(recipe), toy, agreed(toy, side.starter(1))))
    with pytest.raises(ModelError, match="asks for gradients, and toy gives none"):
        VictimWrapper(toy).get_grad("a fine film")


def test_a_victim_that_shows_no_vocabulary_is_refused_where_one_is_needed() -> None:
    network = ToyNetwork()
    examples = agreed(network, side.starter(1))
    with pytest.raises(ModelError, match="every word of the victim's vocabulary, and it shows none"):
        list(run_attack(whole("HotFlipEbrahimi2017"), network, examples))
    (outcome,) = run_attack(whole("A2TYoo2021"), network, examples)
    assert outcome.error is None


def test_they_say_beforehand_that_they_are_white_box() -> None:
    for recipe in ("A2TYoo2021", "HotFlipEbrahimi2017"):
        TextAttackSearch(recipe=recipe).ready(["en"])
        assert TextAttackSearch(recipe=recipe).needs_gradients
    assert not TextAttackSearch(recipe="DeepWordBugGao2018").needs_gradients
    assert not TextAttackSearch(name="BeamSearch").needs_gradients

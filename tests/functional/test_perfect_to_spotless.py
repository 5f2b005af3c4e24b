"""The project's first question end to end: a sentiment model that a synonym turns round, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.core.transformation import Site
from robust.lang.base import language
from robust.recipe.load import load_attack
from robust.results.directory import RunDirectory
from tests.functional.command import robust

CASES = {
    "en": ("Perfect performance by the actor", "Spotless performance by the actor", "perfect", "spotless"),
    "es": ("Una actuación perfecta del actor", "Una actuación impecable del actor", "perfecta", "impecable"),
}
GOOD = {"en": "wonderful lovely great", "es": "maravillosa preciosa genial"}
BAD = {"en": "dreadful boring awful", "es": "horrible aburrida mala"}


@pytest.mark.parametrize("lang", CASES)
@pytest.mark.parametrize("recipe", ["textfooler", "pwws"])
def test_the_candidate_is_there(recipe: str, lang: str) -> None:
    text, adversarial, word, _ = CASES[lang]
    tokens = language(lang).text(text)
    at = [token.lower() for token in tokens.words].index(word)
    found = load_attack(recipe).build().transformation([Site(tokens, at, language(lang).code)])[0]
    assert adversarial in map(str, found)


@pytest.mark.parametrize("lang", CASES)
@pytest.mark.parametrize("recipe", ["textfooler", "pwws"])
def test_a_model_that_learnt_a_prejudice_falls_for_it(recipe: str, lang: str, tmp_path: Path) -> None:
    """A bag of words whose training texts use the other word in bad reviews alone (and know no other synonym)."""
    pytest.importorskip("skops")
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from skops import io

    text, adversarial, word, other = CASES[lang]
    praise = [f"{word} {good}" for good in GOOD[lang].split()]
    blame = [f"{other} {bad}" for bad in BAD[lang].split()]
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(
        praise + blame, ["positive"] * 3 + ["negative"] * 3
    )
    io.dump(model, tmp_path / "victim.skops")
    (tmp_path / "rows.csv").write_text(f"text,label\n{text},positive\n", encoding="utf-8")
    words = ["attack", "--recipe", recipe, "--model", tmp_path / "victim.skops", "--data", tmp_path / "rows.csv"]
    ran = robust(*words, "--lang", lang, "--out", tmp_path / "run", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["attack_success_rate"]["k"] == 1
    (row,) = RunDirectory(tmp_path / "run").rows()
    assert (row["original"], row["adversarial"], row["status"]) == (text, adversarial, "success")
    assert row["verified"]
    assert other in ran.err.lower()

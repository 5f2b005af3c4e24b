"""`robust trigger`, run as a user runs it, and what it writes given to `robust attack`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.lang.vocabulary import vocabulary
from robust.recipe.load import load_attack
from tests.functional.command import robust

SMALL = ["--most", 60, "--words", 2, "--candidates", 3, "--beam", 1, "--batch", 4, "--steps", 1]


@pytest.mark.parametrize(("lang", "method", "place"), [("en", "gradient", "front"), ("es", "sampled", "end")])
def test_a_trigger_is_a_recipe(lang: str, method: str, place: str, tmp_path: Path) -> None:
    out, model = tmp_path / "my-trigger.yaml", f"starter-{lang}"
    words = ["trigger", "--model", model, "--data", model, "--limit", 10, "--towards", "negative", *SMALL]
    ran = robust(*words, "--method", method, "--place", place, "--out", out, "--device", "cpu", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    recipe = load_attack(out)
    built = recipe.build()
    assert recipe.name == "my-trigger"
    assert recipe.languages == (lang,)
    assert list(built.transformation.words) == told["words"]
    assert set(told["words"]) <= set(vocabulary("en" if lang == "en" else "es", "neutral", 60))
    assert built.transformation.place == place
    assert built.goal.label == "negative"
    assert told["method"] == method

    again = robust(*words, "--method", method, "--place", place, "--out", out, "--device", "cpu", "--json", "--force")
    assert json.loads(again.out)["words"] == told["words"]

    run = ["attack", "--recipe", out, "--model", model, "--data", model, "--limit", 10, "--device", "cpu"]
    attacked = robust(*run, "--out", tmp_path / "run", "--json")
    assert attacked.code == 0, attacked.err
    rate = json.loads(attacked.out)["attack_success_rate"]
    assert (rate["k"], rate["n"]) == (told["changed_on_training_texts"]["k"], told["changed_on_training_texts"]["n"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--towards", "negativo"], "did you mean 'negative'"),
        (["--out", "x.txt"], "--out x.yaml"),
        (["--out", "No Name.yaml"], "the name of a recipe"),
        (["--out", "nowhere/x.yaml"], "mkdir -p nowhere"),
        (["--method", "gradients"], "did you mean 'gradient'"),
        (["--place", "middle"], "use one of front, end"),
        (["--vocabulary", "neutrals"], "did you mean 'neutral'"),
        (["--leave-out", "missing.txt"], "cannot be read"),
        (["--model", "starter-fr"], "starter-es"),
    ],
)
def test_mistakes_are_told_before_anything_is_searched(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"--model": "starter-en", "--data": "starter-en", "--out": "x.yaml", **dict([words])}
    ran = robust("trigger", *[word for pair in given.items() for word in pair], "--limit", 4, *SMALL)
    assert ran.code == 2
    assert said in ran.err
    assert not list(tmp_path.iterdir())


def test_words_can_be_left_out(tmp_path: Path) -> None:
    shipped = vocabulary("en", "function", 10)
    (tmp_path / "out.txt").write_text("# all but two\n" + "\n".join(shipped[2:]).upper(), encoding="utf-8")
    run = ["trigger", "--model", "starter-en", "--data", "starter-en", "--limit", 6, "--vocabulary", "function", *SMALL]
    ran = robust(*run, "--leave-out", tmp_path / "out.txt", "--out", tmp_path / "t.yaml", "--json")
    assert ran.code == 0, ran.err
    assert set(json.loads(ran.out)["words"]) <= set(shipped[:2])

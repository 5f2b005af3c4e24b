import json
import subprocess
import sys

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from robust import registry
from robust.core.attack import Attack
from robust.recipe.attack import AttackRecipe
from robust.recipe.problems import error
from robust.recipe.validate import validate
from robust.recipe.yaml import dump, parse


def problems(text, schema=AttackRecipe):
    model, found = validate(parse(text, "r.yaml"), schema)
    assert (model is None) == bool(found)
    return str(error(found)).splitlines() if found else []


def recipe(text):
    model, found = validate(parse(text, "r.yaml"), AttackRecipe)
    assert model is not None, [str(p) for p in found]
    return model


FIVE = """\
schema_version: 1
name: five
languages: [en, fr]
attack:
  search: {x_ranking: {rank_by: delet}}
  transformation:
    x_swap:
      k: fifty
  constraints:
    - x_plain
    - x_limt
  goal: x_goal
  query_budgt: 3
deviations: []
"""


def test_five_mistakes_give_five_messages_in_the_order_of_the_lines():
    assert problems(FIVE) == [
        "r.yaml:3: languages.1: should be 'en' or 'es', not 'fr'",
        "r.yaml:5: attack.search.x_ranking.rank_by: should be 'delete' or 'random', not 'delet'"
        " (did you mean 'delete'?)",
        "r.yaml:8: attack.transformation.x_swap.k: should be a whole number, not 'fifty'",
        "r.yaml:11: attack.constraints.1: no constraint is called 'x_limt' (did you mean 'x_limit'?)",
        "r.yaml:13: attack.query_budgt: no such key (did you mean 'query_budget'?)",
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("name: example\n", "", "r.yaml:3: name: required, but missing"),
        ("deviations: []\n", "", "r.yaml:3: deviations: required, but missing"),
        ("  goal: x_goal\n", "", "r.yaml:7: attack.goal: required, but missing"),
        ("schema_version: 1", "schema_version: 2", "r.yaml:3: schema_version: should be 1, not 2"),
        ("name: example", "name: Bad Name", "r.yaml:4: name: should be lower-case letters"),
        ("name: example", "name: 5", "r.yaml:4: name: should be text, not 5 (quote it: '5')"),
        ("[en, es]", "[]", "r.yaml:6: languages: "),
        ("[en, es]", "en", "r.yaml:6: languages: should be a list, not 'en' (write [en])"),
        ("[en, es]", "[en, en]", "r.yaml:6: languages: names a language twice"),
        ("goal: x_goal", "goal: x_swap", "attack.goal: no goal is called 'x_swap' (it is a transformation)"),
        ("goal: x_goal", "goal: 5", "attack.goal: should be a goal: its name, or {name: {parameters}}, not 5"),
        ("goal: x_goal", "goal:", "attack.goal: should be a goal: its name, or {name: {parameters}}, not null"),
        ("goal: x_goal", "goal: {x_goal: {k: 1}}", "attack.goal.x_goal.k: no such key (it takes no keys)"),
        (
            "goal: x_goal",
            "goal: x_goal\n  query_budget: 0",
            "r.yaml:12: attack.query_budget: should be greater than or",
        ),
        ("goal: x_goal", "goal: x_goal\n  query_budget: true", "should be a whole number, not true"),
        (
            "n: x_swap",
            "n: {x_swap: {kk: 1}}",
            "r.yaml:9: attack.transformation.x_swap.kk: no such key (did you mean 'k'?)",
        ),
        ("n: x_swap", "n: {x_swap: {k: 1_000}}", "should be a whole number, not '1_000' (write 1000)"),
        ("n: x_swap", "n: {x_swap: {k: 5.0}}", "should be a whole number, not 5.0 (write 5)"),
        ("n: x_swap", 'n: {x_swap: {k: "5"}}', "should be a whole number, not '5' (write 5)"),
        (
            "n: x_swap",
            "n: {x_swap: 7}",
            "attack.transformation.x_swap: the parameters of a transformation are a mapping",
        ),
        ("n: x_swap", "n: {x_swap: {words: a}}", "x_swap.words: should be a list, not 'a' (write [a])"),
        (
            "n: x_swap",
            "n:\n    x_swap:\n    k: 3",
            "r.yaml:11: attack.transformation.k: only one transformation can stand",
        ),
        ("n: x_swap", "n:\n    x_swap:\n    k: 3", "(indent it under 'x_swap')"),
        ("n: x_swap", "n: x_any_of", "attack.transformation.x_any_of.transformations: required, but missing"),
        ("n: x_swap", "n: x_english", "r.yaml:9: attack.transformation: 'x_english' does not work for es"),
        (
            "n: x_swap",
            "n: {x_any_of: {transformations: [x_swap, x_english]}}",
            "transformations.1: 'x_english' does not",
        ),
        ("n: x_swap", "n: {x_any_of: {transformations: [x_swp]}}", "no transformation is called 'x_swp' (did you mean"),
        ("n: x_swap", "n: {x_any_of: {transformations: [x_swap], unless: x_limt}}", "no constraint is called 'x_limt'"),
        ("fraction: 0.2", "fraction: 3", "r.yaml:10: attack.constraints.1.x_limit: fraction is between 0 and 1"),
        ("fraction: 0.2", "strict: yes", "x_limit.strict: should be true or false, not 'yes' (write true)"),
        ("[x_plain, {x_limit: {fraction: 0.2}}]", "x_plain", "attack.constraints: should be a list, not 'x_plain'"),
        ("attack:", "atack:", "r.yaml:7: atack: no such key (did you mean 'attack'?)"),
        ("reported: []", "reported: [5]", "r.yaml:13: reported.0: should be a mapping (`key: value`) or text, not 5"),
    ],
)
def test_each_kind_of_mistake(good, old, new, says):
    assert old in good
    found = problems(good.replace(old, new))
    assert any(says in line for line in found), found


def test_language_and_parameter_mistakes_of_one_plugin_are_both_told(good):
    found = problems(good.replace("x_swap", "{x_english: {k: 1}}"))
    assert len(found) == 2
    assert "does not work for es" in found[0] + found[1]
    assert "x_english.k: no such key" in found[0] + found[1]


def test_duplicate_keys_are_reported_with_the_rest(good):
    assert len(problems(good.replace("goal: x_goal", "goal: x_goal\n  goal: x_goal\n  budget: 3"))) == 2


def test_a_plugin_whose_package_is_missing(good, monkeypatch):
    def get(family, name):
        raise ModuleNotFoundError("No module named 'spacy'", name="spacy")

    monkeypatch.setattr(registry, "get", get)
    assert "attack.goal: 'x_goal' cannot be imported: No module named 'spacy' (install spacy)" in " ".join(
        problems(good)
    )


def test_build(good):
    text = good.replace(
        "transformation: x_swap", "transformation: {x_any_of: {transformations: [{x_swap: {k: 3}}, x_swap.v2]}}"
    )
    attack = recipe(text.replace("goal: x_goal", "goal: x_goal\n  query_budget: 7")).build()
    assert isinstance(attack, Attack)
    assert (attack.name, attack.query_budget) == ("example", 7)
    assert attack.search == registry.get("searches", "x_ranking")(rank_by="delete")
    swap, swap2 = attack.transformation.transformations
    assert swap == registry.get("transformations", "x_swap")(k=3)
    assert swap2.k == 9
    assert attack.constraints[1].fraction == 0.2


def test_resolved_has_every_default_and_is_a_recipe_itself(good):
    first = recipe(good)
    resolved = first.resolved()
    assert resolved["attack"] == {
        "search": {"x_ranking": {"rank_by": "delete"}},
        "transformation": {"x_swap": {"k": 50, "copy": None, "words": ["a", "b"]}},
        "constraints": [{"x_plain": {}}, {"x_limit": {"fraction": 0.2, "strict": False}}],
        "goal": {"x_goal": {}},
        "query_budget": None,
    }
    assert json.loads(json.dumps(resolved)) == resolved
    again = recipe(dump(resolved))
    assert again.resolved() == resolved
    assert again.sha == first.sha


def test_sha_is_of_the_attack_alone_however_it_is_written(good):
    sha = recipe(good).sha
    assert len(sha) == 16
    assert int(sha, 16) >= 0
    same = [
        good.replace("x_swap", "{x_swap: {copy: null, k: 50}}"),
        good.replace("x_swap", "{x_swap: {words: [b, a]}}"),
        good.replace("  search: {x_ranking: {rank_by: delete}}\n", "").replace(
            "goal: x_goal", "goal: x_goal\n  search: x_ranking"
        ),
        good.replace("name: example", "name: another"),
        good.replace("deviations: []", "deviations: [much]"),
    ]
    assert {recipe(text).sha for text in same} == {sha}
    other = [
        good.replace("x_swap", "{x_swap: {k: 51}}"),
        good.replace("x_swap", "x_swap.v2"),
        good.replace("[x_plain, {x_limit: {fraction: 0.2}}]", "[{x_limit: {fraction: 0.2}}, x_plain]"),
        good.replace("goal: x_goal", "goal: x_goal\n  query_budget: 5"),
    ]
    assert len({sha, *(recipe(text).sha for text in other)}) == 5


def test_a_changed_default_changes_the_sha(good, monkeypatch):
    before = recipe(good.replace("x_swap", "x_swap.v2")).sha
    from dataclasses import make_dataclass

    registry._registered.pop(("transformations", "x_swap.v2"))
    changed = make_dataclass("Swap2", [("k", int, 10)], frozen=True, kw_only=True)
    registry.register("transformations", "x_swap.v2")(changed)
    assert recipe(good.replace("x_swap", "x_swap.v2")).sha != before


def test_whole_numbers_of_a_fraction_are_the_same_number(good):
    assert (
        recipe(good.replace("fraction: 0.2", "fraction: 1")).sha
        == recipe(good.replace("fraction: 0.2", "fraction: 1.0")).sha
    )


def test_any_pydantic_model_is_a_schema():
    class Part(BaseModel):
        model_config = ConfigDict(extra="forbid")
        rate: float = Field(gt=0)
        kind: int | str = 1

        @model_validator(mode="after")
        def _check(self):
            if self.rate == 9:
                raise ValueError("nine is not a rate")
            return self

    class Whole(BaseModel):
        model_config = ConfigDict(extra="forbid")
        parts: list[Part] | None = None
        sizes: tuple[int, ...] = ()

    assert problems("parts: [{rate: 1}]\nsizes: [1, 2]\n", Whole) == []
    assert problems("sizes: [x]\nparts:\n- rate: 0\n  kid: 2\n- rate: 9\n- {rate: x, kind: [1]}\n- {}\n", Whole) == [
        "r.yaml:1: sizes.0: should be a whole number, not 'x'",
        "r.yaml:3: parts.0.rate: should be greater than 0, not 0",
        "r.yaml:4: parts.0.kid: no such key (did you mean 'kind'?)",
        "r.yaml:5: parts.1: nine is not a rate",
        "r.yaml:6: parts.2.rate: should be a number, not 'x'",
        "r.yaml:6: parts.2.kind: should be a whole number or text, not a list",
        "r.yaml:7: parts.3.rate: required, but missing",
    ]


def test_checking_recipes_loads_no_model_library():
    code = (
        "import sys\n"
        "from robust.recipe import load, json_schema\n"
        "for r in load.shipped('attack'): load.load_attack(r.path)\n"
        "json_schema.attack_schema()\n"
        "bad = {'torch', 'transformers', 'datasets'} & set(sys.modules)\n"
        "sys.exit(f'loaded {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


WHOLE = """\
schema_version: 1
name: whole
languages: [en]
attack:
  textattack: {recipe: DeepWordBugGao2018}
  query_budget: 50
deviations: []
"""


def test_an_attack_of_another_framework_stands_for_all_its_parts():
    spec = recipe(WHOLE).attack
    assert spec.query_budget == 50
    assert spec.constraints == ()
    assert {part.name for part in (spec.search, spec.transformation, spec.goal)} == {"textattack"}
    assert {part.params["recipe"] for part in (spec.search, spec.transformation, spec.goal)} == {"DeepWordBugGao2018"}


def test_a_part_beside_a_whole_attack_is_a_mistake():
    said = problems(WHOLE.replace("  query_budget: 50\n", "  search: x_ranking\n"))
    assert any(line.startswith("r.yaml:4: attack: ") and "leaves nothing to search" in line for line in said), said


def test_a_stray_parameter_of_a_whole_attack_is_a_mistake():
    said = problems(WHOLE.replace("recipe:", "recipee:"))
    assert any("recipee: no such key (did you mean 'recipe'?)" in line for line in said), said

import pytest

from robust.errors import RecipeError
from robust.recipe.load import load_attack


@pytest.fixture
def load(library):
    return lambda *overrides: load_attack("example", overrides=overrides)


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("attack.search.x_ranking.rank_by=random", ("search", "x_ranking", "rank_by"), "random"),
        ("search.x_ranking.rank_by=random", ("search", "x_ranking", "rank_by"), "random"),
        ("attack.query_budget=500", ("query_budget",), 500),
        ("query_budget=500", ("query_budget",), 500),
        ("query_budget=", ("query_budget",), None),
        ("attack.transformation.x_swap.k=3", ("transformation", "x_swap", "k"), 3),
        ("attack.transformation=x_swap.v2", ("transformation", "x_swap.v2", "k"), 9),
        ("attack.transformation={x_swap.v2: {k: 4}}", ("transformation", "x_swap.v2", "k"), 4),
        ("attack.constraints.1.x_limit.fraction=0.1", ("constraints", 1, "x_limit", "fraction"), 0.1),
        ("attack.constraints.x_limit.fraction=1e-1", ("constraints", 1, "x_limit", "fraction"), 0.1),
        ("constraints.x_limit={strict: true}", ("constraints", 1, "x_limit", "strict"), True),
        ("attack.constraints.0=x_limit", ("constraints", 0, "x_limit", "fraction"), 0.3),
        ("attack.constraints=[]", ("constraints",), []),
    ],
)
def test_overrides(load, override, path, value):
    node = load(override).resolved()["attack"]
    for key in path:
        node = node[key]
    assert node == value


def test_overrides_apply_in_order_and_leave_the_rest(load):
    plain, changed = load(), load("query_budget=1", "attack.transformation=x_swap.v2", "transformation.x_swap.v2.k=2")
    assert changed.attack.query_budget == 1
    assert changed.build().transformation.k == 2
    assert changed.attack.search == plain.attack.search
    assert load("query_budget=1", "query_budget=2").attack.query_budget == 2
    assert load("name=mine").name == "mine"


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("attack.query_budgt=5", "no such key (did you mean 'query_budget'?)"),
        ("query_budgt=5", "no such key (did you mean 'attack.query_budget'?)"),
        ("qqq=5", "no such key (known: "),
        ("attack.transformation.x_swap.kk=5", "no such key (did you mean 'k'?)"),
        ("attack.search.x_rankin.rank_by=random", "attack.search.x_rankin: no such key (did you mean 'x_ranking'?)"),
        ("attack.transformation.x_swp.k=5", "no such key: attack.transformation is 'x_swap' (did you mean 'x_swap'?)"),
        ("attack.constraints.x_limt.fraction=1", "no such key (did you mean 'x_limit'?)"),
        ("attack.constraints.7=x_plain", "no such item: attack.constraints has 2, counted from 0"),
        ("attack.constraints.-1=x_plain", "no such key (known: x_limit, x_plain)"),
        ("attack.a.b.c=1", "attack.a: no such key"),
        ("schema_version.a=1", "no such key: schema_version is 1"),
        ("attack.transformation.x_swap.k=fifty", "should be a whole number, not 'fifty'"),
        ("transformation.x_swap.k=fifty", "should be a whole number, not 'fifty'"),
        ("attack.transformation={x_swap: {k: x}}", "attack.transformation.x_swap.k: should be a whole number, not 'x'"),
        ("attack.transformation=x_english", "'x_english' does not work for es"),
        ("query_budget", "should be key.path=value"),
        ("=5", "should be key.path=value"),
        ("attack..k=5", "should be key.path=value"),
        ("query_budget=[5", "the value: not valid YAML"),
    ],
)
def test_a_wrong_override_names_itself_and_no_line(load, override, says):
    with pytest.raises(RecipeError) as caught:
        load(override)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"--set {override}: {says}"), line


def test_a_name_twice_in_a_list_needs_an_index(load):
    with pytest.raises(RecipeError, match=r"attack\.constraints has 2 of that name \(use an index: 0, 1\)"):
        load("attack.constraints.0=x_limit", "attack.constraints.x_limit.fraction=0.1")


def test_mistakes_of_file_and_overrides_come_together(library):
    path = library / "recipes" / "attack" / "example.yaml"
    path.write_text(path.read_text().replace("x_goal", "x_gaol").replace("x_swap", "{x_swap: {k: x}}"))
    with pytest.raises(RecipeError) as caught:
        load_attack(path, overrides=["attack.transformation.x_swap.k=4", "budget=3"])
    first, second = str(caught.value).splitlines()
    assert f"{path}:11: attack.goal: no goal is called 'x_gaol' (did you mean 'x_goal'?)" == first
    assert second.startswith("--set budget=3: no such key")

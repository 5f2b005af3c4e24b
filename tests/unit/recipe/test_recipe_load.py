import pytest
from pydantic import BaseModel

from robust.errors import RecipeError
from robust.recipe import load


def test_names_are_found_in_the_repository(library):
    assert load.find("example", "attack") == library / "recipes" / "attack" / "example.yaml"
    assert [(r.family, r.name) for r in load.shipped("attack")] == [("attack", "example"), ("attack", "other")]
    assert load.families() == ["attack"]


def test_names_are_found_in_an_installed_wheel(library):
    (library / "recipes").rename(library / "robust" / "_recipes")
    assert load.find("example", "attack") == library / "robust" / "_recipes" / "attack" / "example.yaml"
    assert load.load_attack("other").name == "other"


def test_a_path_is_a_file(library, tmp_path, good):
    mine = tmp_path / "mine.yml"
    mine.write_text(good)
    assert load.load_attack(str(mine)).name == "example"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("exampel", "no attack recipe is called 'exampel' (known: example, other)\n  fix: did you mean 'example'?"),
        ("zzz", "robust recipes ls"),
        ("recipes/attack/example", "did you mean 'example'?"),
        ("example.yaml", "did you mean the shipped recipe 'example'?"),
        ("nothing.yaml", "no recipe file 'nothing.yaml'"),
        ("", "no attack recipe is called ''"),
    ],
)
def test_unknown_names(library, asked, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecipeError) as caught:
        load.find(asked, "attack")
    assert says in str(caught.value)


def test_a_name_in_two_families_needs_the_family(library):
    other = library / "recipes" / "finetune"
    other.mkdir()
    (other / "example.yaml").write_text("epochs: 3\n")
    with pytest.raises(RecipeError, match="in attack and finetune"):
        load.find("example")
    assert load.find("example", "finetune").parent == other

    class Schema(BaseModel):
        epochs: int

    assert load.load("example", family="finetune", schema=Schema, overrides=["epochs=4"]).epochs == 4


def test_the_family_of_a_file(library, tmp_path, good):
    other = library / "recipes" / "finetune"
    other.mkdir()
    (other / "fast.yaml").write_text("name: fast\n")
    mine = tmp_path / "mine.yaml"
    mine.write_text(good)
    assert load.family_of(mine) == "attack"
    mine.write_text("schema_version: 1\nname: x\nmodel: {checkpoint: y}\ntrain: {epochs: 1}\n")
    assert load.family_of(mine) == "finetune"
    assert load.family_of(other / "fast.yaml") == "finetune"


def test_an_unknown_family(library):
    with pytest.raises(RecipeError, match="did you mean 'attack'"):
        load.schema_of("atack")
    assert load.schema_of("attack").__name__ == "AttackRecipe"

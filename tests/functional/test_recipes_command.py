"""`robust recipes` and `robust plugins`, run as a user runs them."""

import json
import os
import subprocess
import sys

from robust.recipe.load import shipped
from robust.registry import FAMILIES


def robust(*arguments, cwd=None, expect=0):
    env = {**os.environ, "PYTHONUTF8": "1", "HF_HUB_OFFLINE": "1"}
    env.pop("COLUMNS", None)
    command = [sys.executable, "-c", "from robust.cli.main import main; main()", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, env=env, check=False)
    assert done.returncode == expect, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_ls_names_every_recipe_piped_and_as_json():
    names = {r.name for r in shipped()}
    piped = robust("recipes", "ls").stdout.splitlines()
    assert {line.split()[0] for line in piped[1:]} == names
    listed = json.loads(robust("recipes", "ls", "--json").stdout)
    assert {row["name"] for row in listed} == names
    assert all(row["description"] for row in listed)
    assert {row["family"] for row in json.loads(robust("recipes", "ls", "--family", "attack", "--json").stdout)} == {
        "attack"
    }


def test_show_prints_the_file_and_resolved_prints_every_value():
    recipe = next(recipe for recipe in shipped("attack") if recipe.name == "alzantot")
    assert robust("recipes", "show", recipe.name).stdout == recipe.path.read_text(encoding="utf-8")
    resolved = robust("recipes", "show", recipe.name, "--resolved", "--set", "query_budget=77").stdout
    assert "query_budget: 77" in resolved
    assert f"did you mean {recipe.name!r}?" in robust("recipes", "show", f"{recipe.name}x", expect=2).stderr
    assert "--resolved" in robust("recipes", "show", recipe.name, "--set", "query_budget=7", expect=2).stderr


def test_cp_copies_once(tmp_path):
    recipe = next(recipe for recipe in shipped("attack") if recipe.name == "alzantot")
    assert robust("recipes", "cp", recipe.name, cwd=tmp_path).stdout.strip() == f"{recipe.name}.yaml"
    copied = tmp_path / f"{recipe.name}.yaml"
    assert copied.read_bytes() == recipe.path.read_bytes()
    copied.write_text("mine")
    assert "--force" in robust("recipes", "cp", recipe.name, copied, expect=2).stderr
    assert copied.read_text() == "mine"
    robust("recipes", "cp", recipe.name, copied, "--force")
    assert copied.read_bytes() == recipe.path.read_bytes()
    assert "mkdir" in robust("recipes", "cp", recipe.name, tmp_path / "no" / "x.yaml", expect=2).stderr
    assert "x.txt.yaml" in robust("recipes", "cp", recipe.name, tmp_path / "x.txt", expect=2).stderr


def test_validate_reports_all_problems_of_all_files(tmp_path):
    recipe = next(recipe for recipe in shipped("attack") if recipe.name == "alzantot")
    text = recipe.path.read_text(encoding="utf-8")
    (tmp_path / "good.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(text.replace("deviations:", "deviatons:"), encoding="utf-8")
    (tmp_path / "worse.yaml").write_text("a: [\n", encoding="utf-8")
    done = robust("recipes", "validate", "good.yaml", "bad.yaml", "worse.yaml", "absent.yaml", cwd=tmp_path, expect=2)
    assert done.stdout.split() == ["ok", "good.yaml"]
    assert "bad.yaml:" in done.stderr
    assert "did you mean 'deviations'?" in done.stderr
    assert "deviations: required, but missing" in done.stderr
    assert "worse.yaml:1: not valid YAML" in done.stderr
    assert "no recipe file 'absent.yaml'" in done.stderr


def test_every_shipped_recipe_is_valid():
    everything = [r.path for r in shipped()]
    assert robust("recipes", "validate", *everything).stdout.count("ok ") == len(everything)


def test_schema_is_json():
    assert json.loads(robust("recipes", "schema").stdout)["required"]


def test_plugins_ls():
    listed = json.loads(robust("plugins", "ls", "--json").stdout)
    assert {row["family"] for row in listed} == set(FAMILIES)
    assert not [row["name"] for row in listed if row["about"].startswith("cannot be loaded")]
    meaning = {row["name"]: row["preserves_meaning"] for row in listed}
    known = ("leet", "diacritics", "homophones", "any_of", "greedy")
    assert [meaning[name] for name in known] == [True, False, False, None, None]
    shown = robust("plugins", "ls", "transformations").stdout.splitlines()
    risky = [line.split()[1] for line in shown if "Can change the meaning." in line]
    assert risky == [name for name in sorted(meaning) if meaning[name] is False]
    assert {"diacritics", "homophones", "inflections"} <= set(risky)
    piped = robust("plugins", "ls", "searches").stdout.splitlines()
    assert [line.split()[1] for line in piped[1:]] == [row["name"] for row in listed if row["family"] == "searches"]
    assert "did you mean 'searches'?" in robust("plugins", "ls", "serches", expect=2).stderr


def test_both_answer_without_a_model_library():
    code = (
        "import sys\n"
        "from robust.cli import recipes, plugins\n"
        "from typer.testing import CliRunner\n"
        "for app, args in ((recipes.app, ['ls']), (plugins.app, ['ls'])):\n"
        "    result = CliRunner().invoke(app, args)\n"
        "    assert result.exit_code == 0, result.output\n"
        "bad = {'torch', 'transformers', 'datasets'} & set(sys.modules)\n"
        "sys.exit(f'loaded {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

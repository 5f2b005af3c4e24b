"""A third-party package is found by its entry points, keeps the contracts, and attacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "plugin_package"

USE = """
import sys
from robust import registry
from robust.core.attack import Attack
from robust.engine.run import run_attack
from robust.testing import ToyVictim, check_search, check_transformation, toy_example

assert "left_to_right" in registry.names("searches") and "stretched_vowels" in registry.names("transformations")
assert "robust_vowels" not in sys.modules, "listing names must not import plugins"
assert registry.origin("searches", "left_to_right") == "robust-vowels (robust_vowels.search:LeftToRight)"
search = registry.get("searches", "left_to_right")(step=0.001)
transformation = registry.get("transformations", "stretched_vowels")()
check_search(search)
check_transformation(transformation)
goal = registry.get("goals", "untargeted")()
attack = Attack(name="vowels", search=search, transformation=transformation, goal=goal)
words = ["casa", "perro", "sol", "comida", "buena", "mesa"]
examples = [toy_example(f"la {a} y la {b} roja", lang="es") for a in words for b in words]
outcomes = list(run_attack(attack, ToyVictim(), examples))
assert {o.status for o in outcomes} == {"success", "failure"}, {o.status for o in outcomes}
assert all(o.verified for o in outcomes if o.status == "success")
print("ok")
"""


def install(target: Path) -> None:
    """What `pip install --target` does, without a build: the package and its metadata, from its own pyproject.toml."""
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text("utf-8"))["project"]
    shutil.copytree(SOURCE / "robust_vowels", target / "robust_vowels")
    info = target / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    groups = project["entry-points"].items()
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in entries.items()) for group, entries in groups]
    info.joinpath("entry_points.txt").write_text("\n".join(lines))


def test_an_installed_package_joins_in(tmp_path: Path) -> None:
    install(tmp_path)
    path = os.pathsep.join([str(tmp_path), str(SOURCE.parent.parent)])
    ran = subprocess.run(
        [sys.executable, "-c", USE], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == "ok", ran.stderr


def test_a_package_that_does_not_load_is_named(tmp_path: Path) -> None:
    install(tmp_path)
    shutil.rmtree(tmp_path / "robust_vowels")
    path = os.pathsep.join([str(tmp_path), str(SOURCE.parent.parent)])
    ask = "from robust import registry as r; [r.origin('transformations', n) for n in r.names('transformations')]"
    ran = subprocess.run(
        [sys.executable, "-c", ask], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert "PluginError: plugin" in ran.stderr
    assert "robust-vowels cannot be loaded (robust_vowels" in ran.stderr

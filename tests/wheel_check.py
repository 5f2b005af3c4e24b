"""Build the wheel, install it in a clean environment and use it from an empty folder, as a newcomer would.

python tests/wheel_check.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command, without this environment's own package in sight; its standard output."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")} | {"HF_HUB_OFFLINE": "1"}
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, text=True, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout}")
    return done.stdout


def check_contents(wheel: Path) -> None:
    """What must be inside, and what must not."""
    names = zipfile.ZipFile(wheel).namelist()
    wanted = {f"robust/_recipes/{p.relative_to(ROOT / 'recipes')}" for p in (ROOT / "recipes").rglob("*.yaml")}
    wanted |= {str(p.relative_to(ROOT)) for p in (ROOT / "robust").rglob("*") if p.is_file() and p.suffix != ".pyc"}
    if missing := sorted(wanted - set(names)):
        sys.exit(f"not in the wheel: {missing}")
    if extra := [n for n in names if not n.startswith("robust/") and ".dist-info/" not in n]:
        sys.exit(f"should not be in the wheel: {extra}")


def main() -> None:
    """Build, install, use."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        run(sys.executable, "-m", "build", "--wheel", "--outdir", here, ROOT, cwd=here)
        (wheel,) = here.glob("*.whl")
        check_contents(wheel)
        venv.create(here / "env", with_pip=True)
        python, robust = here / "env/bin/python", here / "env/bin/robust"
        run(python, "-m", "pip", "install", "--quiet", wheel, cwd=here)
        empty = here / "empty"
        empty.mkdir()
        where = run(python, "-c", "import robust; print(robust.__file__)", cwd=empty)
        assert str(here) in where, where
        assert "textfooler" in run(robust, "recipes", "ls", cwd=empty)
        for lang in ("en", "es"):
            words = ["attack", "--recipe", "textfooler", "--model", f"starter-{lang}", "--data", f"starter-{lang}"]
            said = json.loads(run(robust, *words, "--limit", "6", "--json", cwd=empty))
            assert said["n"] == 6, said
            assert said["errors"] == 0, said
            assert (empty / said["run"] / "examples.parquet").is_file(), said
        size = wheel.stat().st_size / 1e6
        sys.stdout.write(f"wheel: {wheel.name}, {size:.1f} MB, installs and attacks both starters\n")


if __name__ == "__main__":
    main()

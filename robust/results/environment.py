"""What a result was computed with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("torch", "transformers", "tokenizers", "numpy", "datasets", "scikit-learn")


def environment() -> dict[str, Any]:
    """Versions and hardware that a reader needs to judge or repeat a number."""
    packages: dict[str, str] = {}
    for name in PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "packages": packages,
        "platform": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }

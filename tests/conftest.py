"""For every test: the hub is never asked, and workers that share the cores take one thread each."""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
if "PYTEST_XDIST_WORKER" in os.environ:  # one worker a core: more threads would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")

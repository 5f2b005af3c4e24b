"""For every test: the hub is never asked."""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

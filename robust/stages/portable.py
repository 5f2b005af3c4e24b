"""Tokenisers saved so that every supported version of transformers reads them, whichever wrote them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_OF_THE_MOMENT = ("backend", "is_local", "local_files_only")
"""What transformers 5 notes about how a tokeniser was loaded; it says nothing about the tokeniser."""


def save_tokenizer(tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write the files of a tokeniser to `folder`.

    transformers 5 calls a tokeniser without a class of its own `TokenizersBackend`, a name that version 4 does not
    know; both know `PreTrainedTokenizerFast`. It lists further special tokens under a name that meant something else.
    """
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    for name in _OF_THE_MOMENT:
        settings.pop(name, None)
    if settings.get("tokenizer_class") == "TokenizersBackend":
        settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    if isinstance(settings.get("extra_special_tokens"), list):
        settings["additional_special_tokens"] = settings.pop("extra_special_tokens")
    path.write_text(json.dumps(settings, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

"""A model directory before anything is loaded: is it what is wanted, what pins it, which languages does it declare."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from robust.checkpoints import adapters
from robust.checkpoints.wanted import Wanted
from robust.core.types import LANGS, Lang
from robust.errors import ModelError

WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "model-*-of-*.safetensors")
TOKENISER = ("tokenizer.json", "tokenizer_config.json", "vocab.*", "*.model", "bpe.codes")
TOKENISER_EXTRAS = ("merges.txt", "special_tokens_map.json", "added_tokens.json")
CODE = ("*.py",)
MULTITASK = "robust-multitask"
PICKLED = ("pytorch_model*.bin", "*.pt", "*.pth", "*.ckpt")

_HEADS = {
    "ForMaskedLM": "a masked language model",
    "ForPreTraining": "a pretrained language model",
    "ForCausalLM": "a text generator",
    "LMHeadModel": "a text generator",
    "ForConditionalGeneration": "a sequence-to-sequence generator",
    "EncoderDecoderModel": "a sequence-to-sequence generator",
    "MTModel": "a sequence-to-sequence generator",
    "ForSequenceClassification": "a sequence classifier",
    "ForTokenClassification": "a word tagger",
    "ForQuestionAnswering": "an extractive question-answering model",
    "ForMultipleChoice": "a multiple-choice model",
    "Model": "an encoder without a classification head",
}
_HEADLESS = ("EncoderDecoderModel", "MTModel")
"""Architectures of types that transformers has no other heads for: they cannot be fine-tuned for another task."""
_LANG_NAMES: dict[str, Lang] = {"en": "en", "eng": "en", "english": "en", "es": "es", "spa": "es", "spanish": "es"}


def matching(names: Iterable[str], patterns: Collection[str]) -> list[str]:
    """The names, sorted, that match one of the shell patterns; those in subdirectories must be named in full."""
    return sorted(n for n in names if n in patterns or ("/" not in n and any(fnmatchcase(n, p) for p in patterns)))


def read_config(directory: Path, name: str) -> dict[str, Any]:
    """`config.json` of a model directory. Raises `ModelError` where there is none or it is no JSON object."""
    path = directory / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if directory.is_dir():
            adapters.check([entry.name for entry in directory.iterdir()], directory, name, whole=False)
        raise ModelError(f"{name} is not a model directory: it has no config.json", fix=_no_config(directory)) from None
    except (ValueError, OSError) as error:
        raise ModelError(f"cannot read {path}: {error}", fix="save or download the model again") from None
    if not isinstance(config, dict):
        raise ModelError(f"{path} does not hold a JSON object", fix="save or download the model again")
    return config


def _no_config(directory: Path) -> str:
    inner = sorted(path.parent.name for path in directory.glob("*/config.json"))
    if inner:
        return f"point at a model inside it, such as {directory / inner[-1]}"
    return "point at a directory written by `robust finetune` or by `save_pretrained`"


def check_config(config: Mapping[str, Any], name: str, wanted: Wanted) -> None:
    """Raise `ModelError` where the model says that it is of another kind than what is wanted.

    Asked before loading, because transformers gives a model without the head that is asked for a random one, without
    complaint. A model that does not say what it is passes; loading it shows whether its head is there.
    """
    parts = config.get("heads")
    if config.get("model_type") == MULTITASK and wanted.heads and isinstance(parts, Mapping) and parts:
        raise ModelError(
            f"{name} is a model of several tasks ({', '.join(parts)})",
            fix=f"name the directory of one of them, such as {name.rstrip('/')}/{next(iter(parts))}",
        )
    architectures = config.get("architectures") or []
    if not architectures or not wanted.heads or any(str(a).endswith(wanted.heads) for a in architectures):
        return
    found = str(architectures[0])
    other = next((text for suffix, text in _HEADS.items() if found.endswith(suffix)), None)
    what = f"{other} ({found}), not {wanted.kind}" if other else f"not {wanted.kind} ({found})"
    raise ModelError(f"{name} is {what}", fix=wanted.remedy("" if found.endswith(_HEADLESS) else wanted.fit, name))


def check_files(names: Collection[str], name: str, wanted: Wanted) -> None:
    """Raise `ModelError` unless a model's top-level files include safetensors weights and a tokeniser."""
    if not matching(names, WEIGHTS):
        pickled = matching(names, PICKLED)
        if pickled:
            raise ModelError(
                f"{name} has only pickled weights ({pickled[0]}); unpickling can run code: only safetensors are read",
                fix="if you trust the model, convert it once: python -c 'from transformers import "
                f"{wanted.auto} as M, AutoTokenizer as T; "
                f'M.from_pretrained("{name}", use_safetensors=False).save_pretrained("DIR"); '
                f'T.from_pretrained("{name}").save_pretrained("DIR")\' and use DIR',
            )
        others = matching(names, ("tf_model*.h5", "flax_model*.msgpack", "*.onnx", "*.gguf", "*.safetensors"))
        seen = f" (there is {others[0]})" if others else ""
        raise ModelError(
            f"{name} has no weights in model.safetensors{seen}", fix="save it again with `model.save_pretrained(DIR)`"
        )
    if not matching(names, TOKENISER):
        raise ModelError(
            f"{name} has no tokeniser files",
            fix="save its tokeniser next to the weights: `tokenizer.save_pretrained(DIR)`",
        )


def content_hash(directory: Path, *, with_code: bool = False) -> str:
    """`sha256:` and 16 hexadecimal digits over the names and bytes of the weight, config and tokeniser files.

    Files that do not change what the model answers (README, optimiser state, logs) do not count, nor do dates. Python
    files count where `with_code`.
    """
    patterns = ("config.json", *WEIGHTS, *TOKENISER, *TOKENISER_EXTRAS, *(CODE if with_code else ()))
    total = hashlib.sha256()
    for file in matching((path.name for path in directory.iterdir() if path.is_file()), patterns):
        with (directory / file).open("rb") as stream:
            total.update(f"{file}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return f"sha256:{total.hexdigest()[:16]}"


def declared_langs(config: Mapping[str, Any], directory: Path) -> frozenset[Lang]:
    """Languages a model declares: `robust_language` or `language` in its config, else `language` in its model card."""
    declared = config.get("robust_language") or config.get("language") or _card(directory).get("language")
    values = declared if isinstance(declared, (list, tuple)) else [declared]
    # A card that says `language: no` means Norwegian, but YAML reads False; str() makes it harmless here.
    codes = {re.split(r"[-_]", str(value).strip().lower())[0] for value in values}
    found = {_LANG_NAMES[code] for code in codes if code in _LANG_NAMES}
    return frozenset(lang for lang in LANGS if lang in found)


def _card(directory: Path) -> dict[str, Any]:
    try:
        text = (directory / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    front = re.match(r"\ufeff?---\s*\n(.*?\n)---\s*(\n|$)", text, re.DOTALL)
    try:
        card = yaml.safe_load(front[1]) if front else None
    except yaml.YAMLError:  # a broken model card says nothing; it does not make the model unusable
        return {}
    return card if isinstance(card, dict) else {}

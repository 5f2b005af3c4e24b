"""Configuration, tokeniser and weights of a checked model directory, loaded in silence and complete."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robust.errors import ModelError, OutOfMemory, RobustError
from robust.victims import checkpoint
from robust.victims.memory import in_memory, is_out_of_memory

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def load_config(path: Path, name: str, trust: bool) -> Any:
    """The configuration; refuses model types that need code from elsewhere, unless `trust`."""
    from transformers import AutoConfig
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    config = checkpoint.read_config(path, name)
    kind = config.get("model_type")
    if kind not in CONFIG_MAPPING and not trust:
        if config.get("auto_map"):
            raise ModelError(
                f"{name} needs code that comes with it (model type {kind!r})",
                fix="read that code, and if you trust it pass --trust-remote-code (trust_remote_code=True)",
            )
        raise ModelError(
            f"{name} has model type {kind!r}, which the installed transformers does not know",
            fix="install a newer transformers, or use another model",
        )
    with _loading(name, "configuration"):
        return AutoConfig.from_pretrained(path, trust_remote_code=trust, local_files_only=not trust)


def load_tokenizer(path: Path, name: str, trust: bool) -> PreTrainedTokenizerBase:
    """The tokeniser saved with the model."""
    from transformers import AutoTokenizer

    with _loading(name, "tokeniser"):
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            path, trust_remote_code=trust, local_files_only=not trust
        )
        return tokenizer


def load_model(path: Path, name: str, config: Any, device: torch.device, trust: bool) -> PreTrainedModel:
    """The model in float32 on its device; every weight it has must come from the files."""
    import torch
    import transformers

    version = tuple(int(part) for part in transformers.__version__.split(".")[:2])
    with _loading(name, "weights"):
        model, info = transformers.AutoModelForSequenceClassification.from_pretrained(
            path,
            config=config,
            use_safetensors=True,
            trust_remote_code=trust,
            local_files_only=not trust,
            output_loading_info=True,
            **{"dtype" if version >= (4, 56) else "torch_dtype": torch.float32},
        )
    parameters = {key for key, _ in model.named_parameters()}
    missing = sorted(parameters & set(info["missing_keys"]))
    if missing:
        raise ModelError(
            f"{name} lacks weights of its classifier: {', '.join(missing[:4])}{' …' if len(missing) > 4 else ''}",
            fix=f"fine-tune it first (robust finetune RECIPE --model {name} …), or save the whole model again",
        )

    def placed() -> PreTrainedModel:
        moved: PreTrainedModel = model.to(device).eval()
        return moved

    return in_memory(placed)


@contextmanager
def _loading(name: str, part: str) -> Iterator[None]:
    """Load in silence; what goes wrong inside a library becomes one `ModelError`."""
    from transformers.utils import logging as chatter

    logging: Any = chatter  # its functions have no types
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except RobustError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise OutOfMemory(str(error)) from error
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = f"{type(error).__name__}: {lines[0] if lines else 'no reason given'}"
        raise ModelError(
            f"cannot load the {part} of {name}: {reason}", fix="save or download the model again"
        ) from error
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()

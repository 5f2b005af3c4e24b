"""Configuration, tokeniser and weights of a checkpoint, loaded in silence and complete."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from robust.checkpoints import threads
from robust.checkpoints.locate import Checkpoint
from robust.checkpoints.memory import in_memory, is_out_of_memory
from robust.errors import ModelError, OutOfMemory, RobustError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def load(found: Checkpoint, config: Any, device: torch.device) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model, as `load_model` gives it, and tokeniser of a fetched checkpoint. Raises `ModelError`."""
    threads.set_threads_once()
    try:
        return load_model(found, config, device), load_tokenizer(found)
    except OutOfMemory as error:
        smaller = found.wanted.remedy(found.wanted.smaller, found.name)
        raise ModelError(f"{found.name} does not fit in the memory of {device}: {error}", fix=smaller) from None


def load_config(found: Checkpoint) -> Any:
    """The configuration; refuses model types that need code from elsewhere, unless the checkpoint is trusted."""
    from transformers import AutoConfig
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    from robust.models import register

    register()
    declared = found.config
    kind = declared.get("model_type")
    if kind not in CONFIG_MAPPING and not found.trust:
        if declared.get("auto_map"):
            raise ModelError(
                f"{found.name} needs code that comes with it (model type {kind!r})",
                fix=found.wanted.remedy(found.wanted.untrusted, found.name),
            )
        raise ModelError(
            f"{found.name} has model type {kind!r}, which the installed transformers does not know",
            fix="install a newer transformers, or use another model",
        )
    with _loading(found, "configuration"):
        return AutoConfig.from_pretrained(found.path, trust_remote_code=found.trust, local_files_only=not found.trust)


def load_tokenizer(found: Checkpoint) -> PreTrainedTokenizerBase:
    """The tokeniser saved with the model, a fast one where there is one."""
    from transformers import AutoTokenizer

    with _loading(found, "tokeniser"):
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            found.path, trust_remote_code=found.trust, local_files_only=not found.trust
        )
        return tokenizer


def load_model(found: Checkpoint, config: Any, device: torch.device) -> PreTrainedModel:
    """The model in float32 on its device, for inference; the weights it needs must all come from the files.

    Raises `ModelError`, and `OutOfMemory` where it does not fit.
    """
    import torch
    import transformers

    version = tuple(int(part) for part in transformers.__version__.split(".")[:2])
    with _loading(found, "weights"):
        model, info = getattr(transformers, found.wanted.auto).from_pretrained(
            found.path,
            config=config,
            use_safetensors=True,
            trust_remote_code=found.trust,
            local_files_only=not found.trust,
            output_loading_info=True,
            **{"dtype" if version >= (4, 56) else "torch_dtype": torch.float32},
        )
    parameters = {key for key, _ in model.named_parameters() if not key.startswith(found.wanted.optional)}
    missing = sorted(parameters & set(info["missing_keys"]))
    if missing:
        raise ModelError(
            f"{found.name} {found.wanted.incomplete}: {', '.join(missing[:4])}{' …' if len(missing) > 4 else ''}",
            fix=f"{found.wanted.remedy(found.wanted.fit, found.name)}, or save the whole model again",
        )

    def placed() -> PreTrainedModel:
        moved: PreTrainedModel = model.to(device).eval()
        return moved

    return in_memory(placed)


@contextmanager
def _loading(found: Checkpoint, part: str) -> Iterator[None]:
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
            f"cannot load the {part} of {found.name}: {reason}", fix="save or download the model again"
        ) from error
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()

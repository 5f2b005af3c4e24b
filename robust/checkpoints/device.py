"""Where a model runs and in which number format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robust.errors import UserError, did_you_mean

if TYPE_CHECKING:
    import torch

DTYPES = ("auto", "float32", "bfloat16", "int8")
SMALLEST_BFLOAT16 = 256
"""Hidden size below which bfloat16 gains nothing: such a model waits for Python, not for its matrix products."""


def pick_device(device: str) -> torch.device:
    """The device named `auto`, `cpu`, `cuda`, `cuda:<n>` or `mps`; `auto` is the fastest one present.

    Raises `UserError` for a name that is unknown or a device that is not there.
    """
    import torch

    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if device == "auto":
        device = "cuda" if cuda else "mps" if mps else "cpu"
    kind, _, number = device.partition(":")
    if kind not in ("cpu", "cuda", "mps") or (number and (kind != "cuda" or not number.isdecimal())):
        hint = did_you_mean(device.lower().replace("gpu", "cuda"), ("auto", "cpu", "cuda", "cuda:0", "mps"))
        raise UserError(f"unknown device {device!r}", fix=hint or "use auto, cpu, cuda, cuda:<n> or mps")
    if (kind == "cuda" and not cuda) or (kind == "mps" and not mps):
        raise UserError(
            f"device {device!r} is not available: this torch ({torch.__version__}) finds no such accelerator",
            fix="use device cpu or auto, or install a torch build for the accelerator",
        )
    if number and int(number) >= torch.cuda.device_count():
        raise UserError(
            f"device {device!r} does not exist: there are {torch.cuda.device_count()} CUDA devices",
            fix=f"use cuda:0 to cuda:{torch.cuda.device_count() - 1}",
        )
    return torch.device(device)


def pick_accelerator() -> torch.device:
    """A CUDA device where there is one, else the CPU: for models that run beside a victim, wherever that one is."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def pick_dtype(dtype: str, device: torch.device, hidden_size: int) -> torch.dtype:
    """The number format named `auto`, `float32`, `bfloat16` or `int8`.

    `auto` is bfloat16 where the hardware multiplies bfloat16 matrices natively and the model is at least
    `SMALLEST_BFLOAT16` wide, else float32. It asks what the hardware can do and times nothing, so that equal machines
    choose alike; it never is int8, which is for the CPU: see `robust.checkpoints.int8`. Raises `UserError` for an
    unknown name, and for int8 on another device.
    """
    import torch

    if dtype not in DTYPES:
        raise UserError(f"unknown dtype {dtype!r}", fix=did_you_mean(dtype, DTYPES) or f"use {', '.join(DTYPES)}")
    if dtype == "auto":
        fast = hidden_size >= SMALLEST_BFLOAT16 and _fast_bfloat16(device)
        dtype = "bfloat16" if fast else "float32"
    if dtype == "int8" and device.type != "cpu":
        raise UserError(f"int8 is for the CPU, and the device is {device}", fix="use dtype bfloat16, or device cpu")
    chosen: torch.dtype = getattr(torch, dtype)
    return chosen


def in_format(model: Any, dtype: torch.dtype, reload: Callable[[], Any]) -> tuple[Any, Callable[[], Any] | None]:
    """A float32 model in a faster number format, and what gives the float32 one again; None where it is the same.

    `reload` loads its weights anew, which casting loses. Raises `UserError` where int8 cannot be had.
    """
    import torch

    if dtype is model.dtype:
        return model, None
    if dtype is torch.int8:
        from robust.checkpoints.int8 import int8

        return int8(model), lambda: model
    return model.to(dtype), reload


def _fast_bfloat16(device: torch.device) -> bool:
    import torch

    if device.type == "cuda":
        with torch.cuda.device(device):
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and _cpu_has_amx_bfloat16()


def _cpu_has_amx_bfloat16() -> bool:
    import torch

    capabilities = getattr(torch.cpu, "get_capabilities", None)  # older torch has no public query
    if capabilities is not None:
        return bool(capabilities().get("amx_bf16", False))
    try:
        return " amx_bf16" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False

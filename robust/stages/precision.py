"""Whether bfloat16 pays on a device."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Literal

from robust.stages.meter import product_flops

WORTH = 1.3
"""How much faster products in bfloat16 must be: converting to it and back costs too."""

TOLD = "Matrix products were computed in bfloat16 in training; scores are those of float32."
"""What a reader of the result is told of a training in bfloat16."""

_TRIAL = 0.15  # seconds a precision

NOTE = "bf16.json"
"""Where `chosen` keeps what it found, in the directory of checkpoints."""


@cache
def fast_bf16(kind: str) -> bool:
    """True on GPUs that have bfloat16, and on processors whose products in it were measured to be faster.

    Having the instructions says too little: some processors with AVX-512 BF16 multiply in it at half the rate of
    float32. The trial is made once a process.
    """
    import torch

    if kind == "cuda":
        return torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    if kind != "cpu" or not _instructions():
        return False
    return product_flops("bfloat16", kind, seconds=_TRIAL) > WORTH * product_flops("float32", kind, seconds=_TRIAL)


def chosen(wanted: Literal["auto"] | bool, kind: str, folder: Path) -> bool:
    """Whether a training computes in bfloat16; what `auto` came to is kept in `folder`, for when it goes on later."""
    if wanted != "auto":
        return wanted
    note = folder / NOTE
    if not note.exists():
        note.write_text(json.dumps(fast_bf16(kind)), encoding="utf-8")
    return bool(json.loads(note.read_text(encoding="utf-8")))


def _instructions() -> bool:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="ignore") as file:
            flags = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags

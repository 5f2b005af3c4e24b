"""Whether bfloat16 pays on a device."""

from __future__ import annotations

from functools import cache


@cache
def fast_bf16(kind: str) -> bool:
    """True where matrix products in bfloat16 are faster than in float32: GPUs and CPUs with units for it."""
    import torch

    if kind == "cuda":
        return torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="ignore") as file:
            flags = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags

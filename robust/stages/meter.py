"""What a training costs: energy, and how much of the processor's arithmetic it uses."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from robust.stages import processes

WATTS_A_CORE = 10.0
"""Assumed for a busy processor core where no meter can be read; a server core at full load draws 4 to 15 W."""

PEAK_FLOPS: Mapping[str, float] = {
    "H200": 989e12,
    "H100": 989e12,
    "A100": 312e12,
    "L40S": 362e12,
    "L4": 121e12,
    "A10G": 125e12,
    "V100": 125e12,
    "T4": 65e12,
}
"""Dense 16-bit matrix products a second of GPUs (NVIDIA data sheets, without sparsity), by a part of their name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """Joules, and how they are known: `rapl` and `nvml` are meters, `assumed` is processor time at 10 W a core.

    `for N processes` and `for N machines` say that the other ones were taken to need as much as this one.
    """

    joules: float
    method: str

    def as_dict(self) -> dict[str, Any]:
        """The energy as JSON-ready values."""
        return asdict(self)

    def __str__(self) -> str:
        how = self.method.replace("assumed", f"assumed: processor time at {WATTS_A_CORE:g} W a core")
        return f"{self.joules / 3600:.2f} Wh ({how})"


class Meter:
    """Measures a training between its start and each reading: the processors and GPUs of this machine.

    Where `shared`, by the processes of a launcher, all of them count: counters see those of this machine, and the other
    machines, or without a counter the other processes, are taken to need as much as this one.
    """

    def __init__(self, *, shared: bool = True, root: Path = Path("/sys/class/powercap")) -> None:
        self._processes = processes.count() if shared else 1
        self._machines = max(1, self._processes // processes.here()) if shared else 1
        self._zones = _zones(root)
        self._gpu = _gpu_joules()
        self._start = self._read()

    def _read(self) -> tuple[float, float, float | None, float]:
        zones = sum(_number(zone / "energy_uj") for zone in self._zones) / 1e6
        times = os.times()
        return time.monotonic(), times.user + times.system, _gpu_joules() if self._gpu is not None else None, zones

    def energy(self, *, before: float = 0.0) -> Energy:
        """Energy since the start, and the joules of `before` it. A counter that wrapped counts as one that stood."""
        _, cpu, gpu, zones = (
            None if now is None or was is None else now - was
            for now, was in zip(self._read(), self._start, strict=True)
        )
        if self._zones:
            processor, how = max(0.0, zones or 0.0) * self._machines, f"rapl{_of(self._machines, 'machines')}"
        else:
            seconds = (cpu or 0.0) * self._processes
            processor, how = WATTS_A_CORE * seconds, f"assumed{_of(self._processes, 'processes')}"
        if gpu is not None:
            told = f"{how} + nvml{_of(self._machines, 'machines')}"
            return Energy(joules=before + processor + gpu * self._machines, method=told)
        return Energy(joules=before + processor, method=how)


def _of(n: int, what: str) -> str:
    return f" for {n} {what}" if n > 1 else ""


def _zones(root: Path) -> list[Path]:
    """Whole processor packages whose energy counter can be read."""
    return [zone for zone in sorted(root.glob("intel-rapl:*")) if zone.name.count(":") == 1 and _readable(zone)]


def _readable(zone: Path) -> bool:
    try:
        return int((zone / "energy_uj").read_text()) >= 0
    except (OSError, ValueError):
        return False


def _number(path: Path) -> float:
    try:
        return float(path.read_text())
    except (OSError, ValueError):
        return 0.0


def _gpu_joules() -> float | None:
    """Energy that the GPUs in use have taken since their driver started, or None without one or its library.

    In use are those that `CUDA_VISIBLE_DEVICES` names (by number), else all; of them, one a process where a launcher
    started several.
    """
    try:
        import pynvml

        pynvml.nvmlInit()
        named = os.environ.get("CUDA_VISIBLE_DEVICES")
        used = list(range(pynvml.nvmlDeviceGetCount())) if named is None else [int(part) for part in named.split(",")]
        used = used[: processes.here()] if processes.count() > 1 else used
        handles = [pynvml.nvmlDeviceGetHandleByIndex(at) for at in used]
        return sum(float(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)) for handle in handles) / 1000
    except Exception:  # no library, driver or GPU, an old one, or one named otherwise than by number: no meter
        return None


def peak_flops(precision: str, *, seconds: float = 0.5) -> tuple[float, str]:
    """The processor's matrix products a second in `precision`, and how that is known.

    From the data sheet for a known GPU in 16 bits; otherwise measured: the best of repeated products of 2048 × 1024
    by 1024 × 1024 numbers, with the threads that torch uses.
    """
    import torch

    if torch.cuda.is_available():
        name = torch.cuda.get_device_name(0)
        known = next((value for part, value in PEAK_FLOPS.items() if part in name), None)
        if known is not None and precision == "bfloat16":
            return known, f"data sheet of {name}"
    device = "cuda" if torch.cuda.is_available() else "cpu"
    rate = product_flops(precision, device, seconds=seconds)
    return rate, "measured: 2048 × 1024 × 1024 products"


def product_flops(precision: str, device: str, *, seconds: float) -> float:
    """Matrix products a second of `device`: the best of products of 2048 × 1024 by 1024 × 1024 numbers in that time."""
    import torch

    dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
    left = torch.ones(2048, 1024, device=device, dtype=dtype)
    right = torch.ones(1024, 1024, device=device, dtype=dtype)
    best, end = float("inf"), time.monotonic() + seconds
    while time.monotonic() < end or best == float("inf"):
        start = time.perf_counter()
        torch.nn.functional.linear(left, right)
        if device == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - start)
    return 2 * 2048 * 1024 * 1024 / best

"""Where models run and in which number format."""

from __future__ import annotations

import pytest
import torch

from robust.checkpoints import device as devices
from robust.errors import UserError


def test_automatic_dtype_follows_hardware_and_width(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    monkeypatch.setattr(devices, "_cpu_has_amx_bfloat16", lambda: True)
    assert devices.pick_dtype("auto", cpu, 256) == torch.bfloat16
    assert devices.pick_dtype("auto", cpu, 255) == torch.float32
    monkeypatch.setattr(devices, "_cpu_has_amx_bfloat16", lambda: False)
    assert devices.pick_dtype("auto", cpu, 768) == torch.float32
    assert devices.pick_dtype("auto", torch.device("mps"), 768) == torch.float32
    with pytest.raises(UserError, match=r"unknown dtype 'bfloat'[\s\S]*did you mean 'bfloat16'"):
        devices.pick_dtype("bfloat", cpu, 768)


def test_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert devices.pick_device("cpu").type == "cpu"
    for device in ("cuda", "cuda:1"):
        with pytest.raises(UserError, match=f"'{device}' is not available"):
            devices.pick_device(device)
    with pytest.raises(UserError, match="did you mean 'cuda'"):
        devices.pick_device("gpu")
    for device in ("gpu", "cuda:x", "cpu:1", ""):
        with pytest.raises(UserError, match="unknown device"):
            devices.pick_device(device)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert devices.pick_device("auto").type == "cuda"
    with pytest.raises(UserError, match="there are 2 CUDA devices"):
        devices.pick_device("cuda:2")

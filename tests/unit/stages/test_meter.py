import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from robust.stages.meter import WATTS_A_CORE, Energy, Meter, peak_flops


def zone(root: Path, name: str, microjoules: int) -> Path:
    (root / name).mkdir(parents=True, exist_ok=True)
    path = root / name / "energy_uj"
    path.write_text(str(microjoules))
    return path


def test_the_processor_s_counters_are_read(tmp_path: Path) -> None:
    first, second = zone(tmp_path, "intel-rapl:0", 5_000_000), zone(tmp_path, "intel-rapl:1", 1_000_000)
    inner = zone(tmp_path, "intel-rapl:0:0", 0)
    meter = Meter(root=tmp_path)
    first.write_text("9000000")
    second.write_text("2500000")
    inner.write_text("9999999")  # a part of package 0, which is counted already
    energy = meter.energy()
    assert energy.joules == pytest.approx(5.5)
    assert energy.method.startswith("rapl")
    assert meter.energy(before=4.5).joules == pytest.approx(10.0)


def test_a_counter_that_wrapped_around_gives_no_negative_energy(tmp_path: Path) -> None:
    path = zone(tmp_path, "intel-rapl:0", 9_000_000)
    meter = Meter(root=tmp_path)
    path.write_text("100")
    assert meter.energy().joules >= 0


def test_without_a_meter_it_is_processor_time(tmp_path: Path) -> None:
    meter = Meter(root=tmp_path)
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    energy = meter.energy()
    if energy.method == "assumed":  # there is no GPU either
        assert 0.15 * WATTS_A_CORE < energy.joules < 5 * WATTS_A_CORE
    assert energy.method.startswith("assumed")


def test_processes_of_a_launcher_all_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)  # no GPU
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    alone, shared = Meter(root=tmp_path, shared=False), Meter(root=tmp_path)
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    one, all_four = alone.energy(), shared.energy()
    assert one.method == "assumed"
    assert all_four.method == "assumed for 4 processes"
    assert all_four.joules == pytest.approx(4 * one.joules, rel=0.2)

    counter = zone(tmp_path, "intel-rapl:0", 0)  # which sees both processes of a machine
    meter = Meter(root=tmp_path)
    counter.write_text("3000000")
    assert meter.energy() == Energy(joules=6.0, method="rapl for 2 machines")


def test_every_gpu_in_use_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = [100_000.0, 200_000.0, 300_000.0, 400_000.0]
    library = SimpleNamespace(
        nvmlInit=lambda: None,
        nvmlDeviceGetCount=lambda: len(used),
        nvmlDeviceGetHandleByIndex=lambda at: at,
        nvmlDeviceGetTotalEnergyConsumption=lambda at: used[at],
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    zone(tmp_path, "intel-rapl:0", 0)

    def joules(**environment: str) -> float:
        for name in ("CUDA_VISIBLE_DEVICES", "WORLD_SIZE", "LOCAL_WORLD_SIZE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        meter = Meter(root=tmp_path)
        for at in range(len(used)):
            used[at] += 1000.0 * 10**at  # millijoules
        return meter.energy().joules

    assert joules() == pytest.approx(1111.0)
    assert joules(CUDA_VISIBLE_DEVICES="1,3") == pytest.approx(1010.0)
    assert joules(CUDA_VISIBLE_DEVICES="") == 0  # hidden
    assert joules(WORLD_SIZE="2", LOCAL_WORLD_SIZE="2") == pytest.approx(11.0)
    assert joules(WORLD_SIZE="4", LOCAL_WORLD_SIZE="2") == pytest.approx(22.0)


def test_it_says_how_it_is_known() -> None:
    assert str(Energy(joules=1800, method="rapl")) == "0.50 Wh (rapl)"
    assert "10 W a core" in str(Energy(joules=1, method="assumed"))


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_peak_is_measured(precision: str) -> None:
    rate, how = peak_flops(precision, seconds=0.05)
    assert rate > 1e8
    assert how

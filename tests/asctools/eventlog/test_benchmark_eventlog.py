"""The benchmark of the logs runs, and holds half of what it shows on a machine that is not busy."""

from pathlib import Path

import pytest

from asctools.eventlog.schema import problems
from benchmarks import eventlog as b


@pytest.mark.slow
def test_writing_is_at_least_twice_as_fast_as_with_lxml(tmp_path: Path) -> None:
    rates = b.writing_rates(tmp_path, 10_000, rounds=2)
    ours, at_once, lxml = (rates[name] for name in b.WRITERS)
    assert ours > 2 * lxml
    assert at_once > 2 * lxml
    assert ours > 25_000
    counts = [path.read_bytes().count(b"<event>") for path in sorted(tmp_path.glob("*.xes"))]
    assert counts == [10_000] * 3
    assert problems(tmp_path / "0.xes") == []


@pytest.mark.slow
def test_memory_stays_flat_and_gzip_small(tmp_path: Path) -> None:
    size = b.size_of_a_log(tmp_path, 30_000)
    assert size.grown < 5.0
    assert size.bytes_gz < 40.0 < size.bytes_plain


@pytest.mark.slow
def test_observing_costs_a_share_of_a_step(tmp_path: Path) -> None:
    cost = b.observing_cost(tmp_path, 32, 128, 50, rounds=3)
    assert 0.0 < cost.step < 0.04
    assert cost.step < cost.gate_20 < 0.06
    assert cost.gate_20 < cost.gate < 0.6
    assert 0.0 < cost.writing < cost.gate
    assert cost.gate <= cost.weight
    levels = {path.stem: path.read_text() for path in tmp_path.glob("*.xes")}
    assert "ForgetGateGradient" not in levels["step"]
    assert "ForgetGateGradient" in levels["gate"]
    assert "Update_W_f" not in levels["gate"]
    assert "Update_W_f" in levels["weight"]


@pytest.mark.slow
def test_all_find_the_same_graph() -> None:
    rates = b.graph_rates(200_000, rounds=2, pm4py=False)
    assert rates["asctools"] > 1e6

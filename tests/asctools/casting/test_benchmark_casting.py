"""The numbers that the book promises, over three seeds, and what they cost."""

import pytest
import torch

from asctools.casting import CastingData, features
from benchmarks.casting import KNOBS, NETWORKS, Score, caster, least, line, network, rival, score


@pytest.fixture(scope="module", params=[0, 1, 2])
def seed(request: pytest.FixtureRequest) -> int:
    torch.set_num_threads(1)
    return int(request.param)


@pytest.mark.slow
def test_the_network_is_ahead_of_its_rivals_and_behind_the_oracle(seed: int) -> None:
    parts = caster(seed)
    found = network(parts, seed, *NETWORKS["LSTM, maximum over time"])
    free = rival(parts, "boosting", features.order_free)
    order = rival(parts, "boosting", features.with_order)
    oracle = score(parts[2], parts[2].chance, 0.0)
    assert found.auc_roc > 0.88
    assert found.seconds < 30
    assert free.auc_roc + 0.05 < order.auc_roc < found.auc_roc < oracle.auc_roc
    assert free.auc_pr + 0.2 < order.auc_pr < found.auc_pr < oracle.auc_pr
    assert 0.65 < free.auc_roc < 0.80
    assert 0.83 < order.auc_roc < 0.91
    assert 0.93 < oracle.auc_roc < 0.99


def test_a_batch_takes_less_than_50_ms() -> None:
    from asctools.casting import SteelDefectLSTM

    torch.set_num_threads(1)
    model, x = SteelDefectLSTM({"hidden_size": 64}), torch.randn(64, 120, 6)

    def step() -> None:
        model(x).sum().backward()

    assert least(step) < 0.05


def test_every_knob_is_one_of_the_simulators() -> None:
    for knob in KNOBS:
        parts: list[CastingData] = caster(0, n_sequences=80, **knob)
        assert sum(map(len, parts)) == 80


def test_a_line_has_the_median_and_the_range() -> None:
    row = line("name", [Score(0.5, 0.1, 1.0), Score(0.7, 0.3, 3.0), Score(0.6, 0.2, 2.0)])
    first, second = "0.600 (0.500 to 0.700)", "0.200 (0.100 to 0.300)"
    assert row.split() == f"name {first} {second} 2.0".split()

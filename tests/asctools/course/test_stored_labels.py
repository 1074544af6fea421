"""The runs behind the label-efficiency table: all there, alike in cost, saying what it says."""

from itertools import product

import numpy as np
import pytest

from asctools.bells import BellFrame, Strikes
from asctools.course.compared import gain, mean_f1
from asctools.course.stored import KeptRun, chosen, read
from benchmarks.event_labels import ARMS, LABELS, NETWORKS, SECONDS

ORACLE = 0.923  # F1 at 5 ms on these windows, as `python -m benchmarks.events` prints it


@pytest.fixture(scope="module")
def runs() -> tuple[KeptRun, ...]:
    return read("labels")


@pytest.fixture(scope="module")
def truth() -> tuple[Strikes, ...]:
    return BellFrame(0, "standard").windows(300, 2.0, 3).strikes  # the seed of the test windows


def test_every_cell_of_the_table_has_three_seeds(runs) -> None:
    cells = sorted((run.arm, run.labels, run.seed) for run in runs)
    assert cells == sorted(product(ARMS, LABELS, range(3)))
    assert {len(run.picks) for run in runs} == {300}


def test_every_network_has_had_the_same_time(runs) -> None:
    for arm in NETWORKS:
        seconds = [run.seconds for run in chosen(runs, arm)]
        share = 0.5 if arm == "scratch-half" else 1.0
        assert np.mean(seconds) == pytest.approx(share * SECONDS, rel=0.2), arm


def test_no_bell_comes_back_within_its_refractory_period(runs) -> None:
    for run in runs:
        for picks in run.picks:
            assert len(set(picks.bells.tolist())) == picks.number  # a window lasts one period


def test_templates_need_fewer_labels_and_unlabelled_recordings_make_up_for_more(
    runs, truth
) -> None:
    few = {arm: chosen(runs, arm, 50) for arm in ARMS}
    rng = np.random.default_rng(0)
    assert gain(few["templates"], few["scratch"], truth, rng).low > 0.05
    assert gain(few["self-training"], few["templates"], truth, rng).low > 0.03
    for run in few["self-training"]:
        assert mean_f1([run], truth, rng, draws=1).value > 0.94 * ORACLE

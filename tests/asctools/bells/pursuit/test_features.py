"""Features of candidates: against scores without the others, and against what was put in."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.bells.pursuit import TemplatePursuit
from asctools.bells.pursuit.features import (
    about_the_fit,
    candidate_features,
    candidate_score,
    names_of,
)
from asctools.bells.pursuit.scores import amplitude_score, score_traces
from asctools.bells.pursuit.templates import LEAD
from asctools.bells.strikes import Strikes
from asctools.errors import ShapeError

NAMES = names_of(2)


@pytest.fixture(scope="module")
def known(fitted) -> TemplatePursuit:
    return fitted()


def column(described, name: str) -> np.ndarray:
    return described.features[:, NAMES.index(name)].astype(np.float64)


@pytest.mark.equation("eq-candidate-score")
def test_a_candidate_is_scored_as_if_the_others_were_silent(known, world) -> None:
    pair = Strikes.make([0, 1], [500.0, 512.0])
    both = world.signal(pair, 1200, noise=0.0) - 9.81
    alone = world.signal(pair.kept([0]), 1200, noise=0.0) - 9.81
    explainer = known.explainer
    bank = explainer.bank(2048)
    E = bank.energies[0]
    at = 500 - LEAD + known.settings.length
    heard = [
        score_traces(bank.filters, x.astype(np.float32), known.settings.length)[0, at]
        for x in (both, alone)
    ]
    a = 0.8  # so much of it was subtracted, and all of the other strike
    left = heard[1] - a * E
    expected = amplitude_score(heard[1], E)
    assert candidate_score(left, a, E) == pytest.approx(float(expected), rel=1e-6)
    assert abs(candidate_score(left, a, E) - amplitude_score(heard[0], E)) > 0.1 * expected
    by_hand = (left + a * E + 1 / 0.3) ** 2 / (2 * (E + 1 / 0.3)) - 1 / 0.6
    assert candidate_score(left, a, E) == pytest.approx(by_hand - np.log1p(0.3 * E) / 2)


def test_overlapping_strikes_score_alone_as_they_do_alone(known, world) -> None:
    pair = Strikes.make([0, 1], [500.0, 512.0])
    both = candidate_features(known, world.signal(pair, 1200), 20.0)
    single = candidate_features(known, world.signal(pair.kept([0]), 1200), 20.0)
    assert both.picks.bells.tolist() == [0, 1] and single.picks.bells.tolist() == [0]
    alone = column(both, "score alone")[0]
    assert alone == pytest.approx(column(single, "score alone")[0], abs=0.05)
    assert column(both, "amplitude alone")[0] == pytest.approx(1.0, abs=0.1)


def test_the_candidates_are_those_of_the_pursuit(known, world) -> None:
    signal = world.signal(world.ring(6000, 5), 6000, seed=5)
    described = candidate_features(known, signal, 1.0)
    own = known.candidates(signal, 1.0).picks
    np.testing.assert_array_equal(described.picks.bells, own.bells)
    np.testing.assert_allclose(described.picks.times, own.times, atol=0.05)
    assert described.features.shape == (own.number, len(NAMES))
    assert described.features.dtype == np.float32 and np.isfinite(described.features).all()
    assert (np.diff(described.picks.times) >= 0).all()


def test_a_knock_in_one_channel_fits_badly(known, world) -> None:
    signal = world.signal(Strikes.make([0], [700.0]), 3000)
    strange = np.zeros_like(signal)
    strange[:, 0] = world.signal(Strikes.make([0], [2000.0]), 3000, noise=0.0)[:, 0] - 9.81
    described = candidate_features(known, signal + strange, 5.0)
    strike, knock = (int(np.abs(described.picks.times - time).argmin()) for time in (700, 2000))
    apart = column(described, "channel 1") - column(described, "channel 2")
    assert abs(apart[strike]) < 0.2 < 0.5 < apart[knock]
    worst = column(described, "worst misfit")
    assert worst[knock] > worst[strike] + 0.5


def test_edges_and_the_energy_of_a_template_are_told(known, world) -> None:
    strikes = Strikes.make([1, 2, 0], [30.0, 900.0, 1480.0])
    described = candidate_features(known, world.signal(strikes, 1500), 15.0)
    assert described.picks.bells.tolist() == [1, 2, 0]
    start, end = column(described, "from the start"), column(described, "to the end")
    assert start[0] > 0.6 and end[-1] > 0.6 and max(start[1], end[1]) < 0.01
    energies = np.log(known.explainer.bank(4096).energies)
    np.testing.assert_allclose(column(described, "energy"), energies[[1, 2, 0]], rtol=1e-5)


def test_silence_has_no_candidate(known) -> None:
    described = candidate_features(known, np.full((800, 2), 9.81, dtype=np.float32))
    assert described.picks.number == 0 and described.features.shape == (0, len(NAMES))


def test_a_file_on_the_disk_is_read_as_the_array_is(known, world, tmp_path) -> None:
    signal = world.signal(world.ring(5000, 2), 5000, seed=2)
    np.save(tmp_path / "long.npy", signal)
    on_disk = candidate_features(known, np.load(tmp_path / "long.npy", mmap_mode="r"))
    np.testing.assert_array_equal(on_disk.features, candidate_features(known, signal).features)
    with pytest.raises(ShapeError, match="channel"):
        candidate_features(known, signal[:, :1])


def test_columns_of_the_fit_are_known_by_name() -> None:
    told = [name for name in NAMES if about_the_fit(name)]
    assert told == ["channel 1", "channel 2", "tail", "mean misfit", "worst misfit"]

"""Taking strikes one by one: what is subtracted, what is closed, where the top of a peak is."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.bells.pursuit.explainer import Explainer
from asctools.bells.pursuit.scores import score_traces
from asctools.bells.pursuit.search import Found, Scene, pursue
from asctools.bells.pursuit.settings import Settings
from asctools.bells.pursuit.templates import LEAD, Templates
from asctools.bells.strikes import Strikes

FIRST = -120


@pytest.fixture
def scene(world):
    """Make a scene of strikes on silence, with the noise taken for white of variance 1."""
    templates = Templates(world.templates(), np.arange(3))
    spectrum = np.broadcast_to(np.eye(2), (5, 2, 2)).astype(complex)
    bank = Explainer(templates, spectrum, Settings(3, world.length, world.period)).bank(2048)

    def make(strikes: Strikes, samples: int = 1500, period: int = 600) -> Scene:
        quiet = world.signal(strikes, samples, noise=0.0) - np.float32(9.81)
        traces = score_traces(bank.filters, quiet, before=-FIRST)
        return Scene(bank, templates.bells, traces, FIRST, period, variance=0.3)

    return make


def test_the_best_strike_is_the_one_that_stands_there(scene) -> None:
    best = scene(Strikes.make([1], [500.0])).best()
    assert (best.kind, best.start) == (1, 500 - LEAD)
    assert best.amplitude == pytest.approx(1, abs=0.01)
    assert best.score > 50


@pytest.mark.parametrize("late", [-0.4, -0.2, 0.1, 0.3, 0.45])
def test_its_time_is_known_to_a_small_part_of_a_sample(scene, late: float) -> None:
    best = scene(Strikes.make([2], [500.0 + late])).best()
    assert best.start + LEAD + best.fraction == pytest.approx(500 + late, abs=0.01)


def test_what_was_taken_is_gone_from_all_scores(scene) -> None:
    view = scene(Strikes.make([0, 1], [500.4, 530.0]), period=0)
    first = view.best()
    view.take(first)
    second = view.best()
    view.take(second)
    assert {(each.kind, each.start + LEAD) for each in (first, second)} == {(0, 500), (1, 530)}
    assert view.best().score < 0.05 * second.score


def test_with_no_place_left_there_is_no_best(scene) -> None:
    view = scene(Strikes.make([0], [500.0]))
    view.close(FIRST, 1500)
    assert view.best().score == -np.inf
    assert list(pursue(view, threshold=-1e9)) == []


def test_a_bell_is_closed_for_the_period_and_others_are_not(scene) -> None:
    view = scene(Strikes.make([0], [700.0]))
    view.take(view.best())
    open_ = np.flatnonzero(np.isfinite(view.scores[0])) + FIRST + LEAD
    assert open_[open_ < 700].max() == 700 - 601
    assert open_[open_ > 700].min() == 700 + 601
    assert np.isfinite(view.scores[1]).sum() > 1000


def test_without_a_period_only_the_very_place_is_closed(scene) -> None:
    view = scene(Strikes.make([0], [700.0]), period=0)
    view.take(view.best())
    assert not np.isfinite(view.scores[0, 700 - LEAD - FIRST])
    assert np.isfinite(view.scores[0, [699 - LEAD - FIRST, 701 - LEAD - FIRST]]).all()


def test_closed_places_stay_closed_when_something_beside_is_subtracted(scene) -> None:
    view = scene(Strikes.make([0, 1], [500.0, 530.0]))
    view.close(FIRST, 500)
    assert view.best().start >= 500
    for found in pursue(view, threshold=3.0):
        assert found.start >= 500
    assert np.all(view.scores[:, : 500 - FIRST] == -np.inf)


def test_the_pursuit_stops_under_the_threshold(scene) -> None:
    strikes = Strikes.make([0, 1, 2], [300.0, 600.0, 900.0])
    everything = list(pursue(scene(strikes), threshold=5.0))
    assert sorted(each.kind for each in everything) == [0, 1, 2]
    middle = sorted(each.score for each in everything)[1]
    assert len(list(pursue(scene(strikes), threshold=middle))) == 2
    assert list(pursue(scene(strikes), threshold=np.inf)) == []


def test_known_strikes_are_subtracted_and_not_told_again(scene) -> None:
    strikes = Strikes.make([0, 1], [500.0, 530.0])
    first, second = pursue(scene(strikes), threshold=5.0)
    (rest,) = pursue(scene(strikes), threshold=5.0, known=[first])
    assert rest == second


def test_a_known_strike_far_outside_does_no_harm(scene) -> None:
    view = scene(Strikes.make([1], [500.0]))
    before = view.traces.copy()
    for start in (-5000, 9000):
        view.take(Found(1, start, 0.0, 50.0, 1.0))
    np.testing.assert_array_equal(view.traces, before)
    assert view.best().start == 500 - LEAD

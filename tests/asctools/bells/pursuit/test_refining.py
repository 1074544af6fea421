"""Strikes looked at again, and places to spare: against what was put in."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.bells.pursuit import TemplatePursuit
from asctools.bells.pursuit.features import candidate_features, names_of
from asctools.bells.pursuit.refining import refined
from asctools.bells.pursuit.spare import APART, AROUND, spare_places
from asctools.bells.pursuit.templates import LEAD
from asctools.bells.strikes import Strikes


@pytest.fixture(scope="module")
def known(fitted) -> TemplatePursuit:
    return fitted()


def explained(pursuit: TemplatePursuit, signal: np.ndarray, least: float):
    (block,) = pursuit.explainer.blocks(signal, least)
    return block


def test_a_second_look_mends_what_the_first_took_from_a_neighbour(known, world) -> None:
    off = []
    for gap in (3.0, 4.5, 6.0, 9.0, 13.5):
        pair = Strikes.make([0, 1], [500.0, 500.0 + gap])
        block = explained(known, world.signal(pair, 1500, noise=0.0), 20.0)
        again = refined(block.scene, block.taken)
        assert {each.kind for each in again} == {0, 1}
        off.append(
            [max(abs(each.amplitude - 1) for each in found) for found in (block.taken, again)]
        )
    first, second = np.max(off, axis=0)
    assert second < 0.1 < 0.2 < first


def test_a_second_look_leaves_the_scene_without_its_strikes(known, world) -> None:
    strikes = world.ring(2700, 4)
    block = explained(known, world.signal(strikes, 2700, seed=4), 10.0)
    again = refined(block.scene, block.taken)
    assert len(again) == len(block.taken)
    for each in again:
        block.scene.subtract(each, -each.amplitude)
    fresh = known.explainer._scene(block.block)
    np.testing.assert_allclose(block.scene.traces, fresh.traces, atol=2e-3 * fresh.traces.max())


def test_spare_places_are_peaks_that_are_left_and_open(known, world) -> None:
    strikes = Strikes.make([0, 1], [700.0, 1900.0])
    block = explained(known, world.signal(strikes, 2700), 20.0)
    traces = block.scene.traces.copy()
    places = spare_places(block.scene, 0.5, 2)
    np.testing.assert_array_equal(block.scene.traces, traces)
    assert len(places) >= 3 and all(each.score >= 0.3 for each in places)
    for bell in range(3):
        at = np.sort([each.start for each in places if each.kind == bell])
        assert np.diff(at).min(initial=APART) >= APART
        assert all(np.count_nonzero(np.abs(at - time) < AROUND / 2) <= 2 for time in at)
        for struck in strikes.of_bell(bell) - LEAD:
            assert (
                np.abs(at - struck).min(initial=np.inf) > known.settings.refractory_period_samples
            )


def test_a_strike_below_the_line_is_offered_and_not_taken(known, world) -> None:
    loud, soft = Strikes.make([0], [600.0]), Strikes.make([1], [1400.0])
    signal = world.signal(loud, 2400) + 0.1 * (world.signal(soft, 2400, noise=0.0) - 9.81)
    signal = signal.astype(np.float32)
    described = candidate_features(known, signal, 0.5, spare=3)
    spare = described.features[:, names_of(2).index("spare")] > 0
    loud_one = np.abs(described.picks.times - 600) < 5
    assert loud_one.any() and not spare[loud_one].any()
    soft_one = (np.abs(described.picks.times - 1400) < 10) & (described.picks.bells == 1)
    assert soft_one.any() and spare[soft_one].all()
    scores = described.features[:, :2]
    np.testing.assert_allclose(scores[spare, 0], scores[spare, 1], atol=0.3)


def test_places_can_be_all_that_there_is(known, world) -> None:
    described = candidate_features(known, world.signal(Strikes.none(), 2000), -1.0, spare=2)
    assert described.picks.number > 0 and np.isfinite(described.features).all()
    assert (described.features[:, names_of(2).index("spare")] > 0).all()

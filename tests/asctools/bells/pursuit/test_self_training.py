"""Templates from few labels become better by what the pursuit itself hears in unlabelled ones."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.bells.pursuit import TemplatePursuit
from asctools.bells.pursuit.self_training import Round, self_train
from asctools.bells.recording import Windows
from asctools.bells.strikes import Strikes
from asctools.errors import InputError, ShapeError


def likeness(pursuit: TemplatePursuit, truth: np.ndarray) -> float:
    """The mean cosine of learned and true templates, over as many samples as both have."""
    pairs = zip(pursuit.templates[..., : truth.shape[2]], truth, strict=True)
    cosines = [
        np.vdot(one, two) / (np.linalg.norm(one) * np.linalg.norm(two)) for one, two in pairs
    ]
    return float(np.mean(cosines))


@pytest.fixture(scope="module")
def noisy(world) -> tuple[list[np.ndarray], list[Strikes]]:
    """Many recordings with so much noise that few of them are not enough."""
    strikes = [world.ring(1500, seed) for seed in range(42)]
    signals = [world.signal(each, 1500, noise=3.0, seed=n) for n, each in enumerate(strikes)]
    return signals, strikes


@pytest.fixture(scope="module")
def few(noisy, world) -> TemplatePursuit:
    signals, strikes = noisy
    aside = signals[34:], strikes[34:]
    return TemplatePursuit(3, world.length, world.period).fit(signals[:4], strikes[:4], aside)


def trained(few: TemplatePursuit, noisy, **settings) -> tuple[TemplatePursuit, list[Round]]:
    signals, strikes = noisy
    told: list[Round] = []
    how = {"rounds": ((15, 12.0), (30, 10.0)), "length": 120, "report": told.append} | settings
    aside = signals[34:], strikes[34:]
    return self_train(few, signals[4:34], signals[:4], strikes[:4], aside, **how), told


def test_unlabelled_recordings_make_templates_better(few, noisy, world) -> None:
    better, told = trained(few, noisy, truth=noisy[1][4:34])
    before, after = (likeness(each, world.templates()) for each in (few, better))
    assert 1 - after < 0.5 * (1 - before)
    assert [each.signals for each in told] == [15, 30]
    assert [each.least_score for each in told] == [12.0, 10.0]
    assert told[1].pseudo_labels > told[0].pseudo_labels > 15
    assert all(0.95 < each.right <= 1 and each.seconds > 0 for each in told)


def test_nobody_looks_at_the_labels_of_what_is_unlabelled(few, noisy) -> None:
    signals, strikes = noisy
    windows = Windows(np.stack(signals[4:34]), tuple([Strikes.none()] * 30))
    one, told = trained(few, noisy)
    aside = signals[34:], strikes[34:]
    other = self_train(few, windows, signals[:4], strikes[:4], aside, told_rounds(), length=120)
    np.testing.assert_array_equal(one.templates, other.templates)
    assert np.isnan(told[0].right)


def told_rounds() -> tuple[tuple[int, float], ...]:
    return ((15, 12.0), (30, 10.0))


def test_the_first_pursuit_stays_and_templates_may_become_longer(few, noisy) -> None:
    before = few.templates.copy()
    longer, _ = trained(few, noisy, length=180, rounds=((10, 12.0),))
    assert longer.templates.shape == (3, 2, 180)
    np.testing.assert_array_equal(few.templates, before)


def test_a_whole_recording_serves_as_well_as_windows(few, noisy, world) -> None:
    signals, strikes = noisy
    ring = world.ring(45_000, seed=77)
    whole = world.signal(ring, 45_000, noise=3.0, seed=77)
    aside = signals[34:], strikes[34:]
    better = self_train(few, [whole], signals[:4], strikes[:4], aside, ((1, 12.0),) * 2, length=120)
    before, after = (likeness(each, world.templates()) for each in (few, better))
    assert 1 - after < 0.5 * (1 - before)


def test_strokes_keep_the_template_that_explained_them(world) -> None:
    """Backstrokes sound as another bell: with templates for both strokes, each finds its own."""
    signals, strikes = world.windows(30)
    told = [
        Strikes.make(np.zeros(each.number), each.times, np.minimum(each.bells, 1))
        for each in (each.kept(each.bells < 2) for each in strikes)
    ]
    signals = [
        world.signal(each.kept(each.bells < 2), 1500, seed=n) for n, each in enumerate(strikes)
    ]
    pursuit = TemplatePursuit(1, world.length, 0, strokes=True).fit(signals[:8], told[:8])
    better = self_train(
        pursuit, signals[8:], signals[:8], told[:8], rounds=((22, 12.0),), length=120
    )
    truth = world.templates()[:2]
    for learned, true in zip(better.stroke_templates[0], truth, strict=True):
        assert np.vdot(learned, true) > 0.97 * np.linalg.norm(learned) * np.linalg.norm(true)


@pytest.mark.parametrize(
    "rounds", [(), ((0, 14.0),), ((1, np.nan),), ((1, -1.0),), ((1.5, 14.0),), ((1,),), (5, 14.0)]
)
def test_rounds_that_cannot_be_made_are_refused(few, noisy, rounds) -> None:
    with pytest.raises(InputError, match="one pair at least"):
        trained(few, noisy, rounds=rounds)


@pytest.mark.parametrize("unlabelled", [[], None, np.zeros((1500, 2))])
def test_unlabelled_signals_come_in_a_list(few, noisy, unlabelled) -> None:
    signals, strikes = noisy
    with pytest.raises(InputError, match=r"Pass \[recording\]"):
        self_train(few, unlabelled, signals[:4], strikes[:4])


def test_recordings_of_another_scale_are_not_learned_from(few, noisy) -> None:
    signals, strikes = noisy
    aside = signals[34:], strikes[34:]
    for scale in (1e-3, 1e3):
        other = [scale * signal for signal in signals[4:12]]
        with pytest.raises(InputError, match="the scale and the sensors"):
            self_train(few, other, signals[:4], strikes[:4], aside, ((8, 12.0),))


def test_what_does_not_fit_is_refused(few, noisy) -> None:
    signals, strikes = noisy
    with pytest.raises(ShapeError, match="the truth of 2"):
        trained(few, noisy, truth=strikes[:2])
    with pytest.raises(ShapeError, match=r"unlabelled\[1\]"):
        self_train(few, [signals[4], signals[5][:, :1]], signals[:4], strikes[:4])
    with pytest.raises(ShapeError, match=r"data\[0\]"):
        self_train(few, signals[4:], [each[:, :1] for each in signals[:4]], strikes[:4])
    with pytest.raises(ShapeError, match="shorter templates"):
        self_train(few, [signals[4][:150]], signals[:4], strikes[:4], length=180)
    with pytest.raises(InputError, match="a fitted one"):
        self_train(TemplatePursuit(3), signals[4:], signals[:4], strikes[:4])

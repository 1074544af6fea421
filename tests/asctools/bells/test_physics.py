"""What physics allows: the bound by two other ways, and the matched filter that reaches it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from asctools.bells import physics
from asctools.errors import InputError, ShapeError

Array = NDArray[np.float64]
HZ = (260.0, 310.0, 520.0, 130.0, 640.0, 190.0)
GAINS = (1.0, 0.7, -0.5, 0.3, -0.4, 0.2)


def strike(length: int = 80) -> Array:
    """A strike on six channels, 40 ms long, that begins and ends at zero."""
    t = np.arange(length) / physics.RATE
    envelope = (1 - np.exp(-t / 0.001)) * np.exp(-t / 0.015) * np.hanning(2 * length)[length:]
    return np.stack(
        [g * envelope * np.sin(2 * np.pi * f * t) for g, f in zip(GAINS, HZ, strict=True)]
    )


def at_decibels(template: Array, wanted: float) -> float:
    """The sigma with which the template has that ratio."""
    return float(np.sqrt(np.sum(template**2) / 10 ** (wanted / 10)))


def errors(wanted: float, draws: int, upsample: int = 8) -> Array:
    template = strike()
    rng = np.random.default_rng(3)
    sigma = at_decibels(template, wanted)
    return physics.monte_carlo(template, sigma, draws, rng, upsample=upsample)


@pytest.mark.equation("eq-snr")
def test_the_ratio_by_hand() -> None:
    template = [[3.0, -4.0], [0.0, 5.0]]
    assert physics.snr(template, 1.0) == 50.0
    assert physics.snr(template, 0.5) == 200.0
    assert physics.decibels(100.0) == pytest.approx(20.0)
    # Adding a channel adds its energy.
    assert physics.snr([*template, [1.0, 0.0]], 1.0) == 51.0


@pytest.mark.equation("eq-rms-bandwidth")
@pytest.mark.parametrize(("hertz", "width"), [(0.0, 0.004), (200.0, 0.004), (350.0, 0.002)])
def test_the_bandwidth_of_a_gaussian_tone_has_a_closed_form(hertz: float, width: float) -> None:
    t = (np.arange(200) - 99.5) / 2000
    tone = np.exp(-(t**2) / (2 * width**2)) * np.sin(2 * np.pi * hertz * t + (hertz == 0))
    broad = 1 / (8 * np.pi**2 * width**2)  # variance of the energy around the tone
    # The two lobes, at + and − the tone, meet a little: within that, the closed form holds.
    assert physics.rms_bandwidth([tone]) == pytest.approx(np.sqrt(hertz**2 + broad), rel=2e-3)
    twice = physics.rms_bandwidth([tone, -0.3 * tone], rate=4000)
    assert twice == pytest.approx(2 * physics.rms_bandwidth([tone]))


def test_the_slope_is_what_differences_converge_to() -> None:
    template, step = strike(), 1e-3
    start, length = 20.0, 320
    later, sooner = (physics.placed(template, start + by, length) for by in (step, -step))
    wanted = (sooner - later).T / (2 * step)
    np.testing.assert_allclose(
        np.roll(physics.slope(template), 20, axis=1), wanted, atol=1e-5 * abs(wanted).max()
    )


@pytest.mark.equation("eq-cramer-rao")
def test_the_bound_is_the_curvature_of_the_likelihood() -> None:
    template, sigma, step = strike(), 0.07, 1e-2
    clean = physics.placed(template, 100.0, 320)

    def loss(at: float) -> float:
        """Minus the log-likelihood of a start, without what does not depend on it."""
        return float(np.sum((clean - physics.placed(template, at, 320)) ** 2) / (2 * sigma**2))

    information = (loss(100 - step) - 2 * loss(100.0) + loss(100 + step)) / step**2
    bound = physics.cramer_rao(template, sigma)
    assert bound == pytest.approx(information**-0.5, rel=1e-3)
    by_bandwidth = 2 * np.pi * physics.rms_bandwidth(template) * physics.snr(template, sigma) ** 0.5
    assert bound / physics.RATE == pytest.approx(1 / by_bandwidth)


@pytest.mark.equation("eq-matched-filter")
def test_the_matched_filter_by_two_loops() -> None:
    rng = np.random.default_rng(0)
    signal, template = rng.standard_normal((9, 2)), rng.standard_normal((2, 4))
    trace = physics.matched_filter(signal, template)
    wanted = [
        sum(signal[n + k, c] * template[c, k] for c in range(2) for k in range(4)) for n in range(6)
    ]
    np.testing.assert_allclose(trace, wanted)


def test_without_noise_the_top_of_the_trace_is_the_energy_at_the_true_place() -> None:
    template = strike()
    trace = physics.matched_filter(physics.placed(template, 31.0, 200), template)
    assert np.argmax(trace) == 31
    assert trace[31] == pytest.approx(np.sum(template**2))


@settings(deadline=None, max_examples=40)
@given(st.floats(26.0, 94.0))
def test_without_noise_the_time_is_found_between_samples(at: float) -> None:
    trace = physics.matched_filter(physics.placed(strike(), at, 200), strike())
    assert physics.locate(trace) == pytest.approx(at, abs=0.003)  # 1.5 µs


@pytest.mark.parametrize("wanted", [20.0, 30.0])
def test_from_20_decibels_up_the_matched_filter_reaches_the_bound(wanted: float) -> None:
    template = strike()
    spread = np.sqrt(np.mean(errors(wanted, 1200) ** 2))
    bound = physics.cramer_rao(template, at_decibels(template, wanted))
    assert 0.93 * bound < spread < 1.1 * bound


def test_below_the_threshold_it_breaks_down() -> None:
    template = strike()
    bound = physics.cramer_rao(template, at_decibels(template, 10.0))
    assert np.sqrt(np.mean(errors(10.0, 300) ** 2)) > 20 * bound
    assert np.mean(np.abs(errors(16.0, 300)) > 6) < 0.02 < np.mean(np.abs(errors(10.0, 300)) > 6)


def test_a_plain_parabola_has_a_floor() -> None:
    template = strike()
    bound = physics.cramer_rao(template, at_decibels(template, 45.0))
    assert np.std(errors(45.0, 300, upsample=1)) > 4 * bound
    assert np.std(errors(45.0, 300, upsample=8)) < 1.2 * bound


def test_the_same_generator_draws_the_same_errors() -> None:
    first, again = errors(20.0, 5), errors(20.0, 5)
    np.testing.assert_array_equal(first, again)
    assert first.shape == (5,)


def test_a_top_at_the_edge_or_a_flat_trace_still_gives_a_place() -> None:
    assert 0.0 <= physics.locate([3.0, 2.0, 1.0, 0.0]) <= 1.0
    assert 0.0 <= physics.locate(np.zeros(10)) <= 9.0


def test_what_cannot_be_used_is_said() -> None:
    template = strike()
    with pytest.raises(ShapeError, match="template of shape"):
        physics.snr(template[0], 1.0)
    with pytest.raises(ShapeError, match="not all zero"):
        physics.rms_bandwidth(np.zeros((6, 80)))
    with pytest.raises(ShapeError, match="channels as columns"):
        physics.matched_filter(np.zeros((6, 2000)), template)
    with pytest.raises(ShapeError, match="T ≥ 80"):
        physics.matched_filter(np.zeros((79, 6)), template)
    with pytest.raises(ShapeError, match="one trace"):
        physics.locate(np.zeros((4, 4)))
    with pytest.raises(InputError, match="above 0"):
        physics.cramer_rao(template, 0.0)
    with pytest.raises(InputError, match="room for the whole"):
        physics.placed(template, 130.0, 200)
    with pytest.raises(InputError, match="draws=0"):
        physics.monte_carlo(template, 1.0, 0, np.random.default_rng(0))

"""Readings get size 1, as the training data say; and what is unlike those data is named."""

from __future__ import annotations

import json

import numpy as np
import pytest

from asctools.bells import BellFrame
from asctools.bells.highpass import HighPass
from asctools.errors import InputError, ShapeError
from asctools.events import Normaliser
from tests.asctools.events.small import readings


def windows(n: int = 12, T: int = 800) -> np.ndarray:
    return readings(n * T).reshape(n, T, 6)


def test_the_noise_of_the_training_data_gets_size_1() -> None:
    y, _ = Normaliser.fit(windows())(windows())
    assert y.dtype == np.float32 and y.shape == windows().shape
    np.testing.assert_allclose(np.median(np.abs(y), axis=(0, 1)), 0.6745, rtol=1e-2)


def test_it_is_a_high_pass_filter_and_a_scale() -> None:
    normalise = Normaliser.fit(windows())
    filtered, _ = HighPass(15.0, 2000.0)(windows()[0])
    np.testing.assert_allclose(normalise(windows()[0])[0], filtered / normalise.scale, rtol=1e-5)


def test_clicks_do_not_decide_the_scale() -> None:
    loud = windows().copy()
    loud[:, 400] += 500.0
    calm = Normaliser.fit(windows()).scale
    np.testing.assert_allclose(Normaliser.fit(loud).scale, calm, rtol=0.2)


def test_windows_and_a_list_of_the_same_are_alike() -> None:
    np.testing.assert_array_equal(
        Normaliser.fit(windows()).scale, Normaliser.fit(list(windows())).scale
    )


def test_long_recordings_are_looked_at_all_over() -> None:
    x = readings(12000).copy()
    x[8000:] *= 3.0
    whole, start = (Normaliser.fit([part]).scale for part in (x, x[:8000]))
    assert (whole > 1.1 * start).all()


def test_pieces_give_what_the_whole_gives() -> None:
    normalise = Normaliser.fit(windows())
    whole, _ = normalise(readings())
    state, parts = None, []
    for piece in np.split(readings(), [1, 7, 1000, 1003, 4500]):
        part, state = normalise(piece, state)
        parts.append(part)
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-5)


def test_it_comes_back_from_json() -> None:
    normalise = Normaliser.fit(windows(), 1000.0, 20.0)
    back = Normaliser.from_state(json.loads(json.dumps(normalise.state_dict())))
    assert (back.rate, back.highpass_hz) == (1000.0, 20.0)
    np.testing.assert_array_equal(back.scale, normalise.scale)
    assert back.looks_unlike(readings() * 9) == normalise.looks_unlike(readings() * 9) != []


@pytest.mark.parametrize(
    ("signals", "error", "said"),
    [
        ([], ShapeError, "windows, time, channels"),
        (np.zeros((0, 800, 6)), ShapeError, "windows, time, channels"),
        (np.zeros((800, 6)), ShapeError, "windows, time, channels"),
        ([np.zeros((0, 6))], ShapeError, "windows, time, channels"),
        ([np.ones((300, 6)), np.ones((300, 3))], ShapeError, r"\[3, 6\] channels"),
        (np.full((2, 300, 6), np.nan), InputError, "row 0"),
        (np.full((2, 300, 6), 9.81), InputError, r"channel \[1, 2, 3, 4, 5, 6\] stands still"),
    ],
)
def test_data_that_cannot_be_measured_are_refused(signals, error, said) -> None:
    with pytest.raises(error, match=said):
        Normaliser.fit(signals)


@pytest.mark.parametrize("shape", [(300,), (300, 5), (2, 300, 7)])
def test_other_channels_are_refused(shape) -> None:
    with pytest.raises(ShapeError, match="6 channels"):
        Normaliser.fit(windows())(np.zeros(shape))


@pytest.fixture(scope="module")
def frame() -> BellFrame:
    return BellFrame(seed=0)


@pytest.fixture(scope="module")
def heard(frame) -> Normaliser:
    return Normaliser.fit(frame.windows(120, seed=1).data)


@pytest.mark.parametrize(("seed", "method"), [(7, "plain bob"), (8, "rounds"), (9, "plain hunt")])
def test_other_recordings_of_the_same_frame_are_alike(frame, heard, seed, method) -> None:
    assert heard.looks_unlike(frame.record(40, seed=seed, method=method).signal) == []
    assert heard.looks_unlike(frame.record(3, seed=seed, method=method).signal) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_frame_is_unlike(heard, seed) -> None:
    other = BellFrame(seed=seed).record(40, seed=7).signal
    said = heard.looks_unlike(other)
    assert any("other bells" in each or "another bell frame" in each for each in said)


def test_other_units_are_unlike_by_their_factor(frame, heard) -> None:
    (said,) = heard.looks_unlike(frame.record(40, seed=7).signal / 9.81)
    assert "0.1" in said and "units" in said


def test_a_dead_and_a_loud_channel_are_named(frame, heard) -> None:
    x = frame.record(40, seed=7).signal.copy()
    x[:, 1] *= 3.0
    x[:, 4] *= 0.01
    said = heard.looks_unlike(x)[0]
    assert "2 (2.9" in said and "5 (0.0" in said and "swapped cable" in said


def test_another_rate_and_swapped_sensors_are_unlike(frame, heard) -> None:
    x = frame.record(60, seed=7).signal
    assert any("sampling rate" in each for each in heard.looks_unlike(x[::2]))
    assert any("another order" in each for each in heard.looks_unlike(x[:, [3, 4, 5, 0, 1, 2]]))


def test_nothing_is_said_without_a_measure_or_without_a_signal(heard) -> None:
    assert heard._replace(usual=None).looks_unlike(readings() * 99) == []
    assert heard.looks_unlike(readings()[:1]) == []

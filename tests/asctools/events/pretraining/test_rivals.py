"""Principal components of frames, as a measure for reconstructions."""

import numpy as np
import pytest

from asctools.events.pretraining.rivals import (
    frame_spectrum,
    unexplained_by_nats,
    unexplained_by_numbers,
)


def test_the_spectrum_is_that_of_frames() -> None:
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(20, 20))
    frames = rng.normal(size=(4000, 20)) @ mixing
    windows = frames.reshape(40, 1000, 2)
    spectrum = frame_spectrum(windows)
    _, sizes, axes = np.linalg.svd(frames, full_matrices=False)
    assert spectrum == pytest.approx(sizes**2 / 4000)
    assert spectrum.sum() == pytest.approx((frames**2).sum(1).mean())
    kept = axes[:6]
    missed = ((frames - frames @ kept.T @ kept) ** 2).sum() / (frames**2).sum()
    assert unexplained_by_numbers(spectrum, 6) == pytest.approx(missed)
    uneven = [windows[0, :995], windows[1]]
    assert len(frame_spectrum(uneven)) == 20, "a frame that is cut short does not count"


def test_nats_buy_as_much_as_water_filling_says() -> None:
    # Two axes of variance 4 and 1: down to a water of 1 only the first is told, at ln 2 nats
    spectrum = np.array([4.0, 1.0])
    assert unexplained_by_nats(spectrum, 0.0) == pytest.approx(1.0)
    assert unexplained_by_nats(spectrum, np.log(2)) == pytest.approx(2 / 5)
    assert unexplained_by_nats(spectrum, np.log(2) + np.log(4)) == pytest.approx(2 / 4 / 5)
    assert unexplained_by_nats(spectrum, 50.0) < 1e-6

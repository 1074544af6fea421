"""Another rate keeps what both rates can hold, and where it was measured."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.errors import InputError
from asctools.events.io.resampling import resample


@pytest.mark.parametrize(("rate", "to"), [(1000, 2000), (1920, 2000), (4000, 2000), (2000, 1920)])
def test_a_tone_is_the_same_tone_at_another_rate(rate, to) -> None:
    before = np.arange(rate) / rate
    new, valid = resample(
        np.sin(2 * np.pi * 60 * before)[:, None], np.ones(rate, dtype=bool), rate, to
    )
    expected = np.sin(2 * np.pi * 60 * np.arange(to) / to)
    np.testing.assert_allclose(new[100:-100, 0], expected[100:-100], atol=0.01)
    assert len(new) == to and valid.all() and new.dtype == np.float32


def test_a_tone_that_the_new_rate_cannot_hold_is_gone() -> None:
    tone = np.sin(2 * np.pi * 1500 * np.arange(4000) / 4000)[:, None]
    new, _ = resample(tone, np.ones(4000, dtype=bool), 4000, 2000)
    assert np.abs(new[100:-100]).max() < 0.05


def test_gravity_does_not_drop_at_the_ends() -> None:
    new, _ = resample(np.full((300, 1), 9.81), np.ones(300, dtype=bool), 1000, 2000)
    np.testing.assert_allclose(new, 9.81, rtol=1e-3)


def test_a_gap_stays_a_gap() -> None:
    valid = np.ones(100, dtype=bool)
    valid[40:50] = False
    _, new = resample(np.zeros((100, 1)), valid, 1000, 2000)
    assert np.flatnonzero(~new).tolist() == list(range(79, 100))


def test_rates_without_a_simple_ratio_are_refused() -> None:
    with pytest.raises(InputError, match="simple ratio"):
        resample(np.zeros((100, 1)), np.ones(100, dtype=bool), 0.5, 2000.0)

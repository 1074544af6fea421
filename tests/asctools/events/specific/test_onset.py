"""Where channels begin: on waveforms whose beginning is known between the samples."""

import numpy as np
import pytest

from asctools.bells import BellFrame
from asctools.errors import InputError, ShapeError
from asctools.events.models.specific.onset import log_likelihood, onset_delays, struck_modes

LEAD = 20


def struck(delays: np.ndarray, seed: int, length: int = 80) -> np.ndarray:
    """One event: ten modes that all channels have, each channel with gains of its own, (C, L)."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(180, 10, replace=False)
    modes = struck_modes(LEAD + delays, length)[:, :, chosen]
    return np.einsum("cnk,ck->cn", modes, rng.normal(size=(len(delays), 10)))


def test_beginnings_are_found_between_the_samples() -> None:
    rng = np.random.default_rng(0)
    middle = rng.uniform(-8, 8, (2, 2)).repeat(3, axis=1)
    true = middle + rng.uniform(-1, 1, (2, 6))
    waves = np.array([struck(each, seed) for seed, each in enumerate(true)])
    waves += 0.01 * waves.std() * rng.normal(size=waves.shape)
    errors = np.abs(onset_delays(waves) - true)
    assert np.median(errors) < 0.15
    assert np.mean(errors < 0.5) >= 0.75  # some rise too slowly for a quarter of a millisecond
    assert errors.max() < 1.5


def test_the_templates_of_a_bell_frame_begin_where_it_says() -> None:
    frame = BellFrame(0)
    loud = np.argsort(frame.snr_db())[-2:]
    found = onset_delays(frame.templates(strokes=False, length=100)[loud], blur_ms=0.0)
    errors = np.abs(found - frame.delays[loud])
    assert np.mean(errors < 0.5) >= 0.9  # a quarter of a millisecond
    assert np.abs(frame.delays[loud]).mean() > 2.0  # what one errs by who says 0


def test_neither_loudness_nor_sign_moves_a_beginning() -> None:
    waves = struck(np.array([-2.0, -1.5, -2.5, 3.0, 3.5, 2.5]), 1)[None]
    other = waves * np.array([1.0, -40.0, 0.02, -1.0, 3.0, 1.0])[:, None]
    np.testing.assert_allclose(onset_delays(other), onset_delays(waves), atol=1e-6)


def test_the_likelihood_is_highest_where_a_waveform_begins() -> None:
    places = np.arange(-3.0, 3.5, 0.5)
    modes = struck_modes(LEAD + places, 60)
    waves = struck(np.array([-1.5, 0.0, 2.0]), 2, 60)
    likely = log_likelihood(waves, modes, np.ones(modes.shape[2]))
    assert places[likely.argmax(axis=1)].tolist() == [-1.5, 0.0, 2.0]


@pytest.mark.parametrize("channels", [1, 4])
def test_channels_that_form_no_units_stand_alone(channels: int) -> None:
    true = np.linspace(-6, 6, channels)
    found = onset_delays(struck(true, 3)[None])
    np.testing.assert_allclose(found[0], true, atol=0.6)


def test_a_channel_that_hears_nothing_says_nothing() -> None:
    assert np.abs(onset_delays(np.zeros((1, 2, 60)))).max() < 1e-9


def test_what_cannot_begin_is_refused() -> None:
    with pytest.raises(ShapeError, match="expected"):
        onset_delays(np.zeros((6, 80)))
    with pytest.raises(InputError, match="longer"):
        onset_delays(np.zeros((1, 6, 30)))
    with pytest.raises(InputError, match="finite"):
        onset_delays(np.full((1, 6, 80), np.nan))

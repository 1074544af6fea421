"""How loud simulated strikes truly were: told beside the windows, and heard in them."""

import numpy as np
import pytest

from asctools.bells import BellFrame
from asctools.errors import InputError

SILENT = {"noise": False, "sway": False, "impulses": False, "clipping": False}


@pytest.fixture(scope="module")
def frame() -> BellFrame:
    return BellFrame(0, clock_skew_ppm=0.0, label_jitter_ms=0.2, **SILENT)


def test_windows_are_the_same_with_and_without_it(frame: BellFrame) -> None:
    plain = frame.windows(32, seconds=2.0, seed=4)  # one recording of a minute, and two windows
    told, loudness = frame.windows_and_loudness(32, seconds=2.0, seed=4)
    np.testing.assert_array_equal(plain.data, told.data)
    for own, other, loud in zip(plain.strikes, told.strikes, loudness, strict=True):
        np.testing.assert_array_equal(own.times, other.times)
        assert loud.shape == (own.number, 2) and (loud > 0).all()


def test_the_attack_is_as_much_louder_as_it_says(frame: BellFrame) -> None:
    windows, loudness = frame.windows_and_loudness(40, seconds=1.0, seed=1)
    attack = frame.parts[0].waves[:, :, 0]
    ratios = []
    for data, strikes, loud in zip(windows.data, windows.strikes, loudness, strict=True):
        for bell, time, stroke, (a, _) in zip(*strikes, loud, strict=True):
            alone = np.abs(strikes.times - time)
            if 200 < time < 1800 and np.sort(alone)[1] > 180 and a > 1:
                start = round(time) - frame.onset
                wave = attack[bell, stroke, :, :100]
                heard = data[start : start + 100].T
                ratios.append(np.vdot(heard, wave) / np.vdot(wave, wave) / a)
    assert len(ratios) > 20
    assert 0.75 < np.median(ratios) < 1.25
    assert np.quantile(np.abs(np.log(np.maximum(ratios, 0.1))), 0.7) < 0.45


def test_levels_decide_how_uneven_strikes_are() -> None:
    spread = {}
    for level in ("quiet", "standard"):
        _, loudness = BellFrame(0, level, **SILENT).windows_and_loudness(30, seed=2)
        spread[level] = np.log(np.concatenate(loudness)).std(axis=0)
    np.testing.assert_allclose(spread["standard"], np.hypot(0.40, 0.35), rtol=0.15)
    np.testing.assert_allclose(spread["quiet"], np.hypot(0.25, 0.20), rtol=0.15)


def test_no_window_is_refused(frame: BellFrame) -> None:
    with pytest.raises(InputError, match="windows of"):
        frame.windows_and_loudness(0)

"""Recordings cut into windows: nothing lost, nothing twice, labels where the strikes are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asctools.bells import NUM_BELLS, Recording, Strikes, Windows, cut
from asctools.errors import InputError, ShapeError


def made(n: int, strikes: Strikes | None = None) -> Recording:
    return Recording(np.arange(6 * n, dtype=np.float32).reshape(n, 6), 2000.0, strikes)


@given(n=st.integers(10, 200), length=st.integers(1, 60), step=st.integers(1, 80) | st.none())
def test_a_window_is_the_recording_from_its_start_on(n: int, length: int, step: int | None) -> None:
    whole = made(n)
    stride = length if step is None else step
    if length > n:
        with pytest.raises(InputError, match=f"a recording of {n} samples"):
            cut(whole, length, step)
        return
    windows = cut(whole, length, step)
    assert windows.number == (n - length) // stride + 1
    for k, data in enumerate(windows.data):
        assert np.array_equal(data, whole.signal[k * stride : k * stride + length])


@given(times=st.lists(st.floats(0, 99.99), max_size=30), length=st.sampled_from((10, 20, 50)))
def test_windows_side_by_side_share_the_strikes_out(times: list[float], length: int) -> None:
    strikes = Strikes.make(np.arange(len(times)) % NUM_BELLS, times)
    windows = cut(made(100, strikes), length)
    back = [k * length + part.times for k, part in enumerate(windows.strikes)]
    np.testing.assert_allclose(np.concatenate(back), strikes.times, atol=1e-9)


def test_labels_and_timings_are_a_row_per_window() -> None:
    strikes = Strikes.make([2, 0, 2, 15], [3.5, 12, 8, 0])
    windows = cut(made(20, strikes), 10)
    assert windows.labels.shape == (2, NUM_BELLS) and windows.labels.dtype == np.float32
    assert np.argwhere(windows.labels).tolist() == [[0, 2], [0, 15], [1, 0]]
    assert windows.timings[0, 2] == 3.5, "the first of two strikes of a bell"
    assert windows.timings[1, 0] == 2 and windows.timings[0, 15] == 0
    assert (windows.timings[windows.labels == 0] == 0).all()


def test_parts_and_sums() -> None:
    windows = cut(made(40, Strikes.make([1, 2], [5, 35])), 10)
    for chosen in (slice(2, 4), [2, 3], np.array([False, False, True, True])):
        part = windows.part(chosen)
        assert part.number == 2 and np.array_equal(part.data, windows.data[2:])
        assert part.strikes[1].bells.tolist() == [2]
    both = Windows.together([windows.part([3]), windows.part(slice(0, 2))])
    assert [len(one.times) for one in both.strikes] == [1, 1, 0]
    with pytest.raises(ShapeError, match="windows of one shape"):
        Windows.together([windows, cut(made(40), 20)])


def test_a_recording_says_how_long_it_is() -> None:
    assert made(3000).seconds == 1.5


@pytest.mark.parametrize(("length", "step"), [(0, None), (5, 0), (-1, 3)])
def test_windows_have_a_length_and_a_step(length: int, step: int | None) -> None:
    with pytest.raises(InputError, match="positive numbers of samples"):
        cut(made(20), length, step)

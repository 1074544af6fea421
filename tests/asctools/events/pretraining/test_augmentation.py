"""Other views of a window: what they change, and what they leave."""

import numpy as np
import pytest
import torch

from asctools.errors import InputError, ShapeError
from asctools.events.pretraining import TemporalAugmentation as A

ALL = ("jitter", "scaling", "shift", "time_mask", "channel_mask", "sensor_mask", "random_augment")


def window(length: int = 400, channels: int = 6) -> torch.Tensor:
    """Return noise around 9.81, of other loudness in each channel."""
    x = np.random.default_rng(0).normal(size=(length, channels)) * np.arange(1, channels + 1)
    return torch.from_numpy((9.81 + x).astype(np.float32))


def change(name: str, x, seed: int = 0, **settings):
    return getattr(A, name)(x, generator=torch.Generator().manual_seed(seed), **settings)


@pytest.mark.parametrize("name", ALL)
def test_a_view_is_drawn_and_leaves_the_window_alone(name: str) -> None:
    x = window()
    before = x.clone()
    one = change(name, x)
    assert one.shape == x.shape
    assert one.dtype == x.dtype
    assert torch.equal(x, before)
    assert torch.equal(one, change(name, x))
    others = [change(name, x, seed) for seed in range(1, 6)]
    assert any(not torch.equal(one, other) for other in others)
    torch.manual_seed(0)
    assert torch.equal(getattr(A, name)(x), one), "PyTorch's own generator, if none is passed"


@pytest.mark.parametrize("name", ALL)
def test_arrays_come_back_as_arrays(name: str) -> None:
    x = window().numpy()
    view = change(name, x)
    assert isinstance(view, np.ndarray)
    assert np.array_equal(view, change(name, torch.from_numpy(x)).numpy())


@pytest.mark.parametrize("name", [*ALL, "mix"])
def test_each_says_whether_it_keeps_timing_and_is_right(name: str) -> None:
    keeps = getattr(A, name).keeps_timing
    text = getattr(A, name).__doc__
    assert keeps == (name != "shift")
    assert ("Timing is lost" in text) != ("keeps timing" in text)
    click = torch.zeros(400, 6)
    click[200] = 100.0
    for seed in range(8):
        more = {"other": torch.zeros(400, 6)} if name == "mix" else {}
        view = change(name, click, seed, **more)
        loudest = view.abs().sum(1)
        if loudest.max() > 50:  # not masked
            assert (int(loudest.argmax()) == 200) == keeps or (not keeps and seed == -1)


def test_jitter_knows_how_loud_the_noise_is() -> None:
    x = window(4000)
    sway = 1000 * torch.sin(torch.arange(4000) / 300)[:, None]
    added = change("jitter", x + sway, amount=0.5) - x - sway
    assert added.std(0) == pytest.approx(0.5 * np.arange(1, 7), rel=0.15)


def test_scaling_multiplies_each_channel() -> None:
    factors = change("scaling", window()) / window()
    assert torch.allclose(factors, factors[0].expand(400, 6), rtol=1e-4)
    assert len(factors[0].unique()) == 6


def test_a_shifted_window_is_the_same_a_little_later_or_earlier() -> None:
    x = window()
    found = set()
    for seed in range(12):
        view = change("shift", x, seed, most=30)
        move = next(m for m in range(-30, 31) if torch.equal(x[100:300], view[100 + m : 300 + m]))
        found.add(move > 0)
    assert found == {True, False}


def test_a_masked_stretch_is_a_line_from_end_to_end() -> None:
    x = window()
    view = change("time_mask", x, longest=100)
    changed = (view != x).any(1).nonzero().flatten()
    assert 1 <= len(changed) <= 100
    stretch = view[int(changed[0]) : int(changed[-1]) + 1]
    assert stretch.diff(dim=0).diff(dim=0).abs().max() < 1e-4
    assert stretch.min() > 9.81 - 30, "no step to 0 that the readings never make"
    assert change("time_mask", x[:1]).shape == (1, 6)


def test_masked_channels_stand_still() -> None:
    x = window()
    still = (change("channel_mask", x, number=2).diff(dim=0) == 0).all(0)
    assert still.sum() == 2
    for silent, half in ((0, slice(0, 3)), (1, slice(3, 6))):
        view = A.sensor_mask(x, silent)
        assert (view[:, half].diff(dim=0) == 0).all()
        other = slice(3, 6) if silent == 0 else slice(0, 3)
        assert torch.equal(view[:, other], x[:, other])


def test_both_windows_are_heard_in_a_mix() -> None:
    x, other = window(), torch.zeros(400, 6)
    other[50] = 40.0
    added = change("mix", x, other=other) - x
    assert int(added.sum(1).argmax()) == 50
    assert 0 < added[50, 0] <= 20


def test_what_is_no_window_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"\(2, 5, 6\) as a window"):
        A.jitter(torch.zeros(2, 5, 6))
    with pytest.raises(ShapeError, match="int64"):
        A.shift(torch.zeros(5, 6, dtype=torch.int64))
    with pytest.raises(InputError, match="number=6 for 6 channels"):
        A.channel_mask(window(), 6)
    with pytest.raises(InputError, match="silent=5"):
        A.sensor_mask(window(), 5)
    with pytest.raises(InputError, match="amount=nan"):
        A.jitter(window(), float("nan"))
    with pytest.raises(InputError, match=r"longest=0\.2"):
        A.time_mask(window(), 0.2)
    with pytest.raises(InputError, match="most=-5"):
        A.shift(window(), -5)
    with pytest.raises(ShapeError, match="two sensors"):
        A.sensor_mask(window(channels=1))
    with pytest.raises(ShapeError, match="one shape"):
        A.mix(window(), window(300))

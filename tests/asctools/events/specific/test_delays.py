"""Delays by fractions of a sample, and the way of a gradient to them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.events.models.specific.delays import delayed, fast_size, within


def bump(at: torch.Tensor, length: int = 60) -> torch.Tensor:
    """A smooth wave in the middle of ``length`` samples, moved by ``at``: known between samples."""
    time = torch.arange(length, dtype=torch.float64) - length / 2 - at[..., None]
    return torch.exp(-0.5 * (time / 3) ** 2) * torch.cos(0.9 * time)


@pytest.mark.equation("eq-onset-delay")
def test_a_delay_moves_a_waveform_that_is_known_between_the_samples() -> None:
    at = torch.tensor([0.0, 3.0, 0.4, -2.75, 9.3], dtype=torch.float64)
    moved = delayed(bump(torch.zeros(1, dtype=torch.float64)), at)
    torch.testing.assert_close(moved, bump(at), rtol=0, atol=1e-6)


@pytest.mark.equation("eq-onset-delay")
def test_room_keeps_what_would_leave() -> None:
    waveform = torch.arange(1.0, 5.0, dtype=torch.float64)
    moved = delayed(waveform, torch.tensor(2.0, dtype=torch.float64), room=3)
    assert moved.round(decimals=9).tolist() == [0, 0, 0, 0, 0, 1, 2, 3, 4, 0]
    cut = delayed(waveform, torch.tensor(2.0, dtype=torch.float64))
    assert cut.round(decimals=9).tolist() == [0, 0, 1, 2]


@pytest.mark.equation("eq-onset-delay")
def test_the_gradient_of_a_delay_is_that_of_central_differences() -> None:
    rng = torch.Generator().manual_seed(0)
    waveforms = torch.randn(2, 9, dtype=torch.float64, generator=rng, requires_grad=True)
    delays = torch.tensor([0.3, -1.6], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda w, d: delayed(w, d, 2), (waveforms, delays))


@given(st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=20, deadline=None)
def test_two_delays_are_their_sum(first: float, second: float) -> None:
    start = bump(torch.zeros(1, dtype=torch.float64))
    one, two = (torch.tensor(value, dtype=torch.float64) for value in (first, second))
    both = delayed(delayed(start, one), two)
    torch.testing.assert_close(both, delayed(start, one + two), rtol=0, atol=1e-6)


def test_a_delay_outside_is_cut_and_can_come_back() -> None:
    delays = torch.tensor([-14.0, 3.0, 11.0], requires_grad=True)
    cut = within(delays, 10.0)
    assert cut.tolist() == [-10.0, 3.0, 10.0]
    cut.sum().backward()
    assert delays.grad is not None
    assert delays.grad.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("least", [1, 2, 97, 4001, 4096, 4631])
def test_a_fast_size_is_even_enough_and_has_small_factors(least: int) -> None:
    size = fast_size(least)
    assert size >= least
    assert size % 2 == 0
    assert size < 1.2 * least + 2
    assert np.gcd(size, 30**12) == size

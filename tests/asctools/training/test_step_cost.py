"""The cost of a step on paper: each formula against a second way, and what it must not take."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asctools.errors import InputError
from asctools.training.step_cost import (
    all_reduce_seconds,
    best_size,
    gradient_bytes,
    speed_up,
    step_seconds,
)

SIZES = st.integers(1, 64)
SECONDS = st.floats(1e-6, 10.0)


def ring(size: int, num_bytes: float, bandwidth: float, latency: float) -> float:
    """Count the time of an all-reduce round by round, moving the pieces."""
    pieces = [[{(owner, piece)} for piece in range(size)] for owner in range(size)]
    clock = 0.0
    for reduces in (True, False):
        for step in range(size - 1):
            sent = []
            for owner in range(size):
                piece = (owner - step + (not reduces)) % size
                sent.append(((owner + 1) % size, piece, set(pieces[owner][piece])))
            for neighbour, piece, content in sent:
                pieces[neighbour][piece] |= content
            clock += latency + num_bytes / size / bandwidth  # all send at the same time
    whole = [{(owner, piece) for owner in range(size)} for piece in range(size)]
    assert all(row == whole for row in pieces)  # everybody holds every sum
    return clock


@pytest.mark.equation("eq-all-reduce")
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_an_all_reduce_takes_as_long_as_a_ring_that_moves_its_pieces(size: int) -> None:
    cost = (40e6, 1.25e9, 50e-6)
    assert all_reduce_seconds(size, *cost) == pytest.approx(ring(size, *cost), rel=1e-12)


@pytest.mark.equation("eq-all-reduce")
def test_two_processes_send_the_gradient_once_and_many_twice() -> None:
    assert all_reduce_seconds(2, 1e9, 1e9, 0.0) == pytest.approx(1.0)
    assert all_reduce_seconds(1000, 1e9, 1e9, 0.0) == pytest.approx(1.998)
    assert all_reduce_seconds(1000, 0.0, 1e9, 1e-3) == pytest.approx(1.998)


@pytest.mark.equation("eq-speed-up")
@given(size=SIZES, alone=SECONDS, divisible=SECONDS, talk=SECONDS)
def test_the_speed_up_compares_two_clocks(
    size: int, alone: float, divisible: float, talk: float
) -> None:
    """Second way: the clock of each process, run by hand."""
    one = alone + divisible
    several = max(alone + divisible * (1 / size) for _ in range(size)) + talk
    assert speed_up(size, alone, divisible, talk) == pytest.approx(one / several, rel=1e-9)


@pytest.mark.equation("eq-speed-up")
def test_the_speed_up_is_amdahls_law_if_talking_costs_nothing() -> None:
    fraction = 0.9  # of the work can be divided
    for size in (1, 2, 10, 10_000):
        amdahl = 1 / ((1 - fraction) + fraction / size)
        assert speed_up(size, 1 - fraction, fraction) == pytest.approx(amdahl, rel=1e-12)
    assert speed_up(10_000, 0.1, 0.9) < 10.0
    assert speed_up(2, 0.0, 1.0) == 2.0
    assert speed_up(2, 1.0, 0.0) == 1.0
    assert speed_up(2, 0.0, 1.0, 1.0) < 1.0  # two can be slower than one


@given(alone=SECONDS, divisible=SECONDS, latency=st.floats(0.0, 1e-2))
def test_the_best_size_is_better_than_its_neighbours(
    alone: float, divisible: float, latency: float
) -> None:
    cost = (4e6, 1e9, latency)
    best = best_size(alone, divisible, *cost, most=128)

    def seconds(size: int) -> float:
        return step_seconds(size, alone, divisible, all_reduce_seconds(size, *cost))

    near = [size for size in (best - 1, best + 1, 1, 128) if 1 <= size <= 128]
    assert all(seconds(best) <= seconds(size) for size in near)


def test_sizes_of_gradients() -> None:
    assert gradient_bytes(1_000_000) == 4_000_000
    assert gradient_bytes(1_000_000, 2) == 2_000_000


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: all_reduce_seconds(0, 1.0, 1.0, 0.0), "size=0"),
        (lambda: all_reduce_seconds(2, -1.0, 1.0, 0.0), "num_bytes=-1.0"),
        (lambda: all_reduce_seconds(2, 1.0, 0.0, 0.0), "bandwidth=0.0"),
        (lambda: all_reduce_seconds(2, 1.0, math.nan, 0.0), "bandwidth=nan"),
        (lambda: all_reduce_seconds(2, 1.0, 1.0, math.inf), "latency=inf"),
        (lambda: step_seconds(2, -0.1, 1.0), "alone=-0.1"),
        (lambda: speed_up(0, 0.1, 1.0), "size=0"),
        (lambda: best_size(0.1, 1.0, 1.0, 1.0, 0.0, most=0), "most=0"),
        (lambda: gradient_bytes(0), "num_parameters=0"),
    ],
)
def test_what_costs_nothing_sensible_is_refused(call, named: str) -> None:
    with pytest.raises(InputError, match=f"^Got {named}, expected a number"):
        call()

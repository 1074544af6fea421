"""The price of observing, against a step that is timed event by event."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asctools.errors import InputError
from asctools.eventlog.cost import overhead

TOLD = {"step": 4, "gate": 200, "weight": 10}
COST = {"step": 2e-5, "gate": 1e-5, "weight": 5e-5}


@pytest.mark.equation("eq-overhead")
def test_the_share_by_which_a_step_grows() -> None:
    bare = seconds = 0.0067
    for kind, n in TOLD.items():
        for _ in range(n):
            seconds += COST[kind]
    assert overhead(TOLD, COST, bare) == pytest.approx(seconds / bare - 1, rel=1e-9)


@pytest.mark.equation("eq-overhead")
@given(
    n=st.integers(0, 1000),
    c=st.floats(0, 1e-2),
    step=st.floats(1e-4, 1.0),
    every=st.integers(1, 100),
)
def test_telling_every_so_often_costs_so_much_less(
    n: int, c: float, step: float, every: int
) -> None:
    always, sometimes = (overhead({"gate": k}, {"gate": c}, step) for k in (n, n / every))
    assert sometimes == pytest.approx(always / every)
    assert overhead({"gate": n}, {"gate": c}, 2 * step) == pytest.approx(always / 2)
    assert always >= 0.0


def test_nothing_told_costs_nothing() -> None:
    assert overhead({}, COST, 0.01) == 0
    assert overhead({"gate": 0}, COST, 0.01) == 0


@pytest.mark.parametrize(
    ("told", "cost", "step", "says"),
    [
        ({"gate": 1}, {"step": 1e-5}, 0.01, "no cost of 'gate'"),
        ({"gate": -1}, COST, 0.01, "told"),
        ({"gate": 1}, {"gate": math.nan}, 0.01, "cost"),
        ({"gate": 1}, {"gate": None}, 0.01, "cost"),
        (TOLD, COST, 0.0, "step=0"),
        (TOLD, COST, -1.0, "step=-1.0"),
    ],
)
def test_what_cannot_be_is_refused(told: dict, cost: dict, step: float, says: str) -> None:
    with pytest.raises(InputError, match="expected") as caught:
        overhead(told, cost, step)
    assert says in str(caught.value)

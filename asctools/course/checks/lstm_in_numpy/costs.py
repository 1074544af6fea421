"""The exercise with a pencil: what a step costs, what it keeps, and how far to wiggle."""

from __future__ import annotations

from typing import NamedTuple

from asctools.course.checks.lstm_in_numpy.draws import field_is
from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

H, B, T = 128, 32, 100
WIDE = H + 65  # of [h, x]
BYTES = 4  # of a float32
MEGA = 1e6
ROUNDING = 6e-8  # a float32 near 1 is off by at most this


class Costs(NamedTuple):
    """Multiplications in a step, megabytes kept by T steps, the best step of a difference."""

    products: float
    megabytes: float
    epsilon: float


def _kept(arrays: int, size: int = BYTES, days: int = T, rows: int = B) -> float:
    """Count the megabytes of h_x and of so many arrays of one number per unit."""
    return days * rows * (WIDE + arrays * H) * size / MEGA


COSTS = Exercise(
    id="lstm-in-numpy/costs",
    kind="Pencil",
    level=2,
    minutes=15,
    task="the three numbers products, megabytes, epsilon, as a dict or in this order",
    cases=once,
    # eight arrays, but c_prev is the c of the step before: six beside h_x are new
    reference=lambda: Costs(B * 4 * H * WIDE, _kept(6), (3 * ROUNDING) ** (1 / 3)),
    tolerance=Tolerance(relative=0.003, absolute=0.0),
    mistakes=(
        Mistake(
            "one gate",
            "`products` counts one gate. The cell has four of them, and each has a matrix.",
            detect=field_is(Costs, "products", B * H * WIDE, off=1e-4),
        ),
        Mistake(
            "one sequence",
            "`products` counts one sequence. Every row of the batch is multiplied with the same "
            "weights, and each has to be.",
            detect=field_is(Costs, "products", 4 * H * WIDE, off=1e-4),
        ),
        Mistake(
            "h alone",
            "`products` leaves x out. What stands beside the old h in `h_x`, and how wide is it?",
            detect=field_is(Costs, "products", B * 4 * H * H, B * 4 * H * (H + 1), off=1e-4),
        ),
        Mistake(
            "c twice",
            "`megabytes` counts an array twice. Look at the loop in `forward`: which array of "
            "today's step is one that yesterday's step has kept already?",
            detect=field_is(Costs, "megabytes", _kept(7)),
        ),
        Mistake(
            "eight bytes",
            "`megabytes` is right for float64. How many bytes does a float32 have?",
            detect=field_is(Costs, "megabytes", _kept(6, 8), _kept(7, 8)),
        ),
        Mistake(
            "one step kept",
            "`megabytes` is what one step keeps. The way back begins when the last of the hundred "
            "is done; may any of them be gone by then?",
            detect=field_is(Costs, "megabytes", _kept(6, days=1), _kept(7, days=1)),
        ),
        Mistake(
            "other units",
            "`megabytes` has the right digits and another unit. A megabyte is a million bytes.",
            detect=field_is(Costs, "megabytes", _kept(6) * MEGA, _kept(6) * 1000, _kept(6) / BYTES),
        ),
        Mistake(
            "epsilon for float64",
            "`epsilon` would suit a float64. There the rounding is smaller by half a billion, so "
            "that one may come closer.",
            detect=field_is(Costs, "epsilon", (3 * 1.1e-16) ** (1 / 3), 1e-5, 1e-6, off=0.3),
        ),
        Mistake(
            "square root",
            "`epsilon` is a square root. Where the two parts of the error have opposite slopes, "
            "ε comes with a higher power.",
            detect=field_is(Costs, "epsilon", ROUNDING**0.5, (3 * ROUNDING) ** 0.5, off=0.02),
        ),
        Mistake(
            "parts made equal",
            "`epsilon` makes the two parts of the error equal. That is near, but the sum is "
            "smallest where one falls as fast as the other rises.",
            detect=field_is(Costs, "epsilon", (6 * ROUNDING) ** (1 / 3), off=0.01),
        ),
    ),
    value_hint="Write down the shape of each array first, with its name beside it.",
    closing="Three million multiplications, and every step keeps all its wires. And in float32 a "
    "difference is good for hardly more than four digits: check gradients in float64.",
)

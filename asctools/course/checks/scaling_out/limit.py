"""The exercise on what two processes tell of a hundred."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

TWO = 1.6  # the speed-up that was measured with two processes
WANTED = 3.0


class Limit(NamedTuple):
    """The share that nobody divides, the limit, eight processes, and how many are needed."""

    share: float
    limit: float
    eight: float
    needed: float


def _limit(share: float) -> Limit:
    def times(size: int) -> float:
        return 1 / (share + (1 - share) / size)

    needed = next((size for size in range(1, 1000) if times(size) >= WANTED - 1e-9), 0)
    return Limit(share, 1 / share, times(8), needed)


RIGHT = _limit(2 / TWO - 1)


def _answer(**changed: float) -> Callable[[], Limit]:
    return lambda: RIGHT._replace(**changed)


LIMIT = Exercise(
    id="scaling-out/limit",
    kind="Pencil",
    level=2,
    minutes=12,
    task="four numbers: share, limit, eight, needed",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=6e-3),
    mistakes=(
        Mistake(
            "what two processes lack",
            "You take for `share` what the two processes lack of twice the speed. Put it into the "
            "equation: it does not give the speed-up that was measured.",
            lambda: _limit(1 - TWO / 2),
        ),
        Mistake(
            "the divided share",
            "`share` is the part that *is* divided. The other part sets the limit.",
            (lambda: _limit(1 - RIGHT.share), _answer(share=1 - RIGHT.share)),
        ),
        Mistake(
            "doubling",
            "In `eight` you let every doubling bring what the first one brought. Each doubling "
            "divides a smaller rest.",
            _answer(eight=TWO**3),
        ),
        Mistake(
            "in proportion",
            "In `eight` you give each process what the second one brought. Each further one brings "
            "less.",
            _answer(eight=1 + 7 * (TWO - 1)),
        ),
        Mistake(
            "one too few",
            "`needed` is one too small: with that many the speed-up is still below 3.",
            _answer(needed=RIGHT.needed - 1),
        ),
        Mistake(
            "no limit",
            "Beyond all numbers of processes the divided part takes no time, and the other part "
            "takes all of it. So there is a limit.",
            _answer(limit=float("inf")),
        ),
    ),
    shape_hint="Four numbers: share, limit, eight, needed.",
    value_hint="Let a step on one process take the time 1, and write down what it takes on two.",
    closing="One measurement with two processes is worth a page of plans for a hundred.",
)

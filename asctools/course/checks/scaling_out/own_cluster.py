"""The exercise on a training of the reader's own, on as many machines as pay."""

from __future__ import annotations

import math
from typing import NamedTuple

from asctools.course.checks.plans import plan_of
from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

GIVEN = ("parameters", "alone", "divisible", "bandwidth", "latency")
FOUND = ("size", "speed_up")
MOST = 1024  # sizes that are looked at


class Cluster(NamedTuple):
    """What holds of a plan; each is 1 or 0."""

    possible: int
    in_seconds: int
    adds_up: int
    pays: int
    best: int


def _times(plan: dict[str, float], size: int) -> float:
    """Return the speed-up that follows from a plan."""
    piece = 4 * plan["parameters"] / size / plan["bandwidth"]
    together = 2 * (size - 1) * (plan["latency"] + piece)
    one = plan["alone"] + plan["divisible"]
    return one / (plan["alone"] + plan["divisible"] / size + together)


def _judged(plan: dict[str, float]) -> Cluster:
    positive = all(math.isfinite(plan[name]) and plan[name] > 0 for name in (*GIVEN, *FOUND))
    size = int(plan["size"]) if positive else 0
    if not positive or size != plan["size"] or size > MOST:
        return Cluster(0, 0, 0, 0, 0)
    if plan["latency"] > 0.1 or plan["alone"] + plan["divisible"] > 600:
        return Cluster(1, 0, 0, 0, 0)
    own = _times(plan, size)
    adds_up = abs(plan["speed_up"] - own) <= 0.01 * own
    best = max(_times(plan, each) for each in range(1, MOST + 1))
    return Cluster(1, 1, int(adds_up), int(size > 1 and own > 1.2), int(own >= 0.999 * best))


OWN_CLUSTER = Exercise(
    id="scaling-out/own-cluster",
    kind="Open",
    level=3,
    minutes=30,
    task=f"a dictionary with {', '.join((*GIVEN, *FOUND))}",
    cases=once,
    reference=lambda: Cluster(1, 1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=plan_of((*GIVEN, *FOUND), _judged, others=True),
    mistakes=(
        Mistake(
            "an impossible number",
            "Some number cannot be: all are above zero, and `size` is a whole number.",
            detect=first_no(Cluster, "possible"),
        ),
        Mistake(
            "milliseconds",
            "A message that is a tenth of a second under way, or a step of ten minutes? Give all "
            "times in seconds.",
            detect=first_no(Cluster, "in_seconds"),
        ),
        Mistake(
            "does not add up",
            "`speed_up` does not follow from your other numbers. The bandwidth is in bytes a "
            "second, and a weight has four bytes.",
            detect=first_no(Cluster, "adds_up"),
        ),
        Mistake(
            "does not pay",
            "It adds up, but several machines gain you next to nothing. A true result! The "
            "exercise ends with a plan that pays: what would have to change?",
            detect=first_no(Cluster, "pays"),
        ),
        Mistake(
            "not the best size",
            "It pays. Another number of machines is better still: try a few.",
            detect=first_no(Cluster, "best"),
        ),
    ),
    shape_hint=f"A dictionary with {', '.join((*GIVEN, *FOUND))}.",
    value_hint="Begin with a measured step of one process.",
    closing="Keep the plan. When the machines are there, the first measured step judges it.",
)

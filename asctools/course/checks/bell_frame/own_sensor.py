"""The exercise on a sensor of the reader's own, and how well it can time anything."""

from __future__ import annotations

import math
from typing import NamedTuple

from asctools.course.checks.plans import plan_of
from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

WANTED = ("rate", "energy", "sigma", "bandwidth", "bound_ms", "needed_ms")
THRESHOLD_DB = 13.0


class Sensor(NamedTuple):
    """What holds of a sensor and its plan; each is 1 or 0."""

    possible: int
    sampled_enough: int
    adds_up: int
    above_threshold: int
    good_enough: int


def _judged(given: dict[str, float]) -> Sensor:
    if not all(math.isfinite(given[name]) and given[name] > 0 for name in WANTED):
        return Sensor(0, 0, 0, 0, 0)
    snr = given["energy"] / given["sigma"] ** 2
    bound = 1e3 / (2 * math.pi * given["bandwidth"] * math.sqrt(snr))
    return Sensor(
        1,
        int(given["bandwidth"] < given["rate"] / 2),
        int(abs(given["bound_ms"] - bound) <= 0.02 * bound),
        int(10 * math.log10(snr) >= THRESHOLD_DB),
        int(given["needed_ms"] >= 2 * given["bound_ms"]),
    )


OWN_SENSOR = Exercise(
    id="bell-frame/own-sensor",
    kind="Open",
    level=3,
    minutes=30,
    task=f"a dictionary with {', '.join(WANTED)}",
    cases=once,
    reference=lambda: Sensor(1, 1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=plan_of(WANTED, _judged),
    mistakes=(
        Mistake(
            "not possible",
            "All six are finite numbers above 0.",
            detect=first_no(Sensor, "possible"),
        ),
        Mistake(
            "sampled too slowly",
            "A sensor sees nothing above half of its sampling rate. Your bandwidth lies there.",
            detect=first_no(Sensor, "sampled_enough"),
        ),
        Mistake(
            "does not add up",
            "`bound_ms` does not follow from energy, noise and bandwidth. Noise is a standard "
            "deviation, the bandwidth is in hertz, the bound in milliseconds.",
            detect=first_no(Sensor, "adds_up"),
        ),
        Mistake(
            "below the threshold",
            "It adds up, but at less than 13 dB no method reaches the bound: the largest peak is "
            "often another one. A true result! The exercise ends with a plan that works: more "
            "channels, a quieter sensor, or a place nearer to the source?",
            detect=first_no(Sensor, "above_threshold"),
        ),
        Mistake(
            "too fine a wish",
            "You need what is finer than twice the bound. Nobody gets much closer to it than that "
            "in practice: other strikes, tails and knocks are not in the equation.",
            detect=first_no(Sensor, "good_enough"),
        ),
    ),
    shape_hint=f"A dictionary with {', '.join(WANTED)}.",
    value_hint="Cut out one event, and a second of silence. Both are all that you need.",
    closing="Now you know before any training what to hope for. Write it on the first page.",
)

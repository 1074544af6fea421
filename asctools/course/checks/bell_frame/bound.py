"""The exercise on how well a strike can be timed, by pencil."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

ENERGY, SIGMA, BANDWIDTH = 600.0, 2.0, 250.0  # over six channels; of the noise; Hz


class Bound(NamedTuple):
    """A ratio, the same in decibels, and three bounds in milliseconds."""

    snr: float
    decibels: float
    sd: float
    softer: float
    one_channel: float


def _bound(snr: float, *, decade: float = 10.0, scale: float = 2 * math.pi) -> Bound:
    """Return what follows from a signal-to-noise ratio."""
    sd = 1e3 / (scale * BANDWIDTH * math.sqrt(snr))
    return Bound(snr, decade * math.log10(snr), sd, 2 * sd, sd * math.sqrt(6))


RIGHT = _bound(ENERGY / SIGMA**2)


def _answer(**changed: float) -> Callable[[], Bound]:
    return lambda: RIGHT._replace(**changed)


BOUND = Exercise(
    id="bell-frame/bound",
    kind="Pencil",
    level=1,
    minutes=10,
    task="five numbers: snr, decibels, sd, softer, one_channel",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=6e-3),
    mistakes=(
        Mistake(
            "noise not squared",
            "You divide by the standard deviation of the noise. Energy is a sum of squares, so "
            "divide by the variance.",
            lambda: _bound(ENERGY / SIGMA),
        ),
        Mistake(
            "twenty for ten",
            "`decibels` takes 20 times the logarithm. That is for a ratio of amplitudes; this one "
            "is of energies.",
            lambda: _bound(RIGHT.snr, decade=20.0),
        ),
        Mistake(
            "no circle",
            "The bandwidth is in hertz. A slope in seconds needs $2\\pi$ with it.",
            lambda: _bound(RIGHT.snr, scale=1.0),
        ),
        Mistake(
            "half the energy",
            "In `softer` you halve the energy. A shape of half the height has a quarter of it.",
            _answer(softer=RIGHT.sd * math.sqrt(2)),
        ),
        Mistake(
            "a quarter twice",
            "In `softer` the energy is a quarter, and the bound goes with the *root* of it.",
            _answer(softer=4 * RIGHT.sd),
        ),
        Mistake(
            "six times worse",
            "In `one_channel` the energy is a sixth. The bound goes with the root of the energy.",
            _answer(one_channel=6 * RIGHT.sd),
        ),
        Mistake(
            "in seconds",
            "The bounds are right in seconds. They are asked for in milliseconds.",
            lambda: Bound(*RIGHT[:2], *(each / 1e3 for each in RIGHT[2:])),
        ),
    ),
    shape_hint="Five numbers: snr, decibels, sd, softer, one_channel.",
    value_hint="First the ratio of the energy to the variance; everything else follows from it.",
    closing="Twice as soft is twice as uncertain. And five milliseconds are a long time.",
)

"""The exercise on what a template bank costs, by pencil."""

from __future__ import annotations

import math
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

EVENTS, CHANNELS, LENGTH, SAMPLES, SIZE = 16, 6, 600, 4000, 8192
MILLION = 1e6


class Cost(NamedTuple):
    """Weights, millions of products in two ways, how many times less, and the growth to 64."""

    weights: float
    direct: float
    fourier: float
    times: float
    growth: float


def _fourier(events: int = EVENTS, back: int | None = None) -> float:
    """Millions of products: transforms there and back, and the products of spectra in between."""
    transforms = CHANNELS + (events if back is None else back)
    between = events * CHANNELS * (SIZE // 2) * 4
    return (transforms * SIZE * math.log2(SIZE) + between) / MILLION


DIRECT = SAMPLES * EVENTS * CHANNELS * LENGTH / MILLION
WEIGHTS = EVENTS * CHANNELS * LENGTH + EVENTS * CHANNELS
RIGHT = Cost(WEIGHTS, DIRECT, _fourier(), DIRECT / _fourier(), _fourier(64) / _fourier())


def _with_fourier(fourier: float, larger: float) -> Cost:
    return RIGHT._replace(fourier=fourier, times=DIRECT / fourier, growth=larger / fourier)


def _each_pair() -> Cost:
    """Transform every pair of event and channel back, and add up afterwards."""
    return _with_fourier(_fourier(back=EVENTS * CHANNELS), _fourier(64, back=64 * CHANNELS))


def _each_template() -> Cost:
    """Transform the signal once for each event."""
    forth = (EVENTS - 1) * CHANNELS * SIZE * math.log2(SIZE) / MILLION
    more = (64 - 1) * CHANNELS * SIZE * math.log2(SIZE) / MILLION
    return _with_fourier(_fourier() + forth, _fourier(64) + more)


def _only_transforms() -> Cost:
    per = SIZE * math.log2(SIZE) / MILLION
    return _with_fourier((CHANNELS + EVENTS) * per, (CHANNELS + 64) * per)


COST = Exercise(
    id="event-specific/cost",
    kind="Pencil",
    level=1,
    minutes=12,
    task="five numbers: weights, direct, fourier, times, growth",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=5e-4),
    mistakes=(
        Mistake(
            "without delays",
            "`weights` has the templates alone. Each of them has an onset delay as well.",
            lambda: RIGHT._replace(weights=WEIGHTS - EVENTS * CHANNELS),
        ),
        Mistake(
            "a loop over events",
            "You transform the signal anew for each event. It is the same signal: once per channel "
            "is enough.",
            _each_template,
        ),
        Mistake(
            "a way back for each channel",
            "You transform every channel of every event back. Sums may be taken before the way "
            "back: one per event.",
            _each_pair,
        ),
        Mistake(
            "nothing in between",
            "You count the transforms alone. Between them the spectra are multiplied, channel by "
            "channel and event by event.",
            _only_transforms,
        ),
        Mistake(
            "four times",
            "`growth` is four. A part of the work is done once, however many events there are.",
            lambda: RIGHT._replace(growth=4.0),
        ),
        Mistake(
            "not in millions",
            "`direct` and `fourier` are asked for in millions.",
            lambda: RIGHT._replace(direct=DIRECT * MILLION, fourier=_fourier() * MILLION),
        ),
    ),
    shape_hint="Five numbers: weights, direct, fourier, times, growth.",
    value_hint="Directly: one product for each sample, event, channel and sample of a template.",
    closing="Written as sums of products over all events, nothing has to loop, and the price of "
    "another event is less than that of the first.",
)

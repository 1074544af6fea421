"""The exercise on a schedule that warms up before it cools down."""

from __future__ import annotations

import math

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake


def _right(epoch: int, warm: int, total: int, rate: float, least: float) -> float:
    if epoch <= warm:
        return rate * epoch / warm
    done = (epoch - warm) / (total - warm)
    return least + (rate - least) * (1 + math.cos(math.pi * done)) / 2


def _cold_start(epoch: int, warm: int, total: int, rate: float, least: float) -> float:
    """Begin with no rate at all, and reach the full one an epoch late."""
    return _right(epoch, warm, total, rate, least) if epoch > warm else rate * (epoch - 1) / warm


def _unmoved(epoch: int, warm: int, total: int, rate: float, least: float) -> float:
    """Let the cosine begin with the first epoch."""
    if epoch <= warm:
        return rate * epoch / warm
    return least + (rate - least) * (1 + math.cos(math.pi * epoch / total)) / 2


def _whole_wave(epoch: int, warm: int, total: int, rate: float, least: float) -> float:
    if epoch <= warm:
        return rate * epoch / warm
    done = (epoch - warm) / (total - warm)
    return least + (rate - least) * (1 + math.cos(2 * math.pi * done)) / 2


def _no_floor(epoch: int, warm: int, total: int, rate: float, least: float) -> float:
    return _right(epoch, warm, total, rate, 0.0)


def _raised(epoch: int, warm: int, total: int, rate: float, least: float) -> float:
    """Add the floor without making the wave smaller."""
    if epoch <= warm:
        return rate * epoch / warm
    done = (epoch - warm) / (total - warm)
    return least + rate * (1 + math.cos(math.pi * done)) / 2


def _degrees(epoch: int, warm: int, total: int, rate: float, least: float) -> float:
    if epoch <= warm:
        return rate * epoch / warm
    done = (epoch - warm) / (total - warm)
    return least + (rate - least) * (1 + math.cos(180 * done)) / 2


def _cases(rng: np.random.Generator) -> list[Case]:
    warm, more = int(rng.integers(3, 7)), int(rng.integers(9, 30))
    total = warm + more
    rate, least = float(rng.uniform(1e-3, 1e-2)), float(rng.uniform(1e-5, 1e-4))
    middle = warm + int(rng.integers(2, more - 1))
    return [
        Case("in the first epoch", (1, warm, total, rate, least)),
        Case("at the end of the warm-up", (warm, warm, total, rate, least)),
        Case("right after it", (warm + 1, warm, total, rate, least)),
        Case("on the way down", (middle, warm, total, rate, least)),
        Case("in the last epoch", (total, warm, total, rate, least)),
    ]


WARMING = Exercise(
    id="training-loop/warming",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_rate(epoch, warm, total, rate, least) that returns one number",
    parameters=("epoch", "warm", "total", "rate", "least"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "an epoch for nothing",
            "In the first epoch your rate is 0: it passes over the data and learns nothing. Epochs "
            "count from 1.",
            _cold_start,
        ),
        Mistake(
            "the cosine has begun already",
            "Your rate jumps when the warm-up ends. The cosine begins there, and not with the "
            "first epoch.",
            _unmoved,
        ),
        Mistake(
            "down and up again",
            "Your rate ends where it began to fall. Half a wave leads from the top to the bottom.",
            _whole_wave,
        ),
        Mistake(
            "no floor",
            "Your rate falls to 0. It should end at `least`.",
            _no_floor,
        ),
        Mistake(
            "above the top",
            "Your rate begins to fall from more than `rate`. What falls is only what lies above "
            "`least`.",
            _raised,
        ),
        Mistake(
            "degrees",
            "The cosine of your program takes radians: half a wave is π.",
            _degrees,
        ),
    ),
    shape_hint="One number, the rate of that epoch.",
    value_hint="Which rates are certain: in epoch 1, in epoch `warm`, in epoch `total`?",
    closing="Adam's averages are empty at first. Small steps give them time to fill.",
)

"""The exercise on a random number through which gradients pass."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake


class Drawn(NamedTuple):
    """A latent, and its slopes for the mean and for the logarithm of the variance."""

    z: float
    d_mean: float
    d_log_variance: float


def _right(mean: float, log_variance: float, noise: float) -> Drawn:
    spread = math.exp(log_variance / 2)
    return Drawn(mean + spread * noise, 1.0, 0.5 * spread * noise)


def _variance_as_spread(mean: float, log_variance: float, noise: float) -> Drawn:
    spread = math.exp(log_variance)
    return Drawn(mean + spread * noise, 1.0, spread * noise)


def _not_raised(mean: float, log_variance: float, noise: float) -> Drawn:
    return Drawn(mean + log_variance * noise, 1.0, noise)


def _slope(slope: Callable[[float, float], float]) -> Callable[..., Drawn]:
    def made(mean: float, log_variance: float, noise: float) -> Drawn:
        spread = math.exp(log_variance / 2)
        return _right(mean, log_variance, noise)._replace(d_log_variance=slope(spread, noise))

    return made


def _mean_times_noise(mean: float, log_variance: float, noise: float) -> Drawn:
    spread = math.exp(log_variance / 2)
    return Drawn(mean * noise + spread, noise, 0.5 * spread)


def _no_mean_slope(mean: float, log_variance: float, noise: float) -> Drawn:
    return _right(mean, log_variance, noise)._replace(d_mean=mean)


def _cases(rng: np.random.Generator) -> list[Case]:
    def drawn() -> tuple[float, float, float]:
        mean, log_variance, noise = rng.normal(0, 1.2, 3)
        return round(float(mean), 2), round(float(log_variance), 2), round(float(noise), 2)

    return [
        Case("for a spread above 1", (0.8, 1.2, -1.5)),
        Case("for any spread", drawn()),
        Case("where the spread is small", (-0.4, -4.0, round(float(rng.normal(1.5, 0.2)), 2))),
        Case("where the noise is 0", (round(float(rng.normal(0, 2)), 2), 1.5, 0.0)),
        Case("for another one", drawn()),
    ]


SAMPLE = Exercise(
    id="pretraining/sample",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_sample(mean, log_variance, noise) that returns three numbers: z, d_mean, "
    "d_log_variance",
    parameters=("mean", "log_variance", "noise"),
    cases=_cases,
    reference=_right,
    gradients=("d_mean", "d_log_variance"),
    mistakes=(
        Mistake(
            "the variance as the spread",
            "You multiply the noise by the variance. Its root is the spread.",
            _variance_as_spread,
        ),
        Mistake(
            "never raised",
            "You multiply the noise by the logarithm itself. It may be below 0; a spread may not.",
            _not_raised,
        ),
        Mistake(
            "the mean times the noise",
            "Mean and spread have changed places: the noise belongs to the spread.",
            _mean_times_noise,
        ),
        Mistake(
            "no half in the slope",
            "z is right. Inside the exponential stands half of the logarithm, and the slope brings "
            "that half down.",
            _slope(lambda spread, noise: spread * noise),
        ),
        Mistake(
            "a slope without noise",
            "z is right. Its slope for the logarithm of the variance depends on the noise that was "
            "drawn.",
            _slope(lambda spread, noise: 0.5 * spread),
        ),
        Mistake(
            "no slope through the draw",
            "z is right, and the slope for the logarithm of the variance is 0: as if drawing ended "
            "the chain. That is what the trick is there to prevent.",
            _slope(lambda spread, noise: 0.0),
        ),
        Mistake(
            "the slope for the mean",
            "How much does z grow if the mean grows by a little?",
            _no_mean_slope,
        ),
    ),
    shape_hint="Three numbers: z, d_mean, d_log_variance.",
    value_hint="Mean plus spread times noise. The spread is the root of the variance.",
    closing="The dice are thrown outside. What is inside has slopes like everything else.",
)

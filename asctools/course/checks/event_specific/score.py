"""The exercise on a score in units of the noise, by pencil."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

TEMPLATE = np.array([[2.0, 0.0, -1.0], [0.0, 2.0, 0.0]])
SIGNAL = np.array([[1.0, 4.0, 0.0, -2.0, 1.0], [0.0, 0.0, 4.0, 1.0, -1.0]])
SIGMA = 2.0


class Scores(NamedTuple):
    """Energy, three scores in deviations of the noise, an amplitude, and the score of one strike.

    ``usual`` is what a strike of amplitude 1 would score without noise.
    """

    energy: float
    first: float
    second: float
    third: float
    amplitude: float
    usual: float


def _products(template: np.ndarray = TEMPLATE, signal: np.ndarray = SIGNAL) -> list[float]:
    size = template.shape[1]
    starts = range(signal.shape[1] - size + 1)
    return [float(np.sum(template * signal[:, n : n + size])) for n in starts]


ENERGY = float(np.sum(TEMPLATE**2))
NORM = math.sqrt(ENERGY)
PRODUCTS = _products()


def _scores(products: list[float], unit: float) -> Scores:
    first, second, third = (each / unit for each in products)
    return Scores(ENERGY, first, second, third, max(PRODUCTS) / ENERGY, NORM / SIGMA)


RIGHT = _scores(PRODUCTS, SIGMA * NORM)


def _in_units(unit: float) -> Callable[[], Scores]:
    return lambda: _scores(PRODUCTS, unit)


def _one_channel() -> Scores:
    energy = float(np.sum(TEMPLATE[0] ** 2))
    products = _products(TEMPLATE[:1], SIGNAL[:1])
    unit = SIGMA * math.sqrt(energy)
    first, second, third = (each / unit for each in products)
    return Scores(energy, first, second, third, max(products) / energy, math.sqrt(energy) / SIGMA)


SCORE = Exercise(
    id="event-specific/score",
    kind="Pencil",
    level=1,
    minutes=12,
    task="six numbers: energy, first, second, third, amplitude, usual",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=3e-3),
    mistakes=(
        Mistake(
            "divided by the energy",
            "Your scores are divided by the energy. The noise in a sum of products grows with the "
            "*root* of the energy.",
            _in_units(SIGMA * ENERGY),
        ),
        Mistake(
            "without the noise",
            "Your scores are divided by the size of the template alone. What is their spread where "
            "there is only noise of deviation σ?",
            _in_units(NORM),
        ),
        Mistake(
            "the variance of the noise",
            "You divide by σ². A score is one sum of products, and its spread grows with σ.",
            _in_units(SIGMA**2 * NORM),
        ),
        Mistake(
            "one channel",
            "These are the numbers of the first channel alone. Energies and products add up over "
            "the channels.",
            _one_channel,
        ),
        Mistake(
            "the template turned round",
            "You have turned the template round, as a convolution does. A correlation leaves it as "
            "it is.",
            lambda: _scores(_products(TEMPLATE[:, ::-1]), SIGMA * NORM),
        ),
        Mistake(
            "a score as an amplitude",
            "Your `amplitude` is the score. How much of the template fits best? That is the sum of "
            "products over the energy.",
            lambda: RIGHT._replace(amplitude=max(PRODUCTS) / (SIGMA * NORM)),
        ),
    ),
    shape_hint="Six numbers: energy, first, second, third, amplitude, usual.",
    value_hint="First the three sums of six products each, then what to divide them by.",
    closing="A score of 3 means the same for a loud bell and a soft one: three deviations of "
    "noise. Only what a strike scores differs from bell to bell.",
)

"""The exercise on what three latents say, in nats, by pencil."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

MEANS, VARIANCES = (1.5, 0.0, 0.1), (1.0, 0.25, 1.0)
FREE, ALIVE = 0.2, 0.02


class Divergence(NamedTuple):
    """Three divergences in nats, their sum in bits, what is alive, and the cost with free bits."""

    first: float
    second: float
    third: float
    bits: float
    active: float
    cost: float


def _kl(mean: float, variance: float) -> float:
    return 0.5 * (mean**2 + variance - 1.0 - math.log(variance))


def _answer(kl: Callable[[float, float], float] = _kl) -> Divergence:
    first, second, third = each = [kl(*pair) for pair in zip(MEANS, VARIANCES, strict=True)]
    return Divergence(
        first,
        second,
        third,
        sum(each) / math.log(2),
        sum(one > ALIVE for one in each),
        sum(max(one, FREE) for one in each),
    )


RIGHT = _answer()
NATS = (RIGHT.first, RIGHT.second, RIGHT.third)

DIVERGENCE = Exercise(
    id="pretraining/divergence",
    kind="Pencil",
    level=1,
    minutes=10,
    task="six numbers: first, second, third, bits, active, cost",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=3e-3),
    mistakes=(
        Mistake(
            "a spread for a variance",
            "You square the variances once more. A quarter is the variance, not the spread.",
            lambda: _answer(lambda mean, variance: _kl(mean, variance**2)),
        ),
        Mistake(
            "no half",
            "All three are twice as large. A half stands before the sum.",
            lambda: _answer(lambda mean, variance: 2 * _kl(mean, variance)),
        ),
        Mistake(
            "the sign of the logarithm",
            "A narrow distribution says more, not less. Look at the sign of the logarithm.",
            lambda: _answer(
                lambda mean, variance: 0.5 * (mean**2 + variance - 1.0 + math.log(variance))
            ),
        ),
        Mistake(
            "without the mean's square",
            "The mean goes in with its square.",
            lambda: _answer(
                lambda mean, variance: 0.5 * (mean + variance - 1.0 - math.log(variance))
            ),
        ),
        Mistake(
            "bits for nats",
            "`bits` is in nats. How many nats has a bit?",
            lambda: RIGHT._replace(bits=sum(NATS)),
        ),
        Mistake(
            "free bits taken off",
            "You take the free amount off. With free bits a latent costs no less than that amount: "
            "up to it, saying more is free.",
            lambda: RIGHT._replace(cost=sum(max(one - FREE, 0.0) for one in NATS)),
        ),
        Mistake(
            "all alive",
            "One of the three says next to nothing.",
            lambda: RIGHT._replace(active=3),
        ),
    ),
    shape_hint="Six numbers: first, second, third, bits, active, cost.",
    value_hint="A latent with mean 0 and variance 1 says nothing: its divergence is 0.",
    closing="A nat is a price. A latent pays for leaving its place, and for being sure of it.",
)

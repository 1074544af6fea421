"""The exercise on two terms in one unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Array = np.ndarray


class Loss(NamedTuple):
    """Reconstruction and divergence of a window, in nats, and the loss."""

    reconstruction: float
    kl: float
    loss: float


def _half(x: Array, x_hat: Array) -> float:
    return float(0.5 * np.sum((x - x_hat) ** 2))


def _kl(mean: Array, log_variance: Array) -> float:
    return float(0.5 * np.sum(mean**2 + np.exp(log_variance) - 1.0 - log_variance))


def _made(
    reconstruction: Callable[[Array, Array], float] = _half,
    kl: Callable[[Array, Array], float] = _kl,
    total: Callable[[float, float, float], float] = lambda r, k, beta: r + beta * k,
) -> Callable[..., Loss]:
    def loss(x: Array, x_hat: Array, mean: Array, log_variance: Array, beta: float) -> Loss:
        r, k = reconstruction(x, x_hat), kl(mean, log_variance)
        return Loss(r, k, total(r, k, beta))

    return loss


def _measure(answer: Any, *arguments: Any) -> Any:
    return answer(*(each.copy() if isinstance(each, np.ndarray) else each for each in arguments))


def _cases(rng: np.random.Generator) -> list[Case]:
    def window(samples: int, channels: int, frames: int, latents: int, beta: float) -> Any:
        x = rng.normal(0, 1, (samples, channels))
        x_hat = 0.6 * x + rng.normal(0, 0.3, x.shape)
        mean, log_variance = rng.normal(0, 1, (2, frames, latents))
        arrays = (x, x_hat, mean, log_variance - 0.5)
        return *(np.round(each, 2) for each in arrays), beta

    return [
        Case("for a short window", window(4, 1, 2, 1, 1.0)),
        Case("for six channels", window(20, 6, 2, 3, 0.5)),
        Case("for a large weight", window(10, 2, 1, 4, 4.0)),
        Case("for a weight of 0", window(10, 3, 2, 2, 0.0)),
    ]


ONE_SCALE = Exercise(
    id="pretraining/one-scale",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_loss(x, x_hat, mean, log_variance, beta) that returns three numbers: "
    "reconstruction, kl, loss",
    parameters=("x", "x_hat", "mean", "log_variance", "beta"),
    cases=_cases,
    reference=_made(),
    measure=_measure,
    mistakes=(
        Mistake(
            "a mean and a sum",
            "Reconstruction is a mean over samples and channels, the divergence a sum. With a "
            "thousand samples the divergence then weighs a thousand times too much.",
            (
                _made(reconstruction=lambda x, y: float(0.5 * np.mean((x - y) ** 2))),
                _made(reconstruction=lambda x, y: float(np.mean((x - y) ** 2))),
            ),
        ),
        Mistake(
            "two means",
            "Both are means, over different numbers of things. Nats of a window are sums.",
            (
                _made(
                    lambda x, y: float(0.5 * np.mean((x - y) ** 2)),
                    lambda m, v: _kl(m, v) / m.size,
                ),
                _made(
                    lambda x, y: float(np.mean((x - y) ** 2)),
                    lambda m, v: _kl(m, v) / m.size,
                ),
            ),
        ),
        Mistake(
            "squares without a half",
            "Your reconstruction is twice as large. A normal distribution of variance 1 has a half "
            "in its exponent.",
            _made(reconstruction=lambda x, y: 2 * _half(x, y)),
        ),
        Mistake(
            "divergence without a half",
            "Your divergence is twice as large.",
            _made(kl=lambda m, v: 2 * _kl(m, v)),
        ),
        Mistake(
            "a divergence below 0",
            "A divergence is never below 0. Yours has the other sign.",
            (_made(kl=lambda m, v: -_kl(m, v)),),
        ),
        Mistake(
            "the weight on the other term",
            "`beta` weighs the divergence, not the reconstruction.",
            _made(total=lambda r, k, beta: beta * r + k),
        ),
        Mistake(
            "rewarded",
            "Your loss falls when the latents say more. Saying more has a price.",
            _made(total=lambda r, k, beta: r - beta * k),
        ),
    ),
    shape_hint="Three numbers: reconstruction, kl, loss.",
    value_hint="Both terms are sums over everything in the window, each with a half.",
    closing="Two terms in one unit can be weighed against each other. A mean here and a sum there "
    "is the commonest way to a collapse that nobody ordered.",
)

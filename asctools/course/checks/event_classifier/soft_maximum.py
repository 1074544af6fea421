"""The exercise on a maximum that lets every frame learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Scores = Sequence[float]


class Soft(NamedTuple):
    """A soft maximum, and its slope for each score."""

    value: float
    slopes: list[float]


def _weights(scores: Scores, sharpness: float) -> np.ndarray:
    z = sharpness * np.asarray(scores, float)
    raised = np.exp(z - z.max())
    return np.asarray(raised / raised.sum())


def _soft(value: float, slopes: np.ndarray) -> Soft:
    return Soft(float(value), [float(each) for each in slopes])


def _log_mean_exp(scores: Scores, sharpness: float) -> float:
    z = sharpness * np.asarray(scores, float)
    return float(z.max() + np.log(np.exp(z - z.max()).mean())) / sharpness


def _right(scores: Scores, sharpness: float) -> Soft:
    return _soft(_log_mean_exp(scores, sharpness), _weights(scores, sharpness))


def _with(value: Callable[[Scores, float], float]) -> Callable[..., Soft]:
    return lambda scores, sharpness: _soft(value(scores, sharpness), _weights(scores, sharpness))


def _hard(scores: Scores, sharpness: float) -> Soft:
    slopes = np.zeros(len(scores))
    slopes[int(np.argmax(scores))] = 1.0
    return _soft(max(scores), slopes)


def _sharp_slopes(scores: Scores, sharpness: float) -> Soft:
    return _soft(_log_mean_exp(scores, sharpness), sharpness * _weights(scores, sharpness))


def _plain_slopes(scores: Scores, sharpness: float) -> Soft:
    return _soft(_log_mean_exp(scores, sharpness), _weights(scores, 1.0))


def _measure(answer: Any, scores: Scores, sharpness: float) -> Any:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return answer(list(scores), sharpness)


def _overflows(outcomes: Sequence[Any], expected: Sequence[Soft]) -> bool:
    """Whether it is right for small scores, and no finite number for the large ones."""
    small, large = outcomes[0].value, outcomes[-1]
    if isinstance(large.error, OverflowError):
        return True
    if not all(isinstance(each, tuple) for each in (small, large.value)):
        return False
    return abs(small[0] - expected[0].value) < 1e-6 and not np.isfinite(large.value[0])


def _cases(rng: np.random.Generator) -> list[Case]:
    def scores(count: int, scale: float) -> list[float]:
        return [round(float(z), 2) for z in rng.normal(-1, scale, count)]

    return [
        Case("for four scores", (scores(4, 1.5), 1.0)),
        Case("with a sharpness of 3", (scores(5, 1.0), 3.0)),
        Case("with a sharpness of one half", (scores(6, 2.0), 0.5)),
        Case("where all scores are equal", ([0.75] * 4, 2.0)),
        Case("for large scores", ([*scores(3, 1.0), 900.0, 899.0], 2.0)),
    ]


SOFT_MAXIMUM = Exercise(
    id="event-classifier/soft-maximum",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_soft_maximum(scores, sharpness) that returns a number and a list: value, "
    "slopes",
    parameters=("scores", "sharpness"),
    cases=_cases,
    reference=_right,
    gradients=("slopes",),
    measure=_measure,
    mistakes=(
        Mistake(
            "overflow",
            "It is right for small scores; for large ones the exponential is infinite. Take the "
            "largest score out of all of them first, and add it at the end.",
            detect=_overflows,
        ),
        Mistake(
            "the maximum",
            "You give the largest score itself, and only one frame gets a slope.",
            _hard,
        ),
        Mistake(
            "a sum",
            "You take the logarithm of the *sum*. It grows with the number of frames, even where "
            "all scores are equal.",
            _with(lambda z, s: _log_mean_exp(z, s) + float(np.log(len(z))) / s),
        ),
        Mistake(
            "not divided",
            "Multiply by the sharpness before the exponential, and divide by it after the "
            "logarithm.",
            _with(lambda z, s: s * _log_mean_exp(z, s)),
        ),
        Mistake(
            "no sharpness",
            "The value does not change with the sharpness.",
            _with(lambda z, s: _log_mean_exp(z, 1.0)),
        ),
        Mistake(
            "sharp slopes",
            "The slopes are too large by the sharpness. It comes in by the chain rule, and is "
            "divided out again.",
            _sharp_slopes,
        ),
        Mistake(
            "plain slopes",
            "The slopes are a softmax of the scores. They should be one of the scores times the "
            "sharpness.",
            _plain_slopes,
        ),
    ),
    shape_hint="A number and a list with one slope for each score.",
    value_hint="Of equal scores the soft maximum is that score. Is yours?",
    closing="Sharp, it is the maximum; dull, it is the mean. In between every frame learns.",
)

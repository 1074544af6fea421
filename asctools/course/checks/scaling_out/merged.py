"""The exercise on a mean and a variance over several processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Part = tuple[int, float, float]


class Merged(NamedTuple):
    """How many examples there are in all processes, their mean and their variance."""

    examples: float
    mean: float
    variance: float


def _arrays(parts: Sequence[Part]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count, mean, variance = (np.array(column, float) for column in zip(*parts, strict=True))
    return count, mean, variance


def _right(parts: Sequence[Part]) -> Merged:
    count, mean, variance = _arrays(parts)
    total = count.sum()
    middle = (count * mean).sum() / total
    around = (count * (variance + (mean - middle) ** 2)).sum() / total
    return Merged(float(total), float(middle), float(around))


def _alike(parts: Sequence[Part]) -> Merged:
    _, mean, variance = _arrays(parts)
    middle = mean.mean()
    around = (variance + (mean - middle) ** 2).mean()
    return _right(parts)._replace(mean=float(middle), variance=float(around))


def _alike_within(parts: Sequence[Part]) -> Merged:
    _, mean, variance = _arrays(parts)
    return _right(parts)._replace(mean=float(mean.mean()), variance=float(variance.mean()))


def _within(parts: Sequence[Part]) -> Merged:
    count, _, variance = _arrays(parts)
    inside = float((count * variance).sum() / count.sum())
    return _right(parts)._replace(variance=inside)


def _between(parts: Sequence[Part]) -> Merged:
    return _right([(count, mean, 0.0) for count, mean, _ in parts])


def _sample(parts: Sequence[Part]) -> Merged:
    right = _right(parts)
    return right._replace(variance=right.variance * right.examples / (right.examples - 1))


def _deviation(parts: Sequence[Part]) -> Merged:
    right = _right(parts)
    return right._replace(variance=right.variance**0.5)


def _cases(rng: np.random.Generator) -> list[Case]:
    def part(count: int, about: float) -> Part:
        numbers = rng.normal(about, 1.0, count)
        return count, float(numbers.mean()), float(numbers.var())

    return [
        Case("for two equal parts", ([part(8, 0.0), part(8, 3.0)],)),
        Case("for unequal parts", ([part(9, 1.0), part(3, -2.0), part(6, 4.0)],)),
        Case("for one example in a process", ([part(7, 2.0), part(1, 0.0)],)),
        Case("where one process has nothing", ([part(5, 1.0), (0, 0.0, 0.0), part(4, 2.0)],)),
    ]


MERGED = Exercise(
    id="scaling-out/merged",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_merged(parts) that returns three numbers: examples, mean, variance",
    parameters=("parts",),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "all processes alike",
            "Every process counts alike in your means. One that holds more examples must count "
            "for more.",
            (_alike, _alike_within),
        ),
        Mistake(
            "only within",
            "`variance` is the mean of the variances. It lacks how far the means of the processes "
            "lie apart: two processes may each hold equal numbers, and still differ.",
            _within,
        ),
        Mistake(
            "only between",
            "`variance` knows how far the means lie apart, and nothing of the spread inside a "
            "process.",
            _between,
        ),
        Mistake(
            "divided by one less",
            "You divide by one less than there are. Here the variance is a mean over the numbers "
            "that there are.",
            _sample,
        ),
        Mistake(
            "the root of it",
            "That is the standard deviation. Its square is asked for.",
            _deviation,
        ),
    ),
    shape_hint="Three numbers: examples, mean, variance.",
    value_hint="A mean of squares can be merged as a mean can. What has the variance to do with "
    "it?",
    closing="Sums can be merged, and what follows from sums. That is why processes send sums.",
)

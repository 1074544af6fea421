"""The exercise on a shape that is learned from strikes that overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Signal = Sequence[float]


def _columns(samples: int, onsets: Sequence[int], length: int) -> np.ndarray:
    """Return A (samples, length): the signal is A @ shape."""
    placed = np.zeros((samples, length))
    for onset in onsets:
        for k in range(min(length, samples - onset)):
            placed[onset + k, k] += 1
    return placed


def _solved(signal: Signal, onsets: Sequence[int], length: int) -> np.ndarray:
    placed = _columns(len(signal), onsets, length)
    return np.linalg.lstsq(placed, np.asarray(signal, float), rcond=None)[0]


def _right(signal: Signal, onsets: Sequence[int], length: int) -> list[float]:
    return [float(each) for each in _solved(signal, onsets, length)]


def _stacked(signal: Signal, onsets: Sequence[int], length: int) -> list[float]:
    x = np.asarray(signal, float)
    return [float(np.mean([x[n + k] for n in onsets if n + k < len(x)])) for k in range(length)]


def _first_one(signal: Signal, onsets: Sequence[int], length: int) -> list[float]:
    return [float(each) for each in signal[onsets[0] : onsets[0] + length]]


def _summed(signal: Signal, onsets: Sequence[int], length: int) -> list[float]:
    """Correlate, and forget to solve."""
    placed = _columns(len(signal), onsets, length)
    return [float(each) for each in placed.T @ np.asarray(signal, float)]


def _backwards(signal: Signal, onsets: Sequence[int], length: int) -> list[float]:
    return _right(signal, onsets, length)[::-1]


def _one_late(signal: Signal, onsets: Sequence[int], length: int) -> list[float]:
    return _right(signal, [n + 1 for n in onsets], length)


def _cases(rng: np.random.Generator) -> list[Case]:
    def heard(onsets: list[int], samples: int, noise: float) -> tuple[list[float], list[int], int]:
        shape = rng.normal(0, 2, 5).round(1)
        signal = _columns(samples, onsets, 5) @ shape + noise * rng.normal(size=samples)
        return [round(float(x), 3) for x in signal], onsets, 5

    return [
        Case("where no strikes overlap", heard([1, 8, 16], 24, 0.0)),
        Case("where strikes overlap", heard([2, 5, 13, 16], 26, 0.0)),
        Case("with a little noise", heard([0, 3, 9, 11, 18], 26, 0.1)),
        Case("where the last one is cut off", heard([1, 5, 12, 17], 20, 0.05)),
    ]


TEMPLATE = Exercise(
    id="bell-frame/template",
    kind="Code",
    level=3,
    minutes=25,
    task="a function my_template(signal, onsets, length) that returns a list of `length` numbers",
    parameters=("signal", "onsets", "length"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=1e-6, absolute=1e-6),
    mistakes=(
        Mistake(
            "stacked",
            "You average the pieces behind the onsets. Where strikes overlap, the average holds "
            "the neighbour as well.",
            _stacked,
        ),
        Mistake(
            "the first one",
            "You cut out the first strike. The others know something too, and a neighbour may lie "
            "in it.",
            _first_one,
        ),
        Mistake(
            "not solved",
            "You have AᵀX, the right-hand side. It still has to be divided by AᵀA: solve the "
            "system.",
            _summed,
        ),
        Mistake(
            "backwards",
            "The shape stands on its head in time: the first number is the one at the onset.",
            _backwards,
        ),
        Mistake(
            "one sample late",
            "Your shape begins one sample after the onset. The sample *at* the onset is its first.",
            _one_late,
        ),
    ),
    shape_hint="A list of numbers, as many as `length` says.",
    value_hint="Write down which unknowns add up in one sample of the signal. Each sample is an "
    "equation.",
    closing="Overlap is no trouble for a linear system. That is all that the pursuit's fit does.",
)

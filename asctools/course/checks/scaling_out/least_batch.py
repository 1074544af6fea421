"""The exercise on the smallest batch that is worth several processes."""

from __future__ import annotations

import math

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance


def _ceiling(examples: float) -> int:
    return max(1, math.ceil(examples - 1e-9))


def _right(size: int, alone: float, each: float, all_reduce: float, efficiency: float) -> int:
    lost = efficiency * size * (alone + all_reduce) - alone
    return _ceiling(lost / (each * (1 - efficiency)))


def _rounded_down(
    size: int, alone: float, each: float, all_reduce: float, efficiency: float
) -> int:
    return _right(size, alone, each, all_reduce, efficiency) - 1


def _without_network(
    size: int, alone: float, each: float, all_reduce: float, efficiency: float
) -> int:
    return _right(size, alone, each, 0.0, efficiency)


def _alone_divided(
    size: int, alone: float, each: float, all_reduce: float, efficiency: float
) -> int:
    """Share out all of the work."""
    lost = efficiency * size * all_reduce - alone * (1 - efficiency)
    return _ceiling(lost / (each * (1 - efficiency)))


def _for_each_process(
    size: int, alone: float, each: float, all_reduce: float, efficiency: float
) -> int:
    lost = efficiency * size * (alone + all_reduce) - alone
    return _ceiling(lost / (each * (1 - efficiency)) / size)


def _network_in_one(
    size: int, alone: float, each: float, all_reduce: float, efficiency: float
) -> int:
    """Let one process pay for the network too."""
    lost = (efficiency * size - 1) * (alone + all_reduce)
    return _ceiling(lost / (each * (1 - efficiency)))


def _cases(rng: np.random.Generator) -> list[Case]:
    def times(*ranges: tuple[float, float]) -> tuple[float, ...]:
        return tuple(round(float(rng.uniform(*each)), 4) for each in ranges)

    return [
        Case("for two processes", (2, *times((1, 3), (0.1, 0.3), (2, 6)), 0.75)),
        Case("for eight processes", (8, *times((1, 3), (0.1, 0.3), (8, 20)), 0.5)),
        Case("where nine tenths are wanted", (4, *times((2, 4), (0.2, 0.5), (3, 9)), 0.9)),
    ]


LEAST_BATCH = Exercise(
    id="scaling-out/least-batch",
    kind="Code",
    level=3,
    minutes=20,
    task="a function my_least_batch(size, alone, each, all_reduce, efficiency) that returns a "
    "whole number of examples",
    parameters=("size", "alone", "each", "all_reduce", "efficiency"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "rounded down",
            "One example too few: put your batch into the equation, and the efficiency is just "
            "below what is wanted.",
            _rounded_down,
        ),
        Mistake(
            "no network",
            "Your batch would do if the all-reduce took no time.",
            _without_network,
        ),
        Mistake(
            "all of it divided",
            "You divide `alone` as well. Each process needs that time, however small its part is.",
            _alone_divided,
        ),
        Mistake(
            "of one process",
            "That is what each process gets. The batch of all of them together was asked for.",
            _for_each_process,
        ),
        Mistake(
            "one process with a network",
            "You compare with one process that waits for an all-reduce. One process sends nothing.",
            _network_in_one,
        ),
    ),
    shape_hint="One whole number.",
    value_hint="Write the efficiency as speed-up through size, and solve for the batch.",
    closing="A large batch pays for the network. Whether it learns as well is another question.",
)

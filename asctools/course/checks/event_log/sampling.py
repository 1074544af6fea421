"""The exercise on keeping whole iterations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Names = Sequence[str]
Iterations = Sequence[int | None]


def _right(names: Names, iterations: Iterations, every: int) -> list[int]:
    return [k for k, i in enumerate(iterations) if i is None or i % every == 0]


def _every_nth_event(names: Names, iterations: Iterations, every: int) -> list[int]:
    return list(range(len(names)))[::every]


def _every_nth_of_a_name(names: Names, iterations: Iterations, every: int) -> list[int]:
    seen: Counter[str] = Counter()
    kept = []
    for k, name in enumerate(names):
        if seen[name] % every == 0:
            kept.append(k)
        seen[name] += 1
    return kept


def _without_the_rest(names: Names, iterations: Iterations, every: int) -> list[int]:
    return [k for k, i in enumerate(iterations) if i is not None and i % every == 0]


def _from_the_first(names: Names, iterations: Iterations, every: int) -> list[int]:
    return [k for k, i in enumerate(iterations) if i is None or (i - 1) % every == 0]


def _counted(names: Names, iterations: Iterations, every: int) -> list[int]:
    """Count the iterations of this log, whatever their numbers are."""
    order = {i: n for n, i in enumerate(dict.fromkeys(i for i in iterations if i is not None), 1)}
    return [k for k, i in enumerate(iterations) if i is None or order[i] % every == 0]


def _first_iterations(names: Names, iterations: Iterations, every: int) -> list[int]:
    return [k for k, i in enumerate(iterations) if i is None or i <= every]


STEPS = ("ZeroGrad", "ForwardPass", "BackwardPass", "WeightsUpdate")


def _log(
    rng: np.random.Generator, first: int, last: int, epoch: int | None
) -> tuple[list[str], list[int | None]]:
    names: list[str] = []
    iterations: list[int | None] = []
    for i in range(first, last + 1):
        if epoch and (i - first) % epoch == 0:
            names.append("EpochStart")
            iterations.append(None)
        steps = list(STEPS)
        if rng.random() < 0.4:
            steps.insert(3, "GradientClipping")
        names += steps
        iterations += [i] * len(steps)
    return names, iterations


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for one epoch", 1, 9, None, 3),
        ("for two epochs", 1, 12, 6, 4),
        ("for a log that was resumed in the middle", 44, 60, 8, 5),
        ("when everything is kept", 1, 5, 5, 1),
    ]
    return [
        Case(when, (*_log(rng, first, last, epoch), every))
        for when, first, last, epoch, every in kinds
    ]


SAMPLING = Exercise(
    id="event-log/sampling",
    kind="Code",
    level=2,
    minutes=10,
    task="a function my_sample(names, iterations, every) that returns the places that are kept",
    parameters=("names", "iterations", "every"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "single events",
            "You keep every so-manieth *event*. Then neighbours in the sample were no neighbours "
            "in the training.",
            _every_nth_event,
        ),
        Mistake(
            "each name by itself",
            "You count each activity by itself. As soon as one is rarer than the others, the "
            "sample mixes events of different iterations.",
            _every_nth_of_a_name,
        ),
        Mistake(
            "epochs lost",
            "The iterations are right. Events that belong to none, like EpochStart, are rare and "
            "are kept, all of them.",
            _without_the_rest,
        ),
        Mistake(
            "from the first on",
            "You begin with the first iteration. Kept are those whose number can be divided by "
            "`every`.",
            _from_the_first,
        ),
        Mistake(
            "counted anew",
            "A log that begins with iteration 1 is right. One that was resumed begins with a "
            "later number: go by the iteration's own number, not by how many you have seen.",
            _counted,
        ),
        Mistake(
            "only the beginning",
            "You keep the first iterations. A training is another thing at its end.",
            _first_iterations,
        ),
    ),
    shape_hint="A list of places in the log, in order; the first event has the place 0.",
    value_hint="Print the names at the places that you keep: is each iteration whole?",
    closing="A sample of whole cases is a smaller log. A sample of events is another process.",
)

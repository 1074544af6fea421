"""The exercise on windows from which templates may be learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, WrongFormError

Recordings = Sequence[int]
Allowed = list[list[int]]


def _folds(recordings: Recordings, folds: int) -> list[int]:
    """Which part each window belongs to: recordings take turns, in order of first appearance."""
    turn = {name: n % folds for n, name in enumerate(dict.fromkeys(recordings))}
    return [turn[name] for name in recordings]


def _where(
    keep: Callable[[int, int, Recordings, list[int]], bool],
) -> Callable[[Recordings, int], np.ndarray]:
    def allowed(recordings: Recordings, folds: int) -> np.ndarray:
        part, all_ = _folds(recordings, folds), range(len(recordings))
        return np.array([[float(keep(i, j, recordings, part)) for j in all_] for i in all_])

    return allowed


_right = _where(lambda i, j, _, part: part[i] != part[j])


def _by_window(recordings: Recordings, folds: int) -> np.ndarray:
    part = np.arange(len(recordings)) % folds
    return np.asarray((part[:, None] != part).astype(float))


def _by_number(recordings: Recordings, folds: int) -> np.ndarray:
    part = np.asarray(recordings) % folds
    return np.asarray((part[:, None] != part).astype(float))


def _measure(answer: Any, recordings: Recordings, folds: int) -> Any:
    """Turn lists of windows into a table: 1 where the column may be learned from for the row."""
    given = answer(list(recordings), folds)
    if given is None or given is Ellipsis:
        return given
    try:
        rows = [[int(each) for each in row] for row in given]
    except (TypeError, ValueError):
        raise WrongFormError("A list of lists is needed: window numbers for each window.") from None
    count = len(recordings)
    if len(rows) != count or any(not 0 <= each < count for row in rows for each in row):
        raise WrongFormError(
            "One list for each window is needed, with numbers of windows, counted from 0."
        )
    return np.array([[float(j in row) for j in range(count)] for row in rows])


def _cases(rng: np.random.Generator) -> list[Case]:
    def rung(counts: Sequence[int]) -> list[int]:
        names = rng.choice(90, len(counts), replace=False) + 10
        return [int(n) for n, count in zip(names, counts, strict=True) for _ in range(count)]

    return [
        Case("for two recordings and two parts", (rung([3, 2]), 2)),
        Case("for five recordings and two parts", (rung([2, 1, 3, 2, 1]), 2)),
        Case("for three parts", (rung([2, 2, 1, 2]), 3)),
        Case("where a recording comes back later", ([40, 40, 71, 40, 12, 71], 2)),
    ]


HALVES = Exercise(
    id="event-specific/halves",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_sources(recordings, folds) that returns a list of window numbers for each "
    "window",
    parameters=("recordings", "folds"),
    cases=_cases,
    reference=_right,
    measure=_measure,
    mistakes=(
        Mistake(
            "from all of them",
            "Every window helps to make its own features. They are then better than those of any "
            "window to come.",
            _where(lambda *_: True),
        ),
        Mistake(
            "all but itself",
            "Only the window itself is left out. Those beside it come from the same minute, and "
            "there would be as many fits as windows.",
            _where(lambda i, j, *_: i != j),
        ),
        Mistake(
            "all other recordings",
            "All other recordings are used: that is clean, and needs a fit for each recording. "
            "With `folds` parts there are `folds` fits.",
            _where(lambda i, j, names, _: names[i] != names[j]),
        ),
        Mistake(
            "its own part",
            "These are the windows of its own part. It is the other way round.",
            _where(lambda i, j, _, part: part[i] == part[j]),
        ),
        Mistake(
            "windows take turns",
            "Your windows take turns. Then one minute is in all parts, and each part knows its "
            "strikes.",
            _by_window,
        ),
        Mistake(
            "names as numbers",
            "You divide the recording's name by the number of parts. Names are only names: go by "
            "the order in which they come.",
            _by_number,
        ),
    ),
    shape_hint="For each window a list of numbers of windows.",
    value_hint="First give each recording a part. Then ask for each window which parts are not "
    "its own.",
    closing="Features that saw their own labels are the leak that no test set shows in training "
    "and every test set shows at the end.",
)

"""The exercise on several logs that become one, in the order of true time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Logs = Sequence[Sequence[int]]
Merged = list[tuple[int, int]]


def _way(true: Callable[[int, int], float], reverse: bool = False) -> Callable[..., Merged]:
    """Sort by a time computed from that of the clock and by how much the clock is ahead."""

    def merged(logs: Logs, ahead: Sequence[int]) -> Merged:
        events = [
            (true(time, ahead[p]), -p if reverse else p, k)
            for p, log in enumerate(logs)
            for k, time in enumerate(log)
        ]
        return [(abs(p), k) for _, p, k in sorted(events)]

    return merged


_right = _way(lambda time, ahead: time - ahead)


def _one_behind_the_other(logs: Logs, ahead: Sequence[int]) -> Merged:
    return [(p, k) for p, log in enumerate(logs) for k in range(len(log))]


def _in_turn(logs: Logs, ahead: Sequence[int]) -> Merged:
    longest = max(map(len, logs))
    return [(p, k) for k in range(longest) for p, log in enumerate(logs) if k < len(log)]


def _first_two(logs: Logs, ahead: Sequence[int]) -> Merged:
    return [(p, k) for p, k in _right(logs, ahead) if p < 2]


def _times(logs: Logs, ahead: Sequence[int]) -> Merged:
    return [(p, logs[p][k]) for p, k in _right(logs, ahead)]


def _drawn(rng: np.random.Generator, count: int, ahead: int) -> list[int]:
    """Draw strictly increasing times of a clock that is ahead."""
    return (ahead + 1000 + np.cumsum(rng.integers(1, 90, count)) * 2).tolist()


def _tied(rng: np.random.Generator) -> tuple[list[list[int]], list[int]]:
    """Draw two logs that share instants, also where one clock is ahead of the other."""
    one = _drawn(rng, 6, 0)
    two = sorted({*one[1:5:2], *_drawn(rng, 3, 0)})
    return [one, [time + 70 for time in two]], [0, 70]


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for two processes with one clock", [5, 7], [0, 0]),
        ("when one clock is ahead", [6, 6], [0, 250]),
        ("when one clock is late", [6, 4, 5], [0, -300, 120]),
    ]
    cases = [
        Case(when, ([_drawn(rng, n, a) for n, a in zip(counts, ahead, strict=True)], ahead))
        for when, counts, ahead in kinds
    ]
    cases.append(Case("when two events have the same instant", _tied(rng)))
    cases.append(
        Case("when a process told nothing", ([_drawn(rng, 4, 9), [], [7, 1500]], [9, 0, 0]))
    )
    return cases


MERGING = Exercise(
    id="event-log/merging",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_merge(logs, ahead) that returns a list of pairs (process, place)",
    parameters=("logs", "ahead"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "clocks believed",
            "With one clock for all it is right. Where a clock is ahead, what it says is too late "
            "by so much: the true time is earlier.",
            _way(lambda time, ahead: time),
        ),
        Mistake(
            "sign of the clock",
            "You add by how much a clock is ahead. A clock that is five minutes ahead says 12:05 "
            "at noon.",
            _way(lambda time, ahead: time + ahead),
        ),
        Mistake(
            "ties the other way",
            "Nearly right. Of two events at the same instant, that of the process with the smaller "
            "number comes first.",
            _way(lambda time, ahead: time - ahead, reverse=True),
        ),
        Mistake(
            "one behind the other",
            "You put one log behind the other. Asked for is the order of time.",
            _one_behind_the_other,
        ),
        Mistake(
            "in turn",
            "You take one event of each in turn. Processes do not take turns: one may tell five "
            "events before the next tells one.",
            _in_turn,
        ),
        Mistake(
            "two processes",
            "Two logs are right. There may be three, or ten.",
            _first_two,
        ),
        Mistake(
            "times for places",
            "The order is right. The second number of a pair is the event's place in its own log, "
            "not its time.",
            _times,
        ),
    ),
    shape_hint="A list of pairs, one for each event of all logs: (number of the process, place of "
    "the event in its log), both counted from 0.",
    value_hint="Write the true times of all events into one column first.",
    closing="Whoever merges has to know the clocks. Nothing in the files would tell.",
)

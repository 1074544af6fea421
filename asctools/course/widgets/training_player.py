"""The training-log player: a training as its event log tells it, event by event."""

import operator
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from asctools.course.widgets.figure import interactive
from asctools.errors import InputError, explain

if TYPE_CHECKING:
    import pandas as pd

    from asctools.course.widgets.training_map import Map
    from asctools.eventlog.dfg import Log

SPEEDS = (1000, 100, 10, 1)  # how many times slower than the training was

ALT = (
    "The training-log player. A marker walks through the directly-follows graph of a training, "
    "event by event; arcs grow with their counts, the loss curve grows beside, and deviations that "
    "the conformance report names light up where they happen."
)


def training_player(
    runs: Sequence[tuple[str, "Log"]],
    *,
    healthy: Sequence["Log"] = (),
    run: int = 0,
    at: int = 0,
    speed: int = 1000,
) -> Any:
    """Return the player. With a kernel, what the reader moves can be read and set from Python.

    Parameters
    ----------
    runs
        Pairs of a name and a log of a training at level "step" or finer: a path, or a frame as
        :func:`asctools.eventlog.reader.read` gives it. The first one is healthy; the others are
        held against it.
    healthy
        Further logs of healthy runs, which are not played: their arcs count as usual too.
    run, at
        The run to begin with, from 0, and how many of its events have happened.
    speed
        How many times slower than the training was: 1000, 100, 10 or 1.

    Returns
    -------
    StillFigure or anywidget.AnyWidget
        With the attributes ``run``, ``at`` (the last event, where the run has fewer) and ``speed``.

    Raises
    ------
    InputError
        If there is no run, a log is none of a whole training, or a value is none of those above.

    Notes
    -----
    Times are sent to 0.4 %, losses to four digits: about 7 kB for a run of 360 iterations.
    """
    from asctools.course.widgets import training_map, training_runs, training_still
    from asctools.eventlog.conformance import check
    from asctools.eventlog.dfg import discover

    logs = [(str(name), _log(log)) for name, log in _some(runs)]
    read = [training_runs.run_of(log, name) for name, log in logs]
    graphs = [discover(log) for _, log in logs]
    usual = [graphs[0], *(discover(_log(log)) for log in healthy)]
    drawn = training_map.drawn_map(usual, graphs[1:])
    names = list(training_map.together([*usual, *graphs]).activities)
    words, packed = training_runs.packed(read, names)
    sent = [
        {"name": name, **row, "deviations": training_runs.deviations(each, check(log))}
        for (name, log), each, row in zip(logs, read, packed, strict=True)
    ]
    most = max(len(each.activities) for each in read)
    return interactive(
        "training-player",
        state={
            "names": names,
            "words": words,
            "runs": sent,
            "graph": packed_map(drawn, names),
            "run": clean_run(run, len(logs)),
            "at": clean_at(at, most),
            "speed": clean_speed(speed),
        },
        alt=ALT,
        picture=lambda: training_still.still_picture(drawn, graphs[0], logs[0][0]),
        checks={
            "run": lambda value: clean_run(value, len(logs)),
            "at": lambda value: clean_at(value, most),
            "speed": clean_speed,
        },
    )


def packed_map(drawn: "Map", names: Sequence[str]) -> dict[str, Any]:
    """Return the map as the page gets it: activities by number, START and END the last two.

    A box is its centre, its size and the lines of its name; an arc is where it leads from and to,
    its path, the place of its count, and its kind.
    """
    from asctools.course.widgets.training_map import written_path
    from asctools.eventlog.layout import ENDS

    code = {name: place for place, name in enumerate([*names, *ENDS])}
    arcs = [
        [
            code[a],
            code[b],
            written_path(way.points),
            [round(each, 1) for each in way.label],
            way.kind,
        ]
        for (a, b), way in drawn.arcs.items()
    ]
    nodes = [
        [*(round(each, 1) for each in drawn.boxes[name][:4]), *drawn.boxes[name].lines]
        for name in code
    ]
    size = {"width": round(drawn.width), "height": round(drawn.height), "size": len(names)}
    return {"nodes": nodes, "arcs": arcs, **size}


def clean_run(value: Any, count: int) -> int:
    """Return the number of a run, or say which there are."""
    return _within("run", value, 0, count - 1)


def clean_at(value: Any, most: int) -> int:
    """Return a number of events, or say how many there are."""
    return _within("at", value, 0, most)


def clean_speed(value: Any) -> int:
    """Return a speed, or say which there are."""
    if isinstance(value, bool) or value not in SPEEDS:
        wanted = ", ".join(map(str, SPEEDS))
        raise InputError(explain(f"speed={value!r}", f"one of {wanted}", "take one of these"))
    return int(value)


def _some(runs: Any) -> list[tuple[str, Any]]:
    pairs = list(runs)
    if not pairs:
        raise InputError(explain("no run", "one or more, the first healthy", "pass (name, log)"))
    return pairs


def _log(log: Any) -> "pd.DataFrame":
    """Return the events that the player shows: all but those of gates and weights."""
    from asctools.eventlog import read
    from asctools.eventlog.views import view

    return view(read(log) if isinstance(log, str | os.PathLike) else log, "main")


def _within(name: str, value: Any, least: int, most: int) -> int:
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)  # NumPy's integers too
    except TypeError:
        number = -1
    if not least <= number <= most:
        wanted = f"a whole number from {least} to {most}"
        raise InputError(explain(f"{name}={value!r}", wanted, f"change {name}"))
    return number

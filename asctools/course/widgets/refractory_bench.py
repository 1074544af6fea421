"""The refractory bench: a threshold, a dead time, and what becomes of stored picks."""

import math
from typing import TYPE_CHECKING, Any

from asctools.course.widgets.figure import interactive
from asctools.errors import InputError, explain, unknown_name

if TYPE_CHECKING:
    from asctools.course.widgets.refractory_trace import Trace

LONGEST = 4.0  # seconds

ALT = (
    "The refractory bench. For each of a few bells a trace of scores with a threshold, the picks "
    "that a dead time keeps and those that it deletes, the true strikes below, and precision, "
    "recall and F1 for three rules."
)


def refractory_bench(
    trace: "Trace | None" = None,
    *,
    threshold: float = 0.05,
    dead_time: float = 2.0,
    rule: str = "first",
) -> Any:
    """Return the bench. With a kernel, what the reader moves can be read and set from Python.

    Parameters
    ----------
    trace
        The scores of a few bells and their strikes, made by
        ``asctools.course.widgets.refractory_trace.Trace.make``. None: those that come with the
        library, of a network that hears more noise than it was trained with.
    threshold
        The least score of a pick, from 0.02 to 0.98.
    dead_time
        Seconds for which a pick silences its bell, from 0 to 4.
    rule
        What stays: ``"first"`` come, ``"surest"`` first, or the ``"best"`` set.

    Returns
    -------
    StillFigure or anywidget.AnyWidget
        With the attributes ``threshold``, ``dead_time`` and ``rule``.

    Raises
    ------
    InputError, UnknownNameError
        If a value is none of those above.

    Notes
    -----
    A pick is the highest of its neighbours and lies in the middle of its frame; it is right within
    10 ms. The best set is that of the highest log odds above the threshold.
    """
    from asctools.course.widgets import refractory_still
    from asctools.course.widgets import refractory_trace as traces

    shown = traces.unpacked(traces.packed(trace)) if trace else traces.stored()
    checks = {"threshold": clean_threshold, "dead_time": clean_dead_time, "rule": clean_rule}
    settings = {"threshold": threshold, "dead_time": dead_time, "rule": rule}
    clean: dict[str, Any] = {key: check(settings[key]) for key, check in checks.items()}
    return interactive(
        "refractory-bench",
        state={
            "trace": traces.packed(shown),
            "ranges": {
                "threshold": [traces.LEAST, traces.MOST, 0.01],
                "dead_time": [0, LONGEST, 0.05],
            },
            **clean,
        },
        alt=ALT,
        picture=lambda: refractory_still.still_picture(shown, **clean),
        checks=checks,
    )


def clean_threshold(value: Any) -> float:
    """Return a threshold, or say which there are."""
    from asctools.course.widgets.refractory_trace import LEAST, MOST

    return _within("threshold", value, LEAST, MOST)


def clean_dead_time(value: Any) -> float:
    """Return a dead time in seconds, or say which there are."""
    return _within("dead_time", value, 0.0, LONGEST)


def clean_rule(value: Any) -> str:
    """Return a rule, or say which there are."""
    from asctools.course.widgets.refractory_trace import RULES

    if value not in RULES:
        raise unknown_name("rule", value, RULES)
    return str(value)


def _within(name: str, value: Any, least: float, most: float) -> float:
    try:
        number = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not least <= number <= most:
        wanted = f"a number from {least:g} to {most:g}"
        raise InputError(explain(f"{name}={value!r}", wanted, f"change {name}"))
    return number

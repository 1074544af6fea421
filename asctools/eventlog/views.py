"""Four levels of detail of the same log: everything, the loop, the gates, the weights."""

from typing import TYPE_CHECKING

import numpy as np

from asctools.errors import InputError, explain, unknown_name
from asctools.eventlog.dfg import case_numbers
from asctools.eventlog.registry import level_of

if TYPE_CHECKING:
    import pandas as pd

NAME = "concept:name"
AROUND = ("ForwardPass", "BackwardPass", "WeightsUpdate")  # what the details are shown between
LEVELS = ("full", "main", "gates", "weights")
DETAILS = {"gates": "gate", "weights": "weight"}  # level of detail → level of the events


def view(log: "pd.DataFrame", level: str) -> "pd.DataFrame":
    """Return the events that a level of detail shows.

    Where the details of every twentieth iteration were logged, the other iterations would draw
    arcs past them: from ForwardPass straight to BackwardPass. So the gates and the weights are
    shown in those iterations only that have them. Take ``case="iteration"`` for the graph of them,
    or else its arcs lead from one such iteration to the next, over all those between.

    Parameters
    ----------
    log
        The events, as :func:`asctools.eventlog.reader.read` gives them.
    level
        ``"full"``: everything. ``"main"``: everything but gates and weights. ``"gates"``: what the
        four gates said and what slopes came back, between forward pass, backward pass and update.
        ``"weights"``: how each part of the weights moved, between the same.

    Returns
    -------
    pandas.DataFrame
        Rows of the log, with all its columns and ``attrs``.

    Raises
    ------
    asctools.errors.UnknownNameError
        For another level.
    asctools.errors.InputError
        For a log without the events that are asked for.
    """
    if level not in LEVELS:
        raise unknown_name("level", level, LEVELS)
    if level == "full":
        return log
    if level == "main":
        return log[~_of_levels(log, *DETAILS.values())]
    details = _of_levels(log, DETAILS[level])
    if not details.any():
        todo = f'log with level="{DETAILS[level]}", and a model that exposes its {level}'
        raise InputError(explain(f"a log without {level}", f"events of {level}", todo))
    cases = (
        case_numbers(log, "iteration") if "iteration" in log.columns else np.zeros(len(log), int)
    )
    observed = np.isin(cases, np.unique(cases[details]))
    return log[observed & (details | log[NAME].isin(AROUND).to_numpy())]


def activities(log: "pd.DataFrame", level: str) -> list[str]:
    """Return the names of the activities that a level of detail shows, by first appearance.

    Parameters
    ----------
    log, level
        As in :func:`view`.
    """
    return [str(name) for name in view(log, level)[NAME].dropna().unique()]


def _of_levels(log: "pd.DataFrame", *levels: str) -> np.ndarray:
    """Whether each event is of one of some levels of logging."""
    names = [name for name in log[NAME].dropna().unique() if level_of(str(name)) in levels]
    return log[NAME].isin(names).to_numpy(dtype=bool)

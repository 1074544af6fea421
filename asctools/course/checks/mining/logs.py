"""Fresh logs for the exercises: trainings with one of the mysteries' faults, or with none."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from asctools.course.checks.spec import WrongFormError, call
from asctools.course.checks.words import kind_of

if TYPE_CHECKING:
    import pandas as pd

NAME = "concept:name"


@cache
def fresh(
    number: int | None, seed: int, epochs: int, iterations: int, **settings: Any
) -> pd.DataFrame:
    """Return the table of a new log; copy it before you change it."""
    from asctools.course.mystery import made
    from asctools.eventlog import XESLogger, read

    with TemporaryDirectory() as folder:
        path = Path(folder) / "fresh.xes"
        with XESLogger(path) as log:
            made(log, number, seed=seed, epochs=epochs, iterations=iterations, **settings)
        return read(path)


@cache
def stored(number: int) -> pd.DataFrame:
    """Return the table of a stored log; copy it before you change it."""
    from asctools.course.mystery import mystery
    from asctools.eventlog import read

    return read(mystery(number))


def whole_numbers(answer: Any, log: pd.DataFrame) -> Any:
    """Call a finder, and bring the iterations that it names into one form: sorted, each once."""
    found = call(answer, log)
    if found is None or found is Ellipsis:
        return found
    try:
        numbers = list(found)
    except TypeError:
        wanted = "A list of iterations is needed, an empty one if all is well"
        raise WrongFormError(f"{wanted}; {kind_of(found)} came.") from None
    try:
        whole = sorted({int(each) for each in numbers})
    except (TypeError, ValueError):
        raise WrongFormError("The list is to hold numbers of iterations, and only those.") from None
    if any(each != int(each) for each in numbers):
        raise WrongFormError("The number of an iteration is a whole one.")
    return whole


def iterations_of(rows: pd.DataFrame) -> list[int]:
    """Return the numbers of the iterations of some events, each once."""
    return sorted({int(each) for each in rows["iteration"].dropna()})

"""What trainings found on the test windows, kept so that a page can score it without training.

A file holds picks, not scores: a page makes the test windows itself, matches the picks with the
strikes in them, and draws its own intervals.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells import Picks
from asctools.errors import CheckpointError, InputError, explain, unknown_name
from asctools.events.io.atomic import write_whole
from asctools.numpy_lstm.saving import read_npz

__all__ = ["KeptRun", "chosen", "names", "read", "write"]

FORMAT, VERSION = "asctools.course runs", 1
WEIGHTS = Path(__file__).parent.parent / "weights"
STEPS = 64  # of a sample, to which times are rounded: 0.008 ms, and the file is a third smaller
HALF = 65504.0  # the largest number of 16 bits

NOTES = ("arm", "labels", "seed", "seconds", "about")  # all of a run but its picks


class KeptRun(NamedTuple):
    """What one trained detector found on the test windows, and what it took to make it.

    Attributes
    ----------
    arm
        What it is: ``"scratch"``, ``"templates"``.
    labels
        How many labelled windows it has seen.
    seed
        Of the draw of these windows and of the first weights.
    seconds
        CPU-seconds, all training included.
    picks
        Of each test window, at the threshold that validation froze, with the refractory period
        enforced.
    about
        Whatever else is worth knowing: plain values.
    """

    arm: str
    labels: int
    seed: int
    seconds: float
    picks: tuple[Picks, ...]
    about: dict[str, Any] = {}  # noqa: RUF012  a NamedTuple is never changed


def names() -> list[str]:
    """Return the names of the runs that come with the library."""
    return sorted(path.stem.removeprefix("runs-") for path in WEIGHTS.glob("runs-*.npz"))


def chosen(
    runs: Sequence[KeptRun],
    arm: str | None = None,
    labels: int | None = None,
    seed: int | None = None,
) -> tuple[KeptRun, ...]:
    """Return the runs of an arm, with so many labels, of a seed; None: of all."""
    return tuple(
        run
        for run in runs
        if arm in (None, run.arm) and labels in (None, run.labels) and seed in (None, run.seed)
    )


def write(path: str | Path, runs: Sequence[KeptRun]) -> None:
    """Write runs into one file; an older one at ``path`` stays until the new one is complete.

    Bells take 8 bits, times are rounded to 1/64 of a sample, scores keep three decimal digits. How
    sure a time is is not kept.

    Parameters
    ----------
    path
        A file ``.npz``.
    runs
        In the order in which :func:`read` gives them back.

    Raises
    ------
    CheckpointError
        If the name is no ``.npz``, the folder is missing or cannot be written to, or ``about``
        holds more than plain values.
    InputError
        If a bell does not fit into 8 bits.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise CheckpointError(explain(f"{path}", "a name that ends with .npz", "rename it"))
    arrays: dict[str, Any] = {"header": np.array(_header_of(runs)), **_columns(runs)}
    try:
        write_whole(path, lambda place: np.savez_compressed(place, **arrays))
    except InputError as error:
        raise CheckpointError(str(error)) from error


def read(name: str | Path) -> tuple[KeptRun, ...]:
    """Read runs.

    Parameters
    ----------
    name
        One of :func:`names`, such as ``"labels"``, or a file ``.npz`` that :func:`write` wrote.

    Raises
    ------
    UnknownNameError
        If there are no runs of that name.
    CheckpointError
        If the file is missing, damaged, something else, or of another version.
    """
    path = Path(name)
    if path.suffix != ".npz":
        if str(name) not in names():
            raise unknown_name("runs", str(name), names())
        path = WEIGHTS / f"runs-{name}.npz"
    arrays = read_npz(path)
    header = _checked(path, arrays.get("header"))
    try:
        if len(arrays["counts"]) != sum(told["windows"] for told in header["runs"]):
            raise ValueError("there are more windows than it says, or fewer")
        picks = _windows(arrays)
        runs = [
            KeptRun(
                picks=tuple(islice(picks, told["windows"])), **{key: told[key] for key in NOTES}
            )
            for told in header["runs"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        came = f"{path}, runs with a part that does not fit ({error})"
        todo = "it was changed after it was written: use another"
        raise CheckpointError(explain(came, "whole runs", todo)) from error
    return tuple(runs)


def _header_of(runs: Sequence[KeptRun]) -> str:
    """Return everything but the picks as text."""
    told = [
        {name: getattr(run, name) for name in NOTES} | {"windows": len(run.picks)} for run in runs
    ]
    try:
        return json.dumps({"format": FORMAT, "version": VERSION, "runs": told})
    except TypeError as error:
        came = f"runs with notes that JSON cannot hold ({error})"
        todo = "pass numbers, texts, lists and dictionaries"
        raise CheckpointError(explain(came, "plain values", todo)) from error


def _columns(runs: Sequence[KeptRun]) -> dict[str, NDArray[Any]]:
    """Return the picks of all windows of all runs, one behind the other."""
    windows = [picks for run in runs for picks in run.picks]
    bells = np.concatenate([np.zeros(0, np.int64), *(picks.bells for picks in windows)])
    times = np.concatenate([np.zeros(0), *(picks.times for picks in windows)])
    scores = np.concatenate([np.zeros(0), *(picks.scores for picks in windows)])
    if len(bells) and bells.max() > np.iinfo(np.int8).max:
        came = f"bell {bells.max()}"
        raise InputError(explain(came, "0 to 127", "such runs are too large for this file"))
    return {
        "counts": np.array([picks.number for picks in windows], dtype=np.uint16),
        "bells": bells.astype(np.int8),
        "times": (np.round(times * STEPS) / STEPS).astype(np.float32),
        "scores": np.clip(scores, -HALF, HALF).astype(np.float16),
    }


def _windows(arrays: dict[str, NDArray[Any]]) -> Iterator[Picks]:
    """Yield the picks of one window after the other."""
    columns = [arrays[name] for name in ("bells", "times", "scores")]
    ends = np.cumsum(arrays["counts"].astype(np.int64))
    starts = ends - arrays["counts"]
    if any(len(column) != arrays["counts"].sum() for column in columns):
        raise ValueError("there are more picks than it counts, or fewer")
    for start, end in zip(starts, ends, strict=True):
        yield Picks.make(*(column[start:end] for column in columns))


def _checked(path: Path, text: NDArray[Any] | None) -> dict[str, Any]:
    try:
        header = json.loads(str(text))
    except json.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        came = f"{path}, a file of something else"
        todo = "use one that asctools.course.stored.write wrote"
        raise CheckpointError(explain(came, "stored runs", todo))
    if header.get("version") != VERSION:
        came = f"{path}, written in version {header.get('version')} of the format"
        raise CheckpointError(explain(came, f"version {VERSION}", "make the runs again"))
    return header

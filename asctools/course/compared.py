"""Compare stored runs over all their seeds, on windows that are the same for all of them."""

from collections.abc import Sequence

import numpy as np

from asctools.bells import Strikes
from asctools.course.stored import KeptRun
from asctools.errors import InputError, explain
from asctools.events.metrics import Counts, ScoreInterval, counts_by_window

__all__ = ["gain", "mean_f1"]


def mean_f1(
    runs: Sequence[KeptRun],
    truth: Sequence[Strikes],
    rng: np.random.Generator,
    tolerance_ms: float = 5.0,
    *,
    draws: int = 1000,
    level: float = 0.95,
) -> ScoreInterval:
    """Return the mean F1 score of runs, and between what it lies for most draws of windows.

    A draw takes windows with replacement, the same ones for every run. How far seeds lie apart is
    another matter: print that beside it.

    Parameters
    ----------
    runs
        Of one arm, one for each seed.
    truth
        The strikes of each test window.
    rng
        Which draws.
    tolerance_ms, draws, level
        As for :func:`asctools.events.metrics.bootstrap_f1`.

    Raises
    ------
    InputError
        If there is no run, or one has not as many windows as there are truths.
    """
    often = _draws(len(truth), draws, rng)
    return _interval(_f1(runs, truth, tolerance_ms, often), level)


def gain(
    runs: Sequence[KeptRun],
    rivals: Sequence[KeptRun],
    truth: Sequence[Strikes],
    rng: np.random.Generator,
    tolerance_ms: float = 5.0,
    *,
    draws: int = 1000,
    level: float = 0.95,
) -> ScoreInterval:
    """Return by how much the mean F1 score of runs is above that of their rivals.

    Paired: a draw takes the same windows for both, so that what makes a window hard for both does
    not hide a difference.

    Parameters
    ----------
    runs, rivals
        Each of one arm, one for each seed.
    truth, rng, tolerance_ms, draws, level
        As for :func:`mean_f1`.
    """
    often = _draws(len(truth), draws, rng)
    ours, theirs = (_f1(some, truth, tolerance_ms, often) for some in (runs, rivals))
    return _interval(ours - theirs, level)


def _draws(windows: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each window counts, (1 + draws, windows): first all of them, once."""
    drawn = rng.multinomial(windows, np.full(windows, 1.0 / windows), size=draws)
    return np.concatenate([np.ones((1, windows), dtype=drawn.dtype), drawn])


def _f1(
    runs: Sequence[KeptRun], truth: Sequence[Strikes], tolerance_ms: float, often: np.ndarray
) -> np.ndarray:
    """Return the mean over runs for each draw."""
    if not runs or any(len(run.picks) != len(truth) for run in runs):
        came = f"runs of {sorted({len(run.picks) for run in runs})} windows, {len(truth)} truths"
        todo = "make the windows that the runs were tested on"
        raise InputError(explain(came, "at least one run, and a truth for each window", todo))
    each = [counts_by_window(run.picks, truth, tolerance_ms) for run in runs]
    f1 = [Counts(*(often @ column for column in counts)).f1 for counts in each]
    mean: np.ndarray = np.mean(f1, axis=0)
    return mean


def _interval(values: np.ndarray, level: float) -> ScoreInterval:
    low, high = np.quantile(values[1:], [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return ScoreInterval(float(values[0]), float(low), float(high))

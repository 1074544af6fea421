"""From a score for each frame and bell to picks: local maxima, their times, and which to keep.

A frame of ``frame_samples`` = 10 samples covers samples 10 k … 10 k + 9. Offset 0 is its middle,
10 k + 4.5; the offset is in frames.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.strikes import Picks
from asctools.errors import InputError, ShapeError, explain
from asctools.events.refractory import PERIOD, best_of_each_bell, log_odds

__all__ = ["PeakFinder", "frame_times", "frames_of", "picks_from_scores"]

FRAME_SAMPLES = 10


def frame_times(
    frames: ArrayLike, offsets: ArrayLike = 0.0, frame_samples: int = FRAME_SAMPLES
) -> NDArray[np.float64]:
    """Return times in samples: ``frame_samples · (frame + offset)`` after the first middle."""
    k = np.asarray(frames, dtype=np.float64) + np.asarray(offsets, dtype=np.float64)
    return frame_samples * k + (frame_samples - 1) / 2.0


def frames_of(
    times: ArrayLike, frame_samples: int = FRAME_SAMPLES
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the frame of each time and its offset from the frame's middle, −0.5 up to 0.5."""
    k = (np.asarray(times, dtype=np.float64) - (frame_samples - 1) / 2.0) / frame_samples
    frame = np.floor(k + 0.5)
    return frame.astype(np.int64), k - frame


def picks_from_scores(
    scores: ArrayLike,
    offsets: ArrayLike | None,
    threshold: float,
    *,
    frame_samples: int = FRAME_SAMPLES,
    refractory_period_samples: float | None = PERIOD,
    valid: ArrayLike | None = None,
) -> Picks:
    """Return the local maxima of each bell at or above a threshold, the best set of each bell.

    The best set is that of the highest sum of :func:`~asctools.events.refractory.log_odds`.

    Parameters
    ----------
    scores
        The probability of a strike, shape (frames, E).
    offsets
        Where in its frame the strike lies, in frames from the middle, (frames, E); None: 0.
    threshold
        The least score of a pick.
    frame_samples
        Samples in a frame.
    refractory_period_samples
        The least distance of two strikes of one bell; None: keep every local maximum.
    valid
        False for frames in which no pick may lie, such as those of a gap, (frames,).

    Returns
    -------
    Picks
        In order of time. A pick near an edge can lie a little outside of the frames, by its offset;
        none is before sample 0.

    Raises
    ------
    ShapeError, InputError
        If the arrays do not belong together, or a score that counts is NaN.
    """
    finder = PeakFinder(threshold, frame_samples=frame_samples)
    picks = Picks.together([finder.push(scores, offsets, valid), finder.finish()])
    if refractory_period_samples is None:
        return picks
    return best_of_each_bell(picks, refractory_period_samples, lambda p: log_odds(p, threshold))


class _Run(NamedTuple):
    """The equal scores that each bell's trace ended in: it is a peak if it was risen to and falls.

    All of shape (E,): the score, the first frame of it, the offset there, whether it was risen to.
    """

    score: NDArray[np.float64]
    frame: NDArray[np.int64]
    offset: NDArray[np.float64]
    risen: NDArray[np.bool_]


class PeakFinder:
    """Local maxima of scores that come in pieces; how they are cut changes no pick.

    A maximum may last several frames of equal scores; its pick is in the first. It is known as soon
    as the score falls, so the picks of a piece can begin with one of the piece before.

    Parameters
    ----------
    threshold
        The least score of a pick.
    frame_samples
        Samples in a frame.
    first_frame
        The number of the first frame that will come.
    """

    def __init__(
        self, threshold: float, *, frame_samples: int = FRAME_SAMPLES, first_frame: int = 0
    ) -> None:
        if np.isnan(threshold):
            raise InputError(explain("NaN as threshold", "a number", "choose it on validation"))
        self.threshold = float(threshold)
        self.frame_samples = frame_samples
        self.next_frame = first_frame
        self._run: _Run | None = None

    def push(
        self, scores: ArrayLike, offsets: ArrayLike | None = None, valid: ArrayLike | None = None
    ) -> Picks:
        """Take the next frames, (frames, E) each, and return the picks that they decide."""
        s, o = _checked(scores, offsets, valid)
        run = self._run or _silence(s.shape[1])
        if len(run.score) != s.shape[1]:
            came, right = f"scores of {s.shape[1]} events", f"{len(run.score)}, as before"
            raise ShapeError(explain(came, right, "use a new PeakFinder for another model"))
        s, o = np.vstack([run.score, s]), np.vstack([run.offset, o])
        frame = self.next_frame - 1 + np.arange(len(s))[:, None]
        self.next_frame += len(s) - 1
        at, bell, falls = _runs(s)
        # In order of bells: a run is a peak if the one before it is lower, and the next one too
        first = at == 0
        frames = np.where(first, run.frame[bell], frame[at, 0])
        risen = np.where(first, run.risen[bell], s[at, bell] > s[at - 1, bell])
        last = np.append(bell[1:] != bell[:-1], True)
        self._run = _Run(s[at, bell][last], frames[last], o[at, bell][last], risen[last])
        peak = risen & falls & ~last & (s[at, bell] >= self.threshold)
        return self._picks(bell[peak], frames[peak], o[at, bell][peak], s[at, bell][peak])

    @property
    def settled(self) -> int:
        """The first frame in which a pick can still be found: earlier ones have been decided."""
        if self._run is None:
            return self.next_frame
        score, frame, _, risen = self._run
        return int(np.min(frame, where=risen & (score >= self.threshold), initial=self.next_frame))

    def finish(self) -> Picks:
        """Return the picks that the end decides: a trace that ends high ends in a maximum."""
        if self._run is None:
            return Picks.none()
        score, frame, offset, risen = self._run
        peak = np.flatnonzero(risen & (score >= self.threshold))
        self._run = None
        return self._picks(peak, frame[peak], offset[peak], score[peak])

    def _picks(self, bells: Any, frames: Any, offsets: Any, scores: Any) -> Picks:
        times = np.maximum(frame_times(frames, offsets, self.frame_samples), 0.0)
        return Picks.make(bells, times, scores)


def _runs(s: NDArray[np.float64]) -> tuple[Any, Any, Any]:
    """Return row and column of the first of each run of equal scores, and whether it falls next."""
    new = np.vstack([np.ones((1, s.shape[1]), dtype=bool), s[1:] != s[:-1]])
    bell, at = np.nonzero(new.T)
    score = s[at, bell]
    falls = np.append(score[1:] < score[:-1], False)
    return at, bell, falls


def _silence(events: int) -> _Run:
    nothing = np.full(events, -np.inf)
    none = np.zeros(events, dtype=bool)
    return _Run(nothing, np.zeros(events, dtype=np.int64), np.zeros(events), none)


def _checked(
    scores: ArrayLike, offsets: ArrayLike | None, valid: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    s = np.asarray(scores, dtype=np.float64)
    if s.ndim != 2:
        came = f"scores of shape {s.shape}"
        raise ShapeError(explain(came, "(frames, E)", "decode one window at a time"))
    o = np.zeros_like(s) if offsets is None else np.asarray(offsets, dtype=np.float64)
    keep = np.ones(len(s), dtype=bool) if valid is None else np.asarray(valid, dtype=bool)
    if o.shape != s.shape or keep.shape != s.shape[:1]:
        came = f"scores {s.shape}, offsets {o.shape}, valid {keep.shape}"
        right = "(frames, E), the same, and (frames,)"
        raise ShapeError(explain(came, right, "give all three for the same frames"))
    s = np.where(keep[:, None], s, -np.inf)
    if np.isnan(s).any() or not np.isfinite(o[keep]).all():
        came = "NaN among the scores, or an offset that is not finite"
        raise InputError(explain(came, "numbers", "look for NaN in the recording and the weights"))
    return s, o

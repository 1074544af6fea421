"""Detection in recordings of any length, in constant memory, however they are cut."""

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import nn

from asctools.bells import Picks
from asctools.errors import InputError, ShapeError, explain
from asctools.events.checks import checked_threshold, real
from asctools.events.conformal import Intervals
from asctools.events.decode import PeakFinder
from asctools.events.detect.asking import ask, checked, resolution, shortest
from asctools.events.detect.certain import Certain

__all__ = ["Detector", "detect_recording"]

CORE_S, MARGIN_S = 16.0, 1.0  # of a window: what it answers for, and what it sees on both sides
PIECE = 1 << 16  # samples that are taken from a long recording together


class Detector:
    """Take samples as they come, and give the strikes as soon as they are certain.

    The network sees windows that overlap. They lie on the recording's own grid: window k answers
    for the samples from ``k · core`` to ``(k + 1) · core``, and sees a margin on both sides. So
    neither the cuts between pieces nor their sizes can change anything, to the last bit.

    Parameters
    ----------
    model
        A classifier of :mod:`asctools.events.models`.
    threshold
        The least score of a strike; that of the model file is frozen on validation.
    intervals
        Those of the model file, for ± of each time.
    apply_refractory
        Whether a bell may strike once in a period only.
    period_samples
        That period; None takes the model's own.
    core_samples, margin_samples
        Of a window, in samples; None is 16 s and 1 s at 2000 Hz, whole frames.

    Raises
    ------
    InputError
        If the threshold, the period or a length is out of range.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        threshold: float = 0.5,
        intervals: Intervals | None = None,
        apply_refractory: bool = True,
        period_samples: float | None = None,
        core_samples: int | None = None,
        margin_samples: int | None = None,
    ) -> None:
        self.model, self.intervals = model, intervals
        self.frame = resolution(model)
        self.core = _whole(core_samples, round(CORE_S * 200) * 10, self.frame, 1, "core_samples")
        margin = round(MARGIN_S * 200) * 10
        self.margin = _whole(margin_samples, margin, self.frame, 0, "margin_samples")
        own = getattr(model, "refractory_period_samples", 4000)
        wanted = own if period_samples is None else period_samples
        period = real(wanted, "period_samples", "0 or more samples", "try 4000")
        if not 0 <= period < np.inf:
            came = f"period_samples={period_samples!r}"
            raise InputError(explain(came, "0 or more samples", "try 4000"))
        self.threshold = checked_threshold(threshold)
        self._period = period if apply_refractory else 0.0
        self.reset()

    def reset(self) -> None:
        """Forget everything: another recording begins."""
        self._peaks = PeakFinder(self.threshold, frame_samples=self.frame)
        self._certain = Certain(self._period, self.threshold)
        self._pieces: list[np.ndarray] = []
        self._valid: list[np.ndarray] = []
        self._start = self._length = 0  # of what is kept, and up to where it reaches
        self._window = 0
        self.presence = np.zeros(0)

    def push(self, samples: Any, valid: Any = None) -> Picks:
        """Take the next samples, and return the strikes that nothing can change any more.

        Parameters
        ----------
        samples
            ``(n, C)``, n from 0 on, floats in the units of the training.
        valid
            Where they were measured, ``(n,)``: no strike is claimed in a frame with a gap.

        Raises
        ------
        ShapeError, InputError
            If they cannot be read; nothing is taken then.
        """
        x = checked(samples, self.model)
        good = np.ones(len(x), dtype=bool) if valid is None else np.asarray(valid, dtype=bool)
        if good.shape != x.shape[:1]:
            came = f"valid of shape {good.shape} for {len(x)} samples"
            raise ShapeError(explain(came, f"({len(x)},)", "give one for each sample"))
        found = []
        for start in range(0, len(x), PIECE):
            part = slice(start, start + PIECE)
            self._pieces.append(np.array(x[part], dtype=np.float32))
            self._valid.append(np.array(good[part]))
            self._length += len(self._pieces[-1])
            while self._length >= self._end:
                found.append(self._next(self._end))
        return self._final(found)

    def finish(self) -> Picks:
        """Return the strikes that were not certain yet, and be ready for another recording.

        Raises
        ------
        InputError
            If the whole recording was too short to be asked about; it is forgotten then.
        """
        if self._length < shortest(self.model):
            came = f"a recording of {self._length} samples"
            self.reset()  # or the next recording would begin with these samples
            todo = "record for longer"
            raise InputError(explain(came, f"at least {shortest(self.model)}", todo))
        found = []
        while self._window * self.core < self._length:
            found.append(
                self._next(min(self._length, (self._window + 1) * self.core + self.margin))
            )
        found.append(self._peaks.finish())
        last = Picks.together([self._final(found), self._sized(self._certain.finish())])
        presence = self.presence
        self.reset()
        self.presence = presence
        return last

    @property
    def _end(self) -> int:
        """Up to where the next window sees."""
        return (self._window + 1) * self.core + self.margin

    def _next(self, stop: int) -> Picks:
        """Ask about the next window, which ends at ``stop``; return the peaks that it decides."""
        core = self._window * self.core
        begin = max(0, core - self.margin)
        signal, valid = self._kept(begin, stop)
        answer = ask(self.model, [signal])[0]
        first = (core - begin) // self.frame
        chosen = slice(first, first + self.core // self.frame)
        frames = len(answer.scores)
        good = np.ones(frames * self.frame, dtype=bool)
        good[: len(valid)] = valid
        whole = np.all(good.reshape(frames, self.frame), axis=1)[chosen]
        self.presence = np.maximum(answer.presence, self.presence if core else 0.0)
        self._window += 1
        return self._peaks.push(answer.scores[chosen], answer.offsets[chosen], whole)

    def _kept(self, begin: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the samples from ``begin`` to ``stop``, and forget those before ``begin``."""
        signal, valid = np.concatenate(self._pieces), np.concatenate(self._valid)
        cut, self._start = begin - self._start, begin
        self._pieces, self._valid = [signal[cut:].copy()], [valid[cut:].copy()]
        return self._pieces[0][: stop - begin], self._valid[0][: stop - begin]

    def _final(self, found: list[Picks]) -> Picks:
        """Return what is certain after new peaks."""
        # An offset can take a peak back by two frames, and the last run of scores is open still
        now = (self._peaks.settled - 2) * self.frame
        return self._sized(self._certain.push(Picks.together(found), now))

    def _sized(self, picks: Picks) -> Picks:
        if self.intervals is None:
            return picks
        return picks._replace(plus_minus=self.intervals.plus_minus(picks.scores))


def detect_recording(
    model: nn.Module,
    signal: Any,
    *,
    valid: np.ndarray | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Picks:
    """Detect all strikes of a recording, which may be an array on the disk.

    Parameters
    ----------
    model
        A classifier of :mod:`asctools.events.models`.
    signal
        ``(T, C)``: an array, or ``np.load(path, mmap_mode="r")``; it is read piece by piece.
    valid
        Where it was measured, ``(T,)``.
    progress
        Called with the samples that are done and all of them.
    **options
        Those of :class:`Detector`.

    Raises
    ------
    ShapeError, InputError
        If it cannot be read, or is too short.
    """
    detector = Detector(model, **options)
    found = []
    for start in range(0, len(signal), PIECE):
        piece = slice(start, start + PIECE)
        found.append(detector.push(signal[piece], None if valid is None else valid[piece]))
        if progress is not None:
            progress(min(start + PIECE, len(signal)), len(signal))
    found.append(detector.finish())
    return Picks.together(found)


def _whole(given: int | None, usual: int, frame: int, least: int, name: str) -> int:
    """Return a length in samples that is a whole number of frames."""
    length = usual // frame * frame if given is None else given
    if length < least or length % frame:
        came = f"{name}={given!r}"
        todo = f"try {usual // frame * frame}"
        raise InputError(explain(came, f"a multiple of {frame}, the samples of a frame", todo))
    return length

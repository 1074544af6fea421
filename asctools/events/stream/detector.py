"""Strikes from samples that never end, each committed after a stated delay."""

from pathlib import Path
from typing import Any

import numpy as np

from asctools.bells import Picks
from asctools.errors import InputError, ShapeError, explain
from asctools.events import files
from asctools.events.checks import checked_threshold, real
from asctools.events.decode import PeakFinder
from asctools.events.refractory import OnlineRefractory, log_odds
from asctools.events.stream.network import CausalNetwork, FrameScores

__all__ = ["StreamingDetector"]

DELAY_S = 0.5
MOST_QUIET = 50  # pieces
FARTHEST = 2  # frames: an offset beyond is no offset


class StreamingDetector:
    """Take samples as they come, and commit strikes as they become sure enough.

    Parameters
    ----------
    model
        A causal model: a :class:`~asctools.events.files.ModelFile`, its path, or its name.
    threshold
        The least score of a strike; None takes the one that validation froze.
    apply_refractory
        Whether a bell may strike once in a period only.
    period_samples
        That period; None takes the model's own.
    delay_samples
        How long a strike waits for a better one of its bell before it is committed; None is half
        a second at the rate of the model.

    Attributes
    ----------
    latency_samples
        How long after a strike it is committed, at most: a frame, the look-ahead of the network,
        the frames that a peak needs to be one, and the delay.

    Raises
    ------
    CheckpointError
        If the model is not causal, or cannot be read.
    InputError
        If a parameter is out of range.
    """

    def __init__(
        self,
        model: files.ModelFile | str | Path,
        *,
        threshold: float | None = None,
        apply_refractory: bool = True,
        period_samples: float | None = None,
        delay_samples: float | None = None,
    ) -> None:
        self.file = model if isinstance(model, files.ModelFile) else files.read(model)
        self.threshold = checked_threshold(self.file.threshold if threshold is None else threshold)
        own = self.file.arguments.get("refractory_period_samples", 4000)
        wanted = own if period_samples is None else period_samples
        period = real(wanted, "period_samples", "0 or more samples", "try 4000")
        wanted = DELAY_S * self.file.rate if delay_samples is None else delay_samples
        delay = real(wanted, "delay_samples", "0 or more samples", "try 1000")
        self._silent = Picks.none()
        self._rule = (period, delay) if apply_refractory else (0.0, 0.0)
        self.reset()
        waits = 1 + self.network.lookahead + 1 + FARTHEST
        self.latency_samples = waits * self.network.frame + self._rule[1]

    def reset(self) -> None:
        """Forget everything: another recording begins."""
        self.network = CausalNetwork(self.file)
        # Logits are compared: a probability of so many frames need not be worked out
        logit = float(np.log(self.threshold / (1.0 - self.threshold)))
        self._peaks = PeakFinder(logit, frame_samples=self.network.frame)
        self._refractory = OnlineRefractory(
            self.network.events, *self._rule, worth=lambda p: log_odds(p, self.threshold)
        )
        self._due: list[float] = []  # when strikes that wait are to be decided
        self._held = Picks.none()  # known, but a later frame may still tell of an earlier one
        # While no score reaches the threshold, frames wait to be looked at together
        self._quiet: list[FrameScores] = []
        self._rising = False  # whether the last frame may be part of a peak
        self._frames = 0
        self._valid = np.zeros(0, dtype=bool)  # of the samples of frames that were not looked at

    def push(self, samples: Any, valid: Any = None) -> Picks:
        """Take the next samples and return the strikes that are now committed.

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
        x, good = self._checked(samples, valid)
        self._valid = np.concatenate([self._valid, good])
        return self._commit(self.network.push(x))

    def finish(self) -> Picks:
        """Return the strikes that still waited, and be ready for another recording."""
        fill = np.ones(-len(self._valid) % self.network.frame, dtype=bool)
        self._valid = np.concatenate([self._valid, fill])
        try:
            return self._commit(self.network.finish(), at_end=True)
        finally:
            self.reset()  # also after an error: nothing of this recording goes into the next

    def _commit(self, frames: FrameScores, at_end: bool = False) -> Picks:
        """Return the strikes that are committed when new frames are known."""
        self._quiet.append(frames)
        self._frames += len(frames.logits)
        loud = len(frames.logits) and frames.logits.max() >= self._peaks.threshold
        if loud or self._rising or at_end or len(self._quiet) > MOST_QUIET:
            self._look(at_end)
        # No peak that is still to come lies before this
        settled = self._peaks.settled if self._rising else self._frames
        now = np.inf if at_end else float(settled - FARTHEST) * self.network.frame
        due = bool(self._due) and self._due[0] <= now
        if not (at_end or due or self._held.number):
            return self._silent
        ripe = self._held.times <= now
        picks, self._held = self._held.kept(ripe), self._held.kept(~ripe)
        self._due += (picks.times + self._rule[1]).tolist()
        self._due = [time for time in self._due if time > now]
        return self._sized(self._refractory.push(self._scored(picks), now))

    def _look(self, at_end: bool) -> None:
        """Look for peaks in the frames that wait for it."""
        logits, offsets = map(np.concatenate, zip(*self._quiet, strict=True))
        self._quiet.clear()
        length = len(logits) * self.network.frame
        good, self._valid = self._valid[:length], self._valid[length:]
        valid = good.reshape(-1, self.network.frame).all(axis=1)
        found = [self._peaks.push(logits, np.clip(offsets, -FARTHEST, FARTHEST), valid)]
        found += [self._peaks.finish()] if at_end else []
        self._rising = self._peaks.settled < self._frames
        self._held = Picks.together([self._held, *found])

    def _scored(self, picks: Picks) -> Picks:
        return picks._replace(scores=1.0 / (1.0 + np.exp(-picks.scores)))

    def _sized(self, picks: Picks) -> Picks:
        return picks if self.file.intervals is None else self.file.intervals.of(picks)

    def _checked(self, samples: Any, valid: Any) -> tuple[np.ndarray, np.ndarray]:
        x = np.asarray(samples)
        if x.ndim != 2 or x.shape[1] != self.network.channels:
            came = f"samples of shape {x.shape}"
            right = f"(n, {self.network.channels})"
            raise ShapeError(explain(came, right, "give all channels, a row a sample"))
        if x.dtype.kind != "f":
            came = f"samples of type {x.dtype}"
            todo = "pass counts * full_scale / 32768"
            raise InputError(explain(came, "floats in the units of the training", todo))
        if not np.isfinite(x).all():
            todo = "fill the gap, and say where with valid"
            raise InputError(explain("NaN or inf among the samples", "finite readings", todo))
        good = np.ones(len(x), dtype=bool) if valid is None else np.asarray(valid, dtype=bool)
        if good.shape != x.shape[:1]:
            came = f"valid of shape {good.shape} for {len(x)} samples"
            raise ShapeError(explain(came, f"({len(x)},)", "give one for each sample"))
        return x, good

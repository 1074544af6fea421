"""Detection in sequences that fit into memory, one or many."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from torch import nn

from asctools.bells import Picks
from asctools.errors import ShapeError, explain
from asctools.events.conformal import Intervals
from asctools.events.detect.asking import checked, shortest
from asctools.events.detect.detector import Detector

__all__ = ["Detection", "detect_events_from_batch", "detect_events_from_sequence"]


class Detection(NamedTuple):
    """What was found in a sequence; every attribute is a key as well.

    Attributes
    ----------
    detected_events
        1 for each event that has a pick, else 0, ``(E,)``, int64.
    event_timings
        Samples: the time of the surest pick of each event, 0 where there is none, ``(E,)``.
    event_probs
        How probable it is that each event is in the sequence at all, ``(E,)``.
    picks
        Every strike, also several of one bell.
    """

    detected_events: np.ndarray
    event_timings: np.ndarray
    event_probs: np.ndarray
    picks: Picks

    def __getitem__(self, key: Any) -> Any:
        """Return an attribute by its name, or by its place."""
        return getattr(self, key) if isinstance(key, str) else tuple.__getitem__(self, key)


def detect_events_from_sequence(
    model: nn.Module,
    sequence: Any,
    threshold: float = 0.5,
    apply_refractory: bool = True,
    *,
    valid: np.ndarray | None = None,
    intervals: Intervals | None = None,
    **options: Any,
) -> Detection:
    """Detect the events of one sequence.

    Parameters
    ----------
    model
        A classifier of :mod:`asctools.events.models`. It is asked in evaluation mode, and left in
        the mode that it had.
    sequence
        Readings in the units of the training, ``(T, C)`` of floats, from 20 frames (200 samples in
        frames of 10) to hours.
    threshold
        The least score of a strike.
    apply_refractory
        Whether an event may come once in a period only: the best set is kept.
    valid
        Where readings were measured, ``(T,)``; no strike is claimed elsewhere.
    intervals
        Those of the model file, for ± of each time.
    **options
        Others of :class:`~asctools.events.detect.Detector`.

    Raises
    ------
    ShapeError, InputError
        If the sequence is empty, too short, of another number of channels, holds a value that is
        no finite number, or counts in place of readings. Both are ``ValueError``.
    """
    x = checked(sequence, model, shortest(model))
    detector = Detector(
        model,
        threshold=threshold,
        intervals=intervals,
        apply_refractory=apply_refractory,
        **options,
    )
    picks = Picks.together([detector.push(x, valid), detector.finish()])
    return _detection(picks, detector.presence)


def detect_events_from_batch(
    model: nn.Module, sequences: Sequence[Any], threshold: float = 0.5, **options: Any
) -> list[Detection]:
    """Detect the events of sequences of unequal length, each as if it were alone.

    Parameters
    ----------
    model
        A classifier of :mod:`asctools.events.models`.
    sequences
        Readings ``(T_n, C)`` each. Nothing is padded: what is found in one does not depend on the
        others.
    threshold
        The least score of a strike.
    **options
        Those of :func:`detect_events_from_sequence`.

    Raises
    ------
    ShapeError, InputError
        If one of them cannot be read: the message names it.
    """
    for row, sequence in enumerate(sequences):
        try:
            checked(sequence, model, shortest(model))
        except ValueError as error:
            raise type(error)(f"Sequence {row}: {error}") from error
    valid = options.pop("valid", None)
    if valid is not None and len(valid) != len(sequences):
        came = f"{len(valid)} masks for {len(sequences)} sequences"
        raise ShapeError(explain(came, "one for each", "pass a list of them"))
    masks = [None] * len(sequences) if valid is None else valid
    return [
        detect_events_from_sequence(model, sequence, threshold, valid=mask, **options)
        for sequence, mask in zip(sequences, masks, strict=True)
    ]


def _detection(picks: Picks, presence: np.ndarray) -> Detection:
    """Put picks into one row an event."""
    detected = np.zeros(len(presence), dtype=np.int64)
    detected[picks.bells] = 1
    timings = np.zeros(len(presence))
    surest = np.argsort(picks.scores, kind="stable")
    timings[picks.bells[surest]] = picks.times[surest]  # the last one written is the surest
    return Detection(detected, timings, presence, picks)

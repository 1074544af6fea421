"""Better templates from recordings that nobody labelled: the pursuit labels them itself.

What it is sure of becomes a label, with the strength that it found. Templates are learned anew from
both kinds of labels, they find more strikes, and they can be longer, because there are more strikes
to learn them from.
"""

from collections.abc import Callable, Sequence
from time import process_time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.detector import Candidates, TemplatePursuit
from asctools.bells.pursuit.labelled import Labels, Signals, checked_signal, divided
from asctools.bells.pursuit.least_squares import Labelled
from asctools.bells.pursuit.settings import Settings
from asctools.bells.recording import Windows
from asctools.bells.strikes import Picks, Strikes
from asctools.errors import InputError, ShapeError, explain

__all__ = ["ROUNDS", "Round", "self_train"]

ROUNDS = ((600, 14.0), (1000, 12.0), (2000, 10.0))


class Round(NamedTuple):
    """What a round of self-training did.

    Attributes
    ----------
    signals
        How many unlabelled ones it listened to.
    least_score
        From which on a strike was believed.
    pseudo_labels
        How many strikes that are.
    right
        Which share of them is true; NaN where the truth is unknown.
    seconds
        Of the processor.
    """

    signals: int
    least_score: float
    pseudo_labels: int
    right: float
    seconds: float


def self_train(
    pursuit: TemplatePursuit,
    unlabelled: Signals,
    data: Signals,
    strikes: Sequence[Strikes] | None = None,
    validation: Windows | Labels | None = None,
    rounds: Sequence[tuple[int, float]] = ROUNDS,
    *,
    length: int | None = None,
    truth: Sequence[Strikes] | None = None,
    report: Callable[[Round], object] | None = None,
) -> TemplatePursuit:
    """Let a fitted pursuit learn from recordings without labels, round by round.

    Parameters
    ----------
    pursuit
        Fitted to the labelled data; it stays as it is.
    unlabelled
        Windows (N, T, C), whose strikes are not looked at, or a list of recordings (T, C) of any
        lengths, from the same sensors.
    data, strikes
        The labelled ones, as :meth:`TemplatePursuit.fit` takes them; they count in each round.
    validation
        As for ``fit``: chooses the threshold of each round.
    rounds
        Of each: how many of the unlabelled signals it listens to, the first ones, and the score
        from which on a strike is believed. Better templates can afford a lower one.
    length
        Samples of the new templates; None: as many as before. With more strikes to learn from,
        longer ones pay.
    truth
        The strikes of the unlabelled signals, where a simulator knows them: only for the report.
    report
        Called with each :class:`Round`, such as the ``append`` of a list.

    Returns
    -------
    TemplatePursuit
        A new one.

    Raises
    ------
    ShapeError, InputError
        If signals and strikes do not go together, a signal is shorter than a template, a round is
        none, or nothing is believed or found in the end: the unlabelled recordings are then of
        other sensors, or of another scale.

    Notes
    -----
    A pseudo-label has the time that the pursuit found. If the first templates are a little early or
    late, so are those that are learned from it: self-training finds more strikes, and does not time
    them better.

    Scudder (1965), *Probability of error of some adaptive pattern-recognition machines*.
    """
    options = pursuit.settings.as_dict()
    settings = Settings(**options if length is None else options | {"length": length})
    known, aside = divided(data, strikes, validation, settings)
    signals = _signals(unlabelled, truth)
    for row, signal in enumerate([known.signals[0], aside.signals[0], *signals]):
        name = "data[0]" if row < 2 else f"unlabelled[{row - 2}]"
        checked_signal(signal, pursuit.templates.shape[1], settings.length, name)
    for number, least_score in _rounds(rounds):
        started = process_time()
        believed = [pursuit.candidates(signal, least_score) for signal in signals[:number]]
        if not any(found.picks.number for found in believed):
            raise _lost(f"no strike with a score of {least_score:g} in any unlabelled signal")
        pursuit = TemplatePursuit(**settings.as_dict())
        pairs = zip(signals, believed, strict=False)
        pseudo = [_pseudo_labelled(pursuit, *pair) for pair in pairs]
        pursuit.fit_prepared([*pursuit.prepared(known), *pseudo], aside)
        if report is not None:
            seconds = process_time() - started
            report(_told(least_score, believed, truth, settings.tolerance, seconds))
    if np.isinf(pursuit.threshold):
        raise _lost("templates that find no strike of the labelled data")
    return pursuit


def _signals(unlabelled: Signals, truth: Sequence[Strikes] | None) -> list[NDArray[np.floating]]:
    """Return the signals one by one."""
    data = unlabelled.data if isinstance(unlabelled, Windows) else unlabelled
    listed = not isinstance(data, np.ndarray) or data.ndim == 3
    if not (listed and isinstance(data, Sequence | np.ndarray) and len(data)):
        came = f"{type(unlabelled).__name__} in place of unlabelled signals, or none of them"
        raise InputError(explain(came, "windows (N, T, C) or a list of (T, C)", "pass [recording]"))
    if truth is not None and len(truth) != len(data):
        came = f"{len(data)} unlabelled signals and the truth of {len(truth)}"
        raise ShapeError(explain(came, "as many of both", "pass them in pairs"))
    return [np.asarray(signal) for signal in data]


def _rounds(rounds: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return rounds that can be made."""
    whole = isinstance(rounds, Sequence) and len(rounds) > 0
    if not whole or not all(_possible(each) for each in rounds):
        came = f"rounds {rounds!r}"
        right = "pairs of a number of signals and a least score, both above 0, one pair at least"
        raise InputError(explain(came, right, "leave rounds out to begin with"))
    return list(rounds)


def _possible(pair: Any) -> bool:
    if not isinstance(pair, Sequence) or len(pair) != 2:
        return False
    number, score = pair
    real = isinstance(number, int | np.integer) and isinstance(score, int | float | np.number)
    return bool(real and number > 0 and 0 < score < np.inf)


def _lost(came: str) -> InputError:
    todo = "compare the scale and the sensors of both recordings, or believe a lower score"
    return InputError(explain(came, "unlabelled recordings like the labelled ones", todo))


def _pseudo_labelled(
    pursuit: TemplatePursuit, signal: NDArray[np.floating], found: Candidates
) -> Labelled:
    """Take what was found for true, as strong as it was found."""
    (recording,) = pursuit.prepared(Labels([signal], [found.picks.strikes()]))
    if pursuit.settings.strokes:
        recording = recording._replace(placement=recording.placement._replace(kinds=found.kinds))
    return recording._replace(amplitudes=found.amplitudes)


def _told(
    least_score: float,
    believed: Sequence[Candidates],
    truth: Sequence[Strikes] | None,
    tolerance: float,
    seconds: float,
) -> Round:
    number = sum(found.picks.number for found in believed)
    right = np.nan
    if truth is not None and number:
        pairs = zip(believed, truth, strict=False)
        right = sum(_right(found.picks, true, tolerance) for found, true in pairs) / number
    return Round(len(believed), least_score, number, right, seconds)


def _right(picks: Picks, truth: Strikes, tolerance: float) -> int:
    """Count the picks that have a strike of their bell within the tolerance."""
    near = np.abs(picks.times[:, None] - truth.times) <= tolerance
    return int(np.any(near & (picks.bells[:, None] == truth.bells), axis=1).sum())

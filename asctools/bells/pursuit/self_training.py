"""Better templates from recordings that nobody labelled: the pursuit labels them itself.

What it is sure of becomes a label, with the strength that it found. Templates are learned anew from
both kinds of labels, they find more strikes, and they can be longer, because there are more strikes
to learn them from.
"""

from collections.abc import Callable, Sequence
from time import process_time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.detector import Candidates, TemplatePursuit
from asctools.bells.pursuit.labelled import Labels, Signals, checked_signal, divided
from asctools.bells.pursuit.least_squares import Labelled
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
    length: int = 600,
    truth: Sequence[Strikes] | None = None,
    report: Callable[[Round], object] | None = None,
) -> TemplatePursuit:
    """Let a fitted pursuit learn from recordings without labels, round by round.

    Parameters
    ----------
    pursuit
        Fitted to the labelled data; it stays as it is.
    unlabelled
        Windows (N, T, C), whose strikes are not looked at, or recordings (T, C) of any lengths.
    data, strikes
        The labelled ones, as :meth:`TemplatePursuit.fit` takes them; they count in each round.
    validation
        As for ``fit``: chooses the threshold of each round.
    rounds
        Of each: how many of the unlabelled signals it listens to, the first ones, and the score
        from which on a strike is believed. Better templates can afford a lower one.
    length
        Samples of the new templates.
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
        If signals and strikes do not go together, a signal is shorter than a template, or there is
        no round.

    Notes
    -----
    Scudder (1965), *Probability of error of some adaptive pattern-recognition machines*.
    """
    if not rounds:
        raise InputError(explain("no round", "one at least", "leave rounds out"))
    signals = list(unlabelled.data if isinstance(unlabelled, Windows) else unlabelled)
    if truth is not None and len(truth) != len(signals):
        came = f"{len(signals)} unlabelled signals and the truth of {len(truth)}"
        raise ShapeError(explain(came, "as many of both", "pass them in pairs"))
    options = pursuit.settings.as_dict() | {"length": length}
    for number, least_score in rounds:
        started = process_time()
        believed = [pursuit.candidates(signal, least_score) for signal in signals[:number]]
        pursuit = TemplatePursuit(**options)
        known, aside = divided(data, strikes, validation, pursuit.settings)
        pairs = zip(signals, believed, strict=False)
        pseudo = [_pseudo_labelled(pursuit, *pair) for pair in pairs]
        pursuit.fit_prepared([*pursuit.prepared(known), *pseudo], aside)
        if report is not None:
            seconds = process_time() - started
            report(_told(least_score, believed, truth, pursuit.settings.tolerance, seconds))
    return pursuit


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

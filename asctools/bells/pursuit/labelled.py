"""Check what a fit is given, and set some of it aside for the threshold."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.settings import Settings
from asctools.bells.recording import Windows
from asctools.bells.strikes import Strikes
from asctools.errors import InputError, ShapeError, explain

__all__ = ["Labels", "checked", "checked_signal", "divided", "set_aside"]

ASIDE = 0.1  # of the samples, for the threshold

Signals = Windows | Sequence[NDArray[np.floating]] | NDArray[np.floating]


class Labels(NamedTuple):
    """Signals, each (T, C), and the strikes of each."""

    signals: list[NDArray[np.floating]]
    strikes: list[Strikes]


def divided(
    data: Signals,
    strikes: Sequence[Strikes] | None,
    validation: Windows | Labels | None,
    settings: Settings,
) -> tuple[Labels, Labels]:
    """Return what to learn templates from, and what chooses the threshold, both checked.

    Without ``validation`` a tenth of the samples is set aside for that.
    """
    sizes = settings.num_events, settings.length
    labels = checked(data, strikes, *sizes)
    if validation is None:
        return set_aside(labels, ASIDE, least=settings.length)
    return labels, checked(validation[0], validation[1], *sizes)


def checked(
    data: Signals, strikes: Sequence[Strikes] | None, num_events: int, length: int
) -> Labels:
    """Return signals and strikes that go together.

    Raises
    ------
    ShapeError
        If there is no signal, a signal is not (T, C) or shorter than ``length``, the length of a
        template, or signals and strikes differ in number.
    InputError
        If strikes are missing, a sample is not finite, or a strike is outside its signal or of a
        bell that there is not. The message names the row.
    """
    if isinstance(data, Windows):
        strikes = data.strikes if strikes is None else strikes
        data = data.data
    if strikes is None:
        raise InputError(explain("no strikes", "strikes of every signal", "pass strikes=[…]"))
    signals = [np.asarray(signal) for signal in data]
    if not signals or len(signals) != len(strikes):
        came = f"{len(signals)} signals and strikes of {len(strikes)}"
        raise ShapeError(explain(came, "as many of both, one at least", "pass them in pairs"))
    for row, (signal, of_it) in enumerate(zip(signals, strikes, strict=True)):
        checked_signal(signal, signals[0].shape[-1], length, f"data[{row}]")
        _check_finite(signal, f"data[{row}]")
        _check_strikes(of_it, len(signal), num_events, f"strikes[{row}]")
    if not any(of_it.number for of_it in strikes):
        raise InputError(explain("signals without any strike", "some strikes", "add labels"))
    return Labels(signals, list(strikes))


def checked_signal(
    signal: NDArray[np.floating], channels: int, length: int, name: str = "a signal"
) -> None:
    """Refuse a signal of another shape; :func:`checked` says of which."""
    if signal.ndim != 2 or signal.shape[1] != channels:
        came = f"{name} of shape {signal.shape}"
        raise ShapeError(explain(came, f"(T, {channels})", "give all the same channels"))
    if len(signal) < length:
        came = f"{name} of {len(signal)} samples"
        todo = "pass a longer one, or learn shorter templates"
        raise ShapeError(explain(came, f"{length} or more, the length of a template", todo))


def set_aside(labels: Labels, share: float, least: int) -> tuple[Labels, Labels]:
    """Return the first part of the labels and the rest, about ``share`` of the samples.

    A signal is cut where the rest begins, if both its parts keep ``least`` samples. Where too
    little is left to hold a strike, both parts are all there is: better to choose a threshold on
    known signals than by chance.
    """
    ends = np.cumsum([len(signal) for signal in labels.signals])
    place = int(ends[-1] * (1 - share))
    row = int(np.searchsorted(ends, place, side="right"))
    signal, strikes = labels.signals[row], labels.strikes[row]
    at = place - int(ends[row] - len(signal))
    if min(at, len(signal) - at) < least:
        at = 0 if row else len(signal)
    pieces = [(signal[:at], strikes.within(0, at)), (signal[at:], strikes.within(at, len(signal)))]
    pairs = list(zip(*labels, strict=True))
    first, rest = [*pairs[:row], pieces[0]], [pieces[1], *pairs[row + 1 :]]
    if not any(of_it.number for _, of_it in rest):
        return labels, labels
    return _without_empty(first), _without_empty(rest)


def _without_empty(pairs: list[tuple[NDArray[np.floating], Strikes]]) -> Labels:
    kept = [pair for pair in pairs if len(pair[0])]
    return Labels([signal for signal, _ in kept], [strikes for _, strikes in kept])


def _check_finite(signal: NDArray[np.floating], name: str) -> None:
    if not np.isfinite(signal).all():
        place = int(np.flatnonzero(~np.isfinite(signal).all(axis=1))[0])
        came = f"a sample that is not finite in {name}, at {place}"
        raise InputError(explain(came, "finite samples", "cut the gap out"))


def _check_strikes(strikes: Strikes, length: int, num_events: int, name: str) -> None:
    wrong = (strikes.times < 0) | (strikes.times >= length)
    if wrong.any():
        came = f"a time of {strikes.times[wrong][0]:g} in {name}"
        raise InputError(explain(came, f"0 to {length}, in samples", "count from the start"))
    if (strikes.bells >= num_events).any():
        came = f"bell {strikes.bells.max()} in {name}"
        raise InputError(explain(came, f"0 to {num_events - 1}", "count the bells from 0"))

"""The exercise on a delay between samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Template = np.ndarray
Delays = Sequence[float]


def _turned(template: Template, delays: Delays, turn: complex, size: int) -> Template:
    length = np.shape(template)[1]
    late = np.asarray(delays, float)[:, None]
    factors = np.exp(turn * np.fft.rfftfreq(size) * late)
    return np.fft.irfft(np.fft.rfft(template, size, axis=1) * factors, size, axis=1)[:, :length]


def _right(template: Template, delays: Delays) -> Template:
    return _turned(template, delays, -2j * np.pi, 2 * np.shape(template)[1])


def _earlier(template: Template, delays: Delays) -> Template:
    return _turned(template, delays, 2j * np.pi, 2 * np.shape(template)[1])


def _without_two_pi(template: Template, delays: Delays) -> Template:
    return _turned(template, delays, -1j, 2 * np.shape(template)[1])


def _round_the_corner(template: Template, delays: Delays) -> Template:
    return _turned(template, delays, -2j * np.pi, np.shape(template)[1])


def _whole_samples(template: Template, delays: Delays) -> Template:
    return _right(template, [float(np.round(each)) for each in delays])


def _one_for_all(template: Template, delays: Delays) -> Template:
    return _right(template, [delays[0]] * len(delays))


def _lines(template: Template, delays: Delays) -> Template:
    """Draw straight lines between samples."""
    at = np.arange(np.shape(template)[1], dtype=float)
    rows = zip(template, delays, strict=True)
    return np.stack([np.interp(at - d, at, row, left=0.0, right=0.0) for row, d in rows])


def _measure(answer: Any, template: Template, delays: Delays) -> Any:
    given = answer(template.copy(), list(delays))
    return np.asarray(given, float) if isinstance(given, list | tuple) else given


def _cases(rng: np.random.Generator) -> list[Case]:
    def wave(channels: int, length: int) -> Template:
        at = np.arange(length)
        tones = rng.uniform(0.05, 0.4, (channels, 1))
        return np.asarray(np.round(np.cos(2 * np.pi * tones * at) * 0.97**at, 3))

    def late(count: int) -> list[float]:
        return [round(float(d), 2) for d in rng.uniform(0.3, 2.2, count)]

    return [
        Case("for a delay of two samples", (wave(1, 12), [2.0])),
        Case("for fractions of a sample", (wave(2, 16), late(2))),
        Case("where a channel is early", (wave(3, 16), [-1.35, *late(2)])),
        Case("where nothing is late", (wave(2, 10), [0.0, 0.0])),
        Case("for an odd number of samples", (wave(2, 15), late(2))),
    ]


DELAYED = Exercise(
    id="event-specific/delayed",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_delayed(template, delays) that returns an array of the template's shape",
    parameters=("template", "delays"),
    cases=_cases,
    reference=_right,
    measure=_measure,
    mistakes=(
        Mistake(
            "earlier",
            "Your channels come earlier where they should come later. Which sign has the angle of "
            "a wave that is late?",
            _earlier,
        ),
        Mistake(
            "an angle in turns",
            "Your angle is frequency times delay: that counts turns. A turn is 2π.",
            _without_two_pi,
        ),
        Mistake(
            "round the corner",
            "What leaves the end of your template comes back at its beginning. Put as many zeros "
            "behind it as it has samples.",
            _round_the_corner,
        ),
        Mistake(
            "whole samples",
            "You move by whole samples. Half a sample is 0.25 ms, which is the error that is asked "
            "of the whole model.",
            _whole_samples,
        ),
        Mistake(
            "one delay for all",
            "You move all channels by the delay of the first one.",
            _one_for_all,
        ),
        Mistake(
            "straight lines",
            "You draw straight lines between samples. They flatten what is fast: a tone of 800 Hz "
            "has two and a half samples per period.",
            _lines,
        ),
    ),
    shape_hint="An array with a row for each channel, as long as the template.",
    value_hint="A delay multiplies each frequency by a number of size 1.",
    closing="Nothing in it is a step or a rounding: the delay has a slope, so it can be learned.",
)

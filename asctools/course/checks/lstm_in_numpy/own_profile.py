"""The open exercise: where the time goes on the reader's own machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

from asctools.course.checks.spec import (
    Exercise,
    Mistake,
    Outcome,
    Tolerance,
    WrongFormError,
    call,
    once,
)
from asctools.course.checks.words import kind_of

FEWEST, LARGEST, NEAR = 6, 0.6, 0.1


class Profile(NamedTuple):
    """Which share of the whole the parts cover, and how many of them are too large to say much."""

    covered: float
    lumps: float


def _profile(answer: Any) -> Profile:
    """Read ``{"whole": …, "parts": {name: …}}``."""
    came = call(answer)
    if came is None or came is Ellipsis:
        raise NotImplementedError('Measure, and return {"whole": …, "parts": {…}}.')
    if not isinstance(came, Mapping) or {"whole", "parts"} - set(came):
        raise WrongFormError(f"A dict with `whole` and `parts` is needed; {kind_of(came)} came.")
    whole, parts = came["whole"], came["parts"]
    if not isinstance(parts, Mapping):
        raise WrongFormError(f"`parts` is {kind_of(parts)}. It needs a name and a time for each.")
    if not all(isinstance(time, Real) and float(time) > 0 for time in (whole, *parts.values())):
        raise WrongFormError("Every time is a number above 0. Let a part run a few times more.")
    if len(parts) < FEWEST:
        raise WrongFormError(f"There are {len(parts)} parts; cut the step into {FEWEST} or more.")
    times = [float(time) for time in parts.values()]
    return Profile(sum(times) / float(whole), float(max(times) > LARGEST * sum(times)))


def _seen(
    test: Callable[[Profile], bool],
) -> Callable[[Sequence[Outcome], Sequence[Profile]], bool]:
    return lambda outcomes, expected: outcomes[0].error is None and test(outcomes[0].value)


OWN_PROFILE = Exercise(
    id="lstm-in-numpy/own-profile",
    kind="Open",
    level=2,
    minutes=30,
    task='a function without arguments that returns {"whole": time, "parts": {name: time, …}}',
    cases=once,
    reference=lambda: Profile(1.0, 0.0),
    tolerance=Tolerance(relative=0.0, absolute=NEAR),
    measure=_profile,
    mistakes=(
        Mistake(
            "two units of time",
            "The whole and its parts differ by a factor of a hundred or more. Are both in "
            "seconds, or both in milliseconds?",
            detect=_seen(lambda p: not 0.01 < p.covered < 100),
        ),
        Mistake(
            "a hole",
            "Your parts leave out more than a tenth of the whole. Something happens between two of "
            "your clocks, so set them closer, until nothing lies between them.",
            detect=_seen(lambda p: 0.3 < p.covered < 1 - NEAR),
        ),
        Mistake(
            "counted twice",
            "Your parts take longer than the whole. One of them may lie inside another, or the "
            "whole was measured at a calmer moment: measure both in the same run.",
            detect=_seen(lambda p: 1 + NEAR < p.covered < 3),
        ),
        Mistake(
            "one lump",
            "The parts fill the whole, but one of them is most of it. Cut that one up, else you "
            "only know that the step takes as long as it takes.",
            detect=_seen(lambda p: p.lumps > 0),
        ),
    ),
    value_hint="Print the parts beside the whole. Are both for the same number of runs?",
    closing="Now you know where a faster version would have to begin, on your machine.",
)

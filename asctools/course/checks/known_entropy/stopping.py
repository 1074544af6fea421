"""The exercise on the bookkeeping of early stopping."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Losses = Sequence[float]
Way = Callable[[Losses, int, float], "Stopped"]


class Stopped(NamedTuple):
    """The look after which the training ends, and the look whose weights are kept."""

    stop: int
    best: int


def _way(
    margin: Callable[[float], float] = lambda min_delta: min_delta,
    more: int = 0,
    reset: bool = True,
    keep: str = "best",
) -> Way:
    """Do the bookkeeping; `keep` says with what the next loss is compared."""

    def stopped(losses: Losses, patience: int, min_delta: float) -> Stopped:
        best, best_at, counter = math.inf, 0, 0
        for at, loss in enumerate(losses):
            better = loss < best - margin(min_delta)
            if better:
                best_at, counter = at, counter * (not reset)
            else:
                counter += 1
            if keep == "last" or (better and (keep == "best" or at == 0)):
                best = loss
            if counter >= patience + more:
                return Stopped(at, best_at)
        return Stopped(len(losses) - 1, best_at)

    return stopped


_right = _way()


def _best_of(best: Callable[[Losses, Stopped], int]) -> Way:
    """Stop rightly, and keep the weights of another look."""

    def stopped(losses: Losses, patience: int, min_delta: float) -> Stopped:
        right = _right(losses, patience, min_delta)
        return Stopped(right.stop, best(losses, right))

    return stopped


def _cases(rng: np.random.Generator) -> list[Case]:
    """Draw curves whose steps are known to be above or below min_delta = 0.01."""
    kinds: list[tuple[str, list[float], int]] = [
        ("when the loss falls all the time", [-9, -7, -6, -5, -4], 2),
        ("when the loss rises again", [-9, -8, -7, 4, 5, 6, 7], 3),
        ("when it gets better in time", [-9, 3, 2, -9, -8, 3, 2, 4, 5], 3),
        ("when it gets better by less than min_delta", [-9, -5, -0.4, -0.4, -0.1, -0.05, 3], 3),
        ("when it wavers", [-9, 0.4, -0.2, 0.3, -0.3, 2, 3], 3),
        ("when small steps add up to a large one", [-9, -0.7, -0.7, -0.7, -0.7, 2, 3, 4], 3),
        ("when the lowest loss comes after the end", [-9, 4, 5, 6, -20, -9, -3], 2),
    ]
    cases = []
    for when, steps, patience in kinds:
        factors = np.array(steps) * rng.uniform(0.95, 1.05, len(steps))
        losses = 1 + 0.01 * np.cumsum([float(rng.uniform(0, 9)), *factors])
        cases.append(Case(when, (losses.tolist(), patience, 0.01)))
    return cases


STOPPING = Exercise(
    id="known-entropy/stopping",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_stopping(losses, patience, min_delta) that returns two numbers, stop "
    "and best",
    parameters=("losses", "patience", "min_delta"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "one look too many",
            "You wait one look longer than the patience. With a patience of 1, the first look that "
            "brings nothing better is the last one.",
            _way(more=1),
        ),
        Mistake(
            "one look too few",
            "You stop one look too early. With a patience of 2, one look without a better loss is "
            "forgiven. Do you count the best look itself?",
            _way(more=-1),
        ),
        Mistake(
            "sign of min_delta",
            "With your sign a loss may even be a little *worse* than the best and still count as "
            "better. Where must the bar lie, above the best or below it?",
            _way(margin=lambda min_delta: -min_delta),
        ),
        Mistake(
            "min_delta forgotten",
            "Large steps are right. A loss that is better by less than min_delta does not count: "
            "otherwise a thousandth of a per cent keeps the training going for ever.",
            _way(margin=lambda min_delta: 0.0),
        ),
        Mistake(
            "compared with the look before",
            "You compare each loss with the one just before. After a bad look the next one is "
            "easily better. It has to beat the best so far.",
            (_way(keep="last"), _way(margin=lambda min_delta: 0.0, keep="last")),
        ),
        Mistake(
            "compared with the first",
            "The bar stays where the first look put it. Whenever a loss counts as better, it is "
            "the new bar.",
            _way(keep="first"),
        ),
        Mistake(
            "counter not set back",
            "You count all looks that brought nothing better. The patience begins anew after each "
            "one that did.",
            _way(reset=False),
        ),
        Mistake(
            "last weights kept",
            "`stop` is right. `best` is the look whose weights are kept, and that is not the last "
            "one: the patience has run since then.",
            _best_of(lambda losses, right: right.stop),
        ),
        Mistake(
            "looked into the future",
            "`stop` is right. Your `best` is the lowest of all losses that were handed over. When "
            "the training ends, those after the end have not been seen.",
            _best_of(lambda losses, right: int(np.argmin(losses))),
        ),
        Mistake(
            "lowest instead of counted",
            "`stop` is right. `best` is the last look that *counted* as better. One that was lower "
            "by less than min_delta did not.",
            _best_of(lambda losses, right: int(np.argmin(losses[: right.stop + 1]))),
        ),
        Mistake(
            "a loss for a look",
            "`stop` is right. For `best`, the number of the look is asked for, not its loss.",
            lambda losses, patience, min_delta: (
                (right := _right(losses, patience, min_delta)).stop,
                losses[right.best],
            ),
        ),
    ),
    shape_hint="Two whole numbers: the look after which the training ends, and the best look. The "
    "first look has the number 0.",
    value_hint="Write three columns with a pencil: the loss, the bar, the counter. A line for each "
    "look.",
    closing="Two numbers and an if. Most bugs in it cost nothing but hours of training.",
)

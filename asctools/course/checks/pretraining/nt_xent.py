"""The exercise on a softmax over views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Views = Sequence[Sequence[float]]


def _partner(count: int) -> np.ndarray:
    return (np.arange(count) + count // 2) % count


def _beside(count: int) -> np.ndarray:
    return np.arange(count) ^ 1


def _made(
    *,
    unit: bool = True,
    itself: bool = False,
    partner: Callable[[int], np.ndarray] = _partner,
    divide: bool = True,
    first_half: bool = False,
    only_negatives: bool = False,
) -> Callable[[Views, float], float]:
    def loss(views: Views, temperature: float) -> float:
        z = np.asarray(views, float)
        z = z / np.linalg.norm(z, axis=1, keepdims=True) if unit else z
        scores = z @ z.T / temperature if divide else z @ z.T * temperature
        rows, right = np.arange(len(z)), partner(len(z))
        said = scores[rows, right]
        if not itself:
            np.fill_diagonal(scores, -np.inf)
        if only_negatives:
            scores[rows, right] = -np.inf
        top = scores.max(1)
        losses = top + np.log(np.exp(scores - top[:, None]).sum(1)) - said
        return float((losses[: len(z) // 2] if first_half else losses).mean())

    return loss


def _summed(views: Views, temperature: float) -> float:
    return _made()(views, temperature) * len(views)


def _measure(answer: Any, views: Views, temperature: float) -> Any:
    return answer(np.array(views), temperature)


def _cases(rng: np.random.Generator) -> list[Case]:
    def pairs(count: int, size: int, apart: float) -> list[list[float]]:
        things = rng.normal(0, 1, (count, size))
        views = [things + rng.normal(0, apart, things.shape) for _ in range(2)]
        scale = rng.uniform(0.5, 3.0, (2 * count, 1))
        return np.round(np.concatenate(views) * scale, 3).tolist()

    return [
        Case("for two things", (pairs(2, 3, 0.5), 1.0)),
        Case("for five things", (pairs(5, 4, 0.5), 0.5)),
        Case("where views are far apart", (pairs(4, 3, 2.0), 0.2)),
        Case("for a high temperature", (pairs(3, 5, 0.3), 4.0)),
    ]


NT_XENT = Exercise(
    id="pretraining/nt-xent",
    kind="Code",
    level=2,
    minutes=20,
    task="a function my_nt_xent(views, temperature) that returns one number",
    parameters=("views", "temperature"),
    cases=_cases,
    reference=_made(),
    measure=_measure,
    mistakes=(
        Mistake(
            "likes itself",
            "Each view is compared with itself as well, and is always its own best partner. Leave "
            "the diagonal out.",
            _made(itself=True),
        ),
        Mistake(
            "long and short",
            "You take products of views as they come. Then loud views win: divide each by its "
            "length first.",
            _made(unit=False),
        ),
        Mistake(
            "the next row",
            "You take rows 0 and 1 for a pair, 2 and 3, and so on. Here the second views of all "
            "things stand behind the first views of all.",
            _made(partner=_beside),
        ),
        Mistake(
            "times the temperature",
            "You multiply by the temperature. A low one makes differences larger.",
            _made(divide=False),
        ),
        Mistake(
            "one direction",
            "Only the first views are asked for their partners. The second ones are asked as well.",
            _made(first_half=True),
        ),
        Mistake(
            "the partner left out",
            "The sum below the line lacks the partner itself. As in every softmax the right answer "
            "stands there too.",
            _made(only_negatives=True),
        ),
        Mistake(
            "a sum over views",
            "You add up the losses of all views. Take their mean.",
            _summed,
        ),
    ),
    shape_hint="One number.",
    value_hint="For each view: a cross-entropy over all other views, in which its partner is the "
    "right answer.",
    closing="A softmax in which the classes are the other examples. Nobody gave a label; the pair "
    "is the label.",
)

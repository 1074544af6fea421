"""The exercise on a score after all others are taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Numbers = Sequence[float]
Table = Sequence[Numbers]


def _arrays(scores: Numbers, responses: Table, amplitudes: Numbers) -> tuple[np.ndarray, ...]:
    return tuple(np.asarray(each, float) for each in (scores, responses, amplitudes))


def _right(scores: Numbers, responses: Table, amplitudes: Numbers) -> list[float]:
    c, G, a = _arrays(scores, responses, amplitudes)
    return list(c - a @ G + a * np.diag(G))


def _itself_too(scores: Numbers, responses: Table, amplitudes: Numbers) -> list[float]:
    c, G, a = _arrays(scores, responses, amplitudes)
    return list(c - a @ G)


def _all_of_strength_one(scores: Numbers, responses: Table, amplitudes: Numbers) -> list[float]:
    return _right(scores, responses, [1.0] * len(scores))


def _only_before(scores: Numbers, responses: Table, amplitudes: Numbers) -> list[float]:
    c, G, a = _arrays(scores, responses, amplitudes)
    return list(c - a @ np.triu(G, 1))


def _added(scores: Numbers, responses: Table, amplitudes: Numbers) -> list[float]:
    c, G, a = _arrays(scores, responses, amplitudes)
    return list(c + a @ G - a * np.diag(G))


def _own_strength(scores: Numbers, responses: Table, amplitudes: Numbers) -> list[float]:
    """Multiply what others add by the candidate's own amplitude."""
    c, G, a = _arrays(scores, responses, amplitudes)
    return list(c - a * (G.sum(0) - np.diag(G)))


def _as_amplitudes(scores: Numbers, responses: Table, amplitudes: Numbers) -> list[float]:
    right = np.asarray(_right(scores, responses, amplitudes))
    return list(right / np.diag(np.asarray(responses, float)))


def _measure(answer: Any, scores: Numbers, responses: Table, amplitudes: Numbers) -> Any:
    given = answer(list(scores), [list(row) for row in responses], list(amplitudes))
    return [float(each) for each in given] if isinstance(given, np.ndarray) else given


def _cases(rng: np.random.Generator) -> list[Case]:
    def heard(count: int, noise: float) -> tuple[list[float], list[list[float]], list[float]]:
        shapes = rng.normal(0, 1, (count, 8)) + 0.7
        G = np.round(shapes @ shapes.T, 2)
        a = np.round(rng.uniform(0.4, 1.6, count), 2)
        c = np.round(a @ G + rng.normal(0, noise, count), 2)
        return c.tolist(), G.tolist(), a.tolist()

    return [
        Case("for two candidates", heard(2, 0.5)),
        Case("for five candidates", heard(5, 1.0)),
        Case("where there is one alone", ([7.5], [[9.0]], [0.8])),
        Case("without noise", heard(4, 0.0)),
    ]


CLEANED = Exercise(
    id="event-specific/cleaned",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_cleaned(scores, responses, amplitudes) that returns a list of numbers",
    parameters=("scores", "responses", "amplitudes"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "itself as well",
            "You take every candidate out, the one that is asked about too. What is left of it is "
            "noise.",
            _itself_too,
        ),
        Mistake(
            "all of strength one",
            "You take out what strikes of strength 1 would add. These have strengths of their own.",
            _all_of_strength_one,
        ),
        Mistake(
            "only those before",
            "You take out those that stand before it. Later strikes reach into its score as well.",
            _only_before,
        ),
        Mistake(
            "added",
            "You add what the others add once more. Take it out.",
            _added,
        ),
        Mistake(
            "its own strength",
            "You multiply what another strike adds by the strength of the candidate itself. It is "
            "the other's strength that counts.",
            _own_strength,
        ),
        Mistake(
            "strengths",
            "You divide by the candidate's own response: that gives strengths, not scores.",
            _as_amplitudes,
        ),
    ),
    shape_hint="A list with one score for each candidate.",
    value_hint="Without noise, what is left is the candidate's own response times its strength.",
    closing="A pursuit judges a strike when it takes it; some of its neighbours are still in there "
    "then. Looking again at the end is cheap, and changes verdicts.",
)

"""Choose the score from which on a candidate counts as a strike."""

from collections.abc import Sequence

import numpy as np

from asctools.bells.strikes import Picks, Strikes

__all__ = ["best_threshold"]


def best_threshold(
    candidates: Sequence[Picks],
    truth: Sequence[Strikes],
    tolerance: float,
    least: float | None = None,
) -> float:
    """Return the threshold with the highest F1 on these signals.

    Of one bell at most one candidate can be within the tolerance of a strike, because the pursuit
    keeps candidates of a bell apart. So hits can be counted without solving for a matching.

    Parameters
    ----------
    candidates
        Of each signal, down to a low score.
    truth
        Of each signal.
    tolerance
        In samples.
    least
        The score down to which there are candidates; None: the lowest that came.

    Returns
    -------
    float
        Half-way between the last score that counts and the next one below it. Infinity if no
        candidate is right.
    """
    scores = np.concatenate([picks.scores for picks in candidates])
    hits = np.concatenate(
        [_hits(picks, true, tolerance) for picks, true in zip(candidates, truth, strict=True)]
    )
    if not hits.any():
        return float("inf")
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(hits[order])
    f1 = 2 * found / (np.arange(1, len(order) + 1) + sum(true.number for true in truth))
    last = int(np.argmax(f1))
    ranked = np.append(scores[order], scores.min() if least is None else least)
    return float(ranked[last : last + 2].mean())


def _hits(picks: Picks, truth: Strikes, tolerance: float) -> np.ndarray:
    """Return which picks have a strike of their bell within the tolerance."""
    near = np.abs(picks.times[:, None] - truth.times) <= tolerance
    return np.any(near & (picks.bells[:, None] == truth.bells), axis=1)

"""Places where a bell could have struck too: what the pursuit left, and did not subtract."""

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.search import Found, Scene

__all__ = ["spare_places"]

APART = 20  # samples between two places of a bell
AROUND = 2000  # samples in which the places of a bell are counted


def spare_places(scene: Scene, least_score: float, most: int) -> list[Found]:
    """Return the best places that are left in a scene, without taking them.

    A false strike that is subtracted takes something from a true one. So those that are not sure
    are better listed than taken. Where a bell has just struck the scene is closed to it: in steady
    ringing, only bells that seem to miss a row get places.

    Parameters
    ----------
    scene
        After the pursuit.
    least_score
        Of a place, a log-likelihood ratio.
    most
        Places of one bell within one second at 2000 samples a second, the best ones.
    """
    return [
        scene.at(int(kinds[scene.scores[kinds, column].argmax()]), column)
        for bell in np.unique(scene.bells)
        for kinds in [np.flatnonzero(scene.bells == bell)]
        for column in _peaks(scene.scores[kinds].max(axis=0), least_score, most)
    ]


def _peaks(scores: NDArray[np.floating], least_score: float, most: int) -> list[int]:
    """Return the columns of local maxima, the best first, neither too near nor too many."""
    middle = scores[1:-1]
    top = (middle >= least_score) & (middle > scores[:-2]) & (middle >= scores[2:])
    columns = 1 + np.flatnonzero(top)
    chosen: list[int] = []
    for column in columns[np.argsort(-scores[columns], kind="stable")].tolist():
        gaps = [abs(column - other) for other in chosen]
        if sum(gap < AROUND for gap in gaps) < most and min(gaps, default=APART) >= APART:
            chosen.append(column)
    return chosen

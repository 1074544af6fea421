"""The candidates of a block: strikes that were taken, looked at again, and places to spare."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.explainer import Explained
from asctools.bells.pursuit.refining import refined
from asctools.bells.pursuit.search import Found
from asctools.bells.pursuit.spare import spare_places
from asctools.bells.pursuit.templates import LEAD

__all__ = ["Proposed", "proposed"]


class Proposed(NamedTuple):
    """The n candidates of a block.

    Attributes
    ----------
    found
        As they are when all others are subtracted.
    times
        In samples of the recording, (n,).
    first_scores
        What each scored when it was found, while others still sounded, (n,).
    back
        How much of each is subtracted from the scene: its amplitude, or 0 for a spare place, (n,).
    taken
        All strikes that are subtracted, those of other blocks too.
    """

    found: list[Found]
    times: NDArray[np.float64]
    first_scores: NDArray[np.float64]
    back: NDArray[np.float64]
    taken: list[Found]


def proposed(explained: Explained, length: int, least_score: float, spare: int) -> Proposed:
    """Return the candidates of a block of a recording of so many samples.

    Parameters
    ----------
    explained
        The block; its scene is changed.
    length
        Of the recording.
    least_score, spare
        Of spare places, and how many, as for :func:`~.spare.spare_places`.
    """
    block, scene = explained.block, explained.scene
    last = np.inf if block.stop == length else block.stop - LEAD
    known = len(explained.taken) - explained.new
    before = explained.taken[known:]
    now = refined(scene, before)
    places = spare_places(scene, least_score, spare) if spare else []
    rows = [
        *((each, first.score, each.amplitude) for each, first in zip(now, before, strict=True)
          if first.start < last),
        *((each, each.score, 0.0) for each in places if each.start < last),
    ]  # fmt: skip
    times = [each.start + LEAD + each.fraction for each, *_ in rows]
    heard = [k for k, time in enumerate(times) if -1 < time < length]
    return Proposed(
        [rows[k][0] for k in heard],
        np.clip([times[k] for k in heard], 0, length - 1),
        np.array([rows[k][1] for k in heard]),
        np.array([rows[k][2] for k in heard]),
        explained.taken[:known] + now,
    )

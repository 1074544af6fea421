"""How well a candidate's template fits what stands in the recording, channel by channel."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.blocks import Block
from asctools.bells.pursuit.explainer import Explainer
from asctools.bells.pursuit.least_squares import placed
from asctools.bells.pursuit.proposed import Proposed
from asctools.bells.pursuit.search import Found
from asctools.bells.pursuit.templates import LEAD, PHASES, Placement

__all__ = ["Fit", "fits"]

ATTACK = LEAD + 120  # samples of a template until 60 ms after its strike
DOUBT = 5.0  # a channel's amplitude is pulled to the whole's as if by so much energy


class Fit(NamedTuple):
    """How candidates' templates fit, with all other candidates subtracted.

    Attributes
    ----------
    by_channel
        By how much each channel's amplitude in the first 60 ms differs from the whole's, (n, C).
    tail
        By how much the amplitude after 60 ms differs from the whole's, (n,).
    misfit
        Energy of what is left in the first 60 ms over that of the noise, (n, C).
    """

    by_channel: NDArray[np.floating]
    tail: NDArray[np.floating]
    misfit: NDArray[np.floating]


def fits(explainer: Explainer, block: Block, candidates: Proposed) -> Fit:
    """Return how the templates of the candidates of a block fit."""
    length, shifted, power = explainer.templates.length, explainer.shifted, explainer.power
    heard = [each for each in candidates.taken if each.start > block.first - length]
    strengths = np.array([each.amplitude for each in heard])
    left = block.data - placed(shifted, _placement(heard, block), len(block.data), strengths)
    at = _placement(candidates.found, block)
    own = shifted[at.kinds, at.phases]  # (n, L, C)
    views = np.lib.stride_tricks.sliding_window_view(
        np.pad(left, ((length, length), (0, 0))), length, axis=0
    )
    more = np.array([each.amplitude for each in candidates.found]) - candidates.back
    rest = views[np.maximum(at.starts + length, 0)].transpose(0, 2, 1)
    rest = rest - more[:, None, None] * own
    along, energy = own * rest / power, own**2 / power  # in units of the noise
    early, tail = slice(0, ATTACK), slice(ATTACK, None)
    return Fit(
        along[:, early].sum(1) / (energy[:, early].sum(1) + DOUBT),
        along[:, tail].sum((1, 2)) / (energy[:, tail].sum((1, 2)) + DOUBT),
        (rest[:, early] ** 2 / power).mean(axis=1),
    )


def _placement(found: list[Found], block: Block) -> Placement:
    """Put strikes onto the grid of eighths of a sample, counted from a block's first sample."""
    eighths = np.array([round(PHASES * (each.start + each.fraction)) for each in found], dtype=int)
    kinds = np.array([each.kind for each in found], dtype=np.int64)
    return Placement(kinds, eighths // PHASES - block.first, eighths % PHASES)

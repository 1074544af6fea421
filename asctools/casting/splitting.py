"""Training, validation and test data, by heats or, as one should not, by windows."""

from collections.abc import Sequence

import numpy as np

from asctools.casting.simulator import CastingData
from asctools.dataset.inputs import generator
from asctools.errors import InputError, explain, unknown_name

__all__ = ["split"]


def split(
    data: CastingData,
    fractions: Sequence[float] = (0.6, 0.15, 0.25),
    *,
    by: str = "heat",
    seed: int | np.random.Generator | None = None,
) -> list[CastingData]:
    """Split windows at random into parts.

    Parameters
    ----------
    data
        The windows.
    fractions
        The share of each part; they add up to 1.
    by
        ``"heat"``: all windows of a heat go into one part. ``"window"``: each goes where chance
        takes it. Then windows of a heat stand on both sides, and the test leaks into the training.
    seed
        Of the shuffling, or the generator to draw from.

    Raises
    ------
    UnknownNameError
        If ``by`` is neither.
    InputError
        If the fractions don't add up to 1.
    """
    if by not in ("heat", "window"):
        raise unknown_name("by", by, ("heat", "window"))
    shares = np.asarray(fractions, dtype=float)
    if shares.ndim != 1 or not (shares >= 0).all() or abs(shares.sum() - 1) > 1e-9:
        came = f"fractions={fractions!r}"
        raise InputError(explain(came, "shares that add up to 1", "pass (0.8, 0.2), for example"))
    unit = data.heat if by == "heat" else np.arange(len(data))
    units = generator(seed).permutation(np.unique(unit))
    ends = np.rint(np.cumsum(shares) * len(units)).astype(int)
    return [data.rows(np.isin(unit, part)) for part in np.split(units, ends[:-1])]

"""Another sampling rate, on request: never silently, because it changes the shape of strikes."""

from fractions import Fraction

import numpy as np

from asctools.errors import InputError, explain

__all__ = ["resample"]

LARGEST = 2000  # of the whole numbers whose ratio stands for the ratio of two rates
FARTHEST = 1e-5  # relative: 36 ms in an hour


def resample(
    signal: np.ndarray, valid: np.ndarray, rate: float, to: float
) -> tuple[np.ndarray, np.ndarray]:
    """Bring a signal to another rate.

    Parameters
    ----------
    signal
        Readings ``(n, C)`` without gaps.
    valid
        Where they were measured, ``(n,)`` of bool.
    rate, to
        Samples a second, before and after.

    Returns
    -------
    tuple
        The readings ``(m, C)`` in float32 through a filter against aliasing, and where both of a
        new sample's neighbours were measured.

    Raises
    ------
    InputError
        If the ratio of the rates is no ratio of whole numbers up to 2000.
    """
    from scipy.signal import resample_poly

    ratio = Fraction(to / rate).limit_denominator(LARGEST)
    if not 0 < ratio < LARGEST or abs(float(ratio) * rate / to - 1) > FARTHEST:
        came = f"a resampling from {rate:g} to {to:g} Hz"
        todo = "round the rates to numbers with a common part"
        raise InputError(explain(came, "rates with a simple ratio", todo))
    up, down = ratio.numerator, ratio.denominator
    # The ends are continued along a line: gravity does not drop to 0 there
    new = resample_poly(np.asarray(signal, np.float32), up, down, axis=0, padtype="line")
    at = np.arange(len(new)) * (rate / to)
    before = np.minimum(np.floor(at).astype(np.int64), len(valid) - 1)
    after = np.minimum(np.ceil(at).astype(np.int64), len(valid) - 1)
    return new.astype(np.float32), valid[before] & valid[after]

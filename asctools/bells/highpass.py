"""Take the slow sway out of a recording: a causal high-pass, for whole recordings and for streams.

A filter with feedback seems to need a loop over samples. Here it runs over blocks of samples: the
matrix that turns one block into the next is the filter, worked out once. NumPy alone is needed.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.errors import InputError, ShapeError, explain

__all__ = ["BlockMatrices", "HighPass", "filter_blocks"]

Floats = NDArray[np.float64]
BLOCK = 50  # samples: longer costs more products, shorter more turns of the Python loop
HIGHEST_ORDER = 3  # above it a single polynomial loses too many digits


class BlockMatrices(NamedTuple):
    """What a filter with a state of ``order`` numbers does to a block of ``size`` samples."""

    observe: Floats
    """(size, order): what the state before the block adds to the block's outputs."""
    impulse: Floats
    """(size, size): what the block's inputs add to its outputs, lower triangular."""
    carry: Floats
    """(order, order): what the state before the block adds to the state after it."""
    gather: Floats
    """(order, size): what the block's inputs add to the state after it."""


def filter_blocks(blocks: BlockMatrices, x: Floats, state: Floats) -> tuple[Floats, Floats]:
    """Filter signals that are cut into blocks, from a state on.

    Only the state goes from block to block, by one small product. Everything else is done for all
    blocks at once.

    Implements :eq:`eq-block-filter`.

    Parameters
    ----------
    blocks
        The matrices of the filter for blocks of this size.
    x
        The blocks in order, (number, size, S), S signals side by side.
    state
        Before the first block, (order, S).

    Returns
    -------
    tuple of ndarray
        The filtered blocks, (number, size, S), and the state after the last, (order, S).

    Notes
    -----
    The state-space form is in Oppenheim and Schafer (2010), *Discrete-Time Signal Processing*,
    chapter 6.
    """
    gathered = blocks.gather @ x
    before = np.empty_like(gathered)
    for b, inputs in enumerate(gathered):
        before[b] = state
        state = blocks.carry @ state + inputs
    return blocks.observe @ before + blocks.impulse @ x, state


class HighPass:
    """A causal Butterworth high-pass that goes on where it stopped.

    The first sample is taken to have stood for ever, so gravity makes no step. One call with a
    whole recording and many calls with its pieces give the same result but for rounding.

    Parameters
    ----------
    cutoff_hz
        Where the power is halved, in Hz; above 0 and below ``rate / 2``.
    rate
        Samples a second.
    order
        1 to 3: the number of values of a channel that the filter remembers.

    Attributes
    ----------
    A, B, C, D : ndarray
        The filter as a state s: y[n] = C s[n] + D x[n], s[n + 1] = A s[n] + B x[n].
        (order, order), (order, 1), (1, order), (1, 1).
    rest : ndarray
        (order, 1): the state after an input of 1 that has stood for ever.

    Raises
    ------
    InputError
        For a cut-off, a rate or an order out of range.
    """

    def __init__(self, cutoff_hz: float = 15.0, rate: float = 2000.0, order: int = 2) -> None:
        _check(cutoff_hz, rate, order)
        self.cutoff_hz, self.rate, self.order = float(cutoff_hz), float(rate), order
        b, a = _butterworth(2 * cutoff_hz / rate, order)
        self.A = np.diag(np.ones(order - 1), k=1)  # the transposed direct form
        self.A[:, 0] -= a[1:]
        self.B = (b[1:] - a[1:] * b[0])[:, None]
        self.C = np.eye(1, order)
        self.D = np.full((1, 1), b[0])
        self.rest = np.linalg.solve(np.eye(order) - self.A, self.B)
        self._known: dict[int, BlockMatrices] = {}

    def __call__(
        self, x: ArrayLike, state: Floats | None = None
    ) -> tuple[NDArray[np.floating], Floats]:
        """Filter a piece, and say from which state the next one goes on.

        Parameters
        ----------
        x
            Samples, (…, T, C), T at least 1 unless a state is given. It is not changed.
        state
            What the call for the piece before returned, (…, order, C). None: x[0] has stood for
            ever.

        Returns
        -------
        tuple of ndarray
            The filtered samples, as x, float32 if x is (it is computed in float64 either way),
            and the state, float64.

        Raises
        ------
        ShapeError
            If x has no time axis, or no sample and no state; if the state does not fit.
        """
        x = np.asarray(x)
        wanted = x.dtype if x.dtype == np.float32 else np.dtype(np.float64)
        if x.ndim < 2 or (state is None and x.shape[-2] == 0):
            raise ShapeError(
                explain(f"samples of shape {x.shape}", "(…, T, C) with T ≥ 1", "add the axis")
            )
        shape = (*x.shape[:-2], self.order, x.shape[-1])
        s = self.start(x[..., 0, :]) if state is None else np.asarray(state, dtype=np.float64)
        if s.shape != shape:
            raise ShapeError(
                explain(f"a state of shape {s.shape}", f"{shape}", "give the state of this signal")
            )
        y, s = self._run(_time_first(x.astype(np.float64)), _time_first(s))
        return _time_last(y, x.shape).astype(wanted), _time_last(s, shape)

    def start(self, first: ArrayLike) -> Floats:
        """Return the state, (…, order, C), after ``first``, (…, C), has stood for ever."""
        return self.rest * np.asarray(first, dtype=np.float64)[..., None, :]

    def block(self, size: int = BLOCK) -> BlockMatrices:
        """Return the filter's matrices for blocks of ``size`` samples."""
        if size not in self._known:
            self._known[size] = self._matrices(size)
        return self._known[size]

    def _matrices(self, size: int) -> BlockMatrices:
        powers = [np.eye(self.order)]
        for _ in range(size):
            powers.append(powers[-1] @ self.A)
        observe = np.concatenate([self.C @ power for power in powers[:size]])
        gather = np.concatenate([power @ self.B for power in powers[size - 1 :: -1]], axis=1)
        response = np.concatenate([self.D[0], (observe @ self.B)[:-1, 0]])
        delay = np.subtract.outer(np.arange(size), np.arange(size))
        impulse = np.where(delay >= 0, response[delay], 0.0)
        return BlockMatrices(observe, impulse, powers[size], gather)

    def _run(self, x: Floats, state: Floats) -> tuple[Floats, Floats]:
        """Filter (T, S) samples: whole blocks, then what is left as one shorter block."""
        whole = len(x) // BLOCK * BLOCK
        y = np.empty_like(x)
        for start, stop, size in ((0, whole, BLOCK), (whole, len(x), len(x) - whole)):
            if start < stop:
                cut = x[start:stop].reshape(-1, size, x.shape[1])
                out, state = filter_blocks(self.block(size), cut, state)
                y[start:stop] = out.reshape(-1, x.shape[1])
        return y, state


def _time_first(x: Floats) -> Floats:
    """Turn (…, T, C) into (T, S): all channels of all signals side by side."""
    return np.moveaxis(x, -2, 0).reshape(x.shape[-2], math.prod(x.shape[:-2]) * x.shape[-1])


def _time_last(y: Floats, shape: tuple[int, ...]) -> Floats:
    """Undo :func:`_time_first`."""
    return np.moveaxis(y.reshape(shape[-2], *shape[:-2], shape[-1]), 0, -2)


def _butterworth(cutoff: float, order: int) -> tuple[Floats, Floats]:
    """Return the coefficients b and a of the filter; ``cutoff`` as a share of rate / 2.

    The poles of the analogue filter stand on a half circle. The bilinear transform takes them into
    the unit circle, and the zeros, all at frequency 0, to z = 1.
    """
    angles = np.pi * (2 * np.arange(order) + 1 + order) / (2 * order)
    analogue = np.tan(np.pi * cutoff / 2) / np.exp(1j * angles)
    a = np.real(np.poly((1 + analogue) / (1 - analogue)))
    b = np.poly(np.ones(order))
    signs = (-1.0) ** np.arange(order + 1)
    return b * (a @ signs) / (b @ signs), a  # gain 1 at rate / 2, where z = −1


def _check(cutoff_hz: float, rate: float, order: int) -> None:
    if not np.isfinite(rate) or rate <= 0:
        raise InputError(explain(f"rate {rate}", "a number above 0", "give samples a second"))
    if not 0 < cutoff_hz < rate / 2:
        raise InputError(
            explain(f"cutoff_hz {cutoff_hz}", f"above 0 and below {rate / 2:g}", "use 15")
        )
    if order not in range(1, HIGHEST_ORDER + 1):
        raise InputError(explain(f"order {order}", f"1 to {HIGHEST_ORDER}", "use 2"))

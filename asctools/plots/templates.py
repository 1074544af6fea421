"""The plot of a bank of templates: all events, all channels, the truth behind."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.bells import SENSORS
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["template_grid"]

RATE = 2000.0
FULL = 0.62  # how far a line may swing, in distances between two lines


@styled
def template_grid(
    learned: "ArrayLike",
    true: "ArrayLike | None" = None,
    delays: "ArrayLike | None" = None,
    *,
    lead: int = 20,
    rate: float = RATE,
) -> "Figure":
    """Draw each event's template in a panel of its own, its channels one above the other.

    Each panel has its own scale. A true template is drawn behind the learned one, as loud as it
    fits best: a template that is twice as loud finds the same strikes.

    Parameters
    ----------
    learned
        ``(E, C, L)``, delays applied; 16 events fill a grid of 4 × 4.
    true
        What they should be, ``(E, C, L or more)``, or None.
    delays
        How much later than its strike each channel begins, in samples, ``(E, C)``, or None: a
        small stroke marks it.
    lead
        The sample of the strike; a line marks it.
    rate
        Samples a second.

    Raises
    ------
    ShapeError
        If the arrays do not fit together.
    """
    found, known = _checked(learned, true)
    events, channels, length = found.shape
    columns = math.ceil(math.sqrt(events))
    rows = -(-events // columns)
    size: dict[str, Any] = {"sharex": True, "sharey": True, "squeeze": False}
    figure, panels = new_figure(6.6, 0.5 + 1.75 * rows, rows, columns, **size)
    milliseconds = 1000 * (np.arange(length) - lead) / rate
    for event, axes in enumerate(panels.flat):
        if event >= events:
            axes.set_visible(False)
            continue
        scale = float(np.max(np.abs(found[event]))) or 1.0
        axes.axvline(0, color=colour("loss"), linewidth=1.1, alpha=0.75, zorder=0)
        behind = None if known is None else known[event] / scale
        _lines(axes, milliseconds, found[event] / scale, behind)
        if delays is not None:
            _begins(axes, 1000 * np.asarray(delays, dtype=float)[event] / rate)
        axes.set_title(f"{event + 1}", pad=3)
        axes.set(yticks=(), xlim=(milliseconds[0], milliseconds[-1]), ylim=(0.3 - channels, 0.7))
        axes.grid(visible=False)
    for axes in panels[-1]:
        axes.set_xlabel("ms")
    return figure


def _lines(
    axes: "Axes",
    milliseconds: "NDArray[np.float64]",
    found: "NDArray[np.float64]",
    known: "NDArray[np.float64] | None",
) -> None:
    """Draw the channels one below the other, the truth as broad lines behind."""
    for channel, line in enumerate(found):
        if known is not None:
            look: dict[str, Any] = {"color": colour("truth"), "linewidth": 2.6, "alpha": 0.45}
            axes.plot(milliseconds, FULL * known[channel] - channel, **look)
        role = colour(SENSORS[channel % len(SENSORS)])
        axes.plot(milliseconds, FULL * line - channel, color=role, linewidth=0.9)


def _begins(axes: "Axes", at: "NDArray[np.float64]") -> None:
    """Mark where each channel begins."""
    places = -np.arange(len(at), dtype=float)
    axes.vlines(at, places - 0.3, places + 0.3, color=colour("loss"), linewidth=1.4)


def _checked(
    learned: "ArrayLike", true: "ArrayLike | None"
) -> "tuple[NDArray[np.float64], NDArray[np.float64] | None]":
    """Return both, the true ones cut to the length and brought to the size of the learned."""
    found = np.asarray(learned, dtype=float)
    if found.ndim != 3 or not found.size:
        came = f"templates of shape {found.shape}"
        raise ShapeError(explain(came, "(E, C, L)", "put events first and samples last"))
    if true is None:
        return found, None
    known = np.asarray(true, dtype=float)
    if known.ndim != 3 or known.shape[:2] != found.shape[:2] or known.shape[2] < found.shape[2]:
        came = f"true templates of shape {known.shape}"
        right = f"({found.shape[0]}, {found.shape[1]}, {found.shape[2]} or more)"
        raise ShapeError(explain(came, right, "give those of the same events and channels"))
    known = known[..., : found.shape[2]]
    product = np.sum(found * known, axis=(1, 2), keepdims=True)
    power = np.sum(known**2, axis=(1, 2), keepdims=True)
    return found, known * product / np.maximum(power, np.finfo(float).tiny)

"""The plots of what hangs in the bell frame: recordings, single strikes, learned templates."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import spread, write
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["NAMES", "SENSORS", "bank", "loudness", "peeling", "recording", "shapes"]

NAMES = ("A x", "A y", "A z", "B x", "B y", "B z")  # of the six channels
SENSORS = ("numpy",) * 3 + ("candidate",) * 3  # the role of each: sensor A, sensor B
COLUMNS = 330  # of a long line; each shows the least and the most value that fall into it
RATE = 2000.0


@styled
def recording(
    signal: "ArrayLike",
    strikes: Sequence[tuple[int, float]] = (),
    *,
    rate: float = RATE,
    start: float = 0.0,
) -> "Figure":
    """Draw six channels one above the other, and a numbered line for each strike.

    Parameters
    ----------
    signal
        ``(T, 6)``, one scale for all.
    strikes
        Bell (an index, 0 = treble; written as ringers count) and time in samples of each.
    rate
        Samples per second.
    start
        Second at which the signal begins.
    """
    values = _channels(signal)
    figure, axes = new_figure(6.6, 4.3)
    step = 2.2 * float(np.quantile(np.abs(values), 0.995)) or 1.0
    for number, role in enumerate(SENSORS):
        place, height = envelope(values[:, number])
        look = {"color": colour(role), "linewidth": 0.8}
        axes.plot(start + place / rate, height - number * step, **look)
    axes.set(yticks=-step * np.arange(6.0), yticklabels=NAMES, xlabel="second")
    axes.set(xlim=(start, start + len(values) / rate), ylim=(-5.9 * step, 0.9 * step))
    axes.grid(visible=False)
    _numbered(axes, [(bell, start + time / rate) for bell, time in strikes])
    return figure


def envelope(line: "ArrayLike") -> "tuple[NDArray[Any], NDArray[Any]]":
    """Return a long line as few points: of each stretch its least and its most value, in order."""
    y = np.asarray(line, dtype=float)
    width = -(-len(y) // COLUMNS)
    if width <= 2:
        return np.arange(len(y)), y
    starts = np.arange(0, len(y) - width + 1, width)
    rows = y[: len(starts) * width].reshape(-1, width)
    kept = np.sort(np.stack([rows.argmin(1), rows.argmax(1)], axis=1), axis=1) + starts[:, None]
    places = kept.ravel()
    return places, y[places]


def _numbered(axes: "Axes", strikes: Sequence[tuple[int, float]]) -> None:
    """Draw a line at each strike, and above all lines the number of its bell."""
    low, high = axes.get_xlim()
    places = spread([second for _, second in strikes], gap=(high - low) * 0.036)
    for (bell, second), place in zip(strikes, places, strict=True):
        axes.axvline(second, color=colour("loss"), linewidth=1.1, alpha=0.75, zorder=0)
        look: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "va": "bottom"}
        axes.text(place, 1.015, str(bell + 1), color=colour("loss"), ha="center", **look)


@styled
def shapes(
    strokes: "Mapping[str, ArrayLike]",
    onsets: "Mapping[str, ArrayLike] | None" = None,
    *,
    rate: float = RATE,
    before: float = 0.0,
) -> "Figure":
    """Draw what a strike leaves on six channels: a column per strike, a row per channel.

    Parameters
    ----------
    strokes
        Name → ``(6, L)``; one to three, each on a scale of its own.
    onsets
        Name → when the strike reaches each channel, in samples after the strike, ``(6,)``.
    rate
        Samples per second.
    before
        How many samples of each stand before the strike.
    """
    arrays = {name: np.asarray(values, dtype=float) for name, values in strokes.items()}
    lengths = {array.shape for array in arrays.values()}
    if not 1 <= len(arrays) <= 3 or len(lengths) != 1 or next(iter(lengths))[0] != len(NAMES):
        came = f"strikes of shape {sorted(lengths)}"
        raise ShapeError(explain(came, "one to three of shape (6, L)", "pass equal ones"))
    size: dict[str, Any] = {"sharex": True, "squeeze": False}
    figure, panels = new_figure(6.6, 4.6, len(NAMES), len(arrays), **size)
    for column, (name, values) in enumerate(arrays.items()):
        milliseconds = 1000 * (np.arange(values.shape[1]) - before) / rate
        most = 1.1 * float(np.max(np.abs(values)))
        for row, axes in enumerate(panels[:, column]):
            axes.plot(milliseconds, values[row], color=colour(SENSORS[row]), linewidth=1.3)
            if onsets is not None:
                at = 1000 * float(np.asarray(onsets[name])[row]) / rate
                axes.axvline(at, color=colour("loss"), linewidth=1.4, linestyle=(0, (3, 1.5)))
            axes.set(ylim=(-most, most), yticks=())
            if column == 0:
                axes.set_ylabel(NAMES[row], rotation=0, ha="right", va="center")
        panels[0, column].set_title(name)
        panels[-1, column].set(xlabel="ms", xlim=(milliseconds[0], milliseconds[-1]))
    return figure


@styled
def loudness(
    ratios: "ArrayLike", edge: tuple[float, float] = (13.0, 16.0), word: str = "breaks down"
) -> "Figure":
    """Draw how far each bell's strike stands above the noise, and where a filter breaks down.

    Parameters
    ----------
    ratios
        Signal-to-noise ratio of each bell in dB, ``(16,)``.
    edge
        Between which ratios the matched filter breaks down.
    word
        What stands at that band.
    """
    heights = np.asarray(ratios, dtype=float)
    if heights.ndim != 1 or not heights.size:
        came = f"ratios of shape {heights.shape}"
        raise ShapeError(explain(came, "one number per bell, (bells,)", "pass decibels"))
    figure, axes = new_figure(6.2, 3.0)
    bells = np.arange(1, len(heights) + 1)
    axes.axhspan(*edge, color=colour("deviation"), alpha=0.22, linewidth=0)
    write(axes, len(heights) + 0.6, float(np.mean(edge)), word, "deviation", offset=(5, 0))
    axes.vlines(bells, 0, heights, color=colour("target"), linewidth=2.2)
    axes.plot(bells, heights, "o", color=colour("target"), markersize=8)
    axes.set(xlabel="bell", ylabel="signal over noise, dB", xticks=bells)
    axes.set(xlim=(0.4, len(heights) + 0.6), ylim=(0, 1.08 * heights.max()))
    return figure


@styled
def bank(true: "ArrayLike", learned: "ArrayLike", *, rate: float = RATE) -> "Figure":
    """Draw sixteen templates, each on its strongest channel: the true one behind the learned.

    Parameters
    ----------
    true, learned
        ``(16, 6, L)``, on one scale for both.
    rate
        Samples per second.
    """
    known, found = np.asarray(true, dtype=float), np.asarray(learned, dtype=float)
    if known.shape != found.shape or known.ndim != 3 or len(known) != 16:
        came = f"templates of shapes {known.shape} and {found.shape}"
        raise ShapeError(explain(came, "(16, 6, L) twice", "cut both to one length"))
    size: dict[str, Any] = {"sharex": True}
    figure, panels = new_figure(6.6, 5.0, 4, 4, **size)
    milliseconds = 1000 * np.arange(known.shape[2]) / rate
    for bell, axes in enumerate(panels.flat):
        channel = int(np.argmax(np.sum(known[bell] ** 2, axis=1)))
        axes.plot(milliseconds, known[bell, channel], color=colour("truth"), linewidth=3.4)
        look = {"color": colour("linear"), "linewidth": 1.2}
        axes.plot(milliseconds, found[bell, channel], label=f"{bell + 1}", **look)
        most = 1.08 * float(np.max(np.abs(known[bell, channel])))
        axes.set(ylim=(-most, most), yticks=(), xlim=(milliseconds[0], milliseconds[-1]))
        axes.set_title(f"{bell + 1}", pad=3)
    for axes in panels[-1]:
        axes.set_xlabel("ms")
    return figure


@styled
def peeling(
    stages: "Mapping[str, ArrayLike]",
    found: Mapping[str, Sequence[tuple[int, float]]],
    *,
    rate: float = RATE,
) -> "Figure":
    """Draw what is left of one channel while strike after strike is taken out, a panel per stage.

    Parameters
    ----------
    stages
        Name → what is left, ``(T,)``; all on one scale.
    found
        Name of a stage → bell (an index) and time in samples of what was taken out since the last.
    rate
        Samples per second.
    """
    if not stages:
        raise ShapeError(explain("no stage", "one or more", "pass what is left"))
    size: dict[str, Any] = {"sharex": True, "sharey": True, "squeeze": False}
    figure, panels = new_figure(6.6, 0.6 + 1.15 * len(stages), rows=len(stages), **size)
    for axes, (name, values) in zip(panels[:, 0], stages.items(), strict=True):
        place, height = envelope(values)
        axes.plot(place / rate, height, color=colour("x"), linewidth=0.8)
        axes.set(yticks=(), xlim=(0, len(np.asarray(values)) / rate))
        axes.set_title(name, pad=20 if found.get(name) else 8)
        axes.grid(visible=False)
        _numbered(axes, [(bell, time / rate) for bell, time in found.get(name, ())])
    panels[-1, 0].set_xlabel("second")
    return figure


def _channels(signal: "ArrayLike") -> "NDArray[np.float64]":
    values = np.asarray(signal, dtype=float)
    if values.ndim != 2 or values.shape[1] != len(NAMES) or len(values) < 2:
        came = f"a signal of shape {values.shape}"
        raise ShapeError(explain(came, "(T, 6)", "pass samples as rows and channels as columns"))
    return values

"""The plots of how far a network remembers, and of the troubles of training one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends, write
from asctools.plots.models import MOST_POINTS, bands, looks, rows_of, thinned
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

_GUIDE: dict[str, Any] = {"linewidth": 0.9, "linestyle": (0, (4, 3))}
_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))


@styled
def gradient_per_lag(
    curves: "Mapping[str, ArrayLike]", *, floor: float = 1e-12, ylabel: str = "size of the gradient"
) -> "Figure":
    """Draw how much of the gradient is left after so many steps back, one line per model.

    Parameters
    ----------
    curves
        Name → norms of shape ``(lags,)`` or ``(seeds, lags)``, lag 0 first. With seeds: the
        median as a line, the least and the most as a band.
    floor
        The axis ends here; what is smaller leaves through the bottom.
    ylabel
        What was measured.
    """
    figure, axes = new_figure(6.0, 3.8)
    axes.set(yscale="log", xlabel="lag $k$: steps back from the end", ylabel=ylabel)
    axes.axhline(1.0, color=colour("muted"), **_GUIDE)
    bands(axes, curves, floor=floor)
    return figure


@styled
def two_stories(
    steps: Sequence[float],
    differences: "Mapping[str, ArrayLike]",
    *,
    floor: float = 1e-8,
    ylabel: str = "distance between the two $h_t$",
) -> "Figure":
    """Draw how far apart two stories that differ in their first symbol are, step by step.

    Parameters
    ----------
    steps
        The number of symbols read, 1 first.
    differences
        Model → distance of its two hidden states, ``(steps,)`` or ``(seeds, steps)``.
    floor, ylabel
        As in :func:`gradient_per_lag`.
    """
    figure, axes = new_figure(6.0, 3.6)
    axes.set(yscale="log", xlabel="symbols read", ylabel=ylabel)
    bands(axes, differences, steps, floor=floor)
    return figure


@styled
def clipping(
    norms: Sequence[float],
    threshold: float,
    losses_without: Sequence[float],
    losses_with: Sequence[float],
) -> "Figure":
    """Draw gradients that explode, where they are cut, and the loss with and without the cut.

    Parameters
    ----------
    norms
        Norm of the gradient before clipping, one per step, positive.
    threshold
        Above it a gradient is shortened to this length.
    losses_without, losses_with
        One loss per step of a training without clipping, and of one with. Where a loss is no
        longer a finite number, the training has ended and is marked.
    """
    figure, (top, bottom) = new_figure(6.0, 4.8, rows=2, sharex=True)
    steps, raw = _peaks(rows_of(norms, "norms")[0])
    long = np.isfinite(raw) & (raw > threshold)
    top.set(yscale="log", ylabel="gradient norm")
    top.plot(steps, np.minimum(raw, threshold), color=colour("gradient"), linewidth=1.0)
    top.vlines(steps[long], threshold, raw[long], color=colour("loss"), linewidth=1.0)
    # Only what is far above gets a mark: of the rest there may be hundreds.
    far = long & (raw > 5.0 * threshold)
    look: dict[str, Any] = {"linestyle": "none", "markersize": 5.5}
    top.plot(steps[far], raw[far], MARKS["gradient"].marker, color=colour("loss"), **look)
    top.axhline(threshold, color=colour("ink"), linewidth=1.4, linestyle=(0, (6, 2)))
    longest = max(len(norms), len(losses_without), len(losses_with))
    write(top, longest, threshold, f"cut at {threshold:g}")
    bottom.set(xlabel="step", ylabel="loss", xlim=(0, longest))
    _two_losses(bottom, losses_without, losses_with)
    return figure


def _peaks(norms: "NDArray[np.float64]") -> "tuple[NDArray[np.intp], NDArray[np.float64]]":
    """Return steps and norms; of many steps only the largest norm among neighbours."""
    bins = np.array_split(np.arange(len(norms)), min(len(norms), MOST_POINTS))
    at = np.array([steps[np.argmax(norms[steps])] for steps in bins])
    return at + 1, norms[at]


def _two_losses(axes: "Axes", without: Sequence[float], with_: Sequence[float]) -> None:
    """Draw both losses; the one without clipping may break off."""
    kinds = (("without", without, "loss", "D"), ("clipped", with_, "lstm", "o"))
    ends = {}
    for name, values, role, marker in kinds:
        loss = rows_of(values, f"losses {name}")[0]
        alive = np.isfinite(loss)
        end = len(loss) if alive.all() else int(np.argmin(alive))
        if not end:
            came = f"losses {name} that are never finite"
            raise ShapeError(explain(came, "a training that began", "log the first loss too"))
        kept = thinned(end)
        look: dict[str, Any] = {"color": colour(role), "marker": marker, "markersize": 5.5}
        axes.plot(kept + 1, loss[kept], linewidth=1.3, markevery=max(1, len(kept) // 6), **look)
        if end < len(loss):
            axes.plot(end, loss[end - 1], "X", color=colour(role), markersize=9, zorder=3)
            late = end > 0.5 * axes.get_xlim()[1]
            side: dict[str, Any] = {"ha": "right", "offset": (-9, 0)} if late else {}
            write(axes, end, loss[end - 1], f"no number after step {end}", role, **side)
        else:
            ends[name, role] = (float(end), float(np.median(loss[-max(1, end // 20) :])))
    if max(float(np.nanmax(np.where(np.isfinite(v), v, np.nan))) for v in (without, with_)) > 20.0:
        axes.set_yscale("log")
    names, roles = zip(*ends, strict=True) if ends else ((), ())
    label_ends(axes, list(ends.values()), names, roles)


@styled
def truncated(
    lengths: Sequence[float], memory_full: Sequence[float], memory_truncated: Sequence[float]
) -> "Figure":
    """Draw the memory that training needs against the length of the sequence.

    Parameters
    ----------
    lengths
        Length of the sequence, in steps, increasing.
    memory_full, memory_truncated
        Bytes when all of it is kept for the way back, and when it is cut into windows.
    """
    counts = len(lengths), len(memory_full), len(memory_truncated)
    if not counts[0] == counts[1] == counts[2] >= 1:
        came = f"{counts[0]} lengths with {counts[1]} and {counts[2]} measurements"
        raise ShapeError(explain(came, "as many of each, one at least", "measure what is missing"))
    figure, axes = new_figure(6.0, 3.4)
    most = max(*memory_full, *memory_truncated)
    size, unit = next((size, unit) for size, unit in _UNITS if most >= size or size == 1.0)
    names = ("all steps kept", "in windows")
    drawn = {
        name: np.asarray(values, dtype=float) / size
        for name, values in zip(names, (memory_full, memory_truncated), strict=True)
    }
    axes.set(xlabel="length of the sequence in steps", ylabel=f"memory in {unit}")
    for name, look in looks(names).items():
        axes.plot(lengths, drawn[name], clip_on=False, **look.hand())
    axes.set(xlim=(0, max(lengths)), ylim=(0, None))
    for name, look in looks(names).items():
        write(axes, lengths[-1], drawn[name][-1], name, look.role)
    return figure


@styled
def overfitting(
    curves: "Mapping[str, tuple[ArrayLike, ArrayLike]]", *, ylabel: str = "loss"
) -> "Figure":
    """Draw training and validation loss over the epochs, one panel per dropout rate.

    Parameters
    ----------
    curves
        Heading of a panel (``"dropout 0.5"``) → training and validation curve, each
        ``(epochs,)`` or ``(seeds, epochs)``. At most four.
    ylabel
        What the curves say.
    """
    if not 1 <= len(curves) <= 4:
        came = f"{len(curves)} dropout rates"
        raise ShapeError(explain(came, "one to four", "draw fewer at once"))
    figure, panels = new_figure(6.0, 3.4, cols=len(curves), sharey=True, squeeze=False)
    for axes, (heading, (train, validation)) in zip(panels[0], curves.items(), strict=True):
        for name, values, role, line in (
            ("training", train, "lstm", (0, (4, 1.6))),
            ("validation", validation, "loss", "-"),
        ):
            rows = rows_of(values, f"{name} of {heading}")
            epochs, middle = np.arange(1, rows.shape[1] + 1), np.median(rows, axis=0)
            band = {"color": colour(role), "alpha": 0.16, "linewidth": 0}
            axes.fill_between(epochs, rows.min(axis=0), rows.max(axis=0), **band)
            axes.plot(epochs, middle, color=colour(role), linestyle=line, label=name)
        best = int(np.argmin(middle))
        axes.plot(epochs[best], middle[best], "o", color=colour("loss"), clip_on=False, zorder=3)
        axes.set_title(heading)
        axes.set(xlabel="epoch", xlim=(0, len(epochs)))
    panels[0, 0].set_ylabel(ylabel)
    hands, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(hands, names, loc="outside upper left", ncols=2)
    return figure


@styled
def layer_norm(
    curves: "Mapping[str, ArrayLike]",
    *,
    xlabel: str = "epoch",
    ylabel: str = "loss",
    log: bool = False,
) -> "Figure":
    """Draw how the same model learns with and without layer normalisation.

    Parameters
    ----------
    curves
        Name → ``(epochs,)`` or ``(seeds, epochs)``.
    xlabel, ylabel, log
        The axes.
    """
    figure, axes = new_figure(6.0, 3.4)
    axes.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    longest = max((rows_of(values, name).shape[1] for name, values in curves.items()), default=0)
    bands(axes, curves, range(1, longest + 1))
    return figure

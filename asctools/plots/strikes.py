"""The plots of the event classifier: what it says frame by frame, and how well it finds strikes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.detection import looked
from asctools.plots.labels import write
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled
from asctools.plots.verdicts import reliability

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = [
    "ablations",
    "abstention",
    "calibration",
    "scores",
    "systems",
    "targets",
    "timing_errors",
]

FRAME_MS = 5.0
ROW = 0.36  # inches that a system and the space below it take


@styled
def targets(frame_target: "ArrayLike", offset_target: "ArrayLike", onset_ms: float) -> "Figure":
    """Draw what a strike asks of the two heads, frame by frame.

    Parameters
    ----------
    frame_target
        What the logits of the frames are to say, 0 to 1, shape ``(F,)``.
    offset_target
        From a frame's middle to the strike, in frames, ``(F,)``; NaN where nothing is asked.
    onset_ms
        When the strike is, milliseconds from the start of the first frame.
    """
    wanted, offsets = (np.asarray(each, dtype=float) for each in (frame_target, offset_target))
    if wanted.ndim != 1 or wanted.shape != offsets.shape:
        came = f"targets of shape {wanted.shape} and {offsets.shape}"
        raise ShapeError(explain(came, "two of shape (frames,)", "pass one bell of one window"))
    figure, (upper, lower) = new_figure(6.0, 3.6, rows=2, sharex=True)
    middles = FRAME_MS * (np.arange(len(wanted)) + 0.5)
    upper.bar(middles, wanted, 0.86 * FRAME_MS, color=colour("target"), alpha=0.55)
    upper.set(ylim=(0, 1.05), yticks=(0, 0.5, 1), title="frame target")
    asked = np.isfinite(offsets)
    lower.axhline(0, color=colour("grid"), linewidth=0.9)
    lower.vlines(middles[asked], 0, offsets[asked], color=colour("target"), linewidth=1.6)
    lower.plot(middles[asked], offsets[asked], "o", color=colour("target"))
    lower.set(title="offset target, frames", xlabel="milliseconds")
    for axes in (upper, lower):
        axes.axvline(onset_ms, color=colour("loss"), linewidth=1.6, linestyle=(0, (5, 2)))
    lower.set_xlim(0, FRAME_MS * len(wanted))
    write(upper, onset_ms, 1.0, "strike", "loss", offset=(6, 4))
    return figure


@styled
def scores(
    probabilities: "ArrayLike",
    struck: tuple["ArrayLike", "ArrayLike"],
    picked: tuple["ArrayLike", "ArrayLike"] | None = None,
) -> "Figure":
    """Draw the probability of every frame and bell, a row per bell, with truth and picks.

    Parameters
    ----------
    probabilities
        Shape ``(frames, bells)``.
    struck, picked
        Bells (index from 0) and times in milliseconds of the strikes, and of the picks.
    """
    chance = np.asarray(probabilities, dtype=float)
    if chance.ndim != 2 or not chance.size:
        came = f"probabilities of shape {chance.shape}"
        raise ShapeError(explain(came, "(frames, bells)", "pass those of one window"))
    frames, bells = chance.shape
    figure, axes = new_figure(6.4, 1.3 + 0.25 * bells)
    middles = FRAME_MS * (np.arange(frames) + 0.5)
    for bell in range(bells):
        axes.axhline(bell, color=colour("grid"), linewidth=0.5, alpha=0.4, zorder=1)
        for part in _heard(chance[:, bell]):
            look: dict[str, Any] = {"color": colour("lstm"), "linewidth": 1.0, "zorder": 2}
            axes.plot(middles[part], bell - 0.8 * chance[part, bell], **look)
            floor = np.full(part.stop - part.start, float(bell))
            top = floor - 0.8 * chance[part, bell]
            axes.fill_between(middles[part], floor, top, color=colour("lstm"), alpha=0.35, lw=0)
    open_ring = {"markerfacecolor": "none", "markeredgewidth": 1.6, "linestyle": "none"}
    which, when = (np.asarray(each) for each in struck)
    axes.plot(when, which, "o", color=colour("truth"), markersize=9, label="strike", **open_ring)
    if picked is not None:
        which, when = (np.asarray(each) for each in picked)
        axes.plot(when, which, "X", color=colour("loss"), ls="none", ms=5.5, label="pick", zorder=4)
    axes.set(xlim=(0, FRAME_MS * frames), ylim=(bells - 0.4, -1.1), xlabel="milliseconds")
    shown = [bell for bell in range(bells) if bell % 3 == 0 or bell == bells - 1]
    axes.set(yticks=shown, yticklabels=[str(bell + 1) for bell in shown], ylabel="bell")
    axes.grid(visible=False)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, columnspacing=1.2)
    return figure


def _heard(row: Any, least: float = 0.02, margin: int = 2) -> list[slice]:
    """Return the stretches of a row that are visible: the rest lies on its line anyway."""
    loud = np.convolve(row > least, np.ones(2 * margin + 1), mode="same") > 0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(int), [0]))))
    return [slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


@styled
def calibration(tables: "Mapping[str, tuple[Any, Any, Any, Any]]", came: str) -> "Figure":
    """Draw what came true against what was said, as :func:`~asctools.plots.defects.reliability`.

    Parameters
    ----------
    tables
        Name → predicted share, observed share, lowest and highest, each ``(B,)``.
    came
        What the upward axis counts.
    """
    figure = reliability(tables)
    figure.axes[0].set_ylabel(came)
    return figure


@styled
def systems(
    results: Mapping[str, Sequence[float]],
    *,
    measure: str = "event F1 at ±5 ms",
    start: float | None = 0.0,
) -> "Figure":
    """Draw a row per system: a mark per seed, a bar at the median, a line at the oracle.

    Parameters
    ----------
    results
        System → one value per seed, 0 to 1.
    measure
        What is drawn.
    start
        Where the axis begins; ``None``: where the values do.
    """
    _any(results, "system")
    figure, axes = new_figure(6.4, 0.95 + ROW * len(results))
    look = looked(list(results))
    for place, (name, values) in enumerate(results.items()):
        hand = {**look[name].hand(), "linestyle": "none", "clip_on": False, "zorder": 3}
        axes.hlines(place, min(values), max(values), color=hand["color"], linewidth=1.8)
        axes.plot(values, [place] * len(values), **hand)
        middle = float(np.median(values))
        axes.vlines(middle, place - 0.28, place + 0.28, color=hand["color"], linewidth=2.2)
        if look[name].role == "truth":
            axes.axvline(middle, color=hand["color"], linewidth=1.2, linestyle=(0, (4, 3)))
    axes.set(yticks=range(len(results)), yticklabels=list(results), xlabel=measure)
    axes.set(ylim=(len(results) - 0.5, -0.5), xlim=(start, None if start is None else 1.0))
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    return figure


@styled
def ablations(differences: Mapping[str, tuple[float, float, float]], measure: str) -> "Figure":
    """Draw how far each changed network lies from the one that it was changed from.

    Parameters
    ----------
    differences
        What was changed → difference, and the lower and upper end of its interval.
    measure
        What it is a difference of.
    """
    _any(differences, "change")
    figure, axes = new_figure(6.2, 1.0 + ROW * len(differences))
    look = looked(list(differences))
    axes.axvline(0, color=colour("lstm"), linewidth=1.6, linestyle=(0, (4, 3)))
    for place, (name, (middle, low, high)) in enumerate(differences.items()):
        hand = {**look[name].hand(), "linestyle": "none", "clip_on": False, "zorder": 3}
        axes.hlines(place, low, high, color=hand["color"], linewidth=2.2)
        axes.plot(middle, place, **hand)
    axes.set(yticks=range(len(differences)), yticklabels=list(differences), xlabel=measure)
    axes.set_ylim(len(differences) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    return figure


@styled
def timing_errors(errors_ms: "Mapping[str, ArrayLike]", within: float = 4.0) -> "Figure":
    """Draw how far the picks lie from their strikes, early left and late right, one panel each.

    Parameters
    ----------
    errors_ms
        System → pick minus strike in milliseconds, any number.
    within
        What lies further out is counted in words.
    """
    _any(errors_ms, "system")
    size: dict[str, Any] = {"rows": len(errors_ms), "sharex": True, "squeeze": False}
    figure, panels = new_figure(6.2, 0.7 + 1.25 * len(errors_ms), **size)
    edges, look = np.linspace(-within, within, 65), looked(list(errors_ms))
    for axes, (name, given) in zip(panels[:, 0], errors_ms.items(), strict=True):
        errors = np.asarray(given, dtype=float)
        ink = colour(look[name].role)
        share = np.histogram(errors, edges)[0] / max(1, len(errors))
        axes.stairs(share, edges, fill=True, color=ink, alpha=0.35)
        axes.stairs(share, edges, color=ink, linewidth=1.4)
        axes.axvline(0, color=colour("truth"), linewidth=1.2, linestyle=(0, (4, 3)))
        outside = np.mean(np.abs(errors) > within) if len(errors) else 0.0
        axes.set_title(f"{name}: {100 * outside:.1f} % beyond ±{within:g} ms")
        axes.set(yticks=(), xlim=(-within, within))
    axes.set_xlabel("pick minus strike, milliseconds")
    return figure


@styled
def abstention(
    curves: "Mapping[str, tuple[ArrayLike, ArrayLike]]", measure: str = "precision"
) -> "Figure":
    """Draw how good the picks are that are left when the doubtful ones are handed to somebody.

    Parameters
    ----------
    curves
        Name → share of the picks that are kept, and the measure of those, each ``(K,)``.
    measure
        What is drawn.
    """
    _any(curves, "curve")
    figure, axes = new_figure(6.0, 3.3)
    look = looked(list(curves))
    for name, (kept, value) in curves.items():
        share = 100 * np.asarray(kept, dtype=float)
        hand = look[name].hand() | {"marker": "none"}
        axes.plot(share, np.asarray(value, dtype=float), label=name, **hand)
    axes.set(xlabel="picks that are kept, %", ylabel=measure, xlim=(0, 100))
    axes.set_ylim(top=1.005)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, columnspacing=1.2)
    return figure


def _any(things: Any, kind: str) -> None:
    if not len(things):
        raise ShapeError(explain(f"no {kind}", "one or more", "pass what there is to draw"))

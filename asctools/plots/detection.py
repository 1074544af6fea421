"""The plots of what a detector does: where it looks, what it finds, how exactly, how often."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends, write
from asctools.plots.models import Look, looks
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["by_bell", "by_tolerance", "looked", "matching", "timing", "traces"]

# Which of the models' looks a detector has: templates are linear algebra, thresholds are rules.
_SAID = (("energy", "rule"), ("oracle", "truth"), ("pursuit", "linear"), ("filter", "linear"))


def looked(names: Sequence[str]) -> dict[str, Look]:
    """Return a look for each detector, by its name: pursuits as linear, the oracle as the truth."""
    said = []
    for number, name in enumerate(names):
        plain = name.lower()
        for word, role in _SAID:
            plain = plain.replace(word, role)
        said.append(f"{number} {plain}")
    return dict(zip(names, looks(said).values(), strict=True))


@styled
def traces(
    scores: "Mapping[str, ArrayLike]", marks: Mapping[str, float], *, rate: float = 2000.0
) -> "Figure":
    """Draw the trace of a matched filter, a panel each, with the true time and the highest place.

    Parameters
    ----------
    scores
        Name → trace, ``(n,)``, in any unit; all have their true time at the same place.
    marks
        Name → that place, in samples.
    rate
        Samples per second.
    """
    _any(scores, "traces")
    size: dict[str, Any] = {"cols": len(scores), "sharey": True, "squeeze": False}
    figure, panels = new_figure(6.6, 2.7, **size)
    for axes, (name, values) in zip(panels[0], scores.items(), strict=True):
        trace = np.asarray(values, dtype=float)
        milliseconds = 1000 * (np.arange(len(trace)) - marks[name]) / rate
        axes.axvline(0, color=colour("truth"), linewidth=1.4, linestyle=(0, (3, 1.5)))
        axes.plot(milliseconds, trace, color=colour("linear"), linewidth=1.3)
        top = int(np.argmax(trace))
        axes.plot(milliseconds[top], trace[top], "o", color=colour("loss"), zorder=3)
        axes.set(title=name, xlabel="ms from the truth", yticks=())
        axes.set_xlim(milliseconds[0], milliseconds[-1])
    return figure


@styled
def timing(
    decibels: "ArrayLike", bound: "ArrayLike", errors: "Mapping[str, ArrayLike]"
) -> "Figure":
    """Draw the root-mean-square error of a time against the signal-to-noise ratio, and the bound.

    Parameters
    ----------
    decibels
        The ratios, rising, ``(K,)``.
    bound
        What no unbiased estimate can undercut, in ms, ``(K,)``.
    errors
        Name → root-mean-square error in ms, ``(K,)``; one to three.
    """
    x, low = np.asarray(decibels, dtype=float), np.asarray(bound, dtype=float)
    if x.shape != low.shape or not 1 <= len(errors) <= 3:
        came = f"ratios {x.shape}, a bound {low.shape} and {len(errors)} errors"
        raise ShapeError(explain(came, "one shape for all, one to three errors", "cut to match"))
    figure, axes = new_figure(6.2, 3.8)
    axes.set(yscale="log", xlabel="signal over noise, dB", ylabel="error of the time, ms")
    axes.fill_between(x, 0.4 * low.min(), low, color=colour("truth"), alpha=0.14, linewidth=0)
    axes.plot(x, low, color=colour("truth"), label="Cramér–Rao bound")
    hands: tuple[dict[str, Any], ...] = (
        {"marker": "o", "linestyle": "-", "color": colour("linear")},
        {"marker": "s", "linestyle": (0, (4, 1.6)), "color": colour("rule")},
        {"marker": "^", "linestyle": (0, (1, 1.4)), "color": colour("lstm")},
    )
    for (name, values), hand in zip(errors.items(), hands, strict=False):
        axes.plot(x, np.asarray(values, dtype=float), label=name, **hand)
    axes.set(xlim=(x[0], x[-1]), ylim=(0.4 * low.min(), None))
    axes.set_yticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    axes.text(x[0] + 0.6, 0.55 * low.min(), "nobody gets here", color=colour("truth"))
    axes.legend(loc="upper right")
    return figure


@styled
def matching(
    strikes: Sequence[float],
    picks: Sequence[float],
    pairs: Sequence[tuple[int, int]],
    tolerance: float,
) -> "Figure":
    """Draw strikes above, picks below, the tolerance around a strike, and who belongs to whom.

    Parameters
    ----------
    strikes, picks
        Times in ms.
    pairs
        Index of a strike and index of the pick that counts for it.
    tolerance
        In ms.
    """
    figure, axes = new_figure(6.4, 2.1)
    for at in strikes:
        look = {"color": colour("truth"), "alpha": 0.13, "linewidth": 0}
        axes.fill_betweenx((0.0, 1.0), at - tolerance, at + tolerance, **look)
    for strike, pick in pairs:
        ends = (strikes[strike], picks[pick])
        axes.plot(ends, (1.0, 0.0), color=colour("linear"), linewidth=2.4, zorder=1)
    axes.plot(strikes, np.ones(len(strikes)), "D", color=colour("truth"), markersize=9)
    matched = {pick for _, pick in pairs}
    for number, at in enumerate(picks):
        hit = number in matched
        role, mark = ("linear", "o") if hit else ("deviation", "X")
        axes.plot(at, 0.0, mark, color=colour(role), markersize=10, zorder=3)
    axes.set(yticks=(0, 1), yticklabels=("picks", "strikes"), xlabel="ms", ylim=(-0.3, 1.25))
    axes.grid(visible=False)
    return figure


@styled
def by_tolerance(tolerances: "ArrayLike", curves: "Mapping[str, ArrayLike]") -> "Figure":
    """Draw the event F1 against the tolerance in ms, on a logarithmic scale, a line per detector.

    Parameters
    ----------
    tolerances
        In ms, rising, ``(K,)``.
    curves
        Detector → F1, ``(K,)``.
    """
    _any(curves, "curves")
    x = np.asarray(tolerances, dtype=float)
    figure, axes = new_figure(6.2, 3.6)
    axes.set(xscale="log", xlim=(x[0], x[-1]), ylim=(0, 1.02), ylabel="event F1")
    ends, roles = [], []
    for name, look in looked(list(curves)).items():
        heights = np.asarray(curves[name], dtype=float)
        axes.plot(x, heights, **(look.hand() | {"markersize": 5.5}))
        ends.append((float(x[-1]), float(heights[-1])))
        roles.append(look.role)
    ticks = [tick for tick in (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50) if x[0] <= tick <= x[-1]]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xlabel("tolerance, ± ms")
    label_ends(axes, ends, list(curves), roles)
    return figure


@styled
def by_bell(ratios: "ArrayLike", recalls: "Mapping[str, ArrayLike]") -> "Figure":
    """Draw the share of each bell's strikes that a detector finds, against how loud the bell is.

    Parameters
    ----------
    ratios
        Signal-to-noise ratio of each bell in dB, ``(E,)``.
    recalls
        Detector → recall of each bell, ``(E,)``.
    """
    _any(recalls, "detectors")
    x = np.asarray(ratios, dtype=float)
    figure, axes = new_figure(6.2, 3.6)
    for name, look in looked(list(recalls)).items():
        hand = look.hand() | {"linestyle": "none", "markersize": 8}
        axes.plot(x, np.asarray(recalls[name], dtype=float), label=name, clip_on=False, **hand)
    weakest = int(np.argmin(x))
    write(axes, float(x[weakest]), 0.0, f"bell {weakest + 1}", "muted", offset=(9, 9), ha="left")
    axes.set(xlabel="signal over noise of the bell, dB", ylabel="share found", ylim=(0, 1.0))
    axes.legend(loc="lower right")
    return figure


def _any(things: Any, kind: str) -> None:
    if not len(things):
        raise ShapeError(explain(f"no {kind}", "one or more", "pass what there is to draw"))

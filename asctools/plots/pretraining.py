"""The plots of pretraining: what was rebuilt, what collapsed, what shifts do, what labels buy."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.errors import ShapeError, explain, unknown_name
from asctools.plots.labels import label_ends
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = [
    "ARMS",
    "collapse",
    "gains",
    "label_curve",
    "pseudo_labels",
    "reconstructions",
    "shifted",
    "units",
    "walk",
]

RATE = 2000.0  # samples per second
ROW = 0.5  # inches that an arm and the space below it take
_LINES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1.5)))
_MARKERS = ("o", "s", "^", "D", "v")
_ROLES = ("lstm", "loss", "rule", "linear", "gru")
_INTERVAL = "difference, lower end, upper end"


class Arm(NamedTuple):
    """How one way to use the labels is drawn, everywhere on the page."""

    role: str
    marker: str
    line: Any


ARMS = {
    "scratch": Arm("baseline", "X", (0, (3, 2))),
    "autoencoder": Arm("linear", "o", "-"),
    "VAE": Arm("loss", "s", (0, (5, 2))),
    "contrastive": Arm("lstm", "^", (0, (1, 1.5))),
    "templates": Arm("rule", "D", (0, (6, 2, 1, 2))),
    "templates + self-training": Arm("gru", "P", "-"),
}


def _arm(name: str) -> Arm:
    if name not in ARMS:
        raise unknown_name("arm", name, ARMS)
    return ARMS[name]


@styled
def reconstructions(
    panels: "Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]]", strike_ms: float
) -> "Figure":
    """Draw what was heard, what an autoencoder makes of it, and the bells without any noise.

    Parameters
    ----------
    panels
        Name → heard, rebuilt and true signal of one channel, each ``(n,)``; one to four.
    strike_ms
        When the strike is, milliseconds from the left end.
    """
    _some(panels, "panels", 4)
    size: dict[str, Any] = {"rows": len(panels), "sharex": True, "squeeze": False}
    figure, axes = new_figure(6.4, 0.9 + 1.35 * len(panels), **size)
    hands: tuple[tuple[str, dict[str, Any]], ...] = (
        ("heard", {"color": colour("x"), "linewidth": 0.8, "alpha": 0.75}),
        ("bells alone", {"color": colour("truth"), "linewidth": 1.5, "linestyle": (0, (4, 1.5))}),
        ("rebuilt", {"color": colour("lstm"), "linewidth": 1.9}),
    )
    for ax, (name, signals) in zip(axes[:, 0], panels.items(), strict=True):
        heard, rebuilt, true = (np.asarray(each, dtype=float) for each in signals)
        ms = 1000.0 * np.arange(len(heard)) / RATE
        for (label, hand), values in zip(hands, (heard, true, rebuilt), strict=True):
            ax.plot(ms, values, label=label, **hand)
        ax.axvline(strike_ms, color=colour("loss"), linewidth=1.2, linestyle=(0, (2, 2)))
        ax.set(title=name, yticks=(), xlim=(0, ms[-1]))
    axes[-1, 0].set_xlabel("milliseconds")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=3)
    return figure


@styled
def collapse(
    steps: "ArrayLike", curves: "Mapping[str, tuple[ArrayLike, ArrayLike]]", level: float = 1.0
) -> "Figure":
    """Draw how much is left unexplained, and how much the latents say, step by step.

    Parameters
    ----------
    steps
        Of the training, ``(K,)``.
    curves
        Name → share of the variance that is left, and KL divergence in nats a frame, each
        ``(K,)``; up to five.
    level
        What the mean leaves: a line in the upper panel.
    """
    _some(curves, "curves", 5)
    x = np.asarray(steps, dtype=float)
    figure, (upper, lower) = new_figure(6.4, 4.8, rows=2, sharex=True)
    upper.axhline(level, color=colour("baseline"), linewidth=1.3, linestyle=(0, (4, 3)))
    ends: tuple[list[Any], list[Any]] = ([], [])
    for number, (left, said) in enumerate(curves.values()):
        hand = _hand(number, len(x))
        for axes, values, end in zip((upper, lower), (left, said), ends, strict=True):
            heights = np.asarray(values, dtype=float)
            axes.plot(x, heights, **hand)
            end.append((float(x[-1]), float(heights[-1])))
    upper.set(ylabel="variance left", xlim=(x[0], x[-1]))
    lower.set(ylabel="KL, nats a frame", xlabel="step of training", ylim=(0, None))
    for axes, end in zip((upper, lower), ends, strict=True):
        label_ends(axes, end, list(curves), _ROLES[: len(curves)])
    return figure


@styled
def units(divergences: "Mapping[str, ArrayLike]") -> "Figure":
    """Draw how many nats each latent unit carries, the busiest first.

    Parameters
    ----------
    divergences
        Name → KL divergence of each unit, in nats a frame, ``(D,)``; up to five.
    """
    _some(divergences, "models", 5)
    figure, axes = new_figure(6.2, 3.2)
    for number, (name, values) in enumerate(divergences.items()):
        busiest = np.sort(np.asarray(values, dtype=float))[::-1]
        place = np.arange(1, len(busiest) + 1)
        axes.plot(place, busiest, label=name, **(_hand(number, 0) | {"markevery": 1}))
    longest = max(len(np.asarray(values)) for values in divergences.values())
    axes.set(xlabel="latent unit, the busiest first", ylabel="nats a frame", ylim=(0, None))
    axes.set(xlim=(0.5, longest + 0.5), xticks=range(1, longest + 1, max(1, longest // 8)))
    axes.legend(loc="upper right")
    return figure


@styled
def walk(waves: "Mapping[str, ArrayLike]", steps: Sequence[str]) -> "Figure":
    """Draw what a decoder makes of latents along a line, a panel per walk, a row per step.

    Parameters
    ----------
    waves
        Name of the walk → decoded signal of one channel at each step, ``(S, n)``; one to three.
    steps
        What stands beside each row.
    """
    _some(waves, "walks", 3)
    size: dict[str, Any] = {"cols": len(waves), "sharey": True, "squeeze": False}
    figure, axes = new_figure(6.4, 1.0 + 0.42 * len(steps), **size)
    for ax, (name, given) in zip(axes[0], waves.items(), strict=True):
        rows = np.asarray(given, dtype=float)
        if rows.ndim != 2 or len(rows) != len(steps):
            came = f"waves of shape {rows.shape} for {len(steps)} steps"
            raise ShapeError(explain(came, "(steps, samples)", "pass one row per step"))
        # All rows of a walk have one scale, so that a silent row looks silent.
        high = max(float(np.abs(rows).max()), 1e-9)
        ms = 1000.0 * np.arange(rows.shape[1]) / RATE
        for place, row in enumerate(rows):
            ax.axhline(place, color=colour("grid"), linewidth=0.6, alpha=0.5)
            ax.plot(ms, place - 0.75 * row / high, color=colour("lstm"), linewidth=1.3)
        ax.set(title=name, xlabel="milliseconds", xlim=(0, ms[-1]))
        ax.grid(visible=False)
    axes[0, 0].set(yticks=range(len(steps)), yticklabels=list(steps))
    axes[0, 0].set_ylim(len(steps) - 0.1, -0.9)
    return figure


@styled
def shifted(shifts_ms: "ArrayLike", curves: "Mapping[str, ArrayLike]") -> "Figure":
    """Draw how alike an embedding stays when the signal below it is moved in time.

    Parameters
    ----------
    shifts_ms
        By how much, ``(K,)``.
    curves
        Name → mean cosine between the embeddings before and after, ``(K,)``; up to five.
    """
    _some(curves, "curves", 5)
    x = np.asarray(shifts_ms, dtype=float)
    figure, axes = new_figure(6.2, 3.4)
    axes.axhline(0, color=colour("chance"), linewidth=1.0, linestyle=(0, (1, 3)))
    ends = []
    for number, values in enumerate(curves.values()):
        heights = np.asarray(values, dtype=float)
        axes.plot(x, heights, **_hand(number, len(x)))
        ends.append((float(x[-1]), float(heights[-1])))
    axes.set(xlabel="moved by, milliseconds", ylabel="likeness (cosine)", xlim=(x[0], x[-1]))
    axes.set_ylim(top=1.04)
    label_ends(axes, ends, list(curves), _ROLES[: len(curves)])
    return figure


@styled
def pseudo_labels(least: "ArrayLike", number: "ArrayLike", right: "ArrayLike") -> "Figure":
    """Draw how many labels a pursuit gives itself, and how many of them are right.

    Parameters
    ----------
    least
        The least score of a pseudo-label, ``(K,)``.
    number
        Pseudo-labels a window, ``(K,)``.
    right
        The share of them that lies within the tolerance of a true strike, ``(K,)``.
    """
    x = np.asarray(least, dtype=float)
    size: dict[str, Any] = {"rows": 2, "sharex": True}
    figure, (upper, lower) = new_figure(6.0, 4.2, **size)
    upper.plot(x, np.asarray(number, dtype=float), "o-", color=colour("gru"))
    upper.set(ylabel="a window", title="pseudo-labels", ylim=(0, None))
    lower.plot(x, 100.0 * np.asarray(right, dtype=float), "s-", color=colour("loss"))
    lower.set(ylabel="right, %", xlabel="least score, log-likelihood ratio", ylim=(None, 100.5))
    return figure


@styled
def label_curve(
    scores: "Mapping[str, Mapping[int, Sequence[float]]]", level: float, name: str = "oracle"
) -> "Figure":
    """Draw event F1 against the number of labelled windows: a mark per seed, a line at the mean.

    Parameters
    ----------
    scores
        Arm (a name of :data:`ARMS`) → number of labelled windows → one score per seed.
    level, name
        What needs no labels: a line across.
    """
    _some(scores, "arms", len(ARMS))
    figure, axes = new_figure(6.6, 4.4)
    axes.axhline(level, color=colour("truth"), linewidth=1.2, linestyle=(0, (4, 3)))
    sizes = sorted({size for by_size in scores.values() for size in by_size})
    axes.set(xscale="log", xlabel="labelled windows", ylabel="event F1 at ±5 ms")
    axes.set_xlim(0.8 * sizes[0], 1.25 * sizes[-1])
    ends, roles = [(1.25 * sizes[-1], level)], ["truth"]
    for number, (arm, by_size) in enumerate(scores.items()):
        look = _arm(arm)
        # Side by side, so that no arm hides behind another.
        beside = 1.035 ** (number - (len(scores) - 1) / 2)
        at = sorted(by_size)
        middle = [float(np.mean(by_size[size])) for size in at]
        line = {"color": colour(look.role), "linestyle": look.line, "linewidth": 1.7}
        axes.plot([beside * size for size in at], middle, **line)
        for size in at:
            seeds = list(by_size[size])
            mark = {"color": colour(look.role), "marker": look.marker, "linestyle": "none"}
            axes.plot([beside * size] * len(seeds), seeds, markersize=5.5, **mark)
        ends.append((1.25 * sizes[-1], middle[-1]))
        roles.append(look.role)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()
    label_ends(axes, ends, [name, *scores], roles)
    return figure


@styled
def gains(
    differences: "Mapping[str, Mapping[int, tuple[float, float, float]]]",
    measure: str = "event F1 less that from scratch",
) -> "Figure":
    """Draw by how much each arm is above another, with an interval, for each number of labels.

    Parameters
    ----------
    differences
        Arm → number of labelled windows → difference, and lower and upper end of its interval.
    measure
        What it is a difference of.
    """
    _some(differences, "arms", len(ARMS))
    sizes = sorted({size for by_size in differences.values() for size in by_size})
    figure, axes = new_figure(6.6, 1.2 + ROW * len(differences))
    axes.axvline(0, color=colour("baseline"), linewidth=1.6, linestyle=(0, (4, 3)))
    for place, (arm, by_size) in enumerate(differences.items()):
        look = _arm(arm)
        for number, size in enumerate(sizes):
            if size not in by_size:
                continue
            if len(by_size[size]) != 3:
                came = f"{len(by_size[size])} numbers for {arm!r} at {size} labels"
                raise ShapeError(explain(came, f"three: {_INTERVAL}", "pass an interval"))
            middle, low, high = by_size[size]
            y = place + 0.22 * (number - (len(sizes) - 1) / 2)
            axes.hlines(y, low, high, color=colour(look.role), linewidth=2.0)
            axes.plot(middle, y, _MARKERS[number], color=colour(look.role), markersize=6)
    for number, size in enumerate(sizes):
        look_of = {"color": colour("ink"), "linestyle": "none", "marker": _MARKERS[number]}
        axes.plot([], [], label=f"{size} labelled", **look_of)
    axes.set(yticks=range(len(differences)), yticklabels=list(differences), xlabel=measure)
    axes.set_ylim(len(differences) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    figure.legend(loc="outside upper right", ncols=len(sizes))
    return figure


def _hand(number: int, points: int) -> dict[str, Any]:
    every = max(1, points // 8)
    return {
        "color": colour(_ROLES[number]),
        "marker": _MARKERS[number],
        "linestyle": _LINES[number],
        "linewidth": 1.7,
        "markersize": 5.5,
        "markevery": (every // 2, every),
    }


def _some(things: Any, kind: str, most: int) -> None:
    if not 1 <= len(things) <= most:
        came = f"{len(things)} {kind}"
        raise ShapeError(explain(came, f"1 to {most}", "pass what there is to draw"))

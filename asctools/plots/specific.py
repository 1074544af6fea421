"""The plots of the chapter on event-specific models: delays, bounds, parts, candidates."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.detection import looked
from asctools.plots.labels import write
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "alike",
    "candidates",
    "delays",
    "found_by_loudness",
    "gaze",
    "homecoming",
    "parts",
    "timing_by_bell",
]

BROKEN: Any = (0, (4, 3))
ROW = 0.42  # inches that a part and the space below it take


@styled
def homecoming(
    errors_ms: "ArrayLike", score: "ArrayLike", starts_ms: "ArrayLike", ends_ms: "ArrayLike"
) -> "Figure":
    """Draw the score against a wrong delay, and where gradients carry a delay from each start.

    Parameters
    ----------
    errors_ms, score
        How wrong the delay is, and the mean score then, ``(K,)``.
    starts_ms, ends_ms
        Errors before and after the training, ``(S,)``.
    """
    at, height = _pair(errors_ms, score, "errors and scores")
    begin, end = _pair(starts_ms, ends_ms, "starts and ends")
    figure, (upper, lower) = new_figure(6.2, 4.4, rows=2, sharex=True)
    upper.plot(at, height, color=colour("linear"))
    upper.set(title="mean score at a strike")
    lower.plot(at, at, color=colour("muted"), linewidth=1.0, linestyle=BROKEN)
    lower.plot(begin, end, "o", color=colour("gradient"))
    lower.set(title="where it ends, ms", xlabel="delay at the start, ms from the truth")
    for axes in (upper, lower):
        axes.axvline(0, color=colour("truth"), linewidth=1.2, linestyle=(0, (3, 1.5)))
    lower.axhline(0, color=colour("truth"), linewidth=1.2, linestyle=(0, (3, 1.5)))
    home = np.flatnonzero(np.abs(end) < 0.25)
    if len(home):
        for axes in (upper, lower):
            axes.axvspan(begin[home].min(), begin[home].max(), color=(colour("gradient"), 0.13))
    lower.set_xlim(at[0], at[-1])
    return figure


@styled
def delays(
    true_ms: "ArrayLike", estimated_ms: "ArrayLike", loud: "ArrayLike", above: str, below: str
) -> "Figure":
    """Draw estimated onset delays against the true ones, loud bells filled and weak ones open.

    Parameters
    ----------
    true_ms, estimated_ms
        Delays of each bell and channel, ``(E, C)``.
    loud
        Whether a bell is loud, ``(E,)`` bool.
    above, below
        What the legend calls the loud bells and the others.
    """
    x, y = (np.asarray(each, dtype=float) for each in (true_ms, estimated_ms))
    strong = np.asarray(loud, dtype=bool)
    if x.shape != y.shape or x.ndim != 2 or strong.shape != x.shape[:1]:
        came = f"delays of shape {x.shape} and {y.shape}, {strong.shape} bells"
        raise ShapeError(explain(came, "(bells, channels) twice, (bells,)", "pass one frame's"))
    figure, axes = new_figure(5.2, 4.4)
    reach = 1.08 * float(np.abs(x).max())
    axes.plot((-reach, reach), (-reach, reach), color=colour("truth"), linewidth=1.2)
    for those, name, face in ((strong, above, colour("linear")), (~strong, below, "none")):
        look: dict[str, Any] = {"markerfacecolor": face, "linestyle": "none", "markersize": 6}
        ink, mark = (colour("linear"), "o") if face != "none" else (colour("rule"), "s")
        axes.plot(x[those].ravel(), y[those].ravel(), mark, color=ink, label=name, **look)
    axes.set(xlabel="true delay, ms", ylabel="delay found in the template, ms")
    axes.set(xlim=(-reach, reach), aspect="equal")
    axes.legend(loc="upper left")
    return figure


@styled
def alike(cosines: "Mapping[str, ArrayLike]") -> "Figure":
    """Draw how much the templates resemble the true ones over training, a line per bell.

    Parameters
    ----------
    cosines
        How the bank began → cosine with the truth at the start and after each epoch,
        ``(epochs + 1, E)``; a panel each.
    """
    _any(cosines, "training")
    size: dict[str, Any] = {"cols": len(cosines), "sharey": True, "squeeze": False}
    figure, panels = new_figure(6.6, 3.0, **size)
    for axes, (name, given) in zip(panels[0], cosines.items(), strict=True):
        lines = np.asarray(given, dtype=float)
        if lines.ndim != 2 or len(lines) < 2:
            came = f"cosines of shape {lines.shape}"
            raise ShapeError(explain(came, "(epochs + 1, bells)", "pass a row for each epoch"))
        at = np.arange(len(lines))
        axes.plot(at, lines, color=colour("lstm"), linewidth=0.9, alpha=0.55)
        axes.plot(at, np.median(lines, axis=1), color=colour("lstm"), marker="o")
        axes.set(title=name, xlabel="epoch", ylim=(min(0.0, float(lines.min())), 1.02))
        axes.set(xlim=(at[0], at[-1]), xticks=at)
    panels[0][0].set_ylabel("cosine with the truth")
    return figure


@styled
def gaze(
    trace: "ArrayLike", weights: "Mapping[str, ArrayLike]", strikes_ms: Sequence[float]
) -> "Figure":
    """Draw a template's score frame by frame, and below it where a head looks.

    Parameters
    ----------
    trace
        Highest score of each frame, ``(F,)``.
    weights
        Which head → the share of its attention that each frame gets, ``(F,)``.
    strikes_ms
        When the bell struck.
    """
    _any(weights, "head")
    score = np.asarray(trace, dtype=float)
    figure, rows = new_figure(
        6.2, 1.2 + 1.15 * (1 + len(weights)), rows=1 + len(weights), sharex=True
    )
    middles = 5.0 * (np.arange(len(score)) + 0.5)
    panels = {"score of the template, deviations": (score, "linear")}
    panels |= {name: (np.asarray(each, dtype=float), "lstm") for name, each in weights.items()}
    for axes, (name, (values, role)) in zip(rows, panels.items(), strict=True):
        if values.shape != score.shape:
            came = f"weights of shape {values.shape} for {len(score)} frames"
            raise ShapeError(explain(came, f"{score.shape}", "pass one weight a frame"))
        axes.fill_between(middles, 0, values, color=(colour(role), 0.3), linewidth=0)
        axes.plot(middles, values, color=colour(role), linewidth=1.2)
        for at in strikes_ms:
            axes.axvline(at, color=colour("truth"), linewidth=1.4, linestyle=(0, (3, 1.5)))
        axes.set(title=name)
    rows[-1].set(xlabel="milliseconds", xlim=(0, 5.0 * len(score)))
    return figure


@styled
def timing_by_bell(
    ratios: "ArrayLike", bound_ms: "ArrayLike", floor_ms: float, errors: "Mapping[str, ArrayLike]"
) -> "Figure":
    """Draw the spread of each bell's timing errors, the bound, and the bound with the labels' own.

    Parameters
    ----------
    ratios
        Signal-to-noise ratio of each bell in dB, ``(E,)``.
    bound_ms
        Smallest possible standard deviation for each bell, ``(E,)``.
    floor_ms
        Standard deviation of the labels.
    errors
        Detector → measured standard deviation of each bell, ``(E,)``.
    """
    _any(errors, "detector")
    x, low = _pair(ratios, bound_ms, "ratios and bounds")
    order = np.argsort(x)
    figure, axes = new_figure(6.2, 3.9)
    axes.set(
        yscale="log", xlabel="signal over noise of the bell, dB", ylabel="error of the time, ms"
    )
    both = np.hypot(low, floor_ms)
    truth = colour("truth")
    axes.plot(x[order], low[order], color=truth, linewidth=1.4, label="Cramér–Rao bound")
    axes.plot(
        x[order],
        both[order],
        color=truth,
        linewidth=1.4,
        linestyle=BROKEN,
        label="with the labels' error",
    )
    for name, look in looked(list(errors)).items():
        hand = look.hand() | {"linestyle": "none", "markersize": 7}
        axes.plot(x, np.asarray(errors[name], dtype=float), label=name, **hand)
    ticks = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    least, most = axes.get_ylim()
    axes.set_ylim(least, most)
    figure.legend(loc="outside upper left", ncols=2)
    return figure


@styled
def parts(
    rows: Mapping[str, Sequence[float]],
    measure: str,
    spread: tuple[float, float] | None = None,
    start: float | None = None,
) -> "Figure":
    """Draw a row for each network with a part changed: a mark per seed, a bar at the median.

    Parameters
    ----------
    rows
        What was changed → one value per seed. The first row is the unchanged network.
    measure
        What is drawn.
    spread
        From where to where the unchanged network's values may lie by luck; shaded.
    start
        Where the axis begins; ``None``: where the values do.
    """
    _any(rows, "row")
    figure, axes = new_figure(6.4, 0.95 + ROW * len(rows))
    if spread is not None:
        axes.axvspan(*spread, color=(colour("lstm"), 0.13), linewidth=0)
    for place, (_, values) in enumerate(rows.items()):
        role = "lstm" if place == 0 else "rule"
        ink = colour(role)
        axes.hlines(place, min(values), max(values), color=ink, linewidth=1.6)
        mark = "o" if place == 0 else "D"
        axes.plot(values, [place] * len(values), mark, color=ink, clip_on=False, zorder=3)
        middle = float(np.median(values))
        axes.vlines(middle, place - 0.28, place + 0.28, color=ink, linewidth=2.2)
    axes.set(yticks=range(len(rows)), yticklabels=list(rows), xlabel=measure)
    axes.set(ylim=(len(rows) - 0.5, -0.5))
    axes.set_xlim(left=start)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    return figure


@styled
def candidates(
    alone: "ArrayLike", among: "ArrayLike", right: "ArrayLike", threshold: float
) -> "Figure":
    """Draw each candidate's score when it was taken against that after all others are subtracted.

    Parameters
    ----------
    alone, among
        Log-likelihood ratios, 0 or more, ``(n,)``.
    right
        Whether it is a strike, ``(n,)`` bool.
    threshold
        Of the pursuit.
    """
    x, y = _pair(alone, among, "scores before and after")
    true = np.asarray(right, dtype=bool)
    if true.shape != x.shape:
        came = f"{len(x)} candidates and answers of shape {true.shape}"
        raise ShapeError(explain(came, f"({len(x)},)", "say of each whether it is right"))
    figure, axes = new_figure(5.8, 4.2)
    axes.set(xscale="log", yscale="log")
    kinds = ((true, "a strike", "truth", "o", "none"), (~true, "none", "loss", "X", colour("loss")))
    for those, name, role, mark, face in kinds:
        look: dict[str, Any] = {"markerfacecolor": face, "markersize": 5, "alpha": 0.8}
        low = np.maximum(y[those], 0.5)
        axes.plot(x[those], low, mark, color=colour(role), label=name, **look)
    axes.axvline(threshold, color=colour("linear"), linewidth=1.3, linestyle=BROKEN)
    ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.set_yticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set(xlim=(0.9, 1.2 * x.max()), ylim=(0.4, 1.3 * max(1.0, float(y.max()))))
    axes.set(xlabel="score when it was taken", ylabel="score among all others")
    write(axes, threshold, 0.45, "threshold", "linear", offset=(5, 4), va="bottom")
    axes.legend(loc="upper left")
    return figure


@styled
def found_by_loudness(
    decibels: "ArrayLike", hits: "Mapping[str, ArrayLike]", edges: "ArrayLike"
) -> "Figure":
    """Draw the share of strikes that are found, against how loud each strike was itself.

    Parameters
    ----------
    decibels
        Energy of each strike over the noise, ``(n,)``.
    hits
        Detector → whether it found each, ``(n,)`` bool.
    edges
        Of the groups that shares are taken in, rising, ``(G + 1,)``.
    """
    _any(hits, "detector")
    loud, cuts = np.asarray(decibels, dtype=float), np.asarray(edges, dtype=float)
    group = np.digitize(loud, cuts) - 1
    inside = [g for g in range(len(cuts) - 1) if np.any(group == g)]
    middles = 0.5 * (cuts[:-1] + cuts[1:])[inside]
    figure, (upper, lower) = new_figure(6.2, 4.4, rows=2, sharex=True, height_ratios=(3, 1))
    for name, look in looked(list(hits)).items():
        found = np.asarray(hits[name], dtype=bool)
        if found.shape != loud.shape:
            came = f"answers of shape {found.shape} for {len(loud)} strikes"
            raise ShapeError(explain(came, f"({len(loud)},)", "say of each whether it was found"))
        share = [float(found[group == g].mean()) for g in inside]
        upper.plot(middles, share, label=name, clip_on=False, **look.hand())
    lower.hist(loud, cuts, color=(colour("muted"), 0.5), linewidth=0)
    upper.set(ylabel="share found", ylim=(0, 1))
    upper.legend(loc="lower right")
    lower.set(ylabel="strikes", xlabel="energy of the strike over the noise, dB")
    lower.set_xlim(cuts[0], cuts[-1])
    return figure


def _pair(
    first: "ArrayLike", second: "ArrayLike", what: str
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or not len(x):
        came = f"{what} of shape {x.shape} and {y.shape}"
        raise ShapeError(explain(came, "two of shape (n,), n ≥ 1", "pass one for each"))
    return x, y


def _any(things: Any, kind: str) -> None:
    if not len(things):
        raise ShapeError(explain(f"no {kind}", "one or more", "pass what there is to draw"))

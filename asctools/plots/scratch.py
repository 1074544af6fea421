"""The plots of the chapter on NumPy: checked gradients, a cut, what is fast, a first memory."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asctools.errors import ShapeError, explain
from asctools.plots.labels import write
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RIVAL = "nn.LSTM"  # the rung that the others are held against
OURS = "asctools"
PRODUCT = "product"  # how the names of the parts begin that are matrix products
LETTERS_A_POINT = 90  # of a curve of first_memory

_DASHED = (0, (5, 3))
_LINE_OF_WINDOW: tuple[tuple[str, Any], ...] = (("lstm", "-"), ("rnn", (0, (4, 1.5))))


@styled
def gradient_errors(
    epsilons: Sequence[float], errors: Sequence[float], complex_error: float
) -> "Figure":
    """Draw the V of the central differences, and far below it the line of the complex step.

    Parameters
    ----------
    epsilons, errors
        The steps of the central difference and the relative error with each, all positive.
    complex_error
        The relative error with a complex step, which may be as small as one likes.
    """
    _same_length(epsilons, errors, "steps", "errors")
    figure, axes = new_figure(6.0, 3.9)
    mark = MARKS["gradient"]
    axes.loglog(epsilons, errors, color=colour("gradient"), marker=mark.marker)
    points = sorted(zip(epsilons, errors, strict=True))
    best = min(points, key=lambda point: point[1])
    write(axes, *best, f"{best[1]:.0e}", "gradient", ha="center", offset=(0, -16))
    axes.axhline(complex_error, color=colour("truth"), linestyle=_DASHED, linewidth=1.8)
    middle = (points[0][0] * points[-1][0]) ** 0.5
    said = f"complex step: {complex_error:.0e}"
    write(axes, middle, complex_error, said, "truth", ha="center", offset=(0, 12))
    if points[0] != best != points[-1]:
        rounding, curvature = "rounding,\ngrows as 1/ε", "curvature,\nfalls as ε²"
        write(axes, *points[1], rounding, "muted", ha="left", offset=(10, 14))
        write(axes, *points[-2], curvature, "muted", ha="right", offset=(-16, 12))
    axes.set(xlabel="step ε", ylabel="relative error", ylim=(complex_error / 30.0, None))
    return figure


@styled
def felt_slopes(uncut: Sequence[float], cut: Sequence[float]) -> "Figure":
    """Draw how much the last letter's loss feels each letter, without and with a cut.

    Parameters
    ----------
    uncut
        One slope for each step, all positive.
    cut
        Those of the steps behind the cut.
    """
    steps, kept = len(uncut), len(cut)
    if not 0 < kept < steps:
        came = f"{kept} slopes behind the cut and {steps} in all"
        raise ShapeError(explain(came, "fewer behind the cut than in all", "pass both whole"))
    figure, axes = new_figure(6.0, 3.4)
    first = steps - kept + 1
    axes.semilogy(range(1, steps + 1), uncut, color=colour("baseline"), linestyle=_DASHED)
    look = {"color": colour("gradient"), "marker": MARKS["gradient"].marker, "markersize": 5.0}
    axes.semilogy(range(first, steps + 1), cut, linestyle="-", **look)
    axes.axvline(first - 0.5, color=colour("ink"), linewidth=1.0)
    top = max(uncut)
    write(axes, first - 0.5, top, "the cut", "ink", ha="right", offset=(-6, 0))
    left, right = (first - 1) // 2, first + kept // 2 - 1
    write(axes, left, uncut[left - 1], "without a cut", "baseline", ha="right", offset=(-4, 14))
    write(axes, right, cut[right - first], "with it", "gradient", ha="left", offset=(8, -12))
    axes.set(xlabel="letter", ylabel="slope at it", xlim=(0, steps + 1))
    return figure


@styled
def ladder(rungs: Mapping[str, Sequence[float]], headings: Sequence[str]) -> "Figure":
    """Draw what a step of training costs, version by version, with a line at the rival.

    Parameters
    ----------
    rungs
        Name of a version → its milliseconds, one for each heading. One of the names is
        ``"nn.LSTM"``.
    headings
        One for each panel.
    """
    if RIVAL not in rungs or any(len(times) != len(headings) for times in rungs.values()):
        came = f"{len(rungs)} versions under {len(headings)} headings"
        right = f"a time under each heading for every version, {RIVAL} among them"
        raise ShapeError(explain(came, right, "measure all of them in one race"))
    figure, panels = new_figure(
        6.4, 1.0 + 0.42 * len(rungs), cols=len(headings), sharey=True, squeeze=False
    )
    for place, (axes, heading) in enumerate(zip(panels[0], headings, strict=True)):
        times = [each[place] for each in rungs.values()]
        _bars(axes, list(rungs), times, [_role(name) for name in rungs], "{:.1f}")
        line = {"color": colour("pytorch"), "linestyle": _DASHED, "linewidth": 1.2}
        axes.axvline(rungs[RIVAL][place], zorder=0.5, **line)
        axes.set(xlabel="ms", title=heading)
    return figure


@styled
def parts_of_a_step(
    names: Sequence[str], *shares: Sequence[float], headings: Sequence[str]
) -> "Figure":
    """Draw which part of a step takes which share of its time.

    Parameters
    ----------
    names
        The parts. Those that begin with "product" are drawn as matrix products.
    *shares
        For each panel one share, 0 … 1, for each part.
    headings
        One for each panel.
    """
    if len(shares) != len(headings) or any(len(each) != len(names) for each in shares):
        came = f"shares of {[len(each) for each in shares]} parts under {len(headings)} headings"
        right = f"{len(names)} shares for each heading"
        raise ShapeError(explain(came, right, "pass one row of shares for each panel"))
    size = {"cols": len(headings), "sharey": True, "squeeze": False}
    figure, panels = new_figure(6.4, 1.0 + 0.42 * len(names), **size)
    roles = ["numpy" if name.startswith(PRODUCT) else "baseline" for name in names]
    for axes, heading, each in zip(panels[0], headings, shares, strict=True):
        _bars(axes, names, [100.0 * share for share in each], roles, "{:.0f}")
        axes.set(xlabel="% of the step", title=heading)
    return figure


@styled
def first_memory(curves: Mapping[int, Sequence[Sequence[float]]], coin: float) -> "Figure":
    """Draw how the loss falls to the level of spelling, and for some on to that of memory.

    Parameters
    ----------
    curves
        Window → the losses of each network trained with it: nats a letter, one for every 90
        letters. At most two windows.
    coin
        The best possible loss: one coin a line. Who forgets pays two.
    """
    if not 1 <= len(curves) <= len(_LINE_OF_WINDOW):
        raise ShapeError(explain(f"{len(curves)} windows", "one or two", "draw fewer at once"))
    figure, axes = new_figure(6.0, 4.0)
    end = 0.0
    for (window, networks), (role, line) in zip(curves.items(), _LINE_OF_WINDOW, strict=False):
        for losses in networks:
            read = [LETTERS_A_POINT * (k + 1) / 1000.0 for k in range(len(losses))]
            axes.semilogy(read, losses, color=colour(role), linestyle=line, linewidth=1.6)
            end = max(end, read[-1])
        axes.plot([], [], color=colour(role), linestyle=line, label=f"pieces of {window}")
    for level, said in ((2.0 * coin, "forgets the first bell"), (coin, "best possible")):
        axes.axhline(level, color=colour("truth"), linestyle=(0, (1, 2)), linewidth=1.6)
        write(axes, end, level, said, "truth", ha="right", offset=(0, -9))
    axes.set(xlabel="thousand letters read, in each of 16 rows", ylabel="loss, nats a letter")
    axes.set(xlim=(0, end), ylim=(0.7 * coin, None))
    axes.legend(loc="upper right")
    return figure


def _bars(
    axes: "Axes", names: Sequence[str], values: Sequence[float], roles: Sequence[str], form: str
) -> None:
    """Draw one bar below the other, each with its value at its end."""
    places = range(len(names))
    bars = axes.barh(places, values, height=0.62, color=[colour(role) for role in roles])
    for bar, role in zip(bars, roles, strict=True):
        bar.set_hatch(MARKS[role].hatch)
        bar.set_edgecolor(colour("paper"))
    for place, value in zip(places, values, strict=True):
        ground = {"facecolor": colour("paper"), "edgecolor": "none", "pad": 1.0}
        write(axes, value, place, form.format(value), "ink", offset=(4, 0), bbox=ground)
    axes.set(yticks=places, yticklabels=names, ylim=(len(names) - 0.4, -0.6))
    axes.set_xlim(0, 1.22 * max(values))
    axes.grid(visible=False)


def _role(name: str) -> str:
    """Return who computes: PyTorch, the library, or the chapter."""
    return {RIVAL: "pytorch", OURS: "loop"}.get(name, "numpy")


def _same_length(a: Sequence[float], b: Sequence[float], first: str, second: str) -> None:
    if not a or len(a) != len(b):
        came = f"{len(a)} {first} and {len(b)} {second}"
        raise ShapeError(explain(came, "as many of one as of the other", "measure each once"))

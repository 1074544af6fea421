"""The plots of how a cell learns: losses, predictions, weights, and the check of gradients."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends, write
from asctools.plots.palette import GATES, MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COMPANY_ROLES = ("company_a", "company_b")
_GATE_HEADINGS = ("forget gate", "input gate", "candidate", "output gate")
_RATE_LINES = ("-", (0, (7, 2)), (0, (3, 2)), (0, (1, 1.4)), (0, (7, 2, 1, 2)))


@styled
def learning_curves(
    losses: Sequence[float],
    predictions: Sequence[Sequence[float]],
    stages: Sequence[int] = (2000, 3000, 5000),
) -> "Figure":
    """Draw the loss, and below it each company's prediction on its way to the target.

    Parameters
    ----------
    losses
        One per epoch, positive.
    predictions
        Per epoch one for A and one for B: shape ``(epochs, 2)``.
    stages
        Epochs at which the training was stopped and resumed; those beyond its end are left out.
    """
    epochs = len(losses)
    if epochs != len(predictions):
        came = f"{epochs} losses and {len(predictions)} predictions"
        raise ShapeError(explain(came, "as many of one as of the other", "pass whole histories"))
    figure, (top, bottom) = new_figure(6.0, 4.8, rows=2, sharex=True, height_ratios=(2, 3))
    top.semilogy(range(1, epochs + 1), losses, color=colour("loss"))
    marks = [stage for stage in stages if stage <= epochs]
    for stage in (stage for stage in marks if stage < epochs):
        for axes in (top, bottom):
            axes.axvline(stage, color=colour("muted"), linewidth=0.9, linestyle=(0, (4, 3)))
        write(top, stage, max(losses), "resumed", "muted", offset=(5, 0))
    curves = list(zip(*predictions, strict=True))
    for role, curve, target in zip(COMPANY_ROLES, curves, (0.0, 1.0), strict=True):
        bottom.axhline(target, color=colour("target"), linestyle=MARKS["target"].line, lw=1.4)
        inwards = 10 if target < 0.5 else -10
        name = f"target of {MARKS[role].symbol}"
        write(bottom, 0.16 * epochs, target, name, "target", offset=(0, inwards))
        bottom.plot(range(1, epochs + 1), curve, color=colour(role), linestyle=MARKS[role].line)
        values = [curve[stage - 1] for stage in marks]
        bottom.plot(marks, values, MARKS[role].marker, color=colour(role), clip_on=False, zorder=3)
    top.set(ylabel="loss")
    bottom.set(ylabel="prediction $h_4$", xlabel="epoch", xlim=(0, epochs), yticks=(0, 0.5, 1))
    label_ends(bottom, [(epochs, curve[-1]) for curve in curves], ["A", "B"], COMPANY_ROLES)
    return figure


@styled
def weights_before_after(before: Sequence[float], after: Sequence[float]) -> "Figure":
    """Draw where each of the twelve weights began (open) and where it ended (filled).

    Parameters
    ----------
    before, after
        Twelve numbers each, in the order of ``by_hand.Weights``.
    """
    if not len(before) == len(after) == 12:
        came = f"{len(before)} and {len(after)} weights"
        raise ShapeError(explain(came, "12 and 12", "pass two Weights"))
    figure, axes = new_figure(6.0, 5.6)
    axes.axvline(0.0, color=colour("muted"), linewidth=0.9)
    places, names = [], []
    for index, (start, end) in enumerate(zip(before, after, strict=True)):
        role, letter = GATES[index // 3], "fico"[index // 3]
        place = index + 1.2 * (index // 3)
        hand = {"color": colour(role), "marker": MARKS[role].marker, "markersize": 7.5}
        axes.plot((start, end), (place, place), color=colour(role), linewidth=2.4)
        axes.plot(start, place, markerfacecolor=colour("paper"), markeredgewidth=1.6, **hand)
        axes.plot(end, place, **hand)
        places.append(place)
        names.append((f"$w_{{{letter}h}}$", f"$w_{{{letter}x}}$", f"$b_{letter}$")[index % 3])
    for gate, (role, heading) in enumerate(zip(GATES, _GATE_HEADINGS, strict=True)):
        axes.text(
            0.0,
            4.2 * gate - 0.9,
            heading,
            color=colour(role),
            va="center",
            transform=axes.get_yaxis_transform(),
        )
    for word, face in (("before", colour("paper")), ("after", colour("ink"))):
        dot = {"color": colour("ink"), "markerfacecolor": face, "linestyle": "none"}
        axes.plot([], [], "o", label=word, **dot)
    above = {"loc": "lower right", "bbox_to_anchor": (1.0, 0.93), "ncols": 2}
    axes.legend(handletextpad=0.2, columnspacing=1.2, **above)
    axes.set(yticks=places, yticklabels=names, ylim=(max(places) + 0.7, -1.4))
    axes.spines["left"].set_visible(False)
    return figure


@styled
def gradient_agreement(epsilons: Sequence[float], errors: Sequence[float]) -> "Figure":
    """Draw how far the measured gradient is from the derived one, for each step size.

    Parameters
    ----------
    epsilons, errors
        Step size of the central difference and the error made with it, all positive. The error
        falls with ε² until rounding, which grows with 1/ε, takes over.
    """
    figure, axes = new_figure(6.0, 3.6)
    axes.loglog(epsilons, errors, color=colour("gradient"), marker=MARKS["gradient"].marker)
    points = sorted(zip(epsilons, errors, strict=True))
    best = min(range(len(points)), key=lambda index: points[index][1])
    write(
        axes, *points[best], f"smallest error {points[best][1]:.0e}", ha="center", offset=(0, -18)
    )
    if 0 < best < len(points) - 1:
        write(axes, *points[0], r"rounding, grows as $1/\epsilon$", "muted", offset=(0, 18))
        write(
            axes,
            *points[-1],
            r"truncation, falls as $\epsilon^2$",
            "muted",
            ha="right",
            offset=(-14, 0),
        )
    axes.set(xlabel=r"step $\epsilon$", ylabel="error of the gradient")
    axes.set_ylim(bottom=points[best][1] / 100.0)
    return figure


@styled
def rates_compared(losses: Mapping[str, Sequence[float]]) -> "Figure":
    """Draw several losses over the epochs on one log axis, each named at its end.

    Parameters
    ----------
    losses
        Name → one positive loss per epoch; at most five.
    """
    if not 1 <= len(losses) <= len(_RATE_LINES):
        raise ShapeError(explain(f"{len(losses)} curves", "one to five", "draw fewer at once"))
    figure, axes = new_figure(6.0, 3.6)
    for values, line in zip(losses.values(), _RATE_LINES, strict=False):
        axes.semilogy(range(1, len(values) + 1), values, color=colour("loss"), linestyle=line)
    longest = max(map(len, losses.values()))
    axes.set(xlabel="epoch", ylabel="loss", xlim=(0, longest))
    ends = [(float(len(values)), values[-1]) for values in losses.values()]
    label_ends(axes, ends, list(losses), ["loss"] * len(losses))
    return figure

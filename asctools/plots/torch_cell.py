"""The plots of the chapter on PyTorch: a plateau, the versions of a log, one bias against two."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends
from asctools.plots.learning import COMPANY_ROLES
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve = Sequence[tuple[float, float]]
Pairs = Sequence[Sequence[float]]

MOST_POINTS = 600  # of a line; more than that no page can show
# How the first, second, … version differ; all go on with the same curve.
_VERSION_MARKERS = ("o", "s", "^", "D", "v", "P")
_DOTTED = (0, (1.2, 1.6))


@styled
def plateau(
    losses: Sequence[float],
    predictions: Pairs,
    others: Sequence[Sequence[float]] = (),
) -> "Figure":
    """Draw a loss that stays for long and then drops, and below it what the cell says meanwhile.

    Parameters
    ----------
    losses
        One per epoch, positive.
    predictions
        Per epoch one for A and one for B: shape ``(epochs, 2)``.
    others
        The losses of other starts, thin and grey behind the first.
    """
    epochs = len(losses)
    if not epochs or epochs != len(predictions):
        came = f"{epochs} losses and {len(predictions)} predictions"
        raise ShapeError(explain(came, "as many of one as of the other", "pass whole histories"))
    figure, (top, bottom) = new_figure(6.0, 4.8, rows=2, sharex=True, height_ratios=(3, 3))
    for other in others:
        _line(top, _numbered(other), "baseline", linewidth=1.0, linestyle="-")
    _line(top, _numbered(losses), "loss", linewidth=2.6)
    top.set(ylabel="loss", yscale="log")
    if others:
        _hands(top, {"this start": ("loss", 2.6, "-"), "other starts": ("baseline", 1.0, "-")})
    _predictions(bottom, [_numbered(values) for values in zip(*predictions, strict=True)])
    bottom.set(xlabel="epoch", xlim=(0, epochs))
    label_ends(bottom, [(epochs, said) for said in predictions[-1]], "AB", COMPANY_ROLES)
    return figure


@styled
def overlaid_versions(
    losses: Mapping[str, Curve], outputs: Sequence[Mapping[str, Curve]] = ()
) -> "Figure":
    """Draw the versions of a log over each other: stages of one training, each with its marker.

    Parameters
    ----------
    losses
        Name of a version (``"version_0"``) → ``(step, loss)``, in the order of the training; as
        :func:`asctools.scalar.curves.read_versions` returns them. At most six.
    outputs
        The same for what the cell says of A, and of B: a second panel.
    """
    if not 1 <= len(losses) <= len(_VERSION_MARKERS) or not all(losses.values()):
        came = f"{len(losses)} versions" if all(losses.values()) else "a version without entries"
        raise ShapeError(explain(came, "one to six, each with entries", "draw fewer at once"))
    if outputs and len(outputs) != len(COMPANY_ROLES):
        came = f"the outputs of {len(outputs)}"
        raise ShapeError(explain(came, "none, or those of A and of B", "pass out_0 and out_1"))
    rows = 2 if outputs else 1
    figure, panels = new_figure(6.0, 1.2 + 2.0 * rows, rows=rows, sharex=True, squeeze=False)
    top, bottom = panels[0, 0], panels[-1, 0]
    end = max(step for curve in losses.values() for step, _ in curve)
    _versions(top, losses, "loss")
    top.set(ylabel="train_loss", yscale="log")
    if outputs:
        _targets(bottom)
        for role, versions in zip(COMPANY_ROLES, outputs, strict=True):
            _versions(bottom, versions, role)
    bottom.set(xlabel="step", xlim=(0, 1.001 * end))  # room for the tick behind the last step
    _version_names(top, losses)
    if outputs:
        ends = [list(versions.values())[-1][-1] for versions in outputs]
        label_ends(bottom, ends, ["out_0", "out_1"], COMPANY_ROLES)
    return figure


@styled
def two_biases(one: Pairs, two: Pairs, stages: Sequence[int] = (2000, 3000, 5000)) -> "Figure":
    """Draw the predictions of two trainings: with one trained bias, and with two.

    Parameters
    ----------
    one, two
        Per epoch one prediction for A and one for B: shape ``(epochs, 2)``. One bias is drawn
        strong with its markers, two biases thin.
    stages
        Epochs that are marked; those beyond the end are left out.
    """
    epochs = len(one)
    if not epochs or epochs != len(two):
        came = f"{epochs} and {len(two)} epochs"
        raise ShapeError(explain(came, "two histories of one length", "cut them to one length"))
    figure, axes = new_figure(6.0, 3.8)
    _targets(axes)
    for role, solo, both in zip(
        COMPANY_ROLES, zip(*one, strict=True), zip(*two, strict=True), strict=True
    ):
        _line(axes, _numbered(solo), role, linewidth=2.4, linestyle="-")
        _line(axes, _numbered(both), role, linewidth=1.6, linestyle=_DOTTED)
        marks = [stage for stage in stages if stage <= epochs]
        for history, face in ((solo, colour(role)), (both, colour("paper"))):
            hand = {"color": colour(role), "markerfacecolor": face, "clip_on": False, "zorder": 3}
            axes.plot(marks, [history[k - 1] for k in marks], MARKS[role].marker, **hand)
    _hands(axes, {"one bias trained": ("ink", 2.4, "-"), "both trained": ("ink", 1.6, _DOTTED)})
    axes.set(ylabel="prediction $h_4$", xlabel="epoch", xlim=(0, epochs), yticks=(0, 0.5, 1))
    label_ends(axes, [(epochs, said) for said in one[-1]], "AB", COMPANY_ROLES)
    return figure


def _numbered(values: Sequence[float]) -> Curve:
    """Number the epochs from 1."""
    return list(enumerate(values, start=1))


def _thinned(curve: Curve) -> Curve:
    """Leave out points that no page can show; the first and the last stay."""
    stride = -(-len(curve) // MOST_POINTS)
    return [*curve[:-1:stride], curve[-1]]


def _line(axes: "Axes", curve: Curve, role: str, **look: Any) -> None:
    steps, values = zip(*_thinned(curve), strict=True)
    axes.plot(steps, values, color=colour(role), **{"linestyle": MARKS[role].line, **look})


def _targets(axes: "Axes") -> None:
    for target in (0.0, 1.0):
        axes.axhline(target, color=colour("target"), linestyle=MARKS["target"].line, lw=1.4)
    axes.set_yticks((0, 0.5, 1))


def _predictions(axes: "Axes", curves: Sequence[Curve]) -> None:
    _targets(axes)
    for role, curve in zip(COMPANY_ROLES, curves, strict=True):
        _line(axes, curve, role)
    axes.set(ylabel="prediction $h_4$")


def _versions(axes: "Axes", versions: Mapping[str, Curve], role: str) -> None:
    """Draw one curve in its stages, each with a marker of its own at its last entry."""
    for curve, marker in zip(versions.values(), _VERSION_MARKERS, strict=False):
        _line(axes, curve, role)
        axes.plot(*curve[-1], marker, color=colour(role), markersize=8, clip_on=False, zorder=3)


def _version_names(axes: "Axes", versions: Mapping[str, Curve]) -> None:
    """Say above which marker belongs to which version, and draw a line where the next begins."""
    last = list(versions)[-1]
    for name, marker in zip(versions, _VERSION_MARKERS, strict=False):
        axes.plot([], [], marker, color=colour("ink"), linestyle="none", label=name)
        if name != last:
            end = versions[name][-1][0]
            axes.axvline(end, color=colour("muted"), linewidth=0.9, linestyle=(0, (4, 3)))
    _legend(axes, ncols=3, handletextpad=0.2)


def _hands(axes: "Axes", hands: Mapping[str, tuple[str, float, Any]]) -> None:
    """Say above what each kind of line stands for: name → role, width, line style."""
    for name, (role, width, line) in hands.items():
        axes.plot([], [], color=colour(role), linewidth=width, linestyle=line, label=name)
    _legend(axes, ncols=2)


def _legend(axes: "Axes", **look: Any) -> None:
    above: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0)}
    axes.legend(borderaxespad=0.2, columnspacing=1.2, **above, **look)

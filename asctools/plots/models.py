"""What the plots that compare models share: who is drawn how, and lines with a band over seeds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends
from asctools.plots.palette import MAKERS, MARKS, MODELS, colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

MOST_POINTS = 400  # of a line; more than that no page can show
_LOW = 0.045  # of the height of the axes: a name's middle stands no lower
Line = str | tuple[float, tuple[float, ...]]

# Words of a name that say which role it has; the first that is found counts, so that "GRU" is not
# taken for an RNN, nor "linear" for whatever stands behind it.
_WORDS = {
    "chance": "chance",
    "guess": "chance",
    "truth": "truth",
    "true": "truth",
    "linear": "linear",
    "logistic": "linear",
    "rule": "rule",
    "count": "rule",
    "lstm": "lstm",
    "gru": "gru",
    "rnn": "rnn",
    "pytorch": "pytorch",
    "torch": "pytorch",
    "numpy": "numpy",
    "loop": "loop",
}
# How the second, third, … thing of one role differs from the first; filled or open.
_LATER: tuple[tuple[str, Line, bool], ...] = (
    ("D", (0, (4, 1.6)), False),
    ("v", (0, (1, 1.4)), False),
    ("P", (0, (7, 2, 1, 2)), True),
    ("h", (0, (2, 1)), False),
)


class Look(NamedTuple):
    """How one named thing is drawn: colour by role, and marker, line and face beside it."""

    role: str
    marker: str
    line: Line
    filled: bool

    def hand(self) -> dict[str, Any]:
        """Return what ``axes.plot`` needs to draw with it."""
        ink = colour(self.role)
        face = ink if self.filled else colour("paper")
        return {
            "color": ink,
            "marker": self.marker,
            "linestyle": self.line,
            "markerfacecolor": face,
        }


def role_of(name: str, default: str = "lstm") -> str:
    """Return the role of the model called ``name``: ``"LSTM, bias 1"`` is drawn as the LSTM is."""
    if name in (*MODELS, *MAKERS):
        return name
    said = name.lower()
    return next((role for word, role in _WORDS.items() if word in said), default)


def looks(names: Iterable[str], default: str = "lstm") -> dict[str, Look]:
    """Return a look for each name; names of one role share its colour and differ in all else."""
    found: dict[str, Look] = {}
    seen: dict[str, int] = {}
    for name in names:
        role = role_of(name, default)
        number = seen.get(role, 0)
        seen[role] = number + 1
        mark = MARKS[role]
        first = (mark.marker, mark.line, True)
        marker, line, filled = (first, *_LATER)[number % (1 + len(_LATER))]
        found[name] = Look(role, marker, line, filled)
    return found


def rows_of(values: "ArrayLike", what: str) -> "NDArray[np.float64]":
    """Return ``values`` as ``(seeds, steps)``; one curve alone counts as one seed.

    Raises
    ------
    ShapeError
        If there is nothing to draw, or more than two axes.
    """
    array = np.asarray(values, dtype=float)
    rows = array[None] if array.ndim == 1 else array
    if rows.ndim != 2 or rows.size == 0:
        came = f"{what} of shape {array.shape}"
        raise ShapeError(explain(came, "(steps,) or (seeds, steps)", "pass one row per seed"))
    return rows


def thinned(count: int) -> "NDArray[np.intp]":
    """Return which of ``count`` points to draw: all if they are few; always the first and last."""
    return np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(int)


def bands(
    axes: "Axes",
    curves: "Mapping[str, ArrayLike]",
    xs: Sequence[float] | None = None,
    *,
    floor: float | None = None,
    named: bool = True,
) -> None:
    """Draw each curve's median over the seeds, the band from the least to the most, and its name.

    Parameters
    ----------
    axes
        Where to; set its scales first.
    curves
        Name → ``(steps,)`` or ``(seeds, steps)``.
    xs
        Where the steps lie; 0, 1, 2, … if not given.
    floor
        What lies below is not drawn: the line leaves through the bottom and is named there.
    named
        Whether to write the names at the ends of the lines.
    """
    if not curves:
        raise ShapeError(explain("no curve", "one or more", "pass name → values"))
    ends, look = [], looks(curves)
    longest = max(rows_of(values, name).shape[1] for name, values in curves.items())
    places = np.arange(longest, dtype=float) if xs is None else np.asarray(xs, dtype=float)
    if len(places) < longest:
        came = f"{len(places)} places for {longest} steps"
        raise ShapeError(explain(came, "one place per step", "pass xs as long as the curves"))
    for name, values in curves.items():
        rows = rows_of(values, name)
        if floor is not None:
            rows = np.where(rows < floor, floor * 1e-3, rows)
        kept = thinned(rows.shape[1])
        rows, x = rows[:, kept], places[kept]
        middle = np.median(rows, axis=0)
        hand = look[name].hand()
        if len(rows) > 1:
            low, high = rows.min(axis=0), rows.max(axis=0)
            axes.fill_between(x, low, high, color=hand["color"], alpha=0.16, linewidth=0)
        every = max(1, len(x) // 8)
        axes.plot(x, middle, markevery=(every // 2, every), markersize=5.5, **hand)
        ends.append(_last_seen(x, middle, floor))
    axes.set_xlim(places[0], places[longest - 1])
    if floor is not None:
        axes.set_ylim(bottom=floor)
    if named:
        ends = [_above_the_axis(axes, end) for end in ends]
        label_ends(axes, ends, list(curves), [look[name].role for name in curves])


def _above_the_axis(axes: "Axes", end: tuple[float, float]) -> tuple[float, float]:
    """Lift an end that lies on the lower axis, so that its name does not stand upon the axis."""
    to_axes = axes.transData - axes.transAxes
    x, y = to_axes.transform(end)
    if y >= _LOW:
        return end
    # Not all to one height: which of two lies higher must stay so.
    x, y = to_axes.inverted().transform((x, _LOW - 0.1 * (_LOW - y)))
    return float(x), float(y)


def _last_seen(
    x: "NDArray[np.float64]", y: "NDArray[np.float64]", floor: float | None
) -> tuple[float, float]:
    """Return the last point of a line that is on the sheet."""
    seen = np.isfinite(y) & (y >= (floor if floor is not None else -np.inf))
    last = int(np.flatnonzero(seen)[-1]) if seen.any() else 0
    return float(x[last]), float(y[last]) if seen.any() else float(floor or 0.0)
